"""Sessions, sign-ins under way and screens, on each database; what is good once is so also for two at once."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from api.people.devices import Devices
from api.people.once import Once
from api.people.refused import SignInFailed
from api.people.sessions import Sessions
from api.people.sign_ins import Begun, SignIns
from api.people.user import Unit, User
from api.settings import Sessions as Lasts
from api.storage.tables import once as seen
from api.storage.writer import Writer
from careplans.course.events import By
from tests.people.conftest import Clock
from tests.storage.databases import cluster, database, engine, open_engine, postgresql, sqlite, writer

__all__ = ["cluster", "database", "engine", "open_engine", "postgresql", "sqlite", "writer"]
INGRID = User("u-1", "nurse", frozenset({Unit("ward", "STO/GER2")}), "Ingrid Åse Nes")


def test_a_session_is_found_until_it_ends(engine: Engine, writer: Writer):
    clock = Clock()
    sessions = Sessions(engine, writer, Lasts(), clock)

    async def run() -> None:
        cookie = await sessions.begin(INGRID)
        found = sessions.find(cookie)
        assert found
        assert (found.user, found.seen) == (INGRID, clock.at)
        clock.at += timedelta(minutes=14)
        await sessions.keep(found)
        clock.at += timedelta(minutes=14)
        assert sessions.find(cookie)
        assert sessions.find("another") is None
        await sessions.end(cookie)
        assert sessions.find(cookie) is None

    asyncio.run(run())


def test_of_two_who_bring_one_state_at_once_one_gets_on(engine: Engine, writer: Writer):
    sign_ins = SignIns(writer)

    async def run() -> None:
        asked = await sign_ins.begin("/back", "/page")
        both = await asyncio.gather(*(sign_ins.take(asked.state) for _ in range(2)), return_exceptions=True)
        assert {type(each) for each in both} == {Begun, SignInFailed}
        with pytest.raises(SignInFailed):
            await sign_ins.take(asked.state)

    asyncio.run(run())


def test_a_screen_is_known_until_it_is_revoked(engine: Engine, writer: Writer):
    clock, by = Clock(), By("u-9", "administrator")
    devices = Devices(engine, writer, clock)

    async def run() -> None:
        made, token = await devices.make("STO/GER2", "Vaktrommet", by)
        assert devices.find(token) == User(
            f"device:{made.id}", "reader", frozenset({Unit("ward", "STO/GER2")}), "Vaktrommet"
        )
        assert [device.id for device in devices.of_wards(frozenset({"STO"}))] == [made.id]
        assert devices.of_wards(frozenset({"OUS"})) == []
        assert await devices.revoke(made.id, by)
        assert devices.find(token) is None
        first = clock.at
        clock.pass_(minutes=1)
        assert await devices.revoke(made.id, by)
        assert devices.of_wards(frozenset({"STO"}))[0].revoked == first
        assert not await devices.revoke("unknown", by)

    asyncio.run(run())


def test_what_was_seen_is_not_first_again_until_it_ran_out(engine: Engine, writer: Writer):
    clock = Clock()
    writer._now = clock
    once = Once(writer)
    soon = clock.at + timedelta(minutes=5)
    assert once.first("proof", "a", soon)
    assert not once.first("proof", "a", soon)
    assert once.first("proof", "b", soon)
    assert once.first("token", "a", soon)
    assert once.first("proof", "\udcff" * 5_000, soon)
    clock.pass_(minutes=5)
    assert not once.first("proof", "a", soon)
    clock.pass_(seconds=1)
    assert once.first("proof", "a", clock.at + timedelta(minutes=5))


def test_what_ran_out_is_forgotten_within_a_minute(engine: Engine, writer: Writer):
    clock, ticks = Clock(), iter((0.0, 1.0, 62.0, 63.0))
    writer._now = clock
    once = Once(writer, lambda: next(ticks))
    assert once.first("proof", "a", clock.at + timedelta(seconds=1))
    clock.pass_(minutes=1)
    assert once.first("proof", "b", clock.at + timedelta(minutes=5))
    assert once.first("proof", "c", clock.at + timedelta(minutes=5))
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(seen)).scalar_one() == 2


def test_of_many_who_bring_one_proof_at_once_to_two_servers_one_is_first(engine: Engine, writer: Writer):
    another = Writer(engine)
    servers = (Once(writer), Once(another))
    until = datetime.now(UTC) + timedelta(minutes=5)

    async def run() -> list[bool]:
        return await asyncio.gather(*(servers[turn % 2]("proof", "same", until) for turn in range(40)))

    try:
        assert asyncio.run(run()).count(True) == 1
        with ThreadPoolExecutor(8) as threads:
            again = list(threads.map(lambda turn: servers[turn % 2].first("proof", "other", until), range(40)))
        assert again.count(True) == 1
    finally:
        another.close()
