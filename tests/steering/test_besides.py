"""Cards and messages are counted beside the stays: once for each card, by whole tertials, and never under five."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, text

from api.steering.besides import CARD, DEVIATION, besides, counted_besides
from api.storage.tables import card, feedback, feedback_rule, figure_cell, figure_month

JANUARY, HERE = date(2026, 1, 1), "STO"
FROM = datetime(2026, 1, 10, 12, tzinfo=UTC)


def answered(connection: Any, number: int, *said: tuple[str, datetime], rule: str = "cga_team") -> None:
    """Tell of a card and of what was said of it, in turn."""
    row = {"service": "s", "subject": "x", "content": "c", "rules": "[]", "offers": "[]", "by": "b", "at": FROM}
    connection.execute(insert(card).values(id=f"c{number}", **row))
    for place, (outcome, at) in enumerate(said):
        id = f"f{number}-{place}"
        made = {"id": id, "card": f"c{number}", "outcome": outcome, "accepted": "[]", "said": at, "at": at}
        connection.execute(insert(feedback).values(made))
        connection.execute(insert(feedback_rule).values(feedback=id, rule=rule))


@pytest.fixture
def answers(engine: Engine) -> Engine:
    """Give a year with twelve cards in January: seven accepted, of which one after a change of mind, and five not."""
    with engine.begin() as connection:
        for number in range(6):
            answered(connection, number, ("accepted", FROM))
        answered(connection, 6, ("overridden", FROM), ("accepted", FROM + timedelta(hours=1)))
        for number in range(7, 12):
            answered(connection, number, ("overridden", FROM))
        answered(connection, 12, ("accepted", FROM + timedelta(days=40)))
    return engine


def test_a_card_is_counted_once_by_what_was_said_of_it_last(answers: Engine):
    with answers.connect() as connection:
        found = counted_besides(connection, JANUARY, date(2026, 2, 1), hospital=HERE)
        last = text(
            "SELECT outcome, count(*) FROM feedback f WHERE said < '2026-02-01' AND NOT EXISTS"
            " (SELECT 1 FROM feedback g"
            " WHERE g.card = f.card AND g.said > f.said AND g.said < '2026-02-01') GROUP BY outcome"
        )
        expected = {row[0]: row[1] for row in connection.execute(last)}
    cells = {key[4].partition(":")[2]: number for key, number in found.items() if key[2] == CARD}
    assert cells == expected == {"accepted": 7, "overridden": 5}


def test_only_whole_tertials_are_told_to_the_nearest_five_and_nothing_under_five(engine: Engine):
    months = [date(2026, number, 1) for number in range(1, 6)]
    with engine.begin() as connection:
        connection.execute(insert(figure_month), [{"month": each, "at": FROM, "program": "1"} for each in months])
        counts = {
            months[0]: ("gp:missing", 8),
            months[1]: ("gp:missing", 4),
            months[2]: ("gp:sent", 3),
            months[4]: ("gp:missing", 90),
        }
        rows = [
            {
                "hospital": HERE,
                "breakdown": "all",
                "figure": DEVIATION,
                "month": month,
                "part": "",
                "category": of,
                "count": n,
            }
            for month, (of, n) in counts.items()
        ]
        connection.execute(insert(figure_cell), rows)
    with engine.connect() as connection:
        (told,) = besides(connection, HERE)
    assert (told.figure, told.first, told.about) == (DEVIATION, JANUARY, "gp")
    assert told.counts == {"missing": 10, "sent": None, "dropped": None}
