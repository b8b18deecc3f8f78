"""The one way in: what is answered is stored, works share a commit, and one that fails fails nobody else."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event, exc

from api.storage.access_log import BEGINNING, Seen, head_of, lines_about, verify_log
from api.storage.engine import reading
from api.storage.failures import StoreUnavailable
from api.storage.tables import access_batch, person
from api.storage.writer import Change, Work, Writer
from tests.storage.saves import NURSE, make_ready, save, saved


@contextmanager
def held(writer: Writer) -> Iterator[None]:
    """Keep the writer at a work of ours, so that what is asked meanwhile waits together."""
    begun, go_on = threading.Event(), threading.Event()

    def wait(_: Change) -> None:
        begun.set()
        assert go_on.wait(10)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(writer.run, wait)
        assert begun.wait(10)
        try:
            yield
        finally:
            go_on.set()
        with suppress(StoreUnavailable):  # where the writer of the test has little patience
            waiting.result(10)


async def all_at_once(writer: Writer, *works: Work[object]) -> list[object]:
    """Ask for works while the writer is held, and return what each was answered."""
    with held(writer):
        asked = [asyncio.create_task(writer(work)) for work in works]
        await asyncio.sleep(0)  # each task runs until it waits
    return await asyncio.gather(*asked, return_exceptions=True)


def refuse(change: Change) -> None:
    change.connection.execute(person.insert(), {"id": "half", "version": 1})
    change.saw("half", "stored", NURSE)
    raise KeyError("refused")


def batches(engine: Engine) -> int:
    with reading(engine) as connection:
        return len(connection.execute(access_batch.select()).all())


def test_what_is_answered_is_stored_with_its_line_in_the_log(engine: Engine, writer: Writer) -> None:
    make_ready(engine)
    assert asyncio.run(all_at_once(writer, *(save(f"p{n}") for n in range(20)))) == [f"p{n}" for n in range(20)]
    with reading(engine) as connection:
        assert saved(connection) == {f"p{n}" for n in range(20)}
        assert verify_log(connection, writer.head).lines == 20
        assert verify_log(connection, writer.head).fault is None


def test_what_waits_shares_one_commit_and_one_batch(engine: Engine) -> None:
    make_ready(engine)
    writer = Writer(engine, most_together=8)
    commits: list[object] = []
    event.listen(writer._engine, "commit", commits.append)
    asyncio.run(all_at_once(writer, *(save(f"p{n}") for n in range(20))))
    writer.close()
    assert len(commits) == 1 + 3  # the one that held the writer, then 8, 8 and 4
    assert batches(engine) == 3


def test_one_that_fails_is_told_and_the_others_are_stored(engine: Engine, writer: Writer) -> None:
    make_ready(engine)
    told = asyncio.run(all_at_once(writer, save("a"), refuse, save("b"), save("a"), save("c")))
    assert [type(each) for each in told] == [str, KeyError, str, exc.IntegrityError, str]
    with reading(engine) as connection:
        assert saved(connection) == {"a", "b", "c"}
        assert verify_log(connection).fault is None
        assert lines_about(connection, "half") == ()


def test_one_that_fails_alone_is_done_once(engine: Engine, writer: Writer) -> None:
    done = []

    def fail(change: Change) -> None:
        done.append(change.now)
        raise KeyError

    with pytest.raises(KeyError):
        writer.run(fail)
    assert len(done) == 1


def test_a_line_that_cannot_be_logged_fails_its_own_work_only(engine: Engine, writer: Writer) -> None:
    make_ready(engine)

    def unloggable(change: Change) -> None:
        change.saw("x", None, NURSE)  # type: ignore[arg-type] # a line without an action is refused by the database

    told = asyncio.run(all_at_once(writer, save("a"), unloggable, save("b")))
    assert [type(each) for each in told] == [str, exc.IntegrityError, str]
    with reading(engine) as connection:
        assert saved(connection) == {"a", "b"}
        assert verify_log(connection).fault is None


def test_a_work_that_goes_on_after_an_error_is_not_called_stored(engine: Engine, writer: Writer) -> None:
    def careless(change: Change) -> None:
        change.connection.execute(person.insert(), {"id": "p", "version": 1})
        try:
            change.connection.execute(person.insert(), {"id": "p", "version": 1})
        except exc.IntegrityError:
            return

    told = asyncio.run(all_at_once(writer, careless, lambda _: "other"))
    alone = None
    try:
        writer.run(careless)
    except (exc.DBAPIError, RuntimeError) as error:
        alone = error
    with reading(engine) as connection:
        is_there = bool(connection.execute(person.select()).all())
    # SQLite takes back the statement alone; PostgreSQL the whole transaction, and then nobody may be told it was kept.
    assert is_there == (told[0] is None)
    assert told[1] == "other"
    assert is_there or alone


@pytest.mark.parametrize("raised", [StopIteration, SystemExit, asyncio.CancelledError])
def test_whatever_a_work_raises_its_caller_is_answered_and_the_writer_goes_on(writer: Writer, raised: type) -> None:
    def fail(_: Change) -> None:
        raise raised

    async def ask() -> object:
        return (await asyncio.gather(asyncio.wait_for(writer(fail), 5), return_exceptions=True))[0]

    try:
        told: object = asyncio.run(ask())
    except BaseException as error:  # noqa: BLE001 # a SystemExit ends the loop, as it should
        told = error
    assert isinstance(told, RuntimeError if raised is StopIteration else raised)
    assert writer.run(lambda _: "goes on") == "goes on"


def test_what_was_begun_is_stored_though_its_caller_left(engine: Engine, writer: Writer) -> None:
    make_ready(engine)
    begun, go_on = threading.Event(), threading.Event()

    def slow(change: Change) -> str:
        begun.set()
        assert go_on.wait(10)
        return save("left")(change)

    async def leave() -> None:
        asked = asyncio.create_task(writer(slow))
        await asyncio.to_thread(begun.wait, 10)
        asked.cancel()
        await asyncio.wait([asked])
        go_on.set()
        assert await writer(save("stays")) == "stays"

    asyncio.run(leave())
    with reading(engine) as connection:
        assert saved(connection) == {"left", "stays"}


def test_what_was_not_begun_when_its_caller_left_is_not_done(engine: Engine, writer: Writer) -> None:
    make_ready(engine)

    async def leave() -> None:
        with held(writer):
            asked = asyncio.create_task(writer(save("left")))
            await asyncio.sleep(0)
            asked.cancel()
            await asyncio.wait([asked])
        assert await writer(save("stays")) == "stays"

    asyncio.run(leave())
    with reading(engine) as connection:
        assert saved(connection) == {"stays"}


def test_a_loop_that_closed_is_not_missed(engine: Engine, writer: Writer) -> None:
    make_ready(engine)
    begun, go_on = threading.Event(), threading.Event()

    def slow(change: Change) -> None:
        begun.set()
        assert go_on.wait(10)

    async def ask() -> None:
        asyncio.create_task(writer(slow)).add_done_callback(lambda _: None)
        await asyncio.to_thread(begun.wait, 10)

    asyncio.run(ask())
    go_on.set()
    assert writer.run(save("stays")) == "stays"


def test_nobody_waits_for_ever(engine: Engine) -> None:
    make_ready(engine)
    writer = Writer(engine, patience=0.2)
    with held(writer):
        with pytest.raises(StoreUnavailable, match="store_gone"):
            asyncio.run(ask(writer, save("a")))
        with pytest.raises(StoreUnavailable, match="store_gone"):
            writer.run(save("b"))
    assert writer.run(save("c")) == "c"
    writer.close()
    with reading(engine) as connection:
        assert saved(connection) == {"c"}


def test_a_works_own_time_out_is_told_as_it_is(writer: Writer) -> None:
    with pytest.raises(TimeoutError):
        writer.run(run_out)
    with pytest.raises(TimeoutError):
        asyncio.run(ask(writer, run_out))


def run_out(_: Change) -> None:
    raise TimeoutError


async def ask(writer: Writer, work: Work[object]) -> object:
    return await writer(work)


def test_too_many_who_wait_are_told_at_once(engine: Engine) -> None:
    writer = Writer(engine, most_waiting=3)
    told = asyncio.run(all_at_once(writer, *[lambda _: "done"] * 5))
    assert told[:3] == ["done"] * 3
    assert [each.code for each in told[3:] if isinstance(each, StoreUnavailable)] == ["store_busy"] * 2
    assert writer.run(lambda _: "again") == "again"
    writer.close()


def test_closing_does_what_waits_and_takes_no_more(engine: Engine) -> None:
    make_ready(engine)
    writer = Writer(engine)
    with ThreadPoolExecutor(9) as pool:
        with held(writer):
            asked = [pool.submit(writer.run, save(f"p{n}")) for n in range(8)]
            while len(writer._waiting) < 8:
                pass
            closed = pool.submit(writer.close)
        assert [each.result(10) for each in asked] == [f"p{n}" for n in range(8)]
        closed.result(10)
    with pytest.raises(StoreUnavailable, match="store_closing"):
        writer.run(save("late"))


def test_a_work_that_asks_the_writer_again_is_stopped_instead_of_waiting_for_itself(writer: Writer) -> None:
    with pytest.raises(RuntimeError, match="within a work"):
        writer.run(lambda _: writer.run(lambda _: None))


def test_reading_is_logged_without_a_work(engine: Engine, writer: Writer) -> None:
    asyncio.run(writer.log([Seen("p1", "read", NURSE), Seen("p2", "read", NURSE, "on call")]))
    writer.run_log([Seen(None, "listed", NURSE)])
    with reading(engine) as connection:
        assert [line.reason for line in lines_about(connection, "p2")] == ["on call"]
        assert head_of(connection) == writer.head
        assert verify_log(connection).lines == 3


def test_nothing_seen_makes_no_batch(engine: Engine, writer: Writer) -> None:
    assert writer.run(lambda _: 1) == 1
    assert writer.head == BEGINNING
    assert batches(engine) == 0


def test_a_group_has_one_moment_in_utc(engine: Engine) -> None:
    at = datetime(2026, 3, 1, 12, 0, 0, 123456, UTC)
    writer = Writer(engine, now=lambda: at)
    assert writer.run(lambda change: change.now) == at
    writer.run_log([Seen("p1", "read", NURSE)])
    writer.close()
    with reading(engine) as connection:
        assert lines_about(connection, "p1")[0].at == at


def test_two_writers_keep_one_chain(engine: Engine) -> None:
    make_ready(engine)
    writers = Writer(engine), Writer(engine)

    async def save_in_turns() -> None:
        await asyncio.gather(*(writers[n % 2](save(f"p{n}")) for n in range(60)))
        await asyncio.gather(*(writers[n % 2](save(f"q{n}")) for n in range(60)))

    asyncio.run(save_in_turns())
    for each in writers:
        each.close()
    with reading(engine) as connection:
        assert len(saved(connection)) == 120
        assert verify_log(connection, writers[0].head).fault is None
        assert verify_log(connection, writers[1].head).fault is None
