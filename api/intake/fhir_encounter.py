"""The FHIR Encounter that is the hospital stay: when, where, how urgent, and which diagnosis is the main one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from api.intake.fhir_bundle import Bundle, Resource
from api.intake.fhir_elements import Element, codes
from api.intake.fhir_tables import fhir_table
from api.intake.mapped import Mapped, count_note, known
from api.intake.times import Moment
from rules.case import Note


@dataclass(frozen=True, slots=True)
class Stay:
    """The encounter as mapped, its start for comparison, and its main diagnosis's resource."""

    mapped: Mapped
    admitted: datetime | None = None
    main: Resource | None = None


def stay(bundle: Bundle) -> Stay:
    """Return the current encounter, else the newest, with what it says about the stay."""
    every = bundle.of_kind("Encounter")
    valid = [each for each in every if each.element.text("status") not in fhir_table("encounter")["left_out"]]
    left_out = count_note("input_encounters_left_out", "Encounter", len(every) - len(valid))
    if not valid:
        return Stay(Mapped(notes=left_out))
    chosen = max(valid, key=_rank)
    admitted, start_notes = _admitted(chosen.element)
    discharged, end_notes = _discharged(chosen.element)
    main, main_notes = _main_diagnosis(bundle, chosen)
    ward, room = _whereabouts(bundle, chosen)
    values = known(
        {
            "id": chosen.id,
            "admitted": admitted.isoformat() if admitted else None,
            "discharged": discharged.isoformat() if discharged else None,
            "ward": ward,
            "room": room,
            "urgency": _urgency(chosen.element),
        }
    )
    notes = (*left_out, *_choice_notes(chosen, len(valid)), *start_notes, *end_notes, *main_notes)
    return Stay(Mapped(encounter=values, notes=notes), admitted, main)


def _rank(resource: Resource) -> tuple[bool, bool, float]:
    """Return what makes an encounter the stay: under way, in hospital, and the latest start."""
    start = _moment(resource.element, "start")
    return (
        resource.element.text("status") in fhir_table("encounter")["current"],
        _class(resource.element) in fhir_table("encounter")["inpatient"],
        start.start.timestamp() if start else float("-inf"),
    )


def _choice_notes(chosen: Resource, of: int) -> Iterator[Note]:
    if of > 1:
        yield Note("input_encounter_chosen", chosen.element.where, {"count": of})
    if _class(chosen.element) not in fhir_table("encounter")["inpatient"]:
        yield Note("input_encounter_not_inpatient", chosen.element.place("class"))


def _class(element: Element) -> str | None:
    kind = element.one("class")
    return kind.text("code") if kind else None


def _moment(element: Element, end: str) -> Moment | None:
    period = element.one("period")
    return period.moment(end) if period else None


def _admitted(element: Element) -> tuple[datetime | None, tuple[Note, ...]]:
    start = _moment(element, "start")
    if start is None or start.precision == "time":
        return (start.start if start else None), ()
    if start.precision == "day":
        return start.start, (Note("input_admitted_without_time", element.place("period.start")),)
    return None, (Note("input_admitted_partial", element.place("period.start")),)


def _discharged(element: Element) -> tuple[datetime | None, tuple[Note, ...]]:
    end = _moment(element, "end")
    if end is None or end.precision == "time":
        return (end.start if end else None), ()
    if end.precision == "day":
        return end.end, (Note("input_discharged_without_time", element.place("period.end")),)
    return None, (Note("input_discharged_partial", element.place("period.end")),)


def _urgency(element: Element) -> str | None:
    table = fhir_table("encounter")["urgency"]
    by_priority = {table["priority"][code] for code in codes(element.one("priority")) if code in table["priority"]}
    if len(by_priority) == 1:
        return str(by_priority.pop())
    found = table["class"].get(_class(element))
    return str(found) if found else None


def _whereabouts(bundle: Bundle, encounter: Resource) -> tuple[str | None, str | None]:
    """Return ward and room, each from the last place that the patient has not left."""
    table = fhir_table("encounter")
    ward = room = None
    for place in encounter.element.many("location"):
        kinds = codes(place.one("physicalType"))
        if place.text("status") in table["location_left_out"]:
            continue
        name = _place_name(bundle, place, encounter)
        if kinds & set(table["room"]):
            room = name or room
        elif not kinds or kinds & set(table["ward"]):
            ward = name or ward
    return ward, room


def _place_name(bundle: Bundle, place: Element, encounter: Resource) -> str | None:
    reference = place.one("location")
    target = bundle.resolve(reference, encounter)
    named = target.element.text("name") if target and target.kind == "Location" else None
    return (reference.text("display") if reference else None) or named


def _main_diagnosis(bundle: Bundle, encounter: Resource) -> tuple[Resource | None, tuple[Note, ...]]:
    """Return the condition ranked first; several of them, or one that is not in the Bundle, is a note."""
    first = [each for each in encounter.element.many("diagnosis") if each.number("rank") == 1]
    found = [bundle.resolve(each.one("condition"), encounter) for each in first]
    conditions = {each.index: each for each in found if each and each.kind == "Condition"}
    if len(conditions) == 1:
        return next(iter(conditions.values())), ()
    code = "input_main_diagnosis_unclear" if conditions else "input_main_diagnosis_not_sent"
    return None, ((Note(code, encounter.element.place("diagnosis")),) if first else ())
