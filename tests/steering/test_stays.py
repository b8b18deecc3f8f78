"""Each stay is to the figures what its events say, also where they were undone, merged, retracted or told late."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from api.record.bases import Bases
from api.record.projection import rebuild
from api.record.streams import read_stream
from api.steering.closing import Closing
from api.steering.stays import assessments_needed, stays_of
from population.steering.facts import StayFacts
from tests.record.hospital import Hospital, words
from tests.steering.lives import BEGINS, NOW, hospital, pool
from tests.steering.raw import stays

LIVES = 300


@pytest.fixture(params=[1, 2])
def random_hospital(engine: Any, request: pytest.FixtureRequest) -> Any:
    """Give a hospital of random lives, told by the end of the year."""
    made = Hospital(engine, now=BEGINS)
    ready = pool(made.record, words(), now=BEGINS)
    with engine.begin() as connection:
        hospital(connection, LIVES, seed=request.param, pool=ready, rule_set=made.record.rule_set)
        rebuild(connection, made.record.bases, {})
    made.now = NOW
    yield made
    made.close()


def found(made: Hospital) -> dict[str, StayFacts]:
    """Return every stay by its id, as the figures see it."""
    asked, bases = Closing.of(made.record, now=NOW).reading, Bases()
    every: dict[str, StayFacts] = {}
    with made.engine.connect() as connection:
        survivors = {row["person"] for row in stays(connection, now=NOW)}
        for person in sorted(survivors):
            stream = read_stream(connection, person)
            assert stream is not None
            basis = bases.of(connection, assessments_needed(stream.course))
            every |= {stay.stay: stay for stay in stays_of(stream, basis, asked)}
    return every


def test_every_stay_is_what_its_events_say(random_hospital: Hospital):
    with random_hospital.engine.connect() as connection:
        expected = {row["stay"]: row for row in stays(connection, now=NOW)}
    assert {id: _plain(stay) for id, stay in found(random_hospital).items()} == expected
    assert len(expected) > LIVES, "else the lives are too dull to show anything"


def _plain(stay: StayFacts) -> dict[str, Any]:
    plain = asdict(stay)
    plain["cfs"] = (stay.cfs.low, stay.cfs.high) if stay.cfs else None
    plain["raters"] = (stay.raters.first, stay.raters.second) if stay.raters else None
    plain["decisions"] = tuple((each.rule, each.verdict, each.reason) for each in stay.decisions)
    return plain
