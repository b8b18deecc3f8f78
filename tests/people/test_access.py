"""The tables of who may do what are whole, and say what was decided."""

from __future__ import annotations

from dataclasses import fields

import pytest

from api.people.access import ACTIONS, ADMINISTRATOR, MAY, RECORDS, UNDOES, decides_here, may, may_record
from api.people.user import ROLES, Role
from careplans.course.events import KINDS

NAMES = {str(field.default) for kind in KINDS for field in fields(kind) if field.name == "kind"}
CLINICAL = ("screen", "read", "decide", "plan", "step", "correct", "open", "drafts", "board", "team_list")


def test_every_action_has_a_row_and_every_row_an_action():
    assert set(MAY) == set(ACTIONS)


def test_every_kind_of_event_has_a_row_and_every_row_a_kind():
    assert set(RECORDS) == NAMES
    assert set(UNDOES) <= NAMES


@pytest.mark.parametrize("role", ROLES)
def test_every_role_may_do_something_beside_asking_who_it_is(role: Role):
    assert [action for action in ACTIONS if may(role, action)] != ["me"]
    assert may(role, "me")


def test_no_row_names_a_role_that_there_is_not():
    named = frozenset[Role]().union(*MAY.values(), *RECORDS.values(), *UNDOES.values())
    assert named <= set(ROLES)
    assert all(MAY.values())
    assert all(RECORDS.values())


def test_an_analyst_gets_figures_and_nothing_else():
    assert {action for action in ACTIONS if may("analyst", action)} == {"me", "figures", "population"}
    assert not any(may_record("analyst", kind) for kind in NAMES)


@pytest.mark.parametrize("action", CLINICAL)
def test_an_administrator_gets_no_clinical_content(action):
    assert not may("administrator", action)


def test_a_reader_changes_nothing():
    assert not any(may_record("reader", kind) for kind in NAMES)
    assert not any(may("reader", action) for action in ("screen", "step", "life_event", "open", "drafts", "identify"))


@pytest.mark.parametrize("role", ["doctor", "geriatric_team"])
def test_only_an_administrator_brings_back_what_a_doctor_retracted(role: Role):
    assert may_record(role, "retracted")
    assert UNDOES["retracted"] == ADMINISTRATOR


@pytest.mark.parametrize(
    ("role", "kind", "expected"),
    [
        ("nurse", "died", False),
        ("doctor", "died", True),
        ("municipal_nurse", "died", True),
        ("gp", "died", True),
        ("gp", "step_done", True),
        ("gp", "admitted", False),
        ("coordinator", "moved", True),
        ("coordinator", "decided", False),
        ("geriatric_team", "plan_started", True),
        ("gp", "decided", True),
        ("gp", "plan_started", True),
        ("gp", "plan_paused", False),
        ("system", "admitted", True),
        ("system", "decided", False),
        ("administrator", "merged", True),
    ],
)
def test_a_role_records_what_belongs_to_it(role: Role, kind: str, expected: bool):
    assert may_record(role, kind) is expected


def test_a_gp_decides_on_nobody_in_hospital_and_a_doctor_there_on_anyone():
    assert decides_here("gp", in_hospital=False)
    assert not decides_here("gp", in_hospital=True)
    assert decides_here("doctor", in_hospital=True)
    assert decides_here("geriatric_team", in_hospital=False)
