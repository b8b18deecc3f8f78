"""The nightly run as it is kept: whole runs alone, read again when they change, and gone when they are taken away."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from api.nightly.kept import Nightly
from api.nightly.run import hidden
from api.settings import read_settings
from engine.errors import InputError
from population.files import checksum
from population.run import COMPLETE, MANIFEST, PERSONS
from tests.nightly.made import KEY, TODAY, lies_in, run_in
from tests.v1.people import number

SOMEONE, OTHER = number(801), number(802)


def nightly(folder: Path, key: str | None = KEY) -> Nightly:
    return Nightly(folder, key.encode() if key else None, hospital="demo", oldest_days=2)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return run_in(tmp_path_factory.mktemp("runs") / "out", [lies_in(SOMEONE)])


@pytest.fixture
def out(whole, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    for path in whole.iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    return folder


def resealed(folder: Path, everyone: pl.DataFrame) -> None:
    """Put other rows in a run, with sums that fit, as a program of another version would have."""
    everyone.write_parquet(folder / PERSONS)
    manifest = json.loads((folder / MANIFEST).read_bytes())
    manifest["outputs"][PERSONS] = checksum(folder / PERSONS)
    (folder / MANIFEST).write_text(json.dumps(manifest))
    (folder / COMPLETE).write_text(checksum(folder / MANIFEST))


def test_a_run_is_read_with_its_people_under_the_names_that_hide_them(out):
    kept = nightly(out).now()
    assert kept.wrong is None
    assert kept.run
    assert set(kept.run.people) == {hidden(SOMEONE, KEY.encode())}
    told = kept.run.people[hidden(SOMEONE, KEY.encode())]
    assert (told.hospital, told.ward, told.undecided, told.to_screen) == ("demo", "GER2", True, True)
    assert (told.cfs_low, told.cfs_high, told.cfs_own) == (1, 9, None)
    assert told.ask


@pytest.mark.parametrize(
    ("key", "code"), [("another-key-that-is-as-long-as-the-first-one", "run_other_key"), (None, "run_without_key")]
)
def test_with_the_wrong_key_nobody_is_taken_for_somebody_else(out, key, code):
    kept = nightly(out, key).now()
    assert kept.run is None
    assert kept.wrong
    assert (kept.wrong.where, kept.wrong.code) == (MANIFEST, code)


@pytest.mark.parametrize(
    ("spoil", "where", "code"),
    [
        (lambda out: (out / COMPLETE).unlink(), COMPLETE, "run_not_whole"),
        (lambda out: (out / PERSONS).write_bytes((out / PERSONS).read_bytes()[:900]), PERSONS, "run_damaged"),
        (lambda out: (out / PERSONS).unlink(), PERSONS, "run_file_missing"),
        (lambda out: (out / MANIFEST).write_text("{}"), MANIFEST, "run_damaged"),
        (lambda out: (out / COMPLETE).write_bytes(b"\xff\xfe"), COMPLETE, "run_not_whole"),
    ],
    ids=["unfinished", "cut off", "without rows", "another manifest", "rubbish"],
)
def test_what_is_not_whole_is_not_shown_and_told_by_its_file(out, spoil, where, code):
    served = nightly(out)
    assert served.now().run
    spoil(out)
    kept = served.now()
    assert kept.run is None
    assert kept.wrong
    assert (kept.wrong.where, kept.wrong.code) == (where, code)


@pytest.mark.parametrize("column", ["cfs.low", "rule.screening_indicated", "in_hospital", "track.cga_team.status"])
def test_a_column_that_is_missing_is_named(out, column):
    resealed(out, pl.read_parquet(out / PERSONS).drop(column))
    wrong = nightly(out).now().wrong
    assert wrong
    assert (wrong.where, wrong.code) == (f"{PERSONS}.{column}", "run_column_missing")


def test_a_folder_that_is_taken_away_takes_with_it_what_was_read(out):
    served = nightly(out)
    assert served.now().run
    out.rename(out.with_name("elsewhere"))
    kept = served.now()
    assert kept.run is None
    assert kept.wrong
    assert (kept.wrong.where, kept.wrong.code) == ("population.nightly", "run_folder_missing")
    out.with_name("elsewhere").rename(out)
    assert served.now().run


def test_of_several_runs_the_newest_whole_one_is_read_and_a_new_one_when_it_is_whole(tmp_path):
    folder = tmp_path / "nightly"
    folder.mkdir()
    run_in(folder / "monday", [lies_in(SOMEONE)])
    (folder / "tuesday" / "unfinished").mkdir(parents=True)
    served = nightly(folder)
    first = served.now().run
    assert first
    assert set(first.people) == {hidden(SOMEONE, KEY.encode())}
    assert served.now().run is first, "what has not changed is not read again"
    run_in(folder / "tuesday", [lies_in(OTHER)])
    second = served.now().run
    assert second
    assert set(second.people) == {hidden(OTHER, KEY.encode())}


def test_where_the_newest_is_damaged_the_one_before_is_shown_and_that_is_told(tmp_path):
    folder = tmp_path / "nightly"
    folder.mkdir()
    run_in(folder / "monday", [lies_in(SOMEONE)])
    run_in(folder / "tuesday", [lies_in(OTHER)])
    (folder / "tuesday" / PERSONS).write_bytes(b"PAR1")
    kept = nightly(folder).now()
    assert kept.run
    assert set(kept.run.people) == {hidden(SOMEONE, KEY.encode())}
    assert kept.wrong
    assert (kept.wrong.where, kept.wrong.code) == (PERSONS, "run_damaged")


def test_a_run_is_old_after_the_days_that_are_set(out):
    served = nightly(out)
    run = served.now().run
    assert run
    assert served.days_old(run, TODAY + timedelta(days=2)) is None
    assert served.days_old(run, TODAY + timedelta(days=3)) == 3


def test_without_a_setting_there_is_nothing_and_nothing_wrong():
    served = Nightly(None, None, hospital="demo", oldest_days=2)
    assert not served.is_set
    assert served.now().run is None
    assert served.now().wrong is None


def test_a_key_is_read_from_its_file_as_the_run_reads_it(tmp_path):
    (tmp_path / "key").write_text(KEY + "\n")
    settings = read_settings(demo=True, population={"key_file": str(tmp_path / "key")})
    assert settings.population.key
    assert settings.population.key.get_secret_value() == KEY


@pytest.mark.parametrize("given", [{"key": "short"}, {"key_file": "nowhere"}, {"key": KEY, "key_file": "x"}])
def test_a_key_that_cannot_be_used_stops_the_start_and_is_not_repeated(given):
    with pytest.raises(InputError) as refused:
        read_settings(demo=True, population=given)
    assert refused.value.where.startswith("population")
    assert KEY not in str(refused.value.args)
