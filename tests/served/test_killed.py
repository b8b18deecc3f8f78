"""The server is killed while 200 people save at once, and plans start: what was answered is there, and nothing in part.

`RETTHJEM_KILLS` says how many times.
"""

from __future__ import annotations

import asyncio
import json
import os
import random

from sqlalchemy import Connection, select

from api.storage.engine import make_engine, reading
from api.storage.tables import assessment, clock, event, listing, person
from api.storage.verify import verify
from tests.served.process import Answered, Served
from tests.storage.databases import Database

KILLS = int(os.environ.get("RETTHJEM_KILLS", "3"))
AT_ONCE = 200
FOLLOWED_UP = "HPH4"
OURS = select(person.c.id).where(person.c.local_id.like("demo/k%-%"))


def test_what_was_answered_is_there_after_a_kill_and_no_plan_is_half(database: Database) -> None:
    answered = Answered()
    whole, plans = set[str](), set[str]()
    engine = make_engine(database.url)
    for number in range(KILLS):
        with Served(database.url) as served:
            first = answered.screenings if number % 2 else answered.plans
            asyncio.run(killed_while_saving(served, f"k{number}", answered, first))
        with reading(engine) as connection:
            whole, plans = whole_screenings(connection), whole_plans(connection)
        assert set(answered.screenings) <= whole
        assert set(answered.plans) <= plans
        assert verify(engine).faults == []
    engine.dispose()
    counted = f"{len(answered.screenings)} saves and {len(answered.plans)} plans answered"
    print(f"{database.kind}: {KILLS} kills, {counted}, {len(whole)} and {len(plans)} stored")
    assert answered.plans


async def killed_while_saving(served: Served, start: str, answered: Answered, first: list[str]) -> None:
    """Begin 200 saves and 67 plans, and end the server at a random moment after the first answer of a kind."""
    before = len(first)
    saving = asyncio.create_task(served.save_many(start, AT_ONCE, answered))
    while len(first) == before and not saving.done():
        await asyncio.sleep(0.005)
    await asyncio.sleep(random.uniform(0, 0.5))
    served.kill()
    await saving


def whole_screenings(connection: Connection) -> set[str]:
    """Return the screenings that have all that belongs to one; fail for one that has only a part."""
    stored = connection.execute(
        select(assessment.c.screening, assessment.c.person).where(assessment.c.person.in_(OURS))
    )
    of_whom = {each.screening: each.person for each in stored}
    told = set(connection.scalars(select(event.c.person).where(event.c.kind == "screened", event.c.person.in_(OURS))))
    listed = set(connection.scalars(select(listing.c.person).where(listing.c.person.in_(OURS))))
    assert set(of_whom.values()) == told == listed == set(connection.scalars(OURS))
    return set(of_whom)


def whole_plans(connection: Connection) -> set[str]:
    """Return the plans that were started; fail where a list or a clock knows of one that was not, or the other way."""
    ours = event.c.kind == "plan_started", event.c.person.in_(OURS)
    started = connection.execute(select(event.c.person, event.c.body).where(*ours)).all()
    running = listing.c.status == "running", listing.c.person.in_(OURS)
    followed = clock.c.step == FOLLOWED_UP, clock.c.person.in_(OURS)
    assert set(connection.scalars(select(listing.c.person).where(*running))) == {each.person for each in started}
    assert set(connection.scalars(select(clock.c.person).where(*followed))) == {each.person for each in started}
    return {json.loads(each.body)["plan"] for each in started}
