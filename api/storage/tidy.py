"""What is kept for a while only: sessions, openings, drafts, answers, proofs, cards. Never the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, Table, and_, delete, or_

from api.settings import Settings
from api.storage.schema import alone
from api.storage.tables import card, draft, idempotency, launch, once, opened, session, sign_in

SIGN_IN_FOR = timedelta(hours=1)
CARD_FOR = timedelta(days=90)  # that nobody answered; what came of the others is counted for their rules
OPENED_FOR = timedelta(days=30)  # after it ended; who opened what, and why, stays in the access log


@dataclass(frozen=True, slots=True)
class Tidied:
    """How many rows of each kind were past their time."""

    sessions: int
    sign_ins: int
    opened: int
    drafts: int
    answers: int
    once: int
    cards: int


def tidy(engine: Engine, settings: Settings, now: datetime) -> Tidied:
    """Delete what is past its time, also while the server runs."""
    idle = timedelta(minutes=settings.session.idle_minutes)
    longest = timedelta(hours=settings.session.longest_hours)
    past: dict[str, tuple[Table, ColumnElement[bool]]] = {
        "launches": (launch, launch.c.at < now - SIGN_IN_FOR),
        "sessions": (session, or_(session.c.seen < now - idle, session.c.created < now - longest)),
        "sign_ins": (sign_in, sign_in.c.at < now - SIGN_IN_FOR),
        "opened": (opened, opened.c.until < now - OPENED_FOR),
        "drafts": (draft, draft.c.at < now - timedelta(days=settings.draft_days)),
        "answers": (idempotency, idempotency.c.at < now - timedelta(days=settings.idempotency_days)),
        "once": (once, once.c.until < now),
        "cards": (card, and_(card.c.answered.is_(None), card.c.at < now - CARD_FOR)),
    }
    with alone(engine) as connection:
        gone = {name: connection.execute(delete(table).where(over)).rowcount for name, (table, over) in past.items()}
    gone["sign_ins"] += gone.pop("launches")  # which are sign-ins too, by another door
    return Tidied(**gone)
