"""What was gathered as a case: one Bundle of one patient, read as any Bundle is, with what is signed in Rett hjem."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from api.cds.call import Call
from api.cds.gathering import Entry, Gathered
from api.intake import to_case
from api.intake.fhir_bundle import without_version
from api.intake.fhir_elements import Element
from api.intake.fhir_tables import fhir_table
from api.intake.reading import Document
from engine.errors import InputError

Content = dict[str, Any]
LISTS = ("conditions", "medicines")
UNREAD = "input_prefetch_unread"


OF_OTHERS = frozenset({"other_patient", "no_subject", "several_patients", "hook_other_encounter", "deletion"})
"""What is wrong with whose the facts are: then none of them is used."""


def readable_content(call: Call, gathered: Gathered, now: datetime) -> tuple[Content, Gathered]:
    """Return the case that can be read, and what it is of: a list with something wrong in it counts as not sent.

    The patient, and the stay that a hook is about, must be right; and nothing is used where part of it is another's.
    """
    try:
        return case_content(call, gathered, now), gathered
    except InputError as wrong:
        if wrong.code in OF_OTHERS:
            raise
    unread = [key for key in gathered.entries if not _is_readable(call, gathered, key, now=now)]
    left = gathered.without(unread)
    content = case_content(call, left, now)
    note = {"code": UNREAD, "where": "prefetch", "values": {"keys": ", ".join(unread)}}
    return {**content, "notes": [*content.get("notes", ()), note]}, left


def _is_readable(call: Call, gathered: Gathered, key: str, *, now: datetime) -> bool:
    """Return whether the facts under a key can be read, which those it cannot do without are not asked of."""
    needed = (*call.service.essential, *(("encounter",) if "encounterId" in call.service.context else ()))
    if key in needed:
        return True
    alone = {name: each for name, each in gathered.entries.items() if name in {*needed, key}}
    try:
        case_content(call, replace(gathered, entries=alone), now)
    except InputError as wrong:
        if wrong.code in OF_OTHERS:
            raise
        return False
    return True


def case_content(call: Call, gathered: Gathered, now: datetime) -> Content:
    """Return the case that the gathered resources make, not yet validated; refuse what is about another patient."""
    entries = [*_of_this_patient(call, gathered.every)]
    _refuse_other_stay(call, gathered.entries.get("encounter", ()))
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": _placed(entries, call)}
    content = to_case(Document("bundle", bundle), now).case
    said = stay_said(call, gathered)
    if call.encounter and (said is None or not said.is_void):
        content["encounter"] = {"id": call.encounter, **content.get("encounter", {})}
    return content


@dataclass(frozen=True, slots=True)
class StaySaid:
    """What the Encounter that a call names says of itself: how it stands, and of which class it is."""

    status: str | None
    kind: str | None

    @property
    def is_void(self) -> bool:
        """Return whether it never took place."""
        return self.status in fhir_table("encounter")["left_out"]

    @property
    def is_stay(self) -> bool:
        """Return whether someone is in hospital by it; what it does not say, the hook has said."""
        table = fhir_table("encounter")
        under_way = self.status is None or self.status in table["current"]
        return under_way and self.kind not in table["outpatient"]


def stay_said(call: Call, gathered: Gathered) -> StaySaid | None:
    """Return what is said of the Encounter that the call names, under whichever key; None where it was not read."""
    for entry in gathered.every:
        resource = entry.get("resource")
        if isinstance(resource, dict) and _names(resource) == ("Encounter", call.encounter):
            said = Element(resource, "prefetch.encounter")
            kind = said.one("class")
            return StaySaid(said.text("status"), kind.text("code") if kind else None)
    return None


def _names(resource: Mapping[str, Any]) -> tuple[object, object]:
    return resource.get("resourceType"), resource.get("id")


def with_signed(content: Content, signed: Mapping[str, Any]) -> Content:
    """Return the case with what a person has signed in this stay; the record's own lists are the newest of those."""
    whole = dict(content)
    answered = signed.get("answers", {})
    sources = {item: source for item, source in content.get("sources", {}).items() if item not in answered}
    kept = [name for name in LISTS if content.get(name) is None and signed.get(name) is not None]
    told = {item: source for item, source in signed.get("sources", {}).items() if item in answered or item in kept}
    whole["answers"] = {**content.get("answers", {}), **answered}
    whole["sources"] = {**sources, **told}
    whole |= {name: signed[name] for name in (*kept, "rater", "treatment") if signed.get(name) is not None}
    return whole


def _of_this_patient(call: Call, entries: Iterable[Entry]) -> Iterator[Entry]:
    """Give the entries with the patient once; a search may have sent the same person along with each list."""
    seen = False
    for entry in entries:
        resource = entry.get("resource")
        if not isinstance(resource, dict) or resource.get("resourceType") != "Patient":
            yield entry
            continue
        if resource.get("id") != call.patient:
            raise InputError("prefetch.patient", "other_patient")
        if not seen:
            yield entry
        seen = True


def _refuse_other_stay(call: Call, entries: Iterable[Entry]) -> None:
    """Refuse an encounter that was read by its id and has another; a search may find several."""
    if "encounterId" not in call.service.context:
        return
    for entry in entries:
        resource = entry.get("resource")
        said = resource if isinstance(resource, dict) else {}
        if said.get("resourceType") == "Encounter" and said.get("id") != call.encounter:
            raise InputError("prefetch.encounter", "hook_other_encounter")


def _placed(entries: list[Entry], call: Call) -> list[Entry]:
    """Return the entries with a full URL each: all of them lie on the caller's one server, also those sent alone."""
    bases = {base for entry in entries if (base := _base(entry)) is not None}
    base = bases.pop() if len(bases) == 1 else (call.server or "").rstrip("/")
    if "://" not in base:
        return entries
    return [_with_place(entry, base) for entry in entries]


def _with_place(entry: Entry, base: str) -> Entry:
    resource = entry.get("resource")
    if entry.get("fullUrl") is not None or not isinstance(resource, dict):
        return entry
    kind, id = resource.get("resourceType"), resource.get("id")
    return {**entry, "fullUrl": f"{base}/{kind}/{id}"} if isinstance(kind, str) and isinstance(id, str) else entry


def _base(entry: Entry) -> str | None:
    resource, url = entry.get("resource"), entry.get("fullUrl")
    if not isinstance(resource, dict) or not isinstance(url, str) or "://" not in url:
        return None
    ending = f"/{resource.get('resourceType')}/{resource.get('id')}"
    plain = without_version(url)
    return plain.removesuffix(ending) if plain.endswith(ending) else None


def with_orders(call: Call, content: Content, gathered: Gathered, *, now: datetime) -> tuple[Content, list[Content]]:
    """Return the case as it will be with the selected medicines, and those as the case has them."""
    chosen = [*_chosen(call)]
    if not chosen:
        return content, []
    patient = gathered.entries["patient"]
    alone = Gathered({"patient": patient, "selected": tuple({"resource": each} for each in chosen)})
    read = case_content(replace(call, encounter=None), alone, now)
    rows = read.get("medicines") or []
    return {**content, "medicines": [*(content.get("medicines") or []), *rows]}, rows


def had_already(call: Call, content: Content, gathered: Gathered, ordered: Iterable[Content]) -> tuple[str, ...]:
    """Return which selected medicines are on the list already, but for an order that goes on from another."""
    continued = {code for each in _chosen(call) if _goes_on(each, gathered) for code in _codes(each)}
    had = {row.get("atc") for row in content.get("medicines") or ()} - {None} - continued
    return tuple(str(row["name"]) for row in ordered if row.get("atc") in had)


def _goes_on(order: Content, gathered: Gathered) -> bool:
    """Return whether an order takes the place of another, or is on the list itself."""
    listed = (_names(entry["resource"]) for entry in gathered.every if isinstance(entry.get("resource"), dict))
    return order.get("priorPrescription") is not None or _names(order) in list(listed)


def _codes(order: Content) -> Iterator[str]:
    concept = order.get("medicationCodeableConcept")
    for each in concept.get("coding", ()) if isinstance(concept, dict) else ():
        if isinstance(each, dict) and isinstance(each.get("code"), str):
            yield each["code"]


def _chosen(call: Call) -> Iterator[Content]:
    """Give the selected drafts of medicines as if they were ordered, and the medicines they may name."""
    entries = call.drafts.get("entry", [])
    if call.drafts.get("resourceType") != "Bundle" or not isinstance(entries, list):
        raise InputError("context.draftOrders", "hook_field_wrong")
    for entry in entries:
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict):
            raise InputError("context.draftOrders", "hook_field_wrong")
        if resource.get("resourceType") == "Medication":
            yield resource
        if resource.get("resourceType") == "MedicationRequest" and _is_selected(call, resource):
            yield {**resource, "status": "active", "intent": "order"}


def _is_selected(call: Call, resource: Content) -> bool:
    id = resource.get("id")
    return isinstance(id, str) and bool({id, f"MedicationRequest/{id}"} & set(call.selections))
