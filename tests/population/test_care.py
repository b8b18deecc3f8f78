"""Decisions on services and stays in hospital are answers, where nobody has given one."""

from __future__ import annotations

from datetime import date

import pytest

from population.answered import ADMISSIONS, SERVICES
from population.bucket import read_bucket
from population.facts import ANSWERED
from population.opening import opened
from population.splitting import faults_of, how_to_split, split
from rules.knowledge import ITEMS
from tests.population.extracts import written
from tests.spec.people import ON

CODES = ITEMS[SERVICES].codes
HOME, ALARM = {"person": "p", "service": "home_nursing"}, {"person": "p", "service": "safety_alarm"}


def answers(folder, person, **tables):
    """Return the answers of one person as they come to the rules."""
    sources = opened(written(folder / "in", patients=[{"person": "p", **person}], **tables))
    for _ in split(sources, how_to_split(sources, ON, key=None), folder / "parts"):
        pass
    faults = {name: faults_of(source, ON) for name, source in sources.items()}
    rows = read_bucket(folder / "parts", 0, ON, faults_of=faults).tables.answers
    return {ANSWERED[row["item"]].id: (row["value"], row["other"]) for row in rows.iter_rows(named=True)}


def members(mask):
    return {code for place, code in enumerate(CODES) if mask & (1 << place)}


def services(folder, person, **tables):
    yes, no = answers(folder, person, **tables).get(SERVICES, (0, 0))
    return members(yes), members(no)


def test_a_decision_in_force_is_a_service_and_a_complete_list_has_no_other(tmp_path):
    ended = {**ALARM, "from": "2026-01-01", "to": "2026-02-01"}
    held, not_held = services(tmp_path, {}, services=[{**HOME, "from": None, "to": None}, ended])
    assert (held, not_held) == ({"home_nursing"}, set(CODES) - {"home_nursing"})


def test_a_list_said_not_to_be_complete_says_nothing_of_the_others(tmp_path):
    assert services(tmp_path, {"services_known": "no"}, services=[HOME]) == ({"home_nursing"}, set())


def test_a_list_said_to_be_complete_is_so_without_a_row(tmp_path):
    assert services(tmp_path, {"services_known": "yes"}) == (set(), set(CODES))


def test_nothing_is_said_of_someone_without_a_row(tmp_path):
    assert services(tmp_path, {}, services=[{**HOME, "person": "other"}]) == (set(), set())


def test_an_answer_stands_before_a_decision_and_leaves_the_other_members_to_it(tmp_path):
    answer = {"person": "p", "item": SERVICES, "member": "home_nursing", "value": "no"}
    held, not_held = services(tmp_path, {}, services=[HOME, ALARM], answers=[answer])
    assert (held, "home_nursing" in not_held) == ({"safety_alarm"}, True)


def test_no_to_a_whole_set_is_no_to_every_member_without_a_row_of_its_own(tmp_path):
    rows = [
        {"person": "p", "item": SERVICES, "member": member, "value": value}
        for member, value in ((None, "no"), ("multidose", "yes"), ("day_centre", "perhaps"))
    ]
    held, not_held = services(tmp_path, {}, answers=rows)
    assert (held, not_held) == ({"multidose"}, set(CODES) - {"multidose", "day_centre"})


@pytest.mark.parametrize(
    ("admitted", "count"),
    [(("2026-11-20",), 1), (("2025-11-23", "2025-11-24"), 1), (("2026-11-24",), 0), (("2024-01-01",), 0)],
)
def test_stays_begun_in_twelve_months_are_the_admissions(tmp_path, admitted, count):
    assert date.fromisoformat("2026-11-23") == ON
    rows = [{"person": "p", "admitted": day, "discharged": None} for day in admitted]
    assert answers(tmp_path, {}, stays=rows)[ADMISSIONS] == (count, 0)


def test_the_admissions_are_those_that_somebody_answered_and_unknown_where_a_stay_was_set_aside(tmp_path):
    stay = {"person": "p", "admitted": "2026-11-20", "discharged": None}
    answer = {"person": "p", "item": ADMISSIONS, "value": "4"}
    assert answers(tmp_path / "a", {}, stays=[stay], answers=[answer])[ADMISSIONS] == (4, 0)
    assert ADMISSIONS not in answers(tmp_path / "b", {}, stays=[stay, {**stay, "admitted": "2026-13-01"}])


def test_the_newest_answer_on_or_before_the_day_counts(tmp_path):
    rows = [
        {"person": "p", "item": "mst", "value": value, "on": day}
        for value, day in ((1, "2025-01-01"), (2, "2026-11-23"), (3, "2026-11-24"))
    ]
    assert answers(tmp_path, {}, answers=rows)["mst"] == (2, 0)
