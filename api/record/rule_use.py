"""How often each rule suggested something, and what clinicians made of it: counted over all, never of a person."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Engine,
    Select,
    Text,
    case,
    cast,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB

from api.record.cards import REASONS
from api.storage.engine import reading
from api.storage.tables import assessment, event, feedback, feedback_rule

FEWEST = 5  # fewer than this could point to someone
STEP = 5  # an exact count would tell what one patient was suggested, to whoever reads it before and after
KEPT = timedelta(days=1)
PATIENCE = 1.0
SUGGESTED, ACCEPTED, OVERRIDDEN = "suggested", "accepted", "overridden"
ON_CARDS = "card_"
"""Before what came of a card in the hospital's record, which is told apart from what was decided here."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a rule's suggestions came to, to the nearest five; None is under five, also none at all.

    `reasons` were each given at least five times; those of cards are codes. `card_accepted` and `card_overridden` are
    what came of cards in the hospital's record.
    """

    suggested: int | None = None
    accepted: int | None = None
    overridden: int | None = None
    reasons: tuple[tuple[str, int], ...] = ()
    card_accepted: int | None = None
    card_overridden: int | None = None
    card_reasons: tuple[tuple[str, int], ...] = ()

    @property
    def on_cards(self) -> bool:
        """Return whether there is a count of cards to show."""
        return self.card_accepted is not None or self.card_overridden is not None


@dataclass(frozen=True, slots=True)
class Counted:
    """The use of every rule that has been used, and when it was counted."""

    at: datetime
    rules: Mapping[str, Use]

    def of(self, rule: str) -> Use:
        """Return the use of a rule, none where nobody has met it."""
        return self.rules.get(rule, Use())


class UseOfRules:
    """Counts in a thread of its own, since it reads all there is; those who ask share an answer for a day."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: Future[Counted] | None = None
        self._next: Future[Counted] | None = None

    def of(self, engine: Engine, *, now: datetime, patience: float = PATIENCE) -> Counted | None:
        """Return the newest count, a day old at most; None while the first is still being made."""
        coming = self._coming(engine, now)
        wait([coming], patience)
        there = coming if coming.done() and coming.exception() is None else self._counted
        return there.result() if there else None

    def _coming(self, engine: Engine, now: datetime) -> Future[Counted]:
        with self._lock:
            if self._next and self._next.done():
                self._counted, self._next = (self._counted if self._next.exception() else self._next), None
            if self._counted and now - self._counted.result().at < KEPT:
                return self._counted
            if self._next is None:
                self._next = Future()
                threading.Thread(target=_count, args=(engine, now, self._next), name="rule-use", daemon=True).start()
            return self._next


def _count(engine: Engine, now: datetime, answer: Future[Counted]) -> None:
    found: dict[str, list[Any]] = {}
    try:
        with reading(engine) as connection:
            for row in connection.execute(_statement(connection)):
                found.setdefault(row.rule, []).append(row)
        answer.set_result(Counted(now, {rule: _use(rows) for rule, rows in found.items()}))
    except Exception as error:  # noqa: BLE001 # handed to those who asked
        answer.set_exception(error)


def _use(rows: list[Any]) -> Use:
    codes = (SUGGESTED, ACCEPTED, OVERRIDDEN, ON_CARDS + ACCEPTED, ON_CARDS + OVERRIDDEN)
    totals = {code: sum(row.times for row in rows if row.came_to == code) for code in codes}
    shown = {code: rounded(total) for code, total in totals.items()}
    on_cards = [row for row in rows if row.came_to.startswith(ON_CARDS)]
    said = _reasons(row for row in rows if row not in on_cards)
    return Use(**shown, reasons=said, card_reasons=_reasons(on_cards))


def _reasons(rows: Iterable[Any]) -> tuple[tuple[str, int], ...]:
    said = [(row.reason, times) for row in rows if row.reason and (times := rounded(row.times))]
    return tuple(sorted(said, key=lambda each: (-each[1], each[0])))


def rounded(count: int) -> int | None:
    """Return a count as it may be told: to the nearest five, and nothing where it is under five."""
    return STEP * ((count + STEP // 2) // STEP) if count >= FEWEST else None


def _statement(connection: Connection) -> CompoundSelect[Any]:
    suggested, decided = _on_postgresql() if connection.dialect.name == "postgresql" else _on_sqlite()
    return union_all(suggested, decided, _of_cards())


def _on_sqlite() -> tuple[Select[Any], Select[Any]]:
    finding = func.json_each(assessment.c.outcome, "$.findings").table_valued("value", name="finding")
    body = event.c.body
    return (
        _suggested(func.json_extract(finding.c.value, "$.rule"), finding),
        _decided(*(func.json_extract(body, f"$.{name}") for name in ("rule", "verdict", "reason"))),
    )


def _on_postgresql() -> tuple[Select[Any], Select[Any]]:
    findings = cast(assessment.c.outcome, JSONB)["findings"]
    finding = func.jsonb_array_elements(findings).table_valued("value", name="finding")
    body = cast(event.c.body, JSONB)
    return (
        _suggested(cast(finding.c.value, JSONB)["rule"].astext, finding),
        _decided(*(body[name].astext for name in ("rule", "verdict", "reason"))),
    )


def _suggested(rule: Any, finding: Any) -> Select[Any]:
    columns = (rule.label("rule"), literal(SUGGESTED).label("came_to"), cast(null(), Text).label("reason"))
    each_with_its_own = select(*columns, func.count().label("times")).select_from(assessment).join(finding, true())
    return each_with_its_own.group_by(rule)


def _decided(rule: Any, verdict: Any, reason: Any) -> Select[Any]:
    columns = (rule.label("rule"), verdict.label("came_to"), reason.label("reason"), func.count().label("times"))
    return select(*columns).where(event.c.kind == "decided").group_by(rule, verdict, reason)


def _of_cards() -> Select[Any]:
    """Count what came of cards, each by what was said of it last; nobody presses four times and is counted as four.

    A reason that is not our own code may be about someone, and is counted without it.
    """
    newest_first = (feedback.c.said.desc(), feedback.c.at.desc(), feedback.c.id)
    place = func.row_number().over(partition_by=feedback.c.card, order_by=newest_first).label("place")
    of_card = select(feedback, place).subquery("of_card")
    came_to = literal(ON_CARDS) + of_card.c.outcome
    reason = case((of_card.c.system == REASONS, cast(of_card.c.reason, Text)), else_=cast(null(), Text))
    columns = (feedback_rule.c.rule.label("rule"), came_to.label("came_to"), reason.label("reason"))
    each = select(*columns, func.count().label("times")).select_from(feedback_rule)
    last = each.join(of_card, of_card.c.id == feedback_rule.c.feedback).where(of_card.c.place == 1)
    return last.group_by(feedback_rule.c.rule, came_to, reason)
