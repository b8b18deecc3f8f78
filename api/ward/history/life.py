"""The forms for what life changes, each recording one kind of event, in the order the page shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import get_args

from api.people.access import CLINICIANS, may_record
from api.people.user import Role
from api.ward.event_forms import EventForm, Field
from careplans.course.events import Place
from careplans.course.state import Course

REASON = Field("reason")
WHEN = Field("at", "moment", needed=False)
MUNICIPALITY = Field("municipality", "municipality")


@dataclass(frozen=True, slots=True)
class LifeForm:
    """A form, and of which course it makes sense; `of_stay` is about the newest stay, `dead` also after death."""

    form: EventForm
    when: Callable[[Course], bool]
    of_stay: bool = False
    dead: bool = False


def _always(_: Course) -> bool:
    return True


def _here(course: Course) -> bool:
    return course.in_hospital


def _stay(form: EventForm, when: Callable[[Course], bool] = _here) -> LifeForm:
    return LifeForm(form, when, of_stay=True)


def _record(form: EventForm, when: Callable[[Course], bool]) -> LifeForm:
    return LifeForm(form, when, dead=True)


GROUPS: Mapping[str, tuple[LifeForm, ...]] = {
    "stay": (
        _stay(EventForm("discharge_moved", "discharge_expected", (Field("on", "date"),))),
        _stay(
            EventForm("discharge_cancelled", "discharge_expected", fixed={"on": None}),
            lambda course: course.in_hospital and course.stay is not None and course.stay.expected is not None,
        ),
        _stay(
            EventForm("ready", "ready_for_discharge", (WHEN,)),
            lambda course: course.in_hospital and course.stay is not None and course.stay.ready is None,
        ),
        _stay(
            EventForm("ready_withdrawn", "ready_for_discharge", fixed={"at": None}),
            lambda course: course.in_hospital and course.stay is not None and course.stay.ready is not None,
        ),
        _stay(
            EventForm(
                "discharged",
                "discharged",
                (
                    WHEN,
                    Field("to", "choice", codes=get_args(Place), words="answer.discharge_to"),
                    Field("municipality", "municipality", needed=False),
                ),
            )
        ),
        _stay(EventForm("room", "transferred", (Field("room"),))),
        _stay(EventForm("transferred", "transferred", (Field("hospital"), Field("ward")))),
    ),
    "person": (
        LifeForm(EventForm("moved", "moved", (MUNICIPALITY,)), _always),
        LifeForm(EventForm("practice", "practice_set", (Field("practice"),)), _always),
        LifeForm(
            EventForm("practice_unknown", "practice_set", fixed={"practice": None}), lambda c: c.practice is not None
        ),
        LifeForm(EventForm("died", "died", (Field("on", "date"),), again=True), _always),
    ),
    "record": (
        _record(
            EventForm("wrong_patient", "retracted", (Field("what", "one"), REASON), again=True),
            lambda course: bool(course.screenings or course.stays),
        ),
        _record(EventForm("merge", "merged", (Field("identity", "number"),), again=True), _always),
        _record(EventForm("block", "record_blocked", fixed={"blocked": True}), lambda c: not c.blocked),
        _record(EventForm("unblock", "record_blocked", fixed={"blocked": False}), lambda c: c.blocked),
        _record(EventForm("protect", "address_protected", fixed={"protected": True}), lambda c: not c.protected),
        _record(EventForm("unprotect", "address_protected", fixed={"protected": False}), lambda c: c.protected),
    ),
}
LOOKED_FOR = frozenset({"died", "wrong_patient"})
"""What somebody at the bed looks for, also who may not write it."""

UNDO = EventForm("undo", "undone", (REASON,))
ASKED_ABOUT = frozenset({"admitted", "discharged"})
"""What is asked about once more before it is undone: the patient leaves every list, or lies in hospital again."""

FORMS: Mapping[str, EventForm] = {
    UNDO.id: UNDO,
    **{each.form.id: each.form for group in GROUPS.values() for each in group},
}


def offered(role: Role, course: Course) -> dict[str, tuple[LifeForm, ...]]:
    """Return the forms that a role may use of a course as it stands, by group, less the groups that are empty."""
    found = {
        name: tuple(
            each
            for each in group
            if may_record(role, each.form.kind) and each.when(course) and (each.dead or course.died is None)
        )
        for name, group in GROUPS.items()
    }
    return {name: group for name, group in found.items() if group}


def closed(role: Role, course: Course) -> tuple[str, ...]:
    """Return the forms that a role looks for and others fill in, so that the page says who."""
    if role not in CLINICIANS:
        return ()
    every = (each for group in GROUPS.values() for each in group if each.form.id in LOOKED_FOR)
    makes_sense = (each for each in every if each.when(course) and (each.dead or course.died is None))
    return tuple(each.form.id for each in makes_sense if not may_record(role, each.form.kind))
