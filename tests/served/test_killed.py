"""The server is killed while 200 people save at once: what was answered is there, and nothing is there in part.

`RETTHJEM_KILLS` says how many times.
"""

from __future__ import annotations

import asyncio
import os
import random

from sqlalchemy import Connection, select

from api.storage.engine import make_engine, reading
from api.storage.tables import assessment, event, listing, person
from api.storage.verify import verify
from tests.served.process import Served
from tests.storage.databases import Database

KILLS = int(os.environ.get("RETTHJEM_KILLS", "3"))
AT_ONCE = 200


def test_what_was_answered_is_there_after_a_kill_and_no_plan_is_half(database: Database) -> None:
    answered: list[str] = []
    whole: set[str] = set()
    engine = make_engine(database.url)
    for number in range(KILLS):
        with Served(database.url) as served:
            asyncio.run(killed_while_saving(served, f"k{number}", answered))
        with reading(engine) as connection:
            whole = whole_screenings(connection)
        assert set(answered) <= whole
        assert verify(engine).faults == []
    engine.dispose()
    print(f"{database.kind}: {KILLS} kills, {len(answered)} saves answered, {len(whole)} stored")
    assert answered


async def killed_while_saving(served: Served, start: str, answered: list[str]) -> None:
    """Begin 200 saves, and end the server at a random moment after the first answer."""
    before = len(answered)
    saving = asyncio.create_task(served.save_many(start, AT_ONCE, answered))
    while len(answered) == before and not saving.done():
        await asyncio.sleep(0.005)
    await asyncio.sleep(random.uniform(0, 0.5))
    served.kill()
    await saving


def whole_screenings(connection: Connection) -> set[str]:
    """Return the screenings that have all that belongs to one; fail for one that has only a part."""
    stored = connection.execute(select(assessment.c.screening, assessment.c.person)).all()
    told = set(connection.execute(select(event.c.person).where(event.c.kind == "screened")).scalars())
    listed = set(connection.execute(select(listing.c.person)).scalars())
    people = set(connection.execute(select(person.c.id)).scalars())
    assert {each.person for each in stored} == told == listed == people
    return {each.screening for each in stored}
