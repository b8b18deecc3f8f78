"""A run goes on where it stopped, says what is in its way, and is whole or does not look it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from engine.errors import InputError
from population import run
from population.files import checksum
from population.joined import UnlikeError
from population.routed import OUTCOME
from population.run import COMPLETE, UNFINISHED, screen
from population.runners import local
from rules.ruleset import Overlay
from tests.population.extracts import asked, extract_of, quietly, screened_to, written
from tests.population.people import random_people
from tests.spec.people import ON

ROOT = Path(__file__).parents[2]
PEOPLE, A_BUCKET = 120, 20
BROKEN = """
import os, resource, signal, sys
from pathlib import Path
from population.run import screen
from population.routed import OUTCOME
from population.runners import local
from tests.population.extracts import asked
from engine.errors import InputError

def tell(done, of):
    if done == {after}:
        os.kill(os.getpid(), signal.SIGKILL)

if {largest}:
    resource.setrlimit(resource.RLIMIT_FSIZE, ({largest}, {largest}))
try:
    request = asked(Path({extract!r}), people_a_bucket={bucket})
    screen(request, Path({out!r}), local(1), tell=tell, dictionary="")
except InputError as refused:
    sys.exit(refused.code)
"""


@pytest.fixture(scope="module")
def extract(tmp_path_factory):
    return written(tmp_path_factory.mktemp("extract"), **extract_of(random_people(PEOPLE, seed=3)))


@pytest.fixture(scope="module")
def unbroken(extract, tmp_path_factory):
    out = tmp_path_factory.mktemp("unbroken")
    screened_to(out, extract, people_a_bucket=A_BUCKET)
    return out


def broken(extract, out, *, after=-1, largest=0):
    """Run in a process of its own that is stopped, or has too little room."""
    code = BROKEN.format(after=after, largest=largest, extract=str(extract), out=str(out), bucket=A_BUCKET)
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)


def same(one, other):
    names = {path.relative_to(one): checksum(path) for path in one.rglob("*") if path.is_file()}
    return names == {path.relative_to(other): checksum(path) for path in other.rglob("*") if path.is_file()}


def test_killed_in_the_middle_and_run_again_it_comes_to_the_same_and_repeats_no_finished_bucket(
    extract, unbroken, tmp_path
):
    out = tmp_path / "out"
    assert broken(extract, out, after=3).returncode == -signal.SIGKILL
    assert not (out / COMPLETE).exists()
    assert not (out / "persons.parquet").exists()
    done = sorted((out / UNFINISHED / "done").glob("*.parquet"))
    before = {path: path.stat().st_ino for path in done}
    touched = {}
    found = screen(
        asked(extract, people_a_bucket=A_BUCKET),
        out,
        local(1),
        tell=lambda *_: touched.update({path: path.stat().st_ino for path in done if path.exists()}),
        dictionary="",
    )
    assert touched == before
    assert found is not None
    assert (len(done), found.went_on) == (3, 3)
    assert same(out, unbroken)


def test_killed_while_the_extract_is_split_it_comes_to_the_same(extract, unbroken, tmp_path):
    out = tmp_path / "out"
    broken(extract, out, after=0)
    for done in (out / UNFINISHED / "parts").glob("answers.done"):
        done.unlink()
    screened_to(out, extract, people_a_bucket=A_BUCKET)
    assert same(out, unbroken)


@pytest.mark.parametrize("left", [(), (".run.json.17.unfinished",)], ids=["nothing", "half a mark"])
def test_killed_before_it_had_said_which_run_it_is_it_comes_to_the_same(extract, unbroken, tmp_path, left):
    out = tmp_path / "out"
    (out / UNFINISHED).mkdir(parents=True)
    for name in left:
        (out / UNFINISHED / name).write_bytes(b"{")
    screened_to(out, extract, people_a_bucket=A_BUCKET)
    assert same(out, unbroken)


def test_a_finished_bucket_that_is_damaged_is_done_again(extract, unbroken, tmp_path):
    out = tmp_path / "out"
    broken(extract, out, after=2)
    first = min((out / UNFINISHED / "done").glob("*.parquet"))
    first.write_bytes(first.read_bytes()[:100])
    screened_to(out, extract, people_a_bucket=A_BUCKET)
    assert same(out, unbroken)


def test_two_processes_come_to_the_same_as_one(extract, unbroken, tmp_path):
    screen(asked(extract, people_a_bucket=A_BUCKET), tmp_path / "out", local(2), tell=quietly, dictionary="")
    assert same(tmp_path / "out", unbroken)


@pytest.mark.parametrize("largest", [3_000, 10_000, 20_000])
def test_a_full_disk_is_told_and_leaves_nothing_that_looks_whole(extract, unbroken, tmp_path, largest):
    out = tmp_path / "out"
    stopped = broken(extract, out, largest=largest)
    assert stopped.stderr.strip().splitlines()[-1] == "disk_full", stopped.stderr
    assert not (out / COMPLETE).exists()
    screened_to(out, extract, people_a_bucket=A_BUCKET)
    assert same(out, unbroken)


@pytest.mark.parametrize(
    ("other", "differing"),
    [
        ({"on": ON + timedelta(days=1)}, ["day"]),
        ({"overlay": Overlay("local", {"polypharmacy": 6})}, ["rules", "overlay"]),
        ({"key": b"k" * 32}, ["key"]),
    ],
)
def test_a_folder_of_another_run_is_refused(extract, unbroken, tmp_path, other, differing):
    broken(extract, tmp_path / "out", after=2)
    for out in (tmp_path / "out", unbroken):
        with pytest.raises(InputError) as refused:
            screened_to(out, extract, people_a_bucket=A_BUCKET, **other)
        assert (refused.value.code, refused.value.values["differing"]) == ("out_of_other_run", differing)


def test_an_extract_that_has_changed_is_another_run(extract, tmp_path):
    changed = tmp_path / "in"
    changed.mkdir()
    for path in extract.iterdir():
        (changed / path.name).write_bytes(path.read_bytes())
    broken(changed, tmp_path / "out", after=2)
    with (changed / "answers.csv").open("a") as file:
        file.write("1,mst,,2\n")
    with pytest.raises(InputError) as refused:
        screened_to(tmp_path / "out", changed, people_a_bucket=A_BUCKET)
    assert refused.value.values["differing"] == ["inputs"]


def test_a_whole_run_is_not_done_again(extract, unbroken):
    request = asked(extract, people_a_bucket=A_BUCKET)
    assert screen(request, unbroken, local(1), tell=quietly, dictionary="") is None


def test_a_second_run_into_the_same_folder_is_refused_and_the_first_goes_on(extract, unbroken, tmp_path):
    out, refused = tmp_path / "out", []

    def run_again(done, _of):
        if done == 2:
            again = broken(extract, out)
            refused.append(again.stderr.strip().splitlines()[-1])

    screen(asked(extract, people_a_bucket=A_BUCKET), out, local(1), tell=run_again, dictionary="")
    assert refused == ["out_in_use"]
    assert same(out, unbroken)


def test_a_file_that_is_written_again_while_it_is_read_is_refused(extract, tmp_path):
    changing = tmp_path / "in"
    changing.mkdir()
    for path in extract.iterdir():
        (changing / path.name).write_bytes(path.read_bytes())

    def write(done, _of):
        if done == 2:
            (changing / "answers.csv").write_bytes((extract / "answers.csv").read_bytes() + b"1,mst,,2\n")

    with pytest.raises(InputError) as refused:
        screen(asked(changing, people_a_bucket=A_BUCKET), tmp_path / "out", local(1), tell=write, dictionary="")
    assert (refused.value.where, refused.value.code) == ("answers.csv", "table_changed")
    assert not (tmp_path / "out" / COMPLETE).exists()


def test_a_folder_with_something_else_in_it_is_left_as_it_is(extract, tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(InputError) as refused:
        screened_to(tmp_path, extract)
    assert refused.value.code == "out_not_empty"
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_the_manifest_holds_every_file_with_its_checksum(unbroken):
    manifest = json.loads((unbroken / "manifest.json").read_bytes())
    assert manifest["outputs"] == {
        path.relative_to(unbroken).as_posix(): checksum(path)
        for path in sorted(unbroken.rglob("*"))
        if path.is_file() and path.name not in {"manifest.json", COMPLETE}
    }
    assert (unbroken / COMPLETE).read_text() == checksum(unbroken / "manifest.json")
    assert set(manifest["run"]["inputs"]) == {"patients.csv", "diagnoses.csv", "prescriptions.csv", "answers.csv"}


def test_everyone_has_a_row_and_no_outcome_is_null(unbroken):
    everyone = pl.read_parquet(unbroken / "persons.parquet")
    assert sorted(map(int, everyone["person"])) == list(range(PEOPLE))
    rules = everyone.select(pl.col("^rule\\..*$"))
    assert rules.null_count().sum_horizontal().to_list() == [0]
    assert set(rules.dtypes) == {OUTCOME}


def test_rows_that_other_programs_wrote_are_encoded_anew(extract, unbroken, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "join", unlike)
    found = screened_to(tmp_path / "out", extract, people_a_bucket=A_BUCKET)
    assert found.equals(pl.read_parquet(unbroken / "persons.parquet"))


def unlike(parts, into):
    raise UnlikeError
