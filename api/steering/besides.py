"""What is counted beside the stays: what messages lacked, and what was made of cards in the hospital's record.

Messages and cards say of no hospital whose they are, so they are this server's own. They are told by tertial, to the
nearest five, and not at all under five.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import Connection, bindparam, func, select

from api.messages.deviations import deviations_by_element
from api.record.rule_use import rounded
from api.storage.tables import feedback, feedback_rule, figure_cell, figure_month
from population.steering.counting import ALL, months_of, tertial_of
from rules.times import OSLO

DEVIATION, CARD = "deviation", "card"
"""What the cells are called; their categories are `element:missing` and `rule:accepted`."""

OUTCOMES = {DEVIATION: ("missing", "sent", "dropped"), CARD: ("accepted", "overridden")}
"""All that may come of each; one that never came is told as one that came a few times."""

_newest = (feedback.c.said.desc(), feedback.c.at.desc(), feedback.c.id)
_of_card = select(
    feedback.c.id,
    feedback.c.outcome,
    func.row_number().over(partition_by=feedback.c.card, order_by=_newest).label("place"),
).where(feedback.c.said >= bindparam("since"), feedback.c.said < bindparam("until"))
_last = _of_card.subquery("of_card")
CARDS = (
    select(feedback_rule.c.rule, _last.c.outcome, func.count())
    .join(_last, _last.c.id == feedback_rule.c.feedback)
    .where(_last.c.place == 1)
    .group_by(feedback_rule.c.rule, _last.c.outcome)
)
KEPT = select(figure_cell.c.month, figure_cell.c.figure, figure_cell.c.category, figure_cell.c.count).where(
    figure_cell.c.hospital == bindparam("here"), figure_cell.c.figure.in_((DEVIATION, CARD))
)

Key = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Beside:
    """How often something came out so in a tertial, to the nearest five; None is under five, also none at all.

    `about` is the element that messages lacked, or the rule that cards were about.
    """

    figure: str
    first: date
    about: str
    counts: Mapping[str, int | None]


def counted_besides(connection: Connection, month: date, until: date, *, hospital: str) -> Counter[Key]:
    """Count a month's messages that lacked something, and its cards by what was said of each last."""
    period = {"since": _begins(month), "until": _begins(until)}
    found: Counter[Key] = Counter()
    for element, each in deviations_by_element(connection, **period).items():
        for outcome, number in (("missing", each.missing), ("sent", each.sent), ("dropped", each.dropped)):
            found[hospital, ALL, DEVIATION, "", f"{element}:{outcome}"] += number
    for rule, outcome, number in connection.execute(CARDS, period):
        found[hospital, ALL, CARD, "", f"{rule}:{outcome}"] += number
    return Counter({key: number for key, number in found.items() if number})


def besides(connection: Connection, hospital: str) -> tuple[Beside, ...]:
    """Return what is told of a hospital, in order of time; a tertial that still grows would tell of its months."""
    closed = frozenset(connection.scalars(select(figure_month.c.month)))
    found: dict[tuple[date, str, str], Counter[str]] = {}
    for month, figure, category, number in connection.execute(KEPT, {"here": hospital}):
        about, _, outcome = category.rpartition(":")
        if closed.issuperset(months_of(tertial_of(month))):
            found.setdefault((tertial_of(month), figure, about), Counter())[outcome] += number
    return tuple(_told(found))


def _told(found: Mapping[tuple[date, str, str], Counter[str]]) -> Iterator[Beside]:
    for (first, figure, about), counts in sorted(found.items()):
        shown = {outcome: rounded(counts[outcome]) for outcome in OUTCOMES[figure]}
        if any(shown.values()):
            yield Beside(figure, first, about, shown)


def _begins(month: date) -> datetime:
    return datetime.combine(month, time(), OSLO)
