"""Where the patient goes decides who owns the plan: home care at home, the institution's own staff in a care home."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from careplans.acceptance import Accepted
from careplans.catalogue import replacement
from careplans.parts import Plan
from careplans.pathway import Clock, timeline
from careplans.plan import build_plan, place
from careplans.print import render_html
from careplans.words import step_words
from rules.assess import assess
from rules.case import Case
from rules.ruleset import national
from tests.unit.test_careplans_example import (
    example_assessment,
    example_case,
    finding,
    plan_of,
    shared_decision_assessment,
    texts,
)

AT_HOME = {"home_care", "primary_nurse", "gp"}


def case_with(**answers: Any) -> Case:
    """The example case with some answers changed."""
    return replace(example_case(), answers={**example_case().answers, **answers})


def owners(plan: Plan) -> set[str]:
    """Everyone who owns an action or a step."""
    return {a.owner for a in plan.actions} | {owner for step in plan.timeline for owner in step.owners}


def said(plan: Plan) -> dict[str, str]:
    """The steps of a plan as they are called."""
    return {step.id: step_words(step, texts()) for step in plan.timeline}


@pytest.mark.parametrize(
    "answers",
    [{"discharge_to": "care_home"}, {"discharge_to": "short_term_care"}, {"residence": "care_home"}],
)
def test_in_an_institution_its_own_nurse_and_doctor_own_the_plan(answers: dict[str, Any]) -> None:
    plan = plan_of(case=case_with(**answers))
    assert plan.destination == "institution"
    ahead = replace(plan, timeline=tuple(step for step in plan.timeline if step.id != "admission_report"))
    assert not owners(ahead) & AT_HOME
    assert {"care_home_nurse", "care_home_doctor"} <= owners(plan)


@pytest.mark.parametrize(
    "answers",
    [{}, {"residence": "short_term_care"}, {"residence": "care_home", "discharge_to": "home"}, {"residence": None}],
)
def test_who_goes_home_or_nobody_knows_where_has_home_care_and_gp(answers: dict[str, Any]) -> None:
    plan = plan_of(case=case_with(**answers))
    assert plan.destination == "home"
    assert owners(plan) >= AT_HOME - {"home_care"}


def test_the_steps_are_called_what_they_are_in_an_institution() -> None:
    there = said(plan_of(case=case_with(discharge_to="care_home")))
    assert there["HPH1"] == "Utskrivningsdagen: sykehuset ringer sykehjemmet"
    assert "besøk" not in there["HPH2"]
    assert "astlege" not in there["HPH3"]
    assert said(plan_of())["HPH2"] == "Tredagersbesøk"


def test_no_print_of_an_institutions_plan_says_that_the_patient_goes_home() -> None:
    there = case_with(residence="care_home", discharge_to="care_home")
    page = render_html(plan_of(case=there), texts(), printed=date(2026, 11, 17))
    for said_at_home in ("Fra sykehus til hjem<", "Veien hjem", "Fastlege<", "Hjemmetjenesten<", "Primærkontakt"):
        assert said_at_home not in page.partition('class="contingency"')[0] + page.partition("<h2>Veien videre")[2]


def test_nothing_that_needs_a_home_is_done_in_an_institution() -> None:
    accepted = Accepted(modules=frozenset({"social_network"}))
    plan = build_plan(case_with(discharge_to="care_home"), example_assessment(), accepted=accepted)
    assert "social_network" not in plan.modules
    assert "falls.home_hazards" not in {a.id for a in plan_of(case=case_with(discharge_to="care_home")).actions}


def test_the_institutions_doctor_keeps_the_date_over_a_weekend() -> None:
    stay = replace(example_case().encounter, expected_discharge=None)
    plan = plan_of(case=replace(case_with(discharge_to="care_home"), encounter=stay))
    step = next(step for step in plan.timeline if step.id == "HPH3")
    assert step.due.moved_from is None


def test_pathway_a_has_no_home_care_in_the_gps_checklist() -> None:
    suggested = example_assessment(pathway="A", findings=(finding("pathway_a", "pathway:A"),))
    visit = next(step for step in plan_of(assessment=suggested).timeline if step.id == "HPH3")
    assert "observations" not in visit.checklist
    assert "joint_plan" not in visit.checklist


def palliative(modules: frozenset[str] = frozenset(), **answers: Any) -> Plan:
    """A plan where palliative focus was chosen."""
    rules = frozenset({"palliative_indicators", "shared_decision", "fall_prevention", "nutrition"})
    chosen = Accepted(rules=rules, modules=modules)
    return build_plan(case_with(**answers), shared_decision_assessment(), accepted=chosen)


@pytest.mark.parametrize("place", ["home", "care_home"])
def test_palliative_focus_leaves_no_weighing_scoring_stairs_or_home_visit(place: str) -> None:
    plan = palliative(frozenset({"cognition", "advance_care_conversation"}), discharge_to=place)
    lists = {step.id: step.checklist for step in plan.timeline}
    assert not {"health", "function", "function_there", "cfs"} & {*lists["HPH2"], *lists["HPH4"]}
    ids = {action.id for action in plan.actions}
    assert not {
        "falls.home_hazards", "nutrition.assess", "nutrition.weigh", "evaluation.four_weeks", "cognition.dementia_plan",
        "advance_care_conversation.offer",
    } & ids  # fmt: skip
    assert {"nutrition.comfort_meals", "evaluation.four_weeks_comfort", "cognition.calm_days"} <= ids


@pytest.mark.parametrize("module", ["exercise", "advance_care_conversation"])
def test_a_clinician_cannot_add_what_palliative_focus_keeps_out(module: str) -> None:
    assert module not in palliative(frozenset({module})).modules


def test_what_belongs_to_a_state_does_not_come_with_an_added_module() -> None:
    accepted = Accepted(rules=frozenset(), modules=frozenset({"nutrition", "exercise"}))
    ids = {a.id for a in build_plan(example_case(), example_assessment(), accepted=accepted).actions}
    assert {"nutrition.small_meals", "exercise.strength_and_balance"} <= ids
    assert not {"nutrition.comfort_meals", "exercise.strength_after_choice"} & ids


def test_training_waits_while_palliative_focus_may_be_chosen() -> None:
    ids = {action.id for action in plan_of(assessment=shared_decision_assessment()).actions}
    assert "exercise.strength_after_choice" in ids
    assert "exercise.strength_and_balance" not in ids


def test_what_stands_in_has_the_reason_of_its_module() -> None:
    meals = next(a for a in palliative().actions if a.id == "nutrition.comfort_meals")
    assert meals.why == ("palliative_indicators",)


@pytest.mark.parametrize(
    ("residence", "discharge_to", "owner", "name"),
    [
        ("home", "care_home", "home_care", "admission_report"),
        ("home", "short_term_care", "home_care", "admission_report"),
        ("care_home", "home", "care_home_nurse", "admission_report_institution"),
        ("care_home", "care_home", "care_home_nurse", "admission_report_institution"),
        (None, "care_home", "home_care", "admission_report"),
    ],
)
def test_the_admission_report_is_owed_by_whoever_had_the_patient_before_the_stay(
    residence: str | None, discharge_to: str, owner: str, name: str
) -> None:
    told = {"residence": residence, "discharge_to": discharge_to}
    answers = {item: answer for item, answer in told.items() if answer is not None}
    found = timeline(
        assess(Case(), date(2026, 11, 16), national()),
        Clock(index=date(2026, 11, 16)),
        pathway=None,
        instead=replacement(place(Case(answers=answers))),
    )
    report = next(step for step in found if step.id == "admission_report")
    assert (report.owners, report.name) == ((owner,), name)
