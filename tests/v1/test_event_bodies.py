"""Whatever an event says can be stored on every database: no text is longer than the column that it ends in."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from sqlalchemy import String

from api.storage.tables import clock, listing
from api.v1.event_bodies import BODIES

COLUMNS = {
    "hospital": listing.c.hospital,
    "municipality": listing.c.municipality,
    "name": listing.c.name,
    "owner": clock.c.owner,
    "plan": listing.c.next_about,
    "practice": listing.c.practice,
    "room": listing.c.room,
    "stay": clock.c.course,
    "step": clock.c.step,
    "ward": listing.c.ward,
}
ENDS_IN = {name: column.type.length or 0 for name, column in COLUMNS.items() if isinstance(column.type, String)}
SENT = [(kind, name) for kind, (_, model) in BODIES.items() for name in model.model_fields if name in ENDS_IN]


@pytest.mark.parametrize(("kind", "name"), SENT)
def test_a_text_longer_than_its_column_is_refused(kind: str, name: str):
    with pytest.raises(ValidationError) as told:
        BODIES[kind][1].model_validate({"kind": kind, name: "5" * (ENDS_IN[name] + 1)})
    assert name in {each["loc"][0] for each in told.value.errors()}


def test_every_column_is_one_that_an_event_ends_in():
    assert {name for _, name in SENT} == set(COLUMNS)
