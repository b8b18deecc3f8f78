"""What each stay of a patient is to the figures, as the course tells it: undone, retracted and merged count as told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from api.cds.cards import reasons
from api.record.found import cfs_is
from api.record.streams import Stream
from careplans.course.due import Basis, screening_in
from careplans.course.events import Admitted, Discharged, Moved, Recorded, Screened, StepDone, Transferred, Urgency
from careplans.course.fold import course_of
from careplans.course.past import assessments_of_past, clocks_of_past
from careplans.course.stands import standing
from careplans.course.state import EPIKRISE, NOTICE, Course, Screening, Stay, StepClock, routing
from population.steering.facts import FREE_TEXT, ClockEnd, Decision, Interval, StayFacts, TwoRaters
from rules.assessment import Assessment
from rules.items import cfs_clinician
from rules.times import age_on, oslo, oslo_day

READMITTED_WITHIN = timedelta(days=30)
Place = tuple[str, str | None]
UNMARKED: Mapping[str, ClockEnd] = {"open": "open", "paused": "open", "not_done": "not_done"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What stays are read with: the municipality's numbers of days, from which age patients are screened, and now."""

    offsets: Mapping[str, int]
    screened_from_age: int
    now: datetime


@dataclass(slots=True)
class _Said:
    """What the events say of a stay that the course does not keep: how and where it began and was screened."""

    at: Place | None = None
    admitted_to: Place | None = None
    screened_at: Place | None = None
    screened: datetime | None = None
    municipality: str | None = None
    urgency: Urgency | None = None
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class _Told:
    """A patient's course, what was said of each stay, when people judged, and the facts behind."""

    person: str
    course: Course
    held: tuple[Recorded, ...]
    basis: Mapping[str, Basis]
    reading: Reading
    said: Mapping[str, _Said] = field(default_factory=dict)


def stays_of(stream: Stream, basis: Mapping[str, Basis], reading: Reading) -> tuple[StayFacts, ...]:
    """Return the patient's stays in order; of a record that is blocked, none is counted."""
    course = stream.course
    if course.blocked:
        return ()
    held = standing(stream.recorded)
    told = _Told(stream.person, course, held, basis, reading, _said(course, held))
    arrivals = {stay.id: _arrival(told, stay) for stay in course.stays}
    return tuple(_facts(told, stay, arrivals) for stay in course.stays)


def assessments_needed(course: Course) -> frozenset[str]:
    """Return the assessments whose facts `stays_of` asks for."""
    here = {each.assessment for each in course.screenings if each.stay}
    return frozenset(here.union(*(assessments_of_past(course, stay) for stay in course.stays)))


def _facts(told: _Told, stay: Stay, arrivals: Mapping[str, Urgency | None]) -> StayFacts:
    course, said = told.course, told.said[stay.id]
    hospital, ward = said.screened_at or said.admitted_to or (stay.hospital, stay.ward)
    sex = course.who.sex
    return StayFacts(
        stay=stay.id,
        person=told.person,
        hospital=hospital,
        admitted=None if stay.assumed else stay.admitted,
        ward=ward,
        municipality=said.municipality,
        arrival=arrivals[stay.id],
        age=_age(course, stay),
        sex=None if sex == "unknown" else sex,
        eligible=_eligible(told, stay),
        **_screened(told, stay),
        raters=_raters(told, stay),
        clocks={each.step: _ended(each) for each in _clocks(told, stay)},
        noticed=_done(course, stay, NOTICE),
        epikrise=_done(course, stay, EPIKRISE),
        ready=stay.ready,
        discharged=stay.discharged,
        days_after_ready=_days_after_ready(course, stay),
        readmitted=_readmitted(told, stay, arrivals),
        died=_died(course, stay),
    )


def _said(course: Course, held: Iterable[Recorded]) -> dict[str, _Said]:
    """Gather what the events say of each stay, in the order they were told."""
    found = {stay.id: _Said() for stay in course.stays}
    made_in = {each.id: each.stay for each in course.screenings if not each.second}
    municipality, latest = None, _Said()
    for each in held:
        event = each.event
        if isinstance(event, Screened):
            _told_screened(found.get(made_in.get(event.screening) or ""), event, each.at)
        elif isinstance(event, Admitted | Transferred | Discharged) and event.stay in found:
            municipality = getattr(event, "municipality", None) or municipality
            latest = found[event.stay]
            _told_of_stay(latest, event)
            latest.municipality = municipality
        elif isinstance(event, Moved):
            municipality = event.municipality
            latest.municipality = latest.municipality if latest.is_over else municipality
    return found


def _told_of_stay(said: _Said, event: Admitted | Transferred | Discharged) -> None:
    if isinstance(event, Discharged):
        said.is_over = True
        return
    said.at = (event.hospital, event.ward)
    if isinstance(event, Admitted):
        said.admitted_to = said.admitted_to or said.at
        said.urgency = event.urgency or said.urgency


def _told_screened(said: _Said | None, event: Screened, at: datetime) -> None:
    """Keep where and when a person judged first; a second rater's routes nothing."""
    if said is not None and said.screened is None and not event.unjudged:
        said.screened, said.screened_at = at, said.at


def _arrival(told: _Told, stay: Stay) -> Urgency | None:
    """Return how the stay began: as the admission says, else the newest case that says it."""
    said = told.said[stay.id].urgency
    here = (each.assessment for each in reversed(told.course.screenings) if each.stay == stay.id)
    cases = (told.basis[each].case.encounter.urgency for each in here if each in told.basis)
    return said or next((each for each in cases if each), None)


def _age(course: Course, stay: Stay) -> int | None:
    return age_on(course.who.born, oslo_day(stay.admitted)) if course.who.born else None


def _eligible(told: _Told, stay: Stay) -> bool | None:
    """Return whether the stay was to be screened, as the list of the unscreened says; None of an unknown age."""
    age = _age(told.course, stay)
    if age is not None and age >= told.reading.screened_from_age:
        return True
    return True if _paused_a_plan(told, stay) else None if age is None else False


def _paused_a_plan(told: _Told, stay: Stay) -> bool:
    """Return whether a plan waited when the patient came in: then the stay is to be screened whatever the age."""
    if not told.course.plans:
        return False
    begun = (
        place
        for place, each in enumerate(told.held, 1)
        if isinstance(each.event, Admitted) and each.event.stay == stay.id
    )
    then = course_of(told.held[: next(begun)])
    return then.died is None and then.running is None and any(plan.status == "paused" for plan in then.plans)


def _judged(told: _Told, stay: Stay) -> Screening | None:
    """Return the screening that stands for the stay, by a person who judged and was the first."""
    found = screening_in(told.course, stay)
    return found if found and not found.second and not found.unjudged else None


def _screened(told: _Told, stay: Stay) -> dict[str, Any]:
    """Return what the screening of the stay found, as it was corrected last."""
    screening = _judged(told, stay)
    found = told.basis.get(screening.assessment) if screening else None
    if screening is None or found is None:
        return {}
    return {
        "screened": told.said[stay.id].screened,
        "cfs": _interval(found.assessment),
        "tracks": tuple(each.track for each in found.assessment.tracks if each.status == "final"),
        "decisions": tuple(_decisions(told.course, stay)),
        "pathway": found.assessment.pathway,
    }


def _interval(assessment: Assessment) -> Interval | None:
    """Return the CFS, of one for whom it means something."""
    cfs = assessment.scores["cfs"]
    if cfs.low is None or cfs.high is None or cfs_is(assessment) == "not_valid":
        return None
    return Interval(int(cfs.low), int(cfs.high))


def _decisions(course: Course, stay: Stay) -> Iterator[Decision]:
    """Give the last word on each rule; a reason in someone's own words may be about the patient."""
    here = {version for each in course.screenings if each.stay == stay.id for version in each.every}
    last = {each.rule: each for each in course.decisions if each.assessment in here}
    codes = {*reasons("order"), *reasons("patient")}
    for rule, each in sorted(last.items()):
        reason = each.reason if each.reason is None or each.reason in codes else FREE_TEXT
        yield Decision(rule, each.verdict, reason if each.verdict == "overridden" else None)


def _raters(told: _Told, stay: Stay) -> TwoRaters | None:
    """Return the level that each of two people gave, the newest of either."""
    first, seconds = _judged(told, stay), [s for s in told.course.screenings if s.stay == stay.id and s.second]
    one, other = _level(told, first), _level(told, routing(seconds))
    return TwoRaters(one, other) if one is not None and other is not None else None


def _level(told: _Told, screening: Screening | None) -> int | None:
    found = told.basis.get(screening.assessment) if screening else None
    level = found.case.answers.get(cfs_clinician.id) if found else None
    return level if isinstance(level, int) else None


def _clocks(told: _Told, stay: Stay) -> tuple[StepClock, ...]:
    return clocks_of_past(told.course, stay, told.basis, offsets=told.reading.offsets)


def _ended(clock: StepClock) -> ClockEnd:
    if clock.state != "done":
        return UNMARKED[clock.state]
    return "late" if clock.due and clock.done and clock.done > clock.due else "kept"


def _done(course: Course, stay: Stay, step: str) -> datetime | None:
    mark = course.marks.get((stay.id, step))
    return mark.at if isinstance(mark, StepDone) else None


def _died(course: Course, stay: Stay) -> date | None:
    """Return the day of death where it was in this stay: before the discharge, or on its day."""
    died = course.died
    if died is None or died < oslo_day(stay.admitted):
        return None
    return died if stay.discharged is None or died <= oslo_day(stay.discharged) else None


def _days_after_ready(course: Course, stay: Stay) -> int | None:
    """Return the nights from the report that the patient was ready; of one whom nobody reported, nobody knows.

    A patient who died waited until that day.
    """
    left = oslo_day(stay.discharged) if stay.discharged else _died(course, stay)
    if left is None or stay.ready is None:
        return None
    return max(0, (left - oslo_day(stay.ready)).days)


def _readmitted(told: _Told, stay: Stay, arrivals: Mapping[str, Urgency | None]) -> bool | None:
    """Return whether an acute stay began within thirty days; of one that nobody says how began, nobody knows."""
    if stay.discharged is None:
        return None
    left, until = oslo(stay.discharged), oslo(stay.discharged) + READMITTED_WITHIN
    later = [each for each in told.course.stays if left < oslo(each.admitted) <= until]
    began = {arrivals[each.id] for each in later}
    if "acute" in began:
        return True
    return None if None in began or told.reading.now < until else False
