"""The cards that were shown in the hospital's record, and what was made of them.

A card is one as long as it says the same of the same patient at the same service to the same system; once it is
answered there, it is not shown there again until there is something else to say.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam, insert, select, update

from api.record.streams import Naming
from api.storage.tables import card, feedback, feedback_rule
from api.storage.writer import Change

Outcome = Literal["accepted", "overridden"]
REASONS = "urn:retthjem:override-reasons"
"""The system of our own reasons to put a card aside."""

OF_PATIENT = (
    card.c.service == bindparam("at_service"),
    card.c.subject == bindparam("about"),
    card.c.by == bindparam("to"),  # nobody is silenced by what another system's users answered
)
LAST_ANSWERED = (
    select(card.c.content).where(*OF_PATIENT, card.c.answered.is_not(None)).order_by(card.c.at.desc()).limit(1)
)
"""The newest card that was answered, however late it was."""

WAITING = select(card.c.id).where(*OF_PATIENT, card.c.answered.is_(None), card.c.content == bindparam("told")).limit(1)
ADD, ADD_FEEDBACK, ADD_RULE = insert(card), insert(feedback), insert(feedback_rule)
OF_CARD = select(card).where(card.c.id == bindparam("of"))
ANSWERED = update(card).where(card.c.id == bindparam("of")).values(answered=bindparam("moment"))
GIVEN = select(feedback.c.id).where(feedback.c.id == bindparam("of"))


@dataclass(frozen=True, slots=True)
class ToShow:
    """What a card says of whom, at which service, to which caller: `content` is a digest."""

    service: str
    subject: str
    content: str
    by: str
    rules: tuple[str, ...]
    offers: Mapping[str, str]
    """The rule that each kind of offer follows from."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What was made of a card: `comment` is what someone wrote, and may be about the patient."""

    card: str
    outcome: Outcome
    at: datetime
    accepted: tuple[str, ...] = ()
    reason: str | None = None
    system: str | None = None
    comment: str | None = None

    @property
    def id(self) -> str:
        """Return what tells one feedback from another, so that one that is sent twice is stored once."""
        told = {**asdict(self), "at": self.at.isoformat(), "accepted": sorted(self.accepted)}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


class NoSuchCard(Exception):
    """No card with this id at this service was shown to this caller: the answer is the same for each."""


def subject_of(naming: Naming) -> str:
    """Return whom a card is about, at a length that is stored; a patient needs no record for it."""
    return hashlib.sha256(f"{naming.identity or ''}|{naming.local_id or ''}".encode()).hexdigest()


def shown(change: Change, told: ToShow) -> str | None:
    """Return the id of the card to show, or None where the same was answered last."""
    about = {"at_service": told.service, "about": told.subject, "to": told.by}
    if change.connection.execute(LAST_ANSWERED, about).scalar() == told.content:
        return None
    waiting = change.connection.execute(WAITING, {**about, "told": told.content}).scalar()
    return str(waiting) if waiting else _added(change, told)


def answer(change: Change, given: Iterable[Feedback], *, service: str, by: str) -> None:
    """Store what was made of cards, all of it or nothing; raise `NoSuchCard` where one was not shown to this caller."""
    for each in given:
        row = change.connection.execute(OF_CARD, {"of": each.card}).one_or_none()
        if row is None or row.service != service or row.by != by:
            raise NoSuchCard
        offered = {suggestion_id(row.id, kind): rule for kind, rule in json.loads(row.offers).items()}
        if not offered.keys() >= set(each.accepted):
            raise NoSuchCard
        if change.connection.execute(GIVEN, {"of": each.id}).first() is None:
            _store(change, each, {offered[id] for id in each.accepted} or set(json.loads(row.rules)))


def suggestion_id(shown_card: str, offer: str) -> str:
    """Return the id of an offer on a card, the same each time it is asked for."""
    return str(uuid.uuid5(uuid.UUID(shown_card), offer))


def _added(change: Change, told: ToShow) -> str:
    id = str(uuid.uuid4())
    row = {
        "id": id,
        "service": told.service,
        "subject": told.subject,
        "content": told.content,
        "rules": json.dumps(told.rules),
        "offers": json.dumps(dict(told.offers)),
        "by": told.by,
        "at": change.now,
    }
    change.connection.execute(ADD, row)
    return id


def _store(change: Change, given: Feedback, rules: Iterable[str]) -> None:
    row = {"id": given.id, **asdict(given), "accepted": json.dumps(given.accepted), "said": given.at, "at": change.now}
    change.connection.execute(ADD_FEEDBACK, row)
    rows = [{"feedback": given.id, "rule": rule} for rule in sorted(rules)]
    if rows:
        change.connection.execute(ADD_RULE, rows)
    change.connection.execute(ANSWERED, {"of": given.card, "moment": change.now})
