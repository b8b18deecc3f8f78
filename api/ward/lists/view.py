"""A list in words: one row a patient, why the patient is there, and which of the clocks matter now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.board.when import since_in_words
from api.people.access import may
from api.people.user import User
from api.record.list_rows import ListedClock, Listing
from api.record.taking_over import Said, to_say
from api.ward.lists.reader import Reader, cfs_mark, step_in_words, track_in_words, who_in_words
from api.ward.lists.why import rests_on_cfs, why_in_words
from careplans.course.due import SCREENING, standing
from careplans.course.state import NextStep, Standing, StepClock
from engine.texts import Texts
from rules.times import age_on, oslo_day

MATTERING: tuple[Standing, ...] = ("late", "due_soon", "paused", "waiting")
CLOCKS_SHOWN = 3
NO_BREAK = "\u00a0"
AFTER_DISCHARGE = frozenset({"municipality", "coordinator", "practice"})
"""Lists of those who do not work on the ward: they ask where in the course a patient is, and when home."""


@dataclass(frozen=True, slots=True)
class Sign:
    """How a clock stands: in words, and by the shape and colour of its standing."""

    standing: Standing
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A patient on a list, as it is read; `says` is what the municipality can say of the patient."""

    person: str
    path: str
    name: str
    age: str | None
    place: str
    cfs: str
    cfs_mark: str | None
    track: str
    what: str
    who: str
    due: str | None
    signs: tuple[Sign, ...]
    more: str | None
    measures: str | None
    why: str
    why_path: str | None
    state: str
    says: tuple[Said, ...]
    begun: str | None
    registers: str | None


def row_of(each: Listing, reader: Reader) -> Row:
    """Return a patient's row."""
    t, coming = reader.t, each.next_step
    signs, more = _signs(each, reader)
    return Row(
        person=each.person,
        path=_path(each, reader.user),
        name=each.name or t("patient_page.no_name"),
        age=age_in_words(each, reader),
        place=place_in_words(each, reader),
        cfs=reader.words.cfs(each.cfs_low, each.cfs_high),
        cfs_mark=cfs_mark(each, t),
        track=track_in_words(each, t),
        what=what_in_words(coming, t),
        who=who_in_words(coming.owner, t) if coming else "",
        due=_when(coming.due, reader) if coming and coming.due else None,
        signs=signs,
        more=more,
        measures=_measures(each.late_measures, t),
        why=why_in_words(each, reader),
        why_path=f"/patients/{each.person}/assessment" if rests_on_cfs(each, reader) else None,
        state=_state(each, reader),
        says=_says(each, reader),
        begun=_begun(each, reader),
        registers=reader.registers.get(each.person),
    )


def _measures(late: int, t: Texts) -> str | None:
    """Say how many measures of the plan are late."""
    if not late:
        return None
    return t("lists.measures_late_one") if late == 1 else t("lists.measures_late", count=late)


def age_in_words(each: Listing, reader: Reader) -> str | None:
    """Say how old the patient is."""
    if each.born is None:
        return None
    return reader.t("patient_page.age", age=age_on(each.born, oslo_day(reader.now)))


def place_in_words(each: Listing, reader: Reader) -> str:
    """Say where the patient is; of a protected address, nothing at all."""
    t = reader.t
    if each.protected:
        return t("lists.place.hidden")
    if each.discharged:
        return t("lists.place.left", when=reader.words.day(oslo_day(each.discharged)))
    ward = each.ward or t("lists.place.no_ward")
    if reader.list in AFTER_DISCHARGE and each.hospital:
        ward = t("lists.place.at", hospital=reader.words.hospital(each.hospital), ward=ward)
    return t("lists.place.room", ward=ward, room=each.room) if each.room else ward


def what_in_words(coming: NextStep | None, t: Texts) -> str:
    """Say what comes next."""
    return t(f"next.{coming.what}") if coming else t("lists.nothing")


def _signs(each: Listing, reader: Reader) -> tuple[tuple[Sign, ...], str | None]:
    """Return the clocks that matter most, and how many more press."""
    coming = [] if any(_is_next(clock.clock, each) for clock in each.clocks) else _clock_of_next(each, reader.now)
    clocks = sorted((clock for clock in (*each.clocks, *coming) if _matters(clock, each)), key=_pressing)
    shown = clocks[:CLOCKS_SHOWN]
    left = sum(clock.standing in {"late", "due_soon"} for clock in clocks[CLOCKS_SHOWN:])
    return tuple(_sign(clock, reader) for clock in shown), reader.t("lists.more", count=left) if left else None


def _clock_of_next(each: Listing, now: datetime) -> list[ListedClock]:
    """Return what comes next as a clock, where it has a date but is no step of the pathway."""
    coming = each.next_step
    if coming is None or coming.due is None:
        return []
    clock = StepClock("", coming.what, coming.owner, coming.due)
    return [ListedClock(clock, standing(clock, now))]


def _matters(clock: ListedClock, each: Listing) -> bool:
    """A clock that only waits matters where it is the next one; one that waits with its whole plan, not by itself."""
    if clock.standing == "waiting":
        return _is_next(clock.clock, each) and clock.clock.due is not None
    if clock.standing == "paused":
        return each.status != "paused"
    return clock.standing in MATTERING


def _is_next(clock: StepClock, each: Listing) -> bool:
    coming = each.next_step
    return coming is not None and (clock.step, clock.due) == (coming.what, coming.due)


def _pressing(clock: ListedClock) -> tuple[int, str]:
    due = clock.clock.due
    return MATTERING.index(clock.standing), due.isoformat() if due else ""


def _sign(clock: ListedClock, reader: Reader) -> Sign:
    t, due = reader.t, clock.clock.due
    when = _when(due, reader) if due else ""
    what, who = step_in_words(clock.clock.step, t), who_in_words(clock.clock.owner, t)
    return Sign(clock.standing, t(f"lists.clock.{clock.standing}", what=what, who=who, when=when))


def _when(due: datetime, reader: Reader) -> str:
    """Say when, on one line; of what is late since another day, the day is enough."""
    late = due < reader.now
    said = since_in_words(due, reader.t, now=reader.now) if late else reader.words.moment(due)
    return said.replace(" ", NO_BREAK)


def status_in_words(each: Listing, t: Texts) -> str:
    """Say how far the patient has come."""
    return t(f"lists.status.{each.status}")


def _state(each: Listing, reader: Reader) -> str:
    """Say the status, and beside it the day home where it is known."""
    t, status = reader.t, status_in_words(each, reader.t)
    if each.discharged or each.status == "unscreened":
        return status
    return t("lists.both", first=status, then=_home(each, reader))


def _home(each: Listing, reader: Reader) -> str:
    if each.expected is None:
        return reader.t("lists.home.unset")
    key = "passed" if each.expected < oslo_day(reader.now) else "ahead"
    return reader.t(f"lists.home.{key}", when=reader.words.day(each.expected))


def _says(each: Listing, reader: Reader) -> tuple[Said, ...]:
    """Return what the municipality can say from this list."""
    mine = reader.list in {"coordinator", "municipality"} and may(reader.user.role, "step")
    return (
        to_say((clock.clock.step, clock.clock.state) for clock in each.clocks)
        if mine and each.discharged is None
        else ()
    )


def _begun(each: Listing, reader: Reader) -> str | None:
    """Say who has begun the form that is the next step, so that nobody fills it in twice."""
    found = reader.begun.get(each.person)
    if found is None or each.next_step is None or each.next_step.what != SCREENING:
        return None
    t, when = reader.t, reader.words.moment(found.at)
    if found.by == reader.user.id:
        return t("lists.begun.mine", when=when)
    return t("lists.begun.by", who=found.name or t(f"role.{found.role}"), when=when)


def _path(each: Listing, user: User) -> str:
    """Return where a row leads: to the form where nobody has screened, to the plan where one runs."""
    coming = each.next_step.what if each.next_step else None
    if coming == SCREENING and may(user.role, "screen"):
        return f"/patients/{each.person}/screen"
    return f"/patients/{each.person}/{'plan' if each.status == 'running' else 'assessment'}"
