"""The facts of the messages of a stay as one screening that nobody has judged, corrected when the messages change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from api.messages.log import Kept
from api.messages.receiving.together import together
from api.record.naming import named
from api.record.streams import Stream
from careplans.course.events import Admitted, Recorded, Screened
from careplans.course.stands import standing
from careplans.course.state import Course, Stay

BEFORE = timedelta(days=14)
"""How long before an admission a message may have been sent, and still tell of the person as they came [confirm]."""
ADMITTING = {"innleggelsesrapport", "pasientlogistikk"}
OVER = {"discharged", "died"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """The messages of one stay, and the events that stored what they proposed before, the oldest first."""

    stay: str | None
    messages: tuple[Kept, ...]
    stored: tuple[Recorded, ...] = ()

    @property
    def screening(self) -> str | None:
        """Return the screening they are stored as."""
        return next((each.event.screening for each in self.stored if isinstance(each.event, Screened)), None)


def stay_of(message: Kept, course: Course) -> str | None:
    """Return the stay that a message tells of: by when it was sent, else by when it came; None where there is none."""
    ended = None
    found: Stay | None = None
    for stay in course.stays:
        begins = stay.admitted - BEFORE
        sent = message.sent
        if (ended is None or sent > ended) and begins <= sent and (stay.discharged is None or sent <= stay.discharged):
            found = stay
        ended = stay.discharged
    came = (each for each in reversed(course.stays) if _came_in(message, each))
    found = found or next(came, None)
    return found.id if found else None


def admits(message: Kept, now: datetime) -> bool:
    """Return whether a message alone may say that someone is in hospital: it tells of an admission that is not over."""
    over = any(each["what"] in OVER for each in message.told.get("events", ()))
    return message.kind in ADMITTING and not over and is_recent(message, now)


def is_recent(message: Kept, now: datetime) -> bool:
    """Return whether a message was sent so lately that it may be of a stay that begins now."""
    return message.sent >= now - BEFORE


def _came_in(message: Kept, stay: Stay) -> bool:
    return stay.admitted <= message.at and (stay.discharged is None or message.at <= stay.discharged)


def proposals(stream: Stream, messages: Iterable[Kept], effects: Iterable[tuple[str, str]]) -> Iterator[Proposal]:
    """Give what is proposed for each stay, also where no message stands for it any more."""
    by_stay: dict[str | None, list[Kept]] = {}
    for each in messages:
        by_stay.setdefault(stay_of(each, stream.course), []).append(each)
    stored = _stored(stream, {event for _, event in effects})
    for stay in dict.fromkeys((*by_stay, *stored)):
        yield Proposal(stay, tuple(by_stay.get(stay, ())), tuple(stored.get(stay, ())))


def placed(stream: Stream, every: Iterable[Proposal], now: datetime) -> Iterator[Proposal]:
    """Give the proposals that have a place: what is of no stay that is held begins none unless a report does."""
    for each in every:
        if each.stay is not None or each.stored or not _is_held_back(stream.course):
            yield each
        elif not stream.course.stays and any(admits(one, now) for one in each.messages):
            yield replace(each, messages=tuple(one for one in each.messages if is_recent(one, now)))


def _is_held_back(course: Course) -> bool:
    """Return whether a case without a stay would begin one, or be taken for one of the stay that is now."""
    return not course.stays or course.in_hospital


def content_of(stream: Stream, proposal: Proposal, connection: Connection) -> dict[str, Any] | None:
    """Return the case that the messages propose, with who the patient is as the record has it; None without facts."""
    facts = together(proposal.messages)
    if facts is None:
        return None
    return facts | {"patient": _patient(stream, connection)} | _encounter(stream.course, proposal.stay)


def _patient(stream: Stream, connection: Connection) -> dict[str, Any]:
    naming, who = named(connection, stream.person), stream.course.who
    local = (naming.local_id or "").partition("/")[2]
    said = {
        "id": naming.identity,
        "local_id": None if naming.identity else local,
        "name": who.name,
        "birth_date": who.born.isoformat() if who.born else None,
        "sex": who.sex,
        "municipality": stream.course.municipality,
    }
    return {name: value for name, value in said.items() if value}


def _encounter(course: Course, stay: str | None) -> dict[str, Any]:
    found = next((each for each in course.stays if each.id == stay), None)
    if found is None:
        return {}
    held = {"id": found.id}
    return {"encounter": held if found.assumed else held | {"admitted": found.admitted.isoformat()}}


def _stored(stream: Stream, ours: set[str]) -> dict[str | None, list[Recorded]]:
    """Return what messages stored before, by the stay it stands under now: every version, also one that was undone."""
    where = {each.id: each.stay for each in stream.course.screenings}
    found: dict[str | None, list[Recorded]] = {}
    for each in stream.recorded:
        if each.id in ours and isinstance(each.event, Screened):
            stay = where.get(each.event.screening, each.event.stay)
            found.setdefault(stay, []).append(each)
    return found


def still_stored(stream: Stream, proposal: Proposal) -> tuple[str, ...]:
    """Return the versions that stand."""
    held = {each.id for each in standing(stream.recorded)}
    return tuple(each.id for each in proposal.stored if each.id in held)


def assumed_by(stream: Stream, ours: set[str], proposal: Proposal) -> tuple[str, ...]:
    """Return the admissions that were assumed because of messages alone, and that nothing else rests on."""
    course = stream.course
    rests = {each.stay for each in course.screenings if each.id != proposal.screening}
    rests |= {plan.stay for plan in course.plans} | {under for under, _ in course.marks}
    alone = [each for each in standing(stream.recorded) if isinstance(each.event, Admitted)]
    told = [each for each in alone if isinstance(each.event, Admitted) and each.event.stay == proposal.stay]
    mine = [each.id for each in told if each.id in ours and getattr(each.event, "assumed", False)]
    return tuple(mine) if len(told) == len(mine) and proposal.stay not in rests else ()


def same(content: dict[str, Any], inputs: str) -> bool:
    """Return whether a stored case says the same."""
    return bool(json.loads(json.dumps(content)) == json.loads(inputs))
