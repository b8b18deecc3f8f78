"""`retthjem simulate`: what it prints and writes, the same bytes for the same seed, and what it refuses."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from api.cli import main
from tests.population.extracts import extract_of, written
from tests.spec.people import ON, older

SHORT = ("--synthetic", "--replications", "3", "--weeks", "6")
LANGUAGES = ("nb", "nn", "en")


@pytest.fixture
def run(capsys):
    def said(*words):
        code = main(["simulate", *map(str, words)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return said


def extract(folder, stays: int, *, first: int = 10):
    """Write an extract of people of CFS 4 and 6, each with a stay of five days."""
    cases = [
        older(cfs_clinician=level, lifelong_disability=False, terminal_illness=False)
        for level in (4, 6)
        for _ in range(stays // 2)
    ]
    days = [ON - timedelta(days=first + 5 * number) for number in range(stays)]
    rows = [
        {"person": number, "admitted": day, "discharged": day + timedelta(days=5)} for number, day in enumerate(days)
    ]
    tables = {name: table for name, table in extract_of(cases).items() if table}
    return written(folder, **tables, stays=rows)


def test_the_same_seed_gives_the_same_bytes(run, tmp_path):
    made = [tmp_path / f"{name}.json" for name in ("first", "again", "other")]
    for out, seed in zip(made, (7, 7, 8), strict=True):
        assert run("cfs-4", "--against", "cfs-5", *SHORT, "--seed", seed, "-o", out)[0] == 0
    first, again, other = (out.read_bytes() for out in made)
    assert first == again
    assert first != other


def test_the_json_has_every_number_with_its_interval_and_the_assumptions(run):
    told = json.loads(run("cfs-4", "--against", "cfs-5", *SHORT, "--json")[1])
    more = told["numbers"]["referrals.cga"]["difference"]
    assert more["low"] <= more["mean"] <= more["high"]
    assert [each["name"] for each in told["policies"]] == ["cfs-4", "cfs-5"]
    assert [len(weeks) for weeks in told["queues"]["cga"]] == [6, 6]
    assert told["rate"]["year"] == 2024
    assert len(told["assumptions"]) > 8
    assert {"change": "gained", "service": "cga", "by": "cfs", "group": "4"} in [
        {name: each[name] for name in ("change", "service", "by", "group")} for each in told["routes"]
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_result_is_told_in_words_with_what_it_takes_for_granted(run, language):
    code, out, _ = run("reception-unit", "--against", "cfs-5", *SHORT, "--lang", language)
    assert code == 0
    assert out.count("  * ") > 10
    assert {"nb": "må bekreftes", "nn": "må stadfestast", "en": "to be confirmed"}[language] in out
    assert "{" not in out


def test_kroner_of_a_year_are_none_in_the_json_where_weeks_are_no_whole_year(run):
    told = json.loads(run("cfs-5", *SHORT, "--json")[1])
    assert told["numbers"]["ready.kroner_year"]["policies"] == [None]
    assert told["numbers"]["ready.kroner"]["policies"] != [None]


def test_a_policy_alone_has_no_difference(run):
    code, out, _ = run("cfs-5", *SHORT, "--lang", "en")
    assert code == 0
    assert "Difference" not in out
    assert "Who gains" not in out


def test_an_extract_is_replayed_with_its_own_arrivals_unless_the_policy_says_otherwise(run, tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text("[arrivals]\nper_week = 50\n", "utf-8")
    folder = extract(tmp_path / "in", 60)
    words = ("--extract", folder, "--on", ON, "--replications", 4, "--weeks", 30, "--json")
    own = json.loads(run("cfs-4", "--against", "cfs-5", *words)[1])
    assert own["policies"][0]["arrivals"]["per_week"] == pytest.approx(60 / 52)
    assert own["pool"] == {"stays": 60, "undecided": 0, "unended": 0}
    gained = [
        each for each in own["routes"] if (each["change"], each["by"], each["service"]) == ("gained", "all", "cga")
    ]
    referred = own["numbers"]["referrals.cga"]["policies"]
    assert gained[0]["a_week"]["mean"] == pytest.approx(referred[0]["mean"] - referred[1]["mean"], abs=0.3)
    assert json.loads(run(mine, *words)[1])["policies"][0]["arrivals"]["per_week"] == 50


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("no-such", "--synthetic"), "neither a file"),
        (("cfs-4",), "not said where"),
        (("cfs-4", "--synthetic", "--extract", "x"), "said twice"),
        (("cfs-4", "--synthetic", "--replications", "1"), "between 2 and 1000"),
        (("cfs-4", "--synthetic", "--weeks", "3"), "between 4 and 520"),
        (("cfs-4", "--synthetic", "--seed", "-1"), "between 0"),
        (("cfs-4", "--synthetic", "-o", "out.pdf"), ".json"),
        (("none.toml", "--synthetic"), "cannot be read"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(run, words, said):
    code, _, err = run(*words, "--lang", "en")
    assert (code, said in err, err.count("\n")) == (2, True, 1), err


@pytest.mark.parametrize(("stays", "first"), [(10, 10), (40, 400)])
def test_an_extract_with_too_few_or_too_old_stays_is_refused(run, tmp_path, stays, first):
    folder = extract(tmp_path / "in", stays, first=first)
    code, _, err = run("cfs-4", "--extract", folder, "--on", ON, "--lang", "en")
    assert (code, "too few" in err) == (2, True)
