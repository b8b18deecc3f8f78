"""`retthjem message` writes a draft from a case, and says in one line what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree

from api.cli import MESSAGES, main
from api.messages.writing import WRITTEN
from tests.messages.reading_back import facts_in

CASE = {
    "schema": "retthjem/case/1",
    "patient": {"id": "15814512336", "birth_date": "1945-01-15", "sex": "female"},
    "encounter": {"admitted": "2026-11-16T14:10:00+01:00", "ward": "GER2"},
    "answers": {"cfs_clinician": 6, "function_now": "Går med rullator."},
}


@pytest.fixture
def case_file(tmp_path: Path) -> Path:
    path = tmp_path / "case.json"
    path.write_text(json.dumps(CASE), "utf-8")
    return path


def test_the_command_names_every_kind_that_is_written():
    assert {name.replace("-", "_") for name in MESSAGES} == set(WRITTEN)


@pytest.mark.parametrize("kind", MESSAGES)
def test_a_draft_is_written_from_a_case(kind, case_file, tmp_path):
    out = tmp_path / "out.xml"
    assert main(["message", kind, str(case_file), "-o", str(out)]) == 0
    found = facts_in(etree.parse(out).getroot())
    assert (found["number"], found["status"], found["approved"]) == ("15814512336", "new", None)
    assert "Går med rullator." in "".join(each.text for each in found["sections"])


@pytest.mark.parametrize(
    "words",
    [
        ("message", "sykmelding", "case.json", "-o", "out.xml"),
        ("message", "epikrise", "case.json", "-o", "out.pdf"),
        ("message", "epikrise", "not-there.json", "-o", "out.xml"),
        ("message", "epikrise", "case.json"),
        ("message", "epikrise", "case.json", "-o", "case.json"),
    ],
)
def test_wrong_input_ends_in_one_line_and_nothing_is_written(words, case_file, capsys, monkeypatch):
    monkeypatch.chdir(case_file.parent)
    before = case_file.read_bytes()
    assert main(list(words)) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert [(each.name, each.read_bytes()) for each in case_file.parent.iterdir()] == [("case.json", before)]
