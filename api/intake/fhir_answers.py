"""FHIR QuestionnaireResponse and the CFS Observation as answers: the newest of each, with where it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from api.intake.fhir_bundle import Bundle, Resource, refuse_modified
from api.intake.fhir_elements import Element, codings, words
from api.intake.fhir_subject import owner_of, require_patient
from api.intake.fhir_tables import fhir_table
from api.intake.mapped import Mapped, count_note, known, proposed
from api.intake.times import Moment
from engine.errors import InputError
from engine.items import Item
from forms.questionnaire import NO, YES
from rules.case import Note
from rules.knowledge import ITEMS

CFS = "cfs_clinician"
_LONG_AGO = float("-inf")
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Said:
    """One answer as one resource gives it; `value` is raw JSON, for the case model to accept or refuse."""

    item: str
    value: Any = field(repr=False)
    resource: Resource
    time: Moment | None
    role: str | None = None

    @property
    def age(self) -> float:
        """Return the time for comparison; an answer without a time counts as the oldest."""
        return self.time.start.timestamp() if self.time else _LONG_AGO


def answers(bundle: Bundle, admitted: datetime | None, now: datetime | None = None) -> Mapped:
    """Return the newest answer to each item, and notes about what was not used."""
    forms, notes = _from_forms(bundle)
    levels, more = _from_observations(bundle)
    every = [*forms, *levels]
    said = [each for each in every if not _is_ahead(each, now)]
    latest = _latest(said)
    newest = {item: found[0] for item, found in latest.items() if _agree(found)}
    replaced = len(said) - sum(map(len, latest.values()))
    cfs = newest.get(CFS)
    return Mapped(
        answers={item: each.value for item, each in newest.items()},
        rater=known({"role": cfs.role, "time": _written(cfs.time)}) if cfs else {},
        sources={item: _source(each) for item, each in newest.items()},
        notes=(
            *notes,
            *more,
            *count_note("input_answers_ahead", "answers", len(every) - len(said)),
            *count_note("input_older_answers", "answers", replaced),
            *_conflicts(sorted(latest.keys() - newest.keys())),
            *_old_level(cfs, admitted),
        ),
    )


def _is_ahead(said: Said, now: datetime | None) -> bool:
    """Return whether an answer is dated ahead, which is a mistake: nobody has judged it yet."""
    return now is not None and said.time is not None and said.time.start > now + CLOCKS_DIFFER


def _source(said: Said) -> Mapping[str, Any]:
    return proposed(said.resource.kind, said.resource.id, _written(said.time))


def _written(time: Moment | None) -> str | None:
    return time.start.isoformat() if time else None


def _latest(said: Sequence[Said]) -> Mapping[str, Sequence[Said]]:
    """Return the answers to each item that no other is newer than."""
    found: dict[str, list[Said]] = {}
    for each in sorted(said, key=lambda each: each.age, reverse=True):
        same = found.setdefault(each.item, [])
        if not same or same[0].age == each.age:
            same.append(each)
    return found


def _agree(said: Sequence[Said]) -> bool:
    """Return whether answers of the same time say the same; where they differ, nobody has said which holds."""
    return len({_comparable(each.value) for each in said}) == 1


def _comparable(value: Any) -> str:
    return repr(sorted(map(repr, value))) if isinstance(value, list) else repr(value)


def _conflicts(items: Sequence[str]) -> Iterator[Note]:
    if CFS in items:
        yield Note("input_cfs_conflict", f"answers.{CFS}")
    others = [item for item in items if item != CFS]
    if others:
        yield Note("input_answers_conflict", "answers", {"count": len(others), "items": ", ".join(others)})


def _old_level(cfs: Said | None, admitted: datetime | None) -> tuple[Note, ...]:
    limit = timedelta(days=fhir_table("cfs")["days_before_admission"])
    if cfs is None or cfs.time is None or admitted is None or admitted - cfs.time.start <= limit:
        return ()
    values = {"date": cfs.time.first_day.isoformat(), "days": limit.days}
    return (Note("input_cfs_old", f"answers.{CFS}", values),)


# Observation


def _from_observations(bundle: Bundle) -> tuple[list[Said], tuple[Note, ...]]:
    every = bundle.of_kind("Observation")
    about_cfs = [each for each in every if _is_cfs(each.element)]
    valid = [each for each in about_cfs if each.element.text("status") in fhir_table("cfs")["statuses"]]
    _refuse_unreadable(bundle, valid)
    levels = [found for each in valid if (found := _level(bundle, each)) is not None]
    return levels, (
        *count_note("input_observations_not_used", "Observation", len(every) - len(about_cfs)),
        *count_note("input_cfs_not_final", "Observation", len(about_cfs) - len(valid)),
        *count_note("input_cfs_without_level", "Observation", len(valid) - len(levels)),
    )


def _refuse_unreadable(bundle: Bundle, levels: Sequence[Resource]) -> None:
    """Refuse a level that is about another than the patient, or that something we cannot read changes."""
    owner = owner_of(bundle)
    for each in levels:
        refuse_modified(each)
        for focus in each.element.many("focus"):
            require_patient(owner, focus, each)


def _is_cfs(element: Element) -> bool:
    table = fhir_table("cfs")
    found = (*codings(element.one("code")), *codings(element.one("method")))
    return any(each.system == table["system"] and each.code in table["codes"] for each in found)


def _level(bundle: Bundle, resource: Resource) -> Said | None:
    """Return the level, or None where the observation holds no number; a number that is no CFS level is refused."""
    element, table = resource.element, fhir_table("cfs")
    quantity = element.one("valueQuantity")
    value = quantity.number("value") if quantity else element.whole("valueInteger")
    if value is None:
        return None
    vague = quantity is not None and quantity.has("comparator")
    if vague or value != int(value) or not table["lowest"] <= value <= table["highest"]:
        where = element.place("valueQuantity" if quantity else "valueInteger")
        raise InputError(where, "not_a_cfs_level", low=table["lowest"], high=table["highest"])
    return Said(CFS, int(value), resource, _observed(element), _role(bundle, resource, element.many("performer")))


def _observed(element: Element) -> Moment | None:
    period = element.one("effectivePeriod")
    during = (period.moment("end") or period.moment("start")) if period else None
    return (
        element.moment("effectiveDateTime") or element.moment("effectiveInstant") or during or element.moment("issued")
    )


def _role(bundle: Bundle, resource: Resource, performers: Sequence[Element]) -> str | None:
    """Return the role of who judged; a performer's display is a name and not a role, so it is not used."""
    for performer in performers:
        target = bundle.resolve(performer, resource)
        if target and target.kind == "PractitionerRole":
            return next(filter(None, map(words, target.element.many("code"))), None)
        if target and target.kind == "Practitioner":
            qualifications = (each.one("code") for each in target.element.many("qualification"))
            return next(filter(None, map(words, qualifications)), None)
    return None


# QuestionnaireResponse


def _from_forms(bundle: Bundle) -> tuple[list[Said], tuple[Note, ...]]:
    table = fhir_table("questionnaire")
    every = bundle.of_kind("QuestionnaireResponse")
    valid = [each for each in every if each.element.text("status") in table["statuses"]]
    said, unknown = [], 0
    for form in valid:
        for question in _questions(form.element):
            given = question.many("answer")
            if given and _item(question) is None:
                unknown += 1
            elif given:
                said.append(_answer(bundle, form, question))
    return said, (
        *count_note("input_forms_not_completed", "QuestionnaireResponse", len(every) - len(valid)),
        *count_note("input_questions_unknown", "QuestionnaireResponse", unknown),
    )


def _questions(element: Element) -> Iterator[Element]:
    """Yield every question, also inside groups and under answers; reading bounds how deep they can lie."""
    for item in element.many("item"):
        yield item
        yield from _questions(item)
        for answer in item.many("answer"):
            yield from _questions(answer)


def _item(question: Element) -> str | None:
    link = question.text("linkId")
    return link if link in ITEMS and link not in fhir_table("questionnaire")["not_answers"] else None


def _answer(bundle: Bundle, form: Resource, question: Element) -> Said:
    item = str(_item(question))
    values = [as_answered(ITEMS[item], _value(answer)) for answer in question.many("answer")]
    if ITEMS[item].kind == "set":
        value: Any = [] if values == [fhir_table("questionnaire")["none_of_them"]] else values
    elif len(values) == 1:
        value = values[0]
    else:
        raise InputError(question.place("answer"), "several_answers")
    authors = tuple(filter(None, [form.element.one("author")]))
    return Said(item, value, form, form.element.moment("authored"), _role(bundle, form, authors))


def as_answered(item: Item, value: Any) -> Any:
    """Return an answer as a case has it: the two codes of yes and no are true and false, and the others themselves."""
    return {YES: True, NO: False}.get(value, value) if item.kind == "yes_no" and isinstance(value, str) else value


def _value(answer: Element) -> Any:
    names = [name for name in answer.content if name.startswith("value")]
    name = next(filter(answer.has, fhir_table("questionnaire")["values"]), None)
    if len(names) > 1:
        raise InputError(answer.where, "several_answers")
    if name is None:
        raise InputError(answer.where, "kind_of_answer")
    if name == "valueCoding":
        coding = answer.one(name)
        return coding.text("code") if coding else None
    return answer.content[name]
