"""The patient that a page is about: read once, logged, and shown with the same head and tabs on every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi.responses import HTMLResponse

from api.people.access import HOSPITAL
from api.record.courses import Seen, add, read, visible
from api.record.plans import plan_in
from api.storage.writer import Change
from api.ward.desk import Desk
from careplans.course.due import NEED, SCREENING, standing
from careplans.course.events import Discharged, Event
from careplans.course.leaving import not_done
from careplans.course.stands import standing as standing_events
from careplans.course.state import Course, StepClock
from careplans.words import label
from rules.times import age_on

TABS = ("assessment", "plan", "messages", "history")
PLACES = {
    "shared_decision": "assessment",
    "decide": "assessment",
    "ask": "assessment",
    "start_plan": "assessment",
    "resume_or_close": "plan#plan-status",
    "close_or_renew": "plan#plan-ending",
    "renew_plan": "plan#plan-ending",
    "discharge": "history#life",
}
"""Where what comes next is done, where that is no step of a plan."""


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient as the pages see one; `id` is the record's own, and `version` what a change is made from."""

    id: str
    seen: Seen
    age: int | None

    @property
    def version(self) -> int:
        """Return how many events there are, which a form sends back so that no change is lost."""
        return self.seen.stream.version

    @property
    def course(self) -> Course:
        """Return the course."""
        return self.seen.stream.course

    @property
    def not_done(self) -> tuple[str, ...]:
        """Return what is done before one leaves hospital, and is not."""
        return not_done(self.seen.clocks, self.seen.next_step)

    @property
    def path(self) -> str:
        """Return the address of the patient's pages, which holds nothing of the patient."""
        return f"/patients/{self.id}"


def patient_at(desk: Desk, person: str, *, action: str = "read") -> Patient:
    """Return the patient, once it is logged that the person looks; raise `NoSuchPatient` for one not theirs."""
    with desk.reading() as connection:
        id = visible(connection, desk.user, person, now=desk.now)
        seen = read(desk.record, connection, id)
    desk.saw(id, action)
    born = seen.stream.course.who.born
    return Patient(id, seen, age_on(born, desk.today) if born else None)


def patient_page(desk: Desk, template: str, patient: Patient, *, status: int = 200, **shown: object) -> HTMLResponse:
    """Return a page about a patient, within the patient's head and tabs."""
    clocks = [(each, standing(each, desk.now)) for each in patient.seen.clocks]
    about = {"patient": patient, "course": patient.course, "next_at": next_place(desk, patient)}
    about |= {"unasked": unasked(desk, patient), "coming_words": _next_words(desk, patient)}
    return desk.page(template, status=status, **about, clocks=clocks, tabs=TABS, **shown)


def _next_words(desk: Desk, patient: Patient) -> str | None:
    """Say what comes next, and of an answer that is missing which one it is."""
    coming = patient.seen.next_step
    if coming is None:
        return None
    if coming.what == "ask" and coming.about:
        return desk.t("patient_page.asks", item=label(coming.about, desk.t))
    return desk.t(f"next.{coming.what}")


def unasked(desk: Desk, patient: Patient) -> str | None:
    """Tell the hospital what was not done of someone whose leaving its record system told, which asks nobody."""
    stay = patient.course.stay
    if desk.user.role not in HOSPITAL or not patient.course.is_home or stay is None or stay.discharged is None:
        return None
    if not (patient.not_done and _told_by_system(patient, stay.id)):
        return None
    left = ", ".join(desk.t(f"next.{each}") for each in patient.not_done)
    return desk.t("patient_page.unasked", when=desk.words.moment(stay.discharged), what=left)


def _told_by_system(patient: Patient, stay: str) -> bool:
    """Return whether the hospital's record system told that the stay is over."""
    writers = [
        each.by.role
        for each in standing_events(patient.seen.stream.recorded)
        if isinstance(each.event, Discharged) and each.event.stay == stay
    ]
    return writers[-1:] == ["system"]


def next_place(desk: Desk, patient: Patient) -> str | None:
    """Return where on the patient's pages what comes next is done."""
    coming, course = patient.seen.next_step, patient.course
    if coming is None:
        return None
    if coming.what in {SCREENING, NEED} and desk.may("form"):
        return f"{patient.path}/screen"
    if coming.what == "ask" and desk.may("form") and patient.course.in_hospital:
        return f"{patient.path}/screen#q-{coming.about}"
    if coming.what in PLACES:
        return f"{patient.path}/{PLACES[coming.what]}"
    plan = plan_in(course)
    clock = clock_of(patient, coming.what)
    mine = plan is not None and clock is not None and clock.course == plan.marks
    return f"{patient.path}/plan#{'step' if mine else 'stay'}-{coming.what}"


def change(desk: Desk, person: str, events: Sequence[Event], *, version: int) -> None:
    """Write events made from a version, all or none; raise `Changed` where someone else came first."""

    def work(doing: Change) -> None:
        expected = version
        for event in events:
            expected = add(desk.record, desk.user, event, change=doing, person=person, expected=expected).version

    desk.record.writer.run(work)


def clock_of(patient: Patient, step: str) -> StepClock | None:
    """Return the clock of a step, if it runs."""
    return next((each for each in patient.seen.clocks if each.step == step), None)
