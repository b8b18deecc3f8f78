"""What messages tell has happened, as events of the course; what a message no longer stands for is undone.

An event says when something took place, and a message when it was told. Where the newest thing told of a stay is newer
than the message, also by someone else, the message changes nothing: it is kept, and shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain

from api.intake.message_events import Happened
from api.messages.log import Kept
from api.messages.receiving.proposing import admits, stay_of
from api.record.streams import Stream, new_id
from careplans.course.events import (
    Admitted,
    Died,
    Discharged,
    DischargeExpected,
    Event,
    ReadyForDischarge,
    Recorded,
)
from careplans.course.state import Course, Stay
from rules.times import oslo, oslo_day

Told = Admitted | ReadyForDischarge | DischargeExpected | Discharged | Died
TOLD = (Admitted, ReadyForDischarge, DischargeExpected, Discharged, Died)
SAME_STAY = timedelta(hours=24)
"""How far a message's time of admission may be from the record's, and still be of the same stay [confirm]."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What the messages are told into: the stream, which message led to which events, and whose record tells."""

    stream: Stream
    effects: Mapping[str, str]
    """The message that led to each event."""

    messages: Mapping[str, Kept]
    hospital: str
    held: tuple[Recorded, ...]
    """The events that stand."""

    now: datetime

    @property
    def course(self) -> Course:
        """Return the course as it is."""
        return self.stream.course

    def events_of(self, messages: Iterable[str]) -> tuple[Recorded, ...]:
        """Return the events that stand and that these messages led to, the oldest first."""
        named = frozenset(messages)
        return tuple(each for each in self.held if self.effects.get(each.id) in named and isinstance(each.event, TOLD))

    def led_to(self, message: str, happened: Happened) -> bool:
        """Return whether a message has led to its event before, also where someone undid that since."""
        kind = type(_plain(happened))
        every = self.stream.recorded
        return any(self.effects.get(each.id) == message and isinstance(each.event, kind) for each in every)


def to_undo(ground: Ground, thread: Iterable[Kept], counting: frozenset[str]) -> tuple[str, ...]:
    """Return the events of a thread that no message stands for any more; a stay that is told anew keeps its id.

    So does one that was assumed, while any message is of it: a correction is no word that nobody came.
    """
    every = tuple(thread)
    gone = (each.id for each in every if each.id not in counting)
    told = {one["what"] for each in every if each.id in counting for one in each.told.get("events", ())}
    anew = "admitted" in told
    still = {stay_of(each, ground.course) for id, each in ground.messages.items() if id in counting}
    return tuple(each.id for each in ground.events_of(gone) if not _keeps(each.event, anew=anew, still=still))


def _keeps(event: Event, *, anew: bool, still: set[str | None]) -> bool:
    return isinstance(event, Admitted) and (anew or (event.assumed and event.stay in still))


def told_by(ground: Ground, message: Kept, happened: Happened, *, thread: Iterable[Kept]) -> tuple[Event, ...]:
    """Return the events that say what a message tells, where the course does not say so already or something newer."""
    if ground.course.died is not None or ground.led_to(message.id, happened):
        return ()
    if happened.what == "died":
        return (Died(oslo_day(happened.at)),)
    stay = _stay(ground, message, happened, thread)
    if stay is None and (happened.what != "admitted" or not admits(message, ground.now)):
        return ()  # of a stay that nobody has told of here, and that this does not begin
    if happened.what == "admitted":
        return _admission(ground, stay, happened, own=_told_here(ground, stay, thread))
    if stay is None:
        return ()
    event = _of_stay(stay.id, happened)
    return () if _says_so(stay, event) or _newer(ground, event, message) else (event,)


def _admission(ground: Ground, stay: Stay | None, happened: Happened, *, own: bool) -> tuple[Event, ...]:
    """Return a new stay, or the beginning of one that nobody knew it of; the record's own time is left as it is."""
    if stay is None:
        return (Admitted(new_id(), happened.at, ground.hospital),)
    if (stay.assumed or own) and oslo(stay.admitted) != oslo(happened.at) and not (own and happened.day_only):
        return (Admitted(stay.id, happened.at, stay.hospital, stay.ward, room=stay.room),)
    return ()


def _of_stay(stay: str, happened: Happened) -> Event:
    match happened.what:
        case "ready_for_discharge":
            return ReadyForDischarge(stay, happened.at)
        case "withdrawn":
            return ReadyForDischarge(stay, None)
        case "discharge_expected":
            return DischargeExpected(stay, oslo_day(happened.at))
    return Discharged(stay, happened.at)


def _plain(happened: Happened) -> Told:
    """Return the event without its stay, for its kind."""
    if happened.what == "died":
        return Died(oslo_day(happened.at))
    if happened.what == "admitted":
        return Admitted("", happened.at, "")
    return _of_stay("", happened)  # type: ignore[return-value] # one of those told of a stay


def _says_so(stay: Stay, event: Event) -> bool:
    match event:
        case ReadyForDischarge(at=at):
            return stay.ready == at and at is not None
        case DischargeExpected(on=on):
            return stay.expected == on
        case Discharged(at=at):
            return stay.discharged == at
    return False


def _newer(ground: Ground, event: Event, message: Kept) -> bool:
    """Return whether something newer than the message was told of the same thing."""
    same = [each for each in ground.held if _is_of(each.event, event)]
    return bool(same) and _told_at(ground, same[-1]) > message.sent


def _is_of(one: Event, other: Event) -> bool:
    """Return whether two events tell of the same thing; an admission may have the expected day with it."""
    if isinstance(one, Admitted) and isinstance(other, DischargeExpected):
        return one.stay == other.stay and one.expected is not None
    return type(one) is type(other) and getattr(one, "stay", None) == getattr(other, "stay", None)


def _told_at(ground: Ground, recorded: Recorded) -> datetime:
    message = ground.messages.get(ground.effects.get(recorded.id, ""))
    return message.sent if message else recorded.at


def _told_here(ground: Ground, stay: Stay | None, thread: Iterable[Kept]) -> bool:
    """Return whether a stay began with a message of the same thread, and not with the record's own word."""
    events = ground.events_of(each.id for each in thread)
    return stay is not None and any(isinstance(e.event, Admitted) and e.event.stay == stay.id for e in events)


def _stay(ground: Ground, message: Kept, happened: Happened, thread: Iterable[Kept]) -> Stay | None:
    """Return the stay that a message speaks of: that of its thread, or by the admission it names, or by the time."""
    own = [each for each in ground.course.stays if each.hospital == ground.hospital]
    earlier = {str(getattr(each.event, "stay", "")) for each in ground.events_of(one.id for one in thread)}
    admitted = next((at for at in _admissions(message)), None)
    moment = admitted or happened.at
    same = (each for each in reversed(own) if abs(each.admitted - moment) <= SAME_STAY)
    covers = (each for each in reversed(own) if admitted is None and _covers(each, happened.at))
    assumed = (each for each in reversed(own) if each.assumed and each.discharged is None)
    return next(chain((each for each in reversed(own) if each.id in earlier), same, covers, assumed), None)


def _admissions(message: Kept) -> Iterable[datetime]:
    return (datetime.fromisoformat(one["at"]) for one in message.told.get("events", ()) if one["what"] == "admitted")


def _covers(stay: Stay, at: datetime) -> bool:
    """Return whether a moment is in a stay, or so near it that it is told of it."""
    return stay.admitted - SAME_STAY <= at and (stay.discharged is None or at <= stay.discharged + SAME_STAY)


def as_told(happened: Happened) -> dict[str, object]:
    """Return what has happened as it is stored."""
    return {
        "what": happened.what,
        "at": happened.at.isoformat(),
        "day_only": happened.day_only,
        "where": happened.where,
    }


def happened_in(message: Kept) -> tuple[Happened, ...]:
    """Return what a stored message tells."""
    rows = message.told.get("events", ())
    return tuple(replace(Happened(**row), at=datetime.fromisoformat(row["at"])) for row in rows)
