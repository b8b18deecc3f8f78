"""The command line does what the contract says, and wrong input ends in one clear line."""

from __future__ import annotations

import io
import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli import main
from tests.shared import shared, skip_without

CASE = shared("contract/case.example.json")
BUNDLE = shared("patients/norwegian/hip-fracture.json")
MESSAGE = shared("interop/examples/Innleggelsesrapport_v1-6_Ny.xml")


@pytest.fixture
def run(capsys):
    def command(*words):
        skip_without(*words)
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


@pytest.fixture
def case_file(tmp_path):
    def written(content):
        path = tmp_path / "case.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    return written


def test_the_contracts_case_gives_the_contracts_result(run):
    code, out, _ = run("screen", CASE, "--format", "json")
    result, expected = json.loads(out), json.loads(shared("contract/result.example.json").read_text("utf-8"))
    assert code == 0
    for name in ("schema", "tracks", "pathway", "undecided", "ask_next", "notes", "errors"):
        assert result[name] == expected[name], name
    for name, score in expected["scores"].items():
        assert {key: result["scores"][name][key] for key in score} == score
    (cga_team,) = [finding for finding in result["findings"] if finding["rule"] == "cga_team"]
    assert {key: cga_team[key] for key in ("suggests", "strength", "because")} == {
        key: expected["findings"][0][key] for key in ("suggests", "strength", "because")
    }
    assert cga_team["sources"]
    assert result["ruleset"]["digest"].startswith("sha256:")


def test_every_suggestion_in_words_shows_its_rule_its_answers_its_limit_and_its_source(run):
    _, out, _ = run("screen", CASE)
    for words in ("Fordi:", "Grenser:", "Regel: cga_team", "Kilde:", "[må bekreftes]", "en kliniker avgjør"):
        assert words in out


def test_a_bundle_and_an_admission_report_are_screened_like_a_case(run):
    assert run("screen", BUNDLE)[0] == 0
    assert run("screen", MESSAGE)[0] == 0


def test_a_report_read_and_then_screened_loses_no_note(run, monkeypatch):
    _, read, _ = run("read", MESSAGE)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(read.encode())))
    _, piped, _ = run("screen", "-", "--format", "json", "--on", "2026-11-22")
    _, direct, _ = run("screen", MESSAGE, "--format", "json", "--on", "2026-11-22")
    assert json.loads(piped) == json.loads(direct)
    assert json.loads(piped)["proposed"]["living_alone"]["from"] == "Innleggelsesrapport"


def test_the_index_date_is_the_day_of_admission_in_oslo_unless_it_is_given(run, case_file):
    late = case_file({"patient": {"birth_date": "1956-11-17"}, "encounter": {"admitted": "2026-11-16T23:30:00Z"}})
    result = json.loads(run("screen", late, "--format", "json")[1])
    assert result["index_date"] == "2026-11-17"
    assert result["findings"][0]["because"] == {"age": 70}
    earlier = json.loads(run("screen", late, "--format", "json", "--on", "2026-11-16")[1])
    assert "screening_indicated" not in [finding["rule"] for finding in earlier["findings"]]


HOSTILE = "Kari Nordmann 15814512336"
WRONG = {
    "an unknown key": {"shoe_size": 43},
    "an unknown answer": {"answers": {"four_att": 1}},
    "a key that is a name": {HOSTILE: 1},
    "ICD-10 nonsense": {"conditions": [{"code": HOSTILE}]},
    "CFS 10": {"answers": {"cfs_clinician": 10}},
    "a number as text": {"answers": {"cfs_clinician": "6"}},
    "true as a number": {"answers": {"cfs_clinician": True}},
    "a number as yes": {"answers": {"living_alone": 1}},
    "half a level": {"answers": {"cfs_clinician": 6.5}},
    "a helper that is not one of them": {"answers": {"badl_help": [HOSTILE]}},
    "birth after admission": {
        "patient": {"birth_date": "2026-11-17"},
        "encounter": {"admitted": "2026-11-16T10:00:00Z"},
    },
    "birth in the 1800s": {"patient": {"birth_date": "1899-12-31"}},
    "a medicine from the 1800s": {"medicines": [{"name": HOSTILE, "from": "1825-01-01"}]},
    "stop before start": {"medicines": [{"name": HOSTILE, "from": "2026-02-01", "to": "2026-01-01"}]},
    "discharge before admission": {
        "encounter": {"admitted": "2026-11-16T10:00:00Z", "discharged": "2026-11-01T10:00:00Z"}
    },
    "two main diagnoses": {"conditions": [{"code": "I10", "main": True}, {"code": "J18", "main": True}]},
    "an identity number with wrong check digits": {"patient": {"id": "15814512337"}},
    "an identity number too short": {"patient": {"id": HOSTILE[-10:]}},
    "an age that is not the birth date's": {
        "patient": {"birth_date": "1945-01-15"},
        "encounter": {"admitted": "2026-11-16T10:00:00Z"},
        "answers": {"age": 40},
    },
    "a list": [],
    "a text": "hei",
    "nothing but a number": 7,
    "not a number": b'{"medicines": [{"name": "x", "dose": NaN}]}',
    "a number too large": b'{"answers": {"falls_last_12_months": 1e999}}',
    "the same key twice": b'{"answers": {}, "answers": {}}',
    "10 MB of nesting": b"[" * 10_000_000,
    "10 MB of objects": b'{"a":' * 2_000_000,
    "damaged JSON": b'{"answers": {"living_alone": true',
    "Latin-1": '{"patient": {"name": "Bjørg"}}'.encode("latin-1"),
    "nothing": b"",
    "damaged XML": b"<MsgHead><MsgInfo>Kari Nordmann</MsgHead>",
    "an entity that grows": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><MsgHead>&b;</MsgHead>',
    "an outside entity": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><MsgHead>&a;</MsgHead>',
    "another XML": b"<html><body>Kari Nordmann</body></html>",
    "a Bundle of nobody": {"resourceType": "Bundle", "type": "collection", "entry": []},
    "a Bundle with a broken entry": {"resourceType": "Bundle", "entry": [HOSTILE]},
}


@pytest.mark.parametrize("command", ["screen", "plan"])
@pytest.mark.parametrize("what", WRONG)
def test_wrong_input_ends_in_one_clear_line(run, case_file, tmp_path, what, command):
    out = tmp_path / "plan.pdf"
    words = [command, case_file(WRONG[what]), *(("-o", out) if command == "plan" else ())]
    code, printed, said = run(*words)
    assert code == 2
    assert not printed
    assert said.startswith("retthjem: ")
    assert said.count("\n") == 1
    assert "Traceback" not in said
    for secret in ("Kari", "Nordmann", "Bjørg", "15814512336", "1581451233", "root:"):
        assert secret not in said
    assert [path.name for path in tmp_path.iterdir()] == ["case.json"]


def test_a_missing_file_an_unknown_rule_and_a_wrong_date_end_alike(run, tmp_path):
    for words in (
        ("screen", tmp_path / "none.json"),
        ("screen", tmp_path),
        ("rules", "show", "no_such_rule"),
        ("screen", CASE, "--on", "16.11.2026"),
        ("screen", CASE, "--on", "1900-01-01"),
        ("screen", CASE, "--overlay", tmp_path / "none.toml"),
        ("plan", CASE, "-o", tmp_path / "plan.doc"),
        ("plan", CASE, "-o", tmp_path / "no" / "plan.pdf"),
        ("plan", CASE, "-o", tmp_path / "plan.pdf", "--accept", "no_such_rule"),
        ("plan", CASE, "-o", tmp_path / "plan.pdf", "--discharge", "2026-11-01"),
        ("no-such-command",),
        (),
    ):
        code, _, said = run(*words)
        assert code == 2, words
        assert said.count("\n") == 1, said
    assert list(tmp_path.iterdir()) == []


def test_the_rule_catalogue_lists_shows_and_checks(run):
    listed = run("rules", "list")[1]
    assert len(listed.splitlines()) == 33
    assert "[må bekreftes]" in run("rules", "show", "high_user")[1]
    assert run("rules", "check")[1].startswith("OK: rules 33")


def test_what_differs_between_two_rule_sets_is_told_in_words(run, tmp_path):
    overlay, kept = tmp_path / "trondheim.toml", tmp_path / "kept.json"
    overlay.write_text("[thresholds]\npolypharmacy = 6\n", "utf-8")
    assert run("rules", "export", "-o", kept)[0] == 0
    assert "Ingen forskjell" in run("rules", "diff", kept, "national")[1]
    told = run("rules", "diff", "national", overlay)[1]
    assert "polypharmacy" in told
    assert "medication_review" in told
    assert "before: 5 regular medicines" in run("rules", "diff", "national", overlay, "--lang", "en")[1]
    assert run("rules", "diff", CASE, "national")[0] == 2
    assert run("rules", "diff", "national")[0] == 2


def test_the_file_that_is_read_is_never_written_over(run, case_file):
    path = case_file({})
    before = path.read_bytes()
    assert run("plan", path, "-o", path)[0] == 2
    assert path.read_bytes() == before


def test_a_plan_is_its_owners_alone_to_read(run, case_file, tmp_path):
    out = tmp_path / "plan.json"
    assert run("plan", case_file({}), "-o", out)[0] == 0
    assert out.stat().st_mode & 0o077 == 0


TERMINALS = {
    "a full disk": "{screen} > /dev/full",
    "a closed output": "{screen} >&-",
    "a closed input": "{retthjem} screen - <&-",
    "a file without end": "{retthjem} screen /dev/zero",
    "a name that is too long": "{retthjem} plan {case} -o {folder}/" + "x" * 300 + ".pdf",
    "a file for a folder": "{retthjem} plan {case} -o {case}/plan.pdf",
}


@pytest.mark.parametrize("what", TERMINALS)
def test_a_terminal_or_disk_that_fails_ends_in_one_clear_line(case_file, tmp_path, what):
    retthjem, case = shlex.quote(str(Path(sys.executable).parent / "retthjem")), shlex.quote(str(case_file({})))
    command = TERMINALS[what].format(retthjem=retthjem, screen=f"{retthjem} screen {case}", case=case, folder=tmp_path)
    ended = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("retthjem: ")
    assert ended.stderr.count("\n") == 1


def test_a_terminal_that_knows_only_ascii_gets_its_letters_all_the_same(case_file):
    retthjem = Path(sys.executable).parent / "retthjem"
    ended = subprocess.run(
        [retthjem, "screen", case_file({})],
        capture_output=True,
        env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
        check=True,
    )
    assert ended.returncode == 0
    assert "SKÅRER" in ended.stdout.decode()


OVERLAY = '[thresholds]\npolypharmacy = 6\n[offsets]\nHPH2 = 2\n[contacts]\nhome_care = "72 00 00 00"\n'


def test_an_overlay_changes_a_limit_and_the_result_says_which_overlay_was_in_force(run, tmp_path):
    overlay = tmp_path / "trondheim.toml"
    overlay.write_text(OVERLAY, "utf-8")
    local = json.loads(run("screen", CASE, "--format", "json", "--overlay", overlay)[1])
    national = json.loads(run("screen", CASE, "--format", "json")[1])
    assert local["ruleset"]["overlay"] == "trondheim"
    assert local["ruleset"]["digest"] != national["ruleset"]["digest"]
    assert "medication_review" not in [finding["rule"] for finding in local["findings"]]
    assert "medication_review" in [finding["rule"] for finding in national["findings"]]


@pytest.mark.parametrize(
    "text",
    [
        "[thresholds]\nno_such_limit = 1\n",
        "[thresholds]\npolypharmacy = 100\n",
        "[thresholds]\npolypharmacy = true\n",
        "[offsets]\nHPH2 = -1\n",
        "[contacts]\nnobody = 'x'\n",
        "shoe_size = 43\n",
        "thresholds = 5\n",
        "[[[",
    ],
)
def test_an_overlay_with_a_mistake_is_refused_by_name_and_place(run, tmp_path, text):
    overlay = tmp_path / "local.toml"
    overlay.write_text(text, "utf-8")
    code, _, said = run("rules", "check", "--overlay", overlay)
    assert code == 2
    assert "local.toml" in said or "overlay" in said
    assert said.count("\n") == 1


def test_the_demo_takes_only_synthetic_people():
    from api.screening import Screening
    from engine.errors import InputError

    demo = Screening(synthetic_only=True)
    assert demo.read(json.dumps({"patient": {"id": "15814512336"}}).encode()).patient.id
    with pytest.raises(InputError, match="identity_not_synthetic"):
        demo.read(json.dumps({"patient": {"id": "13116900216"}}).encode())
