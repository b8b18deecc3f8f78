"""A message as it would be written now, from the plan as it stands and what its writer adds.

Nothing is stored before someone makes it final: the draft always says what the plan says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Literal

from pydantic_core import to_json

from api.messages.elements import written_elements
from api.messages.log import Kept
from api.messages.model import Kind, Party
from api.messages.writing import Approved, Content, Ground, Visit, content_of
from api.messages.writing.content import Profession
from api.people.user import Role, User
from api.places.addresses import Address
from api.places.municipalities import municipalities
from api.record.courses import Seen
from api.record.plans import Planned, plan_in, planned
from api.record.record import Record
from api.v1.languages import Language, texts_of
from careplans.completeness import Element
from careplans.contingency import words
from careplans.course.events import StepDone
from careplans.course.state import Course, PlanState
from careplans.parts import Corrected
from careplans.words import one_line
from engine.errors import InputError
from engine.texts import Texts

End = Literal["sender", "receiver"]
ADDED: Mapping[str, tuple[str, ...]] = {"helseopplysninger": ("course_words", "why_unknown")}
"""What a writer adds to each kind of message; everything else is the plan's."""

LONGEST = 2000
TO_MUNICIPALITY = frozenset({"helseopplysninger", "utskrivningsrapport"})
AFTER_DEATH = frozenset({"epikrise"})
"""What is made final of someone dead; everything else stops."""

DOCTORS: frozenset[Role] = frozenset({"doctor", "geriatric_team", "gp"})
NURSES: frozenset[Role] = frozenset({"nurse", "municipal_nurse"})
WRITTEN_IN = ("nb", "nn")
"""A message goes to a Norwegian record, whatever language its writer reads."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which message: its kind, what its writer adds, and the one that it corrects."""

    kind: Kind
    said: Mapping[str, str]
    corrects: Kept | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What goes out if it is made final now; `elements` is how what a receiver needs stands in it."""

    content: Content
    elements: tuple[Element, ...]
    assessment: str
    corrected: Corrected | None
    gp: str | None

    @property
    def missing(self) -> tuple[Element, ...]:
        """Return what is absent or unclear."""
        return tuple(each for each in self.elements if each.state != "present")


def refuse_stopped(course: Course, kind: Kind) -> None:
    """Raise `InputError` where nothing of this kind leaves the house any more."""
    if course.blocked:
        raise InputError("patient", "record_blocked")
    if course.died is not None and kind not in AFTER_DEATH:
        raise InputError("patient", "patient_has_died")


def prepared(record: Record, seen: Seen, asked: Asked, *, language: Language, update: bool = False) -> Prepared | None:
    """Return the message as it would be now, or None where there is nothing yet to make it from."""
    found = _planned(record, seen)
    if found is None:
        return None
    ground = _ground(seen.stream.course, found, asked, texts_of(language), update=update)
    elements, gp = written_elements(asked.kind, ground), one_line(words(found.case, "gp") or "") or None
    return Prepared(content_of(asked.kind, ground), elements, found.state.assessment, found.plan.corrected, gp)


def language_of(read: str) -> Language:
    """Return the language of a message whose writer reads this one."""
    return "nn" if read == "nn" else "nb"


def approved(content: Content, user: User, at: datetime) -> Content:
    """Return what goes out, with who made it final."""
    profession: Profession | None = "doctor" if user.role in DOCTORS else "nurse" if user.role in NURSES else None
    return replace(content, approved=Approved(at, user.name or user.id, profession, user.hpr))


def digest_of(content: Content) -> str:
    """Return what tells one content from another, whoever approved it and when."""
    return hashlib.sha256(to_json(asdict(replace(content, approved=None)))).hexdigest()


def says(content: Content) -> str:
    """Return what tells what a message says of the patient: not the times of the stay, which go on by themselves."""
    return digest_of(replace(content, events=(), ward=None))


def house_of(user: User) -> str:
    """Return for which house a message goes out: its record system is the one that sends it."""
    municipality = next(iter(sorted(user.of("municipality"))), None)
    if municipality:
        return f"municipality:{municipality}"
    hospitals = user.of("hospital") | {ward.partition("/")[0] for ward in user.of("ward")}
    return f"hospital:{min(hospitals, default='')}"


def sender_of(record: Record, user: User, course: Course) -> Party:
    """Return who sends: the hospital and the patient's ward, or the municipality."""
    municipality = next(iter(sorted(user.of("municipality"))), None)
    if municipality:
        return replace(_municipality(record, municipality), person=user.name)
    hospital = record.hospital_of(user)
    name = record.addresses.hospital_names.get(hospital, hospital)
    house = _party(record.addresses.at(f"hospital:{hospital}", name), name)
    ward = course.stay.ward if course.stay else None
    return replace(_at_ward(record, house, f"ward:{hospital}/{ward}") if ward else house, person=user.name)


def receiver_of(record: Record, kind: Kind, course: Course, *, gp: str | None) -> Party:
    """Return who receives, the municipality or the GP; of a protected address the message alone says it."""
    if kind in TO_MUNICIPALITY:
        return _municipality(record, course.municipality)
    called = course.practice or gp
    return _party(record.addresses.of_practice(called), called) if called else Party()


def unaddressed(record: Record, sender: Party, receiver: Party) -> tuple[End, ...]:
    """Return at which end a HER-id is missing, so that nobody can send it; a demo's messages are not sent."""
    ends: tuple[tuple[End, Party], ...] = (("sender", sender), ("receiver", receiver))
    return () if record.addresses.made_up else tuple(name for name, party in ends if not party.addressed)


def _municipality(record: Record, municipality: str | None) -> Party:
    if municipality is None:
        return Party()
    name = municipalities().get(municipality, municipality)
    return _party(record.addresses.at(f"municipality:{municipality}", name), name)


def _at_ward(record: Record, house: Party, ward: str) -> Party:
    """Return a house with the ward that sends; one that is not listed sends through the house's own part."""
    name = ward.partition("/")[2]
    found = record.addresses.at(ward, name)
    if found and house.her_ids:
        return replace(house, unit=found.name, her_ids=(house.her_ids[0], found.her_id))
    return house if house.unit else replace(house, unit=name)


def _party(found: Address | None, name: str) -> Party:
    """Return a house as the operator listed it; of another only its name is known."""
    return Party(found.name, found.sub_unit, found.her_ids) if found else Party(name)


def _ground(course: Course, found: Planned, asked: Asked, texts: Texts, *, update: bool) -> Ground:
    said = {name: asked.said.get(name, "")[:LONGEST] for name in ADDED.get(asked.kind, ())}
    visits = _visits(course, found.state)
    return Ground(found.case, found.plan, texts, said=said, visits=visits, update=update, protected=course.protected)


def _planned(record: Record, seen: Seen) -> Planned | None:
    """Return the plan, or what stands of one before anyone has started it: facts, and no measures."""
    course = seen.stream.course
    state = plan_in(course) or _without_plan(course)
    return planned(course, state, seen.basis, record.screening.overlay) if state else None


def _without_plan(course: Course) -> PlanState | None:
    found = course.screening
    if found is None or found.at is None:
        return None
    stay = course.stay.id if course.stay else None
    return PlanState("", found.assessment, found.at.date(), stay)


def _visits(course: Course, state: PlanState) -> tuple[Visit, ...]:
    marked = [mark for (under, _), mark in course.marks.items() if under == state.marks]
    return tuple(
        Visit(each.step, each.at, each.checked, each.note)
        if isinstance(each, StepDone)
        else Visit(each.step, None, note=each.note)
        for each in marked
    )
