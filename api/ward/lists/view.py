"""A list in words: one row a patient, why the patient is there, and which of the clocks matter now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from api.board.when import since_in_words
from api.people.access import may
from api.people.user import User
from api.record.drafts import Begun
from api.record.list_kinds import ListName
from api.record.list_rows import ListedClock, Listing
from api.record.taking_over import acknowledging_step
from api.ward.words import Words
from careplans.course.due import SCREENING, standing
from careplans.course.state import NextStep, Standing, StepClock
from engine.texts import Texts
from rules.times import age_on, oslo_day

MATTERING: tuple[Standing, ...] = ("late", "due_soon", "paused", "waiting")
CLOCKS_SHOWN = 3
NO_BREAK = "\u00a0"
AFTER_DISCHARGE = frozenset({"municipality", "coordinator", "practice"})
"""Lists of those who do not work on the ward: they ask where in the course a patient is, and when home."""

HOURS_SAID = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Sign:
    """How a clock stands: in words, and by the shape and colour of its standing."""

    standing: Standing
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A patient on a list, as it is read; `take` is the step that says that the municipality has taken over."""

    person: str
    path: str
    name: str
    age: str | None
    place: str
    cfs: str
    track: str
    what: str
    who: str
    due: str | None
    signs: tuple[Sign, ...]
    more: str | None
    why: str
    state: str
    take: str | None
    begun: str | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads which list, in which words; `begun` are the forms that someone has begun, by patient."""

    list: ListName
    user: User
    words: Words
    begun: Mapping[str, Begun] = field(default_factory=dict)

    @property
    def t(self) -> Texts:
        """Return the texts."""
        return self.words.t

    @property
    def now(self) -> datetime:
        """Return the moment that is read from."""
        return self.words.now


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
        track=track_in_words(each, t),
        what=what_in_words(coming, t),
        who=_who(coming.owner, t) if coming else "",
        due=_when(coming.due, reader) if coming and coming.due else None,
        signs=signs,
        more=more,
        why=why_in_words(each, reader),
        state=_state(each, reader),
        take=_take(each, reader),
        begun=_begun(each, reader),
    )


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
        ward = t("lists.place.at", hospital=each.hospital, ward=ward)
    return t("lists.place.room", ward=ward, room=each.room) if each.room else ward


def track_in_words(each: Listing, t: Texts) -> str:
    """Say the track, and the pathway out of the hospital where there is one."""
    track = t(f"track.{each.track}") if each.track else ""
    pathway = t("lists.pathway", code=each.pathway) if each.pathway else ""
    return t("lists.both", first=track, then=pathway) if track and pathway else track or pathway


def what_in_words(coming: NextStep | None, t: Texts) -> str:
    """Say what comes next."""
    return t(f"next.{coming.what}") if coming else t("lists.nothing")


def why_in_words(each: Listing, reader: Reader) -> str:
    """Say why the patient is on the list, or in this place of it."""
    return WHY[reader.list](each, reader)


def _why_team(each: Listing, reader: Reader) -> str:
    code = each.reason
    own = code in {"unscreened", "next_step"}
    return reader.t(f"lists.why.{code}" if own else f"team_list.{code}")


def _why_unscreened(each: Listing, reader: Reader) -> str:
    return _since("lists.why.admitted", each.admitted, reader)


def _why_ready(each: Listing, reader: Reader) -> str:
    since = _since("lists.why.waited", each.ready, reader)
    return reader.t("lists.both", first=reader.t(f"lists.why.{each.reason}"), then=since)


def _why_late(each: Listing, reader: Reader) -> str:
    owner, since = _latest(each, reader.now)
    return reader.t("lists.why.late", who=_who(owner, reader.t), time=how_long(reader.now - since, reader.t))


def _why_new(each: Listing, reader: Reader) -> str:
    step = _acknowledging(each)
    return reader.t("lists.why.new", step=reader.t(f"next.{step}")) if step else _where(each, reader)


def _where(each: Listing, reader: Reader) -> str:
    """Say where in the course the patient is."""
    if each.discharged:
        return _since("lists.why.left", each.discharged, reader)
    return _since("lists.why.admitted", each.admitted, reader)


WHY: Mapping[ListName, Callable[[Listing, Reader], str]] = {
    "team": _why_team,
    "unscreened": _why_unscreened,
    "ready": _why_ready,
    "late": _why_late,
    "coordinator": _why_new,
    "municipality": _where,
    "practice": _where,
}


def how_long(time: timedelta, t: Texts) -> str:
    """Say a time in hours, and in days when it is long."""
    if time < HOURS_SAID:
        hours = max(0, time // timedelta(hours=1))
        return t("lists.lasts.hour") if hours == 1 else t("lists.lasts.hours", count=hours)
    return t("lists.lasts.days", count=time.days)


def _since(key: str, moment: datetime | None, reader: Reader) -> str:
    if moment is None:
        return reader.t("lists.why.unknown")
    return reader.t(key, time=how_long(reader.now - moment, reader.t))


def _latest(each: Listing, now: datetime) -> tuple[str, datetime]:
    """Return who has been late for the longest, and since when."""
    late = [(clock.clock.due, clock.clock.owner) for clock in each.clocks if clock.standing == "late"]
    if each.next_step and each.next_step.due:
        late.append((each.next_step.due, each.next_step.owner))
    due, owner = min(((due, owner) for due, owner in late if due), default=(now, ""))
    return owner, due


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
    return Sign(clock.standing, t(f"lists.clock.{clock.standing}", what=step_in_words(clock.clock.step, t), when=when))


def _when(due: datetime, reader: Reader) -> str:
    """Say when, on one line; of what is late since another day, the day is enough."""
    late = due < reader.now
    said = since_in_words(due, reader.t, now=reader.now) if late else reader.words.moment(due)
    return said.replace(" ", NO_BREAK)


def step_in_words(step: str, t: Texts) -> str:
    """Say a clock in one word, where it has one."""
    return t(f"clock.{step}") if f"clock.{step}" in t else t(f"next.{step}")


def _who(owner: str, t: Texts) -> str:
    return t(f"who.{owner}") if f"who.{owner}" in t else owner


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


def _acknowledging(each: Listing) -> str | None:
    return acknowledging_step((clock.clock.step, clock.clock.state) for clock in each.clocks)


def _take(each: Listing, reader: Reader) -> str | None:
    """Return the step that the municipality can mark as taken over from this list."""
    mine = reader.list in {"coordinator", "municipality"} and may(reader.user.role, "step")
    return _acknowledging(each) if mine and each.discharged is None else None
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
