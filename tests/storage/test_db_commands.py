"""`retthjem db` from the command line: one line, in three languages, with the exit codes of the contract."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Table, delete, insert, select, text, update

from api.cli import main
from api.settings import read_settings
from api.storage import rebuild, schema
from api.storage.engine import make_engine
from api.storage.rebuild import made_with, rebuild_if_stale
from api.storage.tables import (
    REBUILT,
    assessment,
    clock,
    draft,
    idempotency,
    launch,
    listing,
    once,
    opened,
    person,
    session,
    sign_in,
)
from api.storage.tidy import tidy
from tests.storage.databases import Database
from tests.storage.ward import lists, open_ward, screen

Run = Callable[..., tuple[int, str, str]]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEAD = schema._known()[-1]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("RETTHJEM_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def db(database: Database, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `retthjem db` on the database, and return the exit code, what it answered and what it complained of."""

    def run(*words: object) -> tuple[int, str, str]:
        code = main(["db", *map(str, words), "--database", database.url])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def filled(database: Database) -> Iterator[Engine]:
    """Give the database with four patients, and nobody using it."""
    ward = open_ward(make_engine(database.url))
    for number in range(4):
        screen(ward, number)
    ward.close()
    yield ward.engine
    ward.engine.dispose()


def one_line(said: str) -> bool:
    return said.endswith("\n") and said.count("\n") == 1


def test_an_empty_database_is_upgraded_and_then_has_nothing_to_do(db):
    code, out, err = db("upgrade", "--lang", "en")
    assert (code, out, err) == (
        0,
        f"The database is upgraded from nothing to {HEAD}. The lists are rebuilt. Patients: 0.\n",
        "",
    )
    assert db("upgrade", "--lang", "nn") == (0, f"Databasen har alt versjon {HEAD}.\n", "")


def test_down_and_up_again_gives_the_same_lists(db, filled):
    before = lists(filled)
    assert all(before[table.name] for table in REBUILT if table.name != "alias")
    filled.dispose()
    assert db("downgrade", "0001", "--lang", "en")[:2] == (0, f"The database is taken back from {HEAD} to 0001.\n")
    code, out, _ = db("upgrade", "--lang", "en")
    assert (code, "Patients: 4" in out) == (0, True)
    assert lists(filled) == before


def test_rebuilt_lists_are_those_that_were_written(db, filled):
    before = lists(filled)
    with filled.begin() as connection:
        for table in REBUILT:
            connection.execute(table.delete())
    assert lists(filled) != before
    assert db("rebuild")[:2] == (0, "Listene er bygget på nytt. Pasienter: 4.\n")
    assert lists(filled) == before


def test_lists_of_other_offsets_are_rebuilt_by_an_upgrade_and_at_the_start_and_then_left_alone(db, filled):
    db("rebuild")
    before = lists(filled)
    assert rebuild_if_stale(filled, {}) is None
    assert rebuild_if_stale(filled, {"HPH1": 9}) == 4
    assert rebuild_if_stale(filled, {"HPH1": 9}) is None
    filled.dispose()
    assert db("upgrade")[:2] == (0, "Listene er bygget på nytt. Pasienter: 4.\n")
    assert lists(filled) == before
    assert HEAD in db("upgrade")[1]


def test_what_lists_are_made_with_changes_with_offsets_and_with_every_data_file(monkeypatch, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "pathway.toml").write_text("days = 3")
    monkeypatch.setattr(rebuild, "DATA", (tmp_path / "data",))
    then = made_with({"HPH1": 3})
    assert made_with({"HPH1": 3}) == then
    assert made_with({"HPH1": 4}) != then
    (tmp_path / "data" / "pathway.toml").write_text("days = 5")
    assert made_with({"HPH1": 3}) != then


def test_lists_that_do_not_follow_are_told_by_the_patient_and_left_as_they_are(db, filled):
    assert db("verify", "--lists")[0] == 0
    with filled.begin() as connection:
        one, two = connection.scalars(select(person.c.id).order_by(person.c.id).limit(2))
        connection.execute(update(listing).where(listing.c.person == one).values(ward="X"))
        connection.execute(delete(clock).where(clock.c.person == two))
    before = lists(filled)
    code, _, err = db("verify", "--lists", "--lang", "en")
    assert (code, "Faults: 2" in err, err.count(f"lists of patient {one}"), err.count(two)) == (1, True, 1, 1)
    assert lists(filled) == before
    assert db("verify")[0] == 0


def test_down_to_nothing_asks_whether_the_record_is_to_be_lost(db, filled):
    filled.dispose()
    code, out, err = db("downgrade", "base")
    assert (code, out, one_line(err)) == (2, "", True)
    assert db("downgrade", "base", "--force")[0] == 0
    assert schema.standing(filled) == "empty"


def test_a_whole_database_is_verified_in_one_line(db, filled):
    filled.dispose()
    code, out, err = db("verify", "--lang", "en")
    assert (code, err, one_line(out)) == (0, "", True)
    assert "patients: 4, assessments replayed: 4." in out
    head = out.split()[-1]
    assert db("verify", "--head", head)[0] == 0
    code, out, err = db("verify", "--head", "f" * 64, "--lang", "en")
    assert (code, out) == (1, "")
    assert "the end of the access log is missing" in err


def test_what_differs_is_said_by_its_id_and_is_a_defect(db, filled):
    with filled.begin() as connection:
        on = " ON assessment" if filled.dialect.name == "postgresql" else ""
        connection.execute(text(f"DROP TRIGGER assessment_no_update{on}"))
        connection.execute(assessment.update().values(outcome="{}"))
        ids = list(connection.scalars(select(assessment.c.id)))
    filled.dispose()
    code, out, err = db("verify", "--lang", "en")
    assert (code, out) == (1, "")
    assert "Faults: 4" in err
    assert all(f"assessment {id}:" in err for id in ids)
    assert not {"Ødegård", "15814512336"} & set(err.replace(",", " ").split())


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_copy_is_taken_and_put_back_in_one_line_each(db, filled, tmp_path, language):
    code, out, err = db("backup", tmp_path / "copy", "--lang", language)
    assert (code, err, one_line(out)) == (0, "", True)
    head = out.split()[-1]
    filled.dispose()
    code, _, err = db("restore", tmp_path / "copy", "--lang", language)
    assert (code, one_line(err), "--force" in err) == (2, True, True)
    code, out, err = db("restore", tmp_path / "copy", "--force", "--lang", language)
    assert (code, err, out.split()[-1]) == (0, "", head)


@pytest.mark.parametrize("task", ["verify", "rebuild", "tidy"])
def test_an_old_database_must_be_upgraded_first(db, database, task):
    engine = make_engine(database.url)
    schema.upgrade(engine, "0002")
    engine.dispose()
    code, out, err = db(task)
    assert (code, out) == (2, "")
    assert err.rstrip().endswith("retthjem db upgrade")


@pytest.mark.parametrize("task", [("verify",), ("backup", "out"), ("rebuild",), ("tidy",), ("downgrade", "base")])
def test_a_file_that_is_not_there_is_not_made(capsys, tmp_path, task):
    there = tmp_path / "none.db"
    for database in (str(there), f"sqlite:///{there}"):
        assert main(["db", *task, "--database", database]) == 2
        assert one_line(capsys.readouterr().err)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("task", [("verify",), ("upgrade",), ("backup", "out"), ("restore", "copy")])
def test_a_file_that_is_no_database_is_refused_as_it_is(capsys, tmp_path, monkeypatch, task):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "copy").write_bytes(b"SQLite format 3\x00")
    (tmp_path / "theirs").write_bytes(b"not a database at all" * 100)
    assert main(["db", *task, "--database", "theirs", "--lang", "en"]) == 2
    assert "is damaged, or is not a database" in capsys.readouterr().err
    assert (tmp_path / "theirs").read_bytes() == b"not a database at all" * 100
    assert {path.name for path in tmp_path.iterdir()} == {"copy", "theirs"}


def test_the_database_is_the_settings_where_none_is_named(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("RETTHJEM_DATABASE", f"sqlite:///{tmp_path / 'set.db'}")
    assert main(["db", "upgrade"]) == 0
    assert (tmp_path / "set.db").exists()


def test_a_wrong_address_is_not_repeated(capsys):
    for url in ("mysql://me:s3cret@host/x", "postgresql://me:s3cret@host:port/x"):
        assert main(["db", "verify", "--database", url]) == 2
        assert "s3cret" not in capsys.readouterr().err


def test_a_server_that_does_not_answer_is_said_in_one_line(capsys):
    code = main(["db", "verify", "--database", "postgresql://me:s3cret@127.0.0.1:1/x"])
    said = capsys.readouterr()
    assert (code in {2, 3}, one_line(said.err), "s3cret" in said.err) == (True, True, False)


def test_two_programs_that_start_at_once_upgrade_in_turn(database):
    command = [sys.executable, "-m", "api.cli", "db", "upgrade", "--lang", "en", "--database", database.url]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = sorted(each.communicate(timeout=60)[0] for each in started)
    assert [each.returncode for each in started] == [0, 0]
    assert ["already" in line for line in said] == [True, False]


def rows(at: datetime) -> dict[Table, dict[str, Any]]:
    """Return a row of each kind that is kept for a while, as it was at a time."""
    by = {"by": "nurse-1", "person": "p"}
    return {
        session: {"user": "{}", "csrf": "c", "created": at, "seen": at},
        sign_in: {"nonce": "n", "verifier": "v", "next": "/", "at": at},
        opened: by | {"reason": "r", "at": at, "until": at},
        draft: by | {"version": 1, "body": "{}", "at": at},
        idempotency: {"by": "nurse-1", "fingerprint": "f", "status": 200, "headers": "{}", "body": "{}", "at": at},
        launch: {"iss": "i", "nonce": "n", "verifier": "v", "framed": False, "at": at},
        once: {"kind": "proof", "until": at + timedelta(minutes=5)},
    }


KEYS = {session: "id", sign_in: "state", opened: "id", draft: "form", idempotency: "key", once: "key", launch: "state"}


@pytest.mark.parametrize(
    ("age", "cleared"),
    [
        (timedelta(minutes=4), set()),
        (timedelta(minutes=14), {"once"}),
        (timedelta(minutes=16), {"once", "sessions"}),
        (timedelta(hours=2), {"once", "sessions", "sign_ins"}),
        (timedelta(days=8), {"once", "sessions", "sign_ins", "drafts", "answers"}),
        (timedelta(days=31), {"once", "sessions", "sign_ins", "drafts", "answers", "opened"}),
    ],
)
def test_what_is_past_its_time_is_cleared_and_nothing_else(filled, age, cleared):
    with filled.begin() as connection:
        for id, at in (("old", NOW - age), ("new", NOW)):
            for table, row in rows(at).items():
                connection.execute(insert(table).values({**row, KEYS[table]: id}))
    found = tidy(filled, read_settings(), NOW)
    counts = {name: getattr(found, name) for name in ("sessions", "sign_ins", "opened", "drafts", "answers", "once")}
    kinds = dict.fromkeys(counts, 1) | {"sign_ins": 2}  # a launch is one too
    assert counts == {name: kinds[name] * (name in cleared) for name in counts}
    with filled.connect() as connection:
        for table, key in KEYS.items():
            assert "new" in set(connection.scalars(select(table.c[key])))
        assert len(connection.execute(select(person)).all()) == 4


def test_a_session_in_use_ends_when_it_has_lasted_its_longest(filled):
    with filled.begin() as connection:
        row = {"id": "long", "user": "{}", "csrf": "c", "created": NOW - timedelta(hours=13), "seen": NOW}
        connection.execute(insert(session).values(row))
    assert tidy(filled, read_settings(), NOW).sessions == 1


def test_tidying_says_what_it_cleared(db, filled):
    with filled.begin() as connection:
        for table, row in rows(NOW - timedelta(days=400)).items():
            connection.execute(insert(table).values({**row, KEYS[table]: "old"}))
    filled.dispose()
    code, out, _ = db("tidy", "--lang", "en")
    assert (code, one_line(out)) == (0, True)
    assert "sessions 1, unfinished sign-ins 2, openings that have ended 1, drafts 1" in out
    assert "answers to requests 1, proofs that were used 1, unanswered cards 0." in out


def test_a_copy_without_a_name_and_an_unknown_task_end_in_one_line(capsys, tmp_path: Path):
    for words in (["db"], ["db", "backup"], ["db", "vacuum"], ["db", "verify", "--force"]):
        assert main(words) == 2
        assert one_line(capsys.readouterr().err)
