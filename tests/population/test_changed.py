"""`rules diff --extract`: what it counts is what the bedside says of each person, before and after."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest

from api.cli import main
from api.rule_effects import effects_told
from api.screening import texts_in
from engine.errors import InputError
from engine.rules import RuleSet
from engine.snapshot import from_snapshot, to_snapshot
from population.changed import EXAMPLES, Changed, as_json, changed
from rules.assess import assess
from rules.ruleset import RULES, Overlay, local, national
from rules.times import age_on
from tests.population.extracts import asked, extract_of, written
from tests.population.people import random_people
from tests.spec.people import ON, older
from tests.v1.people import number

EARLIER = local(Overlay("cfs4", {"cfs_frail": 4}))
FRAILER = local(Overlay("cfs6", {"cfs_frail": 6}))
LANGUAGES = ("nb", "nn", "en")


def in_order(line) -> bool:
    return not (line.start and line.stop and line.stop < line.start)


def is_old_enough(case) -> bool:
    born = case.patient.birth_date
    return born is not None and age_on(born, ON) >= 70


def at_bedside(case, ruleset: RuleSet, rule: str) -> str:
    found = assess(case, ON, ruleset)
    undecided = {each.rule for each in found.undecided}
    return "fired" if found.fired(rule) else "cannot_tell" if rule in undecided else "not_fired"


def of(folder, cases, **tables):
    return written(folder, **{name: rows for name, rows in {**extract_of(cases), **tables}.items() if rows})


def of_cases(folder, cases, new=EARLIER, **tables) -> Changed:
    return changed(asked(of(folder, cases, **tables)), national(), new)


def mild(**answers):
    return older(cfs_clinician=4, lifelong_disability=False, terminal_illness=False, **answers)


def test_each_rule_is_counted_as_the_bedside_says_of_each_person(tmp_path):
    cases = [
        case for case in random_people(150, 7) if case.patient.birth_date and all(map(in_order, case.medicines or ()))
    ]
    old_enough = [case for case in cases if is_old_enough(case)]
    found = of_cases(tmp_path, cases)
    assert (found.people, found.left_out) == (len(old_enough), len(cases) - len(old_enough))
    for rule in (each.id for each in RULES):
        expected = Counter(tuple(at_bedside(case, each, rule) for each in (national(), EARLIER)) for case in old_enough)
        assert found.rules[rule] == expected, rule
        assert len(found.examples[rule]) == min(EXAMPLES, sum(n for (a, b), n in expected.items() if a != b))


def test_a_lower_limit_moves_the_mildly_frail_to_the_team_and_says_by_what(tmp_path):
    found = of_cases(tmp_path, [mild(), older(cfs_clinician=6, lifelong_disability=False), mild()])
    assert found.tracks["prevention", "cga_team"] == 2
    assert [each.person for each in found.examples["cga_team"]] == ["0", "2"]
    assert found.examples["cga_team"][0].facts == (("cfs_level", 4),)
    assert (found.work["referrals", "before"], found.work["referrals", "after"]) == (1, 3)


def test_a_higher_limit_takes_them_away_again(tmp_path):
    found = of_cases(tmp_path, [older(cfs_clinician=5, lifelong_disability=False, terminal_illness=False)], FRAILER)
    assert found.rules["cga_team"] == {("fired", "not_fired"): 1}
    assert found.work["referrals", "after"] == 0


def test_what_is_counted_is_the_facts_of_the_changed_count_alone(tmp_path):
    fewer_signs = local(Overlay("signs", {"vulnerable_signs": 1}))
    found = of_cases(tmp_path, [mild(falls_last_12_months=2, mst=0, four_at=0)], fewer_signs)
    (example,) = found.examples["cga_team_vulnerable"]
    facts = dict(example.facts)
    assert facts["falls_last_12_months"] == 2
    assert facts["recent_function_decline"] is None
    assert "cfs_level" not in facts


def test_a_stay_is_counted_in_the_week_it_began_and_only_the_last_year(tmp_path):
    monday = ON - timedelta(days=ON.weekday())
    days = [monday - timedelta(days=1), monday - timedelta(days=8), monday - timedelta(weeks=53), monday]
    stays = [{"person": 0, "admitted": day, "discharged": None} for day in days]
    found = of_cases(tmp_path, [mild()], stays=stays)
    assert sum(found.stays.values()) == 2
    assert {found.weeks[week, "referrals", "after"] for week in found.stays} == {1}
    assert {found.weeks[week, "referrals", "before"] for week in found.stays} == {0}


def test_a_week_in_which_nobody_came_is_told_with_nobody(tmp_path):
    monday = ON - timedelta(days=ON.weekday())
    found = of_cases(
        tmp_path, [mild()], stays=[{"person": 0, "admitted": monday - timedelta(days=8), "discharged": None}]
    )
    weeks = json.loads(json.dumps(as_json(found)))["weeks"]
    assert [each["stays"] for each in weeks] == [0] * 50 + [1, 0]
    assert [each["week"] for each in weeks] == sorted({each["week"] for each in weeks})
    assert set(found.stays) == {weeks[50]["week"]}
    told = effects_told(found, texts_in("en"), ON)
    assert sum(f"{each['week']} | " in told for each in weeks) == 52


def test_an_example_that_becomes_undecided_says_what_is_not_known(tmp_path):
    found = of_cases(tmp_path, [older(cfs_clinician=4, lifelong_disability=None)])
    (example,) = found.examples["cga_team"]
    assert (example.before, example.after) == ("not_fired", "cannot_tell")
    assert dict(example.facts) == {"cfs_level": 4, "lifelong_disability": None}
    assert ": unknown" in effects_told(found, texts_in("en"), ON)


def test_the_same_rules_move_nobody(tmp_path):
    found = of_cases(tmp_path, random_people(50, 3), national())
    assert found.changed_rules == ()
    assert all(before == after for before, after in found.tracks)


def test_a_rule_that_is_gone_is_counted_as_absent(tmp_path):
    kept = to_snapshot(national())
    del kept["rules"]["nutrition"]
    assert of_cases(tmp_path, [mild()], from_snapshot(kept)).rules["nutrition"].keys() <= {
        (outcome, "absent") for outcome in ("fired", "not_fired", "cannot_tell")
    }


def test_a_kept_rule_set_with_other_questions_is_refused(tmp_path):
    kept = to_snapshot(national())
    kept["items"]["residence"]["codes"] = kept["items"]["residence"]["codes"][:-1]
    with pytest.raises(InputError, match="rule_set_of_other_form"):
        of_cases(tmp_path, [mild()], from_snapshot(kept))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_is_told_in_words(tmp_path, language):
    limits = {"cfs_frail": 4, "vulnerable_signs": 1, "polypharmacy": 6, "frequent_admissions": 3}
    found = of_cases(tmp_path, random_people(200, 5), local(Overlay("all", limits)))
    said = effects_told(found, texts_in(language), ON)
    assert said.count("→") > 20
    assert "{" not in said


def test_the_command_prints_words_or_json_with_the_keys_of_the_extract_alone(tmp_path, capsys):
    folder, overlay = tmp_path / "in", tmp_path / "cfs4.toml"
    overlay.write_text("[thresholds]\ncfs_frail = 4\n", "utf-8")
    of(folder, [mild()])
    words = ["rules", "diff", "national", str(overlay), "--extract", str(folder), "--on", ON.isoformat()]
    assert main([*words, "--lang", "en"]) == 0
    assert "Person 0: does not hold → holds. CFS: 4" in capsys.readouterr().out
    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rules"]["cga_team"]["examples"] == [
        {"person": "0", "before": "not_fired", "after": "fired", "facts": {"cfs_level": 4}}
    ]
    assert told["assumptions"]


def test_an_identity_number_is_neither_read_without_a_key_nor_shown_with_one(tmp_path, capsys):
    identity, folder, key = number(100), tmp_path / "in", tmp_path / "key"
    rows = {
        name: [{**row, "person": identity} for row in table] for name, table in extract_of([mild()]).items() if table
    }
    written(folder, **rows)
    key.write_text("k" * 40, "utf-8")
    overlay = tmp_path / "cfs4.toml"
    overlay.write_text("[thresholds]\ncfs_frail = 4\n", "utf-8")
    words = ["rules", "diff", "national", str(overlay), "--extract", str(folder), "--on", ON.isoformat()]
    assert main(words) == 2
    assert main([*words, "--key-file", str(key)]) == 0
    said = capsys.readouterr()
    assert "→" in said.out
    assert identity not in said.out + said.err


@pytest.mark.parametrize("words", [("diff", "national", "national", "--json"), ("list", "--extract", "x")])
def test_an_option_that_has_no_use_is_refused(capsys, words):
    assert main(["rules", *words]) == 2
    capsys.readouterr()
