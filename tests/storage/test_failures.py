"""What goes wrong with a database in use: the caller is told clearly, and the same writer goes on when it is over."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine, text

from api.storage.access_log import verify_log
from api.storage.engine import WAIT_SECONDS, for_writing, make_engine, reading
from api.storage.failures import StoreUnavailable
from api.storage.schema import upgrade
from api.storage.tables import person
from api.storage.writer import Change, Writer
from tests.storage.databases import Cluster, Database
from tests.storage.disks import MountDisk
from tests.storage.saves import make_ready, save, saved

LONG = Random(1).randbytes(25_000).hex()  # which PostgreSQL cannot make shorter


def save_until_refused(writer: Writer, start: str) -> tuple[set[str], StoreUnavailable]:
    """Save long results until the store takes no more; return what was answered, and what it said."""
    answered: set[str] = set()
    for number in count():
        try:
            answered.add(writer.run(save(f"{start}{number}", LONG)))
        except StoreUnavailable as told:
            return answered, told
    raise AssertionError


def assert_whole(engine: Engine, answered: set[str]) -> None:
    with reading(engine) as connection:
        assert saved(connection) == answered
        report = verify_log(connection)
    assert (report.fault, report.lines) == (None, len(answered))


def set_most_pages(change: Change, pages: int) -> None:
    change.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


def test_a_full_file_is_told_and_the_writer_goes_on_when_there_is_room(
    sqlite: Database, open_engine: Callable[[Database], Engine]
) -> None:
    engine = open_engine(sqlite)
    make_ready(engine)
    writer = Writer(engine)
    with ThreadPoolExecutor(16) as pool:
        writer.run(lambda change: set_most_pages(change, 400))
        told = list(pool.map(lambda n: told_of(writer, f"a{n}"), range(64)))
    answered = {each for each in told if isinstance(each, str)}
    refused = [each for each in told if isinstance(each, StoreUnavailable)]
    assert answered
    assert {each.code for each in refused} == {"store_full"}
    # The writer's connection was dropped, and the limit with it.
    answered.add(writer.run(save("b", LONG)))
    writer.close()
    assert_whole(engine, answered)


def told_of(writer: Writer, id: str) -> object:
    """Save a long result, and return what was answered."""
    try:
        return writer.run(save(id, LONG))
    except StoreUnavailable as told:
        return told


def test_a_work_that_passes_over_a_full_disk_stores_nothing_of_its_own(
    sqlite: Database, open_engine: Callable[[Database], Engine]
) -> None:
    engine = open_engine(sqlite)
    make_ready(engine)
    writer = Writer(engine)

    def careless(change: Change) -> None:
        set_most_pages(change, 1)
        for n in range(200):
            try:
                save(f"a{n}", LONG)(change)
            except Exception as error:  # noqa: BLE001 # this is what is tried
                told.append(error)

    told: list[Exception] = []
    with pytest.raises(Exception, match=r"rolled back|store_full"):
        writer.run(careless)
    assert told
    assert writer.run(save("b")) == "b"
    writer.close()
    assert_whole(engine, {"b"})


def test_a_full_disk_under_sqlite_is_told_and_the_writer_goes_on_when_there_is_room(
    tmp_path: Path, small_disk: MountDisk, open_engine: Callable[[Database], Engine]
) -> None:
    disk = small_disk(tmp_path / "disk", "3m")
    ballast = disk / "ballast"
    ballast.write_bytes(b"x" * 1_000_000)
    engine = open_engine(Database("sqlite", f"sqlite:///{disk}/record.db"))
    make_ready(engine)
    writer = Writer(engine)
    answered, told = save_until_refused(writer, "a")
    assert answered
    assert told.code == "store_full"
    assert_whole(engine, answered)
    ballast.unlink()
    more = {writer.run(save(f"b{n}", LONG)) for n in range(3)}
    writer.close()
    assert_whole(engine, answered | more)


def test_a_full_disk_under_postgresql_is_told_and_the_writer_goes_on_when_there_is_room(
    tmp_path: Path, cluster: Cluster, small_disk: MountDisk
) -> None:
    disk = small_disk(cluster.folder / "small", "24m")
    ballast = disk / "ballast"
    ballast.write_bytes(b"x" * 8_000_000)
    with cluster.on_disk(disk) as url:
        engine = make_engine(url)
        upgrade(engine)
        make_ready(engine)
        writer = Writer(engine)
        answered, told = save_until_refused(writer, "a")
        assert answered
        assert told.code == "store_full"
        assert_whole(engine, answered)
        ballast.unlink()
        more = {writer.run(save(f"b{n}", LONG)) for n in range(3)}
        writer.close()
        assert_whole(engine, answered | more)
        engine.dispose()


def test_a_database_that_another_holds_is_told_to_all_who_wait_and_the_writer_goes_on(engine: Engine) -> None:
    make_ready(engine)
    writer, other = Writer(engine, most_together=4), for_writing(engine)

    async def ask() -> list[object]:
        return await asyncio.gather(*(writer(save(f"a{n}")) for n in range(40)), return_exceptions=True)

    with other.begin():
        begun = time.monotonic()
        told = asyncio.run(ask())
        took = time.monotonic() - begun
    other.dispose()
    assert {each.code for each in told if isinstance(each, StoreUnavailable)} == {"store_locked"}
    assert len(told) == 40
    assert WAIT_SECONDS - 0.5 < took < 2 * WAIT_SECONDS
    assert writer.run(save("b")) == "b"
    writer.close()
    assert_whole(engine, {"b"})


def test_reading_goes_on_while_another_holds_the_database(engine: Engine) -> None:
    other = for_writing(engine)
    with other.begin() as held, reading(engine) as connection:
        held.execute(person.insert(), {"id": "p", "version": 1})
        assert connection.execute(person.select()).all() == []
    other.dispose()


def test_a_stopped_postgresql_is_told_and_everyone_goes_on_when_it_is_back(
    cluster: Cluster, postgresql: Database, open_engine: Callable[[Database], Engine]
) -> None:
    engine = open_engine(postgresql)
    make_ready(engine)
    writer = Writer(engine)
    answered = {writer.run(save(f"a{n}")) for n in range(20)}
    cluster.stop()
    try:
        with pytest.raises(StoreUnavailable, match="store_gone"):
            writer.run(save("b"))
        with pytest.raises(StoreUnavailable, match="store_gone"), reading(engine):
            pass
    finally:
        cluster.start()
    answered.add(writer.run(save("c")))
    writer.close()
    assert_whole(engine, answered)


def test_a_postgresql_that_crashes_under_load_has_all_it_answered(
    cluster: Cluster, postgresql: Database, open_engine: Callable[[Database], Engine]
) -> None:
    engine = open_engine(postgresql)
    make_ready(engine)
    writer = Writer(engine)

    async def save_through_a_crash() -> set[object]:
        saves = [asyncio.create_task(writer(save(f"a{n}"))) for n in range(400)]
        await saves[50]
        await asyncio.to_thread(cluster.stop)
        return set(await asyncio.gather(*saves, return_exceptions=True))

    try:
        told = asyncio.run(save_through_a_crash())
    finally:
        cluster.start()
    answered = {each for each in told if isinstance(each, str)}
    refused = told - answered
    assert {each.code for each in refused if isinstance(each, StoreUnavailable)} == {"store_gone"}
    assert writer.run(save("b")) == "b"
    writer.close()
    with reading(engine) as connection:
        assert answered < saved(connection)  # one group's answer may have been lost with the server
        assert verify_log(connection).fault is None


def test_a_connection_that_is_cut_within_a_work_is_told_and_the_writer_goes_on(
    postgresql: Database, open_engine: Callable[[Database], Engine]
) -> None:
    engine = open_engine(postgresql)
    make_ready(engine)
    writer = Writer(engine)

    def cut(change: Change) -> None:
        save("a")(change)
        own = change.connection.scalar(text("SELECT pg_backend_pid()"))
        with engine.begin() as other:
            other.execute(text("SELECT pg_terminate_backend(:own, 5000)"), {"own": own})
        save("b")(change)

    with pytest.raises(StoreUnavailable, match="store_gone"):
        writer.run(cut)
    assert writer.run(save("c")) == "c"
    writer.close()
    assert_whole(engine, {"c"})


def test_a_file_that_is_moved_away_is_told_and_everyone_goes_on_when_it_is_back(
    sqlite: Database, open_engine: Callable[[Database], Engine]
) -> None:
    engine, path = open_engine(sqlite), Path(sqlite.url.removeprefix("sqlite:///"))
    make_ready(engine)
    writer = Writer(engine)
    writer.run(save("a"))
    path.parent.rename(path.parent.with_name("away"))
    with pytest.raises(StoreUnavailable, match="store_gone"):
        writer.run(save("b"))
    with pytest.raises(StoreUnavailable, match="store_gone"), reading(engine):
        pass
    path.parent.with_name("away").rename(path.parent)
    assert writer.run(save("c")) == "c"
    writer.close()
    assert_whole(engine, {"a", "c"})


def test_what_is_saved_after_another_file_took_the_place_is_in_that_file(
    sqlite: Database, open_engine: Callable[[Database], Engine]
) -> None:
    engine, path = open_engine(sqlite), Path(sqlite.url.removeprefix("sqlite:///"))
    make_ready(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT 1")
    engine.dispose()  # so that the file is whole by itself, and can be copied
    copy = shutil.copy(path, path.with_name("copy.db"))
    writer = Writer(engine)
    writer.run(save("a"))
    for each in path.parent.glob("record.db-*"):
        each.unlink()
    Path(copy).rename(path)
    writer.run(save("b"))
    writer.close()
    other = make_engine(sqlite.url)
    assert_whole(other, {"b"})
    other.dispose()
