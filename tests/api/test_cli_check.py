"""`retthjem epikrise --check` and `retthjem plan --document` as a person types them."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from api.cli import main
from tests.shared import shared, skip_without

CASE = shared("contract/case.example.json")
TEXT = "Innlagt etter fall.\nVidere oppfølging hos fastlege. Søkt sykehjemsplass.\n"
SECRET = "Kari Nordmann"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    def _run(*words: object) -> tuple[int, str, str]:
        skip_without(*words)
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return _run


def test_any_text_is_read_and_reported_whatever_it_lacks(run, tmp_path: Path) -> None:
    (tmp_path / "epikrise.txt").write_text(TEXT, "utf-8")
    code, out, err = run("epikrise", "--check", tmp_path / "epikrise.txt")
    assert (code, err) == (0, "")
    assert "En tydelig plan for oppfølging: hva, hvem, når: uklart" in out
    assert "«Søkt sykehjemsplass»" in out


def test_standard_input_and_json(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(TEXT.encode())))
    code, out, _ = run("epikrise", "--check", "-", "--format", "json", "--lang", "nn")
    found = json.loads(out)
    assert (code, found["complete"], len(found["elements"])) == (0, False, 5)


@pytest.mark.parametrize("data", [b"", f"{SECRET} sår".encode("latin-1"), SECRET.encode() * 20_000])
def test_what_is_no_text_ends_with_one_line_that_quotes_nothing(run, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "epikrise.txt").write_bytes(data)
    code, out, err = run("epikrise", "--check", tmp_path / "epikrise.txt")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert SECRET not in err


@pytest.mark.parametrize(("lang", "said"), [("nb", "vanlig tekst"), ("nn", "vanleg tekst"), ("en", "plain text")])
def test_a_case_is_no_epikrise_and_is_refused_unquoted(run, tmp_path: Path, lang: str, said: str) -> None:
    (tmp_path / "case.json").write_text(json.dumps({"patient": {"name": SECRET}}), "utf-8")
    code, out, err = run("epikrise", "--check", tmp_path / "case.json", "--lang", lang)
    assert (code, out, err.count("\n"), said in err, SECRET in err) == (2, "", 1, True, False)


@pytest.mark.parametrize("lang", ["nb", "nn"])
def test_our_own_section_is_read_as_its_own_verdicts_say(run, tmp_path: Path, lang: str) -> None:
    section = json.loads(run("epikrise", CASE, "--format", "json", "--lang", lang)[1])
    (tmp_path / "own.txt").write_text(run("epikrise", CASE, "--lang", lang)[1], "utf-8")
    found = json.loads(run("epikrise", "--check", tmp_path / "own.txt", "--format", "json")[1])
    assert {element["id"]: element["state"] for element in found["elements"]} == section["completeness"]
    assert found["language"] == []


@pytest.mark.parametrize("document", ["checklists", "conversation", "notice", "coordinator", "controls", "discharge"])
def test_each_sheet_is_written_as_text_and_page(run, tmp_path: Path, document: str) -> None:
    for ending in ("txt", "html"):
        out = tmp_path / f"sheet.{ending}"
        assert run("plan", CASE, "--document", document, "-o", out) == (0, "", "")
        assert "Kommunen vurderer selv behovet" in out.read_text("utf-8")


def test_a_sheet_has_no_json(run, tmp_path: Path) -> None:
    assert run("plan", CASE, "--document", "notice", "-o", tmp_path / "sheet.json")[0] == 2


def test_the_overlay_adds_to_the_discharge_checklist(run, tmp_path: Path) -> None:
    overlay, out = tmp_path / "local.toml", tmp_path / "sheet.txt"
    overlay.write_text('[checklist]\ndischarge = ["Ring mottaket"]\n', "utf-8")
    assert run("plan", CASE, "--document", "discharge", "--overlay", overlay, "-o", out)[0] == 0
    assert "[ ] Ring mottaket" in out.read_text("utf-8")
