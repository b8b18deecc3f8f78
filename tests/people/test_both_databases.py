"""Sessions, sign-ins under way and screens, on each database; what is good once is so also for two at once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from api.people.devices import Devices
from api.people.refused import SignInFailed
from api.people.sessions import Sessions
from api.people.sign_ins import Begun, SignIns
from api.people.user import Unit, User
from api.settings import Sessions as Lasts
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
