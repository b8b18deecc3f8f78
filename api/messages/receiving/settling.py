"""The course is told by the messages that count now, whichever came last: what no longer holds is undone first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from api.messages.log import Kept, messages_of
from api.messages.receiving.effects import effects_of, led_to
from api.messages.receiving.proposing import (
    Proposal,
    assumed_by,
    content_of,
    placed,
    proposals,
    same,
    still_stored,
)
from api.messages.receiving.telling import Ground, happened_in, to_undo, told_by
from api.messages.threads import how_they_stand, in_order, threads
from api.people.user import User
from api.record.courses import write
from api.record.possible import refuse_impossible
from api.record.record import Record
from api.record.screenings import Stored, correct, newest, prepare, store
from api.record.streams import Stream, read_stream
from api.storage.writer import Change
from careplans.course.events import Event, Undone
from careplans.course.stands import standing
from engine.errors import InputError
from engine.texts import Texts

IN, SYSTEM = "in", "system"


@dataclass(frozen=True, slots=True)
class Settling:
    """Who tells, in which change, and in which language it is put down why something was undone."""

    record: Record
    user: User
    change: Change
    texts: Texts


def settle_told(settling: Settling, stream: Stream) -> Stream:
    """Return the course after the record has told of a stay: what came before the admission is now told of it.

    Only what the record itself tells; a screening that a person's admission led to would seem to be that person's.
    """
    if settling.user.role != SYSTEM or not _received(settling, stream):
        return stream
    return settle(settling, stream)


def settle(settling: Settling, stream: Stream, *, newest: str | None = None) -> Stream:
    """Return the course as the messages that count tell it; what the newest message tells must be possible."""
    every = _received(settling, stream)
    counting = _counting(every)
    stream = _undo(settling, stream, every, counting)
    stream = _tell(settling, stream, every, counting=counting, newest=newest)
    return _propose(settling, stream, [each for each in every if each.id in counting])


def _received(settling: Settling, stream: Stream) -> list[Kept]:
    found = [each for each in messages_of(settling.change.connection, stream.person) if each.way == IN]
    return in_order(found)


def _counting(messages: Iterable[Kept]) -> frozenset[str]:
    every = tuple(messages)
    stands = how_they_stand(every)
    return frozenset(each.id for each in every if stands[each.id] == "received" and each.status != "cancelled")


# What has happened


def _ground(settling: Settling, stream: Stream, every: Sequence[Kept]) -> Ground:
    effects = effects_of(settling.change.connection, (each.id for each in every))
    hospital = settling.record.hospital_of(settling.user)
    messages = {each.id: each for each in every}
    return Ground(
        stream, {event: id for id, event in effects}, messages, hospital, standing(stream.recorded), settling.change.now
    )


def _undo(settling: Settling, stream: Stream, every: Sequence[Kept], counting: frozenset[str]) -> Stream:
    """Undo what no message stands for any more."""
    ground = _ground(settling, stream, every)
    for thread in threads(every):
        for event in to_undo(ground, thread, counting):
            last = thread[-1]
            stream = _write(settling, stream, Undone(event, _why(settling, last)), [last.id])
    return stream


def _tell(
    settling: Settling, stream: Stream, every: Sequence[Kept], *, counting: frozenset[str], newest: str | None
) -> Stream:
    """Tell what the messages say that the course does not hold, in the order they were sent."""
    of_thread = {each.id: thread for thread in threads(every) for each in thread}
    ground = _ground(settling, stream, every)
    for each in (one for one in every if one.id in counting):
        for happened in happened_in(each):
            if ground.stream is not stream:
                ground = _ground(settling, stream, every)
            for event in told_by(ground, each, happened, thread=of_thread[each.id]):
                try:
                    refuse_impossible(event, stream, now=settling.change.now, connection=settling.change.connection)
                except InputError as error:
                    if each.id == newest:
                        raise error.at(happened.where) from None
                    continue  # an older message that the course has no place for any more
                stream = _write(settling, stream, event, [each.id])
    return stream


def _write(settling: Settling, stream: Stream, event: Event, messages: Iterable[str]) -> Stream:
    stream = write(settling.record, settling.user, event, change=settling.change, stream=stream)
    written = next(each for each in reversed(stream.recorded) if each.event == event)
    led_to(settling.change.connection, messages, [written.id])
    return stream


def _why(settling: Settling, message: Kept) -> str:
    return settling.texts("received.undone.cancelled" if message.status == "cancelled" else "received.undone.changed")


# What is proposed


def _propose(settling: Settling, stream: Stream, counting: Sequence[Kept]) -> Stream:
    """Store what the messages propose for each stay, and take away what none of them proposes any more."""
    if stream.course.died is not None:
        return stream
    every = _received(settling, stream)
    effects = effects_of(settling.change.connection, (each.id for each in every))
    for proposal in tuple(placed(stream, proposals(stream, counting, effects), settling.change.now)):
        content = content_of(stream, proposal, settling.change.connection)
        if content is None:
            stream = _withdraw(settling, stream, proposal, {event for _, event in effects}, every)
        else:
            stream = _keep(settling, stream, proposal, content)
    return stream


def _keep(settling: Settling, stream: Stream, proposal: Proposal, content: dict[str, object]) -> Stream:
    """Store the case as the record's own, or correct the one that is stored; what a person took away stays away."""
    held, stands = _held(settling, proposal), still_stored(stream, proposal)
    if held and stands and same(content, held.inputs):
        return stream
    if held and not stands and not _taken_back_by_us(settling, stream, proposal):
        return stream
    prepared = prepare(settling.record, content, settling.texts, now=settling.change.now)
    record, user, change = settling.record, settling.user, settling.change
    if held:
        correct(record, user, prepared, change=change, held=held)
    else:
        store(record, user, prepared, change)
    after = read_stream(change.connection, stream.person) or stream
    before = {each.id for each in stream.recorded}
    added = [each.id for each in after.recorded if each.id not in before]
    led_to(change.connection, [each.id for each in proposal.messages if each.told.get("case")], added)
    return after


def _held(settling: Settling, proposal: Proposal) -> Stored | None:
    return newest(settling.change.connection, proposal.screening) if proposal.screening else None


def _taken_back_by_us(settling: Settling, stream: Stream, proposal: Proposal) -> bool:
    """Return whether a message, and no person, undid the last version."""
    every = [each.id for each in _received(settling, stream)]
    ours = {event for _, event in effects_of(settling.change.connection, every)}
    last = proposal.stored[-1].id
    undoing = [each for each in stream.recorded if isinstance(each.event, Undone) and each.event.event == last]
    return bool(undoing) and undoing[-1].id in ours


def _withdraw(settling: Settling, stream: Stream, proposal: Proposal, ours: set[str], every: Sequence[Kept]) -> Stream:
    """Undo what was stored, and the stay that was only assumed because of it."""
    gone = (*still_stored(stream, proposal), *assumed_by(stream, ours, proposal))
    for event in gone:
        last = next((each for each in reversed(every) if each.status in {"cancelled", "changed"}), None)
        why = _why(settling, last) if last else settling.texts("received.undone.moved")
        stream = _write(settling, stream, Undone(event, why), [(last or every[-1]).id])
    return stream
