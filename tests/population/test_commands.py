"""`retthjem population`: what it prints, and what it answers the shell."""

from __future__ import annotations

import csv

import pytest

from api.cli import main
from population.extract import tables
from tests.population.extracts import written

PERSON = "hemmelig-person"


@pytest.fixture
def run(capsys):
    def said(*words):
        code = main(["population", *map(str, words)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return said


def extract(folder, **row):
    return written(folder, patients=[{"person": PERSON, "birth_date": "1940-01-01", **row}])


def test_the_templates_are_an_extract_of_nobody(run, tmp_path):
    assert run("template", tmp_path / "empty")[0] == 0
    assert {path.stem for path in (tmp_path / "empty").iterdir()} == set(tables())
    code, out, _ = run("check", tmp_path / "empty", "--lang", "en", "--workers", 1)
    assert (code, "People: 0." in out) == (0, True)
    assert run("screen", tmp_path / "empty", "-o", tmp_path / "out", "--workers", 1)[0] == 0


def test_a_template_writes_over_nothing(run, tmp_path):
    (tmp_path / "patients.csv").write_text("person\n1\n")
    code, _, err = run("template", tmp_path, "--lang", "en")
    assert (code, "not empty" in err) == (2, True)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_faults_are_said_by_place_and_never_by_value(run, tmp_path, language):
    code, out, err = run("check", extract(tmp_path / "in", sex="kvinneperson"), "--workers", 1, "--lang", language)
    assert code == 2
    assert "patients, sex" in out
    assert PERSON not in out + err
    assert "kvinneperson" not in out + err


def test_screening_writes_a_dictionary_of_every_column_with_the_versions(run, tmp_path):
    code, out, _ = run("screen", extract(tmp_path / "in"), "-o", tmp_path / "out", "--workers", 1, "--lang", "en")
    assert (code, "People: 1." in out) == (0, True)
    with (tmp_path / "out" / "data_dictionary.csv").open(encoding="utf-8") as file:
        columns = {row["column"]: row for row in csv.DictReader(file)}
    assert columns["rule.cga_team"]["values"] == "fired | not_fired | cannot_tell | error"
    assert all(row["means"] and "sha256:" in row["versions"] for row in columns.values())
    code, out, _ = run("screen", tmp_path / "in", "-o", tmp_path / "out", "--workers", 1, "--lang", "en")
    assert (code, "Nothing was done" in out) == (0, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("check", "{}/nowhere"), "not a folder"),
        (("screen", "{}/in", "-o", "{}/out", "--workers", "0"), "at least"),
        (("synth", "-n", "0", "--seed", "1", "-o", "{}/out"), "at least"),
        (("synth", "-n", "1", "--seed", "1", "-o", "{}/in"), "not empty"),
        (("check", "{}/in", "--key-file", "{}/short"), "too short"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(run, tmp_path, words, said):
    extract(tmp_path / "in")
    (tmp_path / "short").write_text("short")
    code, _, err = run(*(word.format(tmp_path) for word in words), "--lang", "en")
    assert (code, said in err, err.count("\n")) == (2, True, 1)
    assert str(tmp_path) not in err


def test_a_made_up_extract_is_screened_from_the_command_line(run, tmp_path):
    assert (
        run("synth", "-n", 300, "--seed", 1, "-o", tmp_path / "made", "--on", "2026-11-23", "--format", "csv")[0] == 0
    )
    words = ("screen", tmp_path / "made", "-o", tmp_path / "out", "--on", "2026-11-23", "--workers", 1)
    assert run(*words)[0] == 0
    assert (tmp_path / "out" / "_COMPLETE").exists()
