"""What does not go together in a plan: each kind found where it is, and not where it is not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.planning import rendered
from api.screening import texts_in
from careplans.acceptance import Accepted
from careplans.as_json import plan_to_json
from careplans.catalogue import modules, read, steps
from careplans.conflict_words import conflict_words
from careplans.conflicts import conflicts
from careplans.parts import Action, Added, Block, Conflict, Due, Plan
from careplans.plan import build_plan
from careplans.print import render_html
from rules.assess import assess
from rules.burden import KINDS, Burden
from rules.case import Case, Encounter, Medicine
from rules.ruleset import national
from tests.spec.people import ON
from tests.unit.profiles import cases
from tests.unit.test_careplans_example import CET, example_case, plan_of, shared_decision_assessment
from tests.unit.test_careplans_plan import palliative_plan

VISIT = (Added("appointments_a_year", 1, 1, "a clinician", "home_visit"),)
PERHAPS = (replace(VISIT[0], low=0),)
TUESDAY = Due("discharge", days=8, on=date(2026, 12, 1))
NOON = datetime(2026, 12, 1, 12, tzinfo=CET)


def action(name: str, **parts: Any) -> Action:
    """An action that a clinician wrote, with nothing wrong in it."""
    whole: dict[str, Any] = {
        "block": "health", "module": "clinician", "owner": "home_care", "due": TUESDAY, "why": ("clinician",),
        "goal": "what_matters", **parts,
    }  # fmt: skip
    return Action(id=name, **whole)


def with_actions(*added: Action, plan: Plan | None = None) -> Plan:
    """A plan with actions of a clinician's own beside those of the rules."""
    plan = plan or plan_of()
    return replace(plan, blocks=(*plan.blocks, Block("health", added)))


def found(kind: str, *added: Action, plan: Plan | None = None, case: Case | None = None) -> tuple[Conflict, ...]:
    """The conflicts of one kind."""
    every = conflicts(with_actions(*added, plan=plan), case or example_case())
    return tuple(conflict for conflict in every if conflict.kind == kind)


def taking(atc: str, *, stop: date | None) -> Case:
    """The example patient with one medicine."""
    return replace(example_case(), medicines=(Medicine(name="Warfarin", atc=atc, use="regular", stop=stop),))


def test_the_example_has_no_conflict() -> None:
    assert plan_of().conflicts == ()
    assert palliative_plan().conflicts == ()


def test_training_goes_with_everything_but_palliative_focus() -> None:
    training = action("walk_until_tired", advice=("train",))
    assert found("training_with_palliative_focus", training) == ()
    (conflict,) = found("training_with_palliative_focus", training, plan=palliative_plan())
    assert conflict.actions == ("walk_until_tired",)


def test_a_goal_of_training_does_not_go_with_palliative_focus_either() -> None:
    (conflict,) = found("training_with_palliative_focus", action("stairs", goal="function"), plan=palliative_plan())
    assert conflict.actions == ("stairs",)
    assert found("training_with_palliative_focus", action("sit", goal="comfort"), plan=palliative_plan()) == ()


def test_geriatric_assessment_is_no_training_at_any_frailty() -> None:
    look = action("assess", goal="function", block="observe")
    assert found("training_with_palliative_focus", look, plan=palliative_plan()) == ()


def test_a_clinician_who_adds_palliative_focus_beside_training_is_told() -> None:
    accepted = Accepted(rules=frozenset({"cga_team", "shared_decision"}), modules=frozenset({"palliative_focus"}))
    plan = build_plan(example_case(), shared_decision_assessment(), accepted=accepted)
    (training, *_) = plan.conflicts
    assert training.actions == ("exercise.start_on_ward", "exercise.strength_and_balance")
    assert {conflict.kind for conflict in plan.conflicts} == {"training_with_palliative_focus", "opposite_advice"}


def test_one_action_has_one_owner() -> None:
    twice = (action("weigh"), action("weigh", owner="gp"))
    (conflict,) = found("two_owners", *twice)
    assert conflict == Conflict("two_owners", ("weigh",), {"owners": ("home_care", "gp")})
    assert found("two_owners", action("weigh"), action("weigh")) == ()
    assert found("two_owners", action("weigh"), action("measure", owner="gp")) == ()


@pytest.mark.parametrize("named", ["B01AA03", " b01aa03", "warfarin"])
def test_an_action_on_a_medicine_that_was_stopped_before_it_is_due_is_found(named: str) -> None:
    stopped = taking("B01AA03", stop=date(2026, 11, 20))
    (conflict,) = found("stopped_medicine", action("inr", medicine=named), case=stopped)
    assert conflict.actions == ("inr",)
    assert conflict.detail["day"] == date(2026, 11, 20)


@pytest.mark.parametrize(
    "case",
    [
        taking("B01AA03", stop=None),
        taking("B01AA03", stop=date(2026, 12, 1)),
        taking("A10BA02", stop=date(2026, 11, 20)),
        replace(example_case(), medicines=None),
    ],
)
def test_a_medicine_that_goes_on_or_is_not_known_is_no_conflict(case: Case) -> None:
    assert found("stopped_medicine", action("inr", medicine="B01AA03"), case=case) == ()


def test_a_medicine_that_goes_on_in_another_line_is_not_stopped() -> None:
    old, new = taking("B01AA03", stop=date(2026, 11, 20)), taking("B01AA03", stop=None)
    both = replace(old, medicines=(*(old.medicines or ()), *(new.medicines or ())))
    assert found("stopped_medicine", action("inr", medicine="B01AA03"), case=both) == ()


@pytest.mark.parametrize("pair", [tuple(pair["advice"]) for pair in read("conflicts")["opposite"]])
def test_every_declared_pair_of_opposite_advice_is_found(pair: tuple[str, str]) -> None:
    one, other = action("one", advice=pair[:1]), action("other", advice=pair[1:])
    plan = replace(plan_of(), blocks=())
    (conflict,) = found("opposite_advice", one, other, plan=plan)
    assert conflict == Conflict("opposite_advice", ("one", "other"), {"advice": pair})
    assert found("opposite_advice", one, plan=plan) == ()


def test_starting_one_medicine_and_stopping_another_is_no_conflict() -> None:
    start = action("start", advice=("start_medicine",), medicine="N02BE01")
    assert found("opposite_advice", start, action("stop", advice=("stop_medicine",), medicine="M01AE01")) == ()
    assert found("opposite_advice", start, action("stop", advice=("stop_medicine",), medicine="n02be01"))


def test_two_people_on_one_day_are_found_and_one_person_is_not() -> None:
    nurse, therapist = action("dress_wound", adds=VISIT), action("try_walker", adds=VISIT, owner="physiotherapist")
    (conflict,) = found("two_visits_on_one_day", nurse, therapist)
    assert conflict.actions == ("dress_wound", "try_walker")
    assert conflict.detail == {"owners": ("home_care", "physiotherapist"), "day": date(2026, 12, 1)}
    assert found("two_visits_on_one_day", nurse, action("weigh", adds=VISIT)) == ()
    assert found("two_visits_on_one_day", nurse, replace(therapist, due=replace(TUESDAY, on=date(2026, 12, 2)))) == ()


def test_a_visit_on_the_day_of_a_step_is_found_with_the_step() -> None:
    three_days = next(step.due for step in plan_of().timeline if step.id == "HPH2")
    (conflict,) = found("two_visits_on_one_day", action("try_walker", adds=VISIT, owner="gp", due=three_days))
    assert (conflict.actions, conflict.steps) == (("try_walker",), ("HPH2",))


def test_what_is_no_visit_or_perhaps_none_does_not_fill_a_day() -> None:
    nurse = action("dress_wound", adds=VISIT)
    assert found("two_visits_on_one_day", nurse, action("telephone", owner="gp")) == ()
    assert found("two_visits_on_one_day", nurse, action("telephone", owner="gp", adds=PERHAPS)) == ()


def test_days_that_are_not_known_are_compared_by_what_they_are_counted_from() -> None:
    plan = plan_of(case=replace(example_case(), encounter=Encounter()))
    week = Due("discharge", days=8)
    nurse, therapist = (action(who, adds=VISIT, owner=who, due=week) for who in ("home_care", "gp"))
    (conflict,) = found("two_visits_on_one_day", nurse, therapist, plan=plan)
    assert conflict.detail["day"] is None
    on_worsening = Due("event", event="worsening")
    both = (replace(each, due=on_worsening) for each in (nurse, therapist))
    assert found("two_visits_on_one_day", *both, plan=plan) == ()


def test_an_action_needs_a_goal_or_safety() -> None:
    (conflict,) = found("neither_goal_nor_safety", action("weigh", goal=" "), action("measure", goal=""))
    assert conflict.actions == ("weigh", "measure")
    assert found("neither_goal_nor_safety", action("weigh", goal="safety")) == ()


def test_nothing_is_due_before_the_admission() -> None:
    admitted = replace(example_case().encounter, admitted=NOON)
    case = replace(example_case(), encounter=admitted)
    early = action("weigh", due=Due("index", on=date(2026, 11, 30)))
    plan = replace(plan_of(), blocks=())
    assert [each.actions for each in found("due_before_admission", early, plan=plan, case=case)] == [("weigh",)]
    assert found("due_before_admission", action("weigh"), plan=plan, case=case) == ()


def test_nothing_is_due_after_the_last_visit_of_the_home_pathway() -> None:
    late = action("weigh", due=Due("discharge", days=29, on=date(2026, 12, 22)))
    assert [each.actions for each in found("due_after_closing", late)] == [("weigh",)]
    assert found("due_after_closing", replace(late, due=Due("discharge", days=28, on=date(2026, 12, 21)))) == ()


def test_what_may_harm_comes_first() -> None:
    plan = with_actions(action("weigh", goal=""), action("walk", advice=("train",)), plan=palliative_plan())
    kinds = [conflict.kind for conflict in conflicts(plan, example_case())]
    assert kinds == sorted(kinds, key=read("conflicts")["kinds"].index)
    assert kinds[0] == "training_with_palliative_focus"


def test_conflicts_are_in_the_plans_json_as_ids_and_facts() -> None:
    plan = with_actions(action("weigh"), action("weigh", owner="gp"))
    written = plan_to_json(replace(plan, conflicts=conflicts(plan, example_case())))
    assert written["conflicts"] == [
        {"kind": "two_owners", "actions": ["weigh"], "detail": {"owners": ["home_care", "gp"]}, "steps": []}
    ]


@given(cases(), st.data())
def test_a_plan_of_the_rules_own_never_has_what_only_people_can_bring_in(case: Case, data: st.DataObject) -> None:
    assessment = assess(case, ON, national())
    fired = [finding.rule for finding in assessment.findings]
    chosen = data.draw(st.none() | st.sets(st.sampled_from(fired)) if fired else st.none())
    accepted = Accepted(rules=None if chosen is None else frozenset(chosen))
    plan = build_plan(case, assessment, accepted=accepted, discharge=data.draw(st.sampled_from((None, ON))))
    never = {"neither_goal_nor_safety", "two_owners", "training_with_palliative_focus", "opposite_advice"}
    assert not never & {conflict.kind for conflict in plan.conflicts}
    ids = {each.id for each in plan.actions}, {each.id for each in plan.timeline}
    for conflict in plan.conflicts:
        assert ids[0].issuperset(conflict.actions)
        assert ids[1].issuperset(conflict.steps)
        assert conflict.actions or conflict.steps


def test_the_data_files_name_known_advice_parts_and_kinds_with_a_source() -> None:
    table = read("conflicts")
    advice, parts = set(table["advice"]), set(Burden.__dataclass_fields__)
    used = {code for pair in table["opposite"] for code in pair["advice"]} | set(table["training"]["advice"])
    assert advice == used
    assert all(pair["source"] for pair in table["opposite"])
    parts_with_data: list[Any] = [*(each for module in modules() for each in module.actions), *steps()]
    for part in parts_with_data:
        assert advice.issuperset(getattr(part, "advice", ())), part.id
        for added in part.adds:
            assert added.of in parts
            assert (added.kind in KINDS) is (added.of == "appointments_a_year"), part.id
            assert added.high is None or added.low <= added.high
            assert added.source


# Actions of the rules' own, as a clinician may have changed them: they have words, so that the plan can be printed.
CHANGED: dict[str, Any] = {
    "training_with_palliative_focus": (action("exercise.start_on_ward", advice=("train",)),),
    "stopped_medicine": (action("medicines.gp_review", medicine="B01AA03"),),
    "opposite_advice": (
        action("nutrition.small_meals", advice=("eat_more",)),
        action("cga.team_meeting", advice=("lose_weight",)),
    ),
    "two_owners": (action("nutrition.weigh"), action("nutrition.weigh", owner="gp")),
    "neither_goal_nor_safety": (action("nutrition.weigh", goal=""),),
    "two_visits_on_one_day": (
        action("nutrition.weigh", adds=VISIT),
        action("falls.home_hazards", adds=VISIT, owner="gp"),
    ),
    "due_before_admission": (action("nutrition.weigh", due=Due("index", on=date(2026, 11, 1))),),
    "due_after_closing": (action("nutrition.weigh", due=Due("discharge", days=90, on=date(2027, 2, 21))),),
}


def changed_plan(kind: str) -> Plan:
    """A plan with one conflict of this kind."""
    plan = with_actions(*CHANGED[kind], plan=replace(palliative_plan(), blocks=()))
    return replace(plan, conflicts=conflicts(plan, taking("B01AA03", stop=date(2026, 11, 20))))


def test_every_kind_can_be_found() -> None:
    assert set(CHANGED) == set(read("conflicts")["kinds"])


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("kind", CHANGED)
def test_a_conflict_is_said_in_words_with_what_to_do(kind: str, language: str) -> None:
    plan, texts = changed_plan(kind), texts_in(language)
    (conflict,) = plan.conflicts
    said = conflict_words(conflict, plan, texts)
    assert conflict.kind == kind
    assert "{" not in said.found
    for each in CHANGED[kind]:
        assert texts(f"action.{each.id}") in said.found
    assert said.remedy == texts(f"conflict.remedy.{kind}")


@pytest.mark.parametrize("audience", ["clinician", "municipality"])
@pytest.mark.parametrize("kind", CHANGED)
def test_a_conflict_stands_at_the_top_for_those_who_work_by_the_plan(kind: str, audience: Any) -> None:
    texts = texts_in("nb")
    page = render_html(changed_plan(kind), texts, printed=ON, audience=audience)
    assert page.index(texts("conflict.heading")) < page.index(texts("plan.heading.contingency"))
    assert texts(f"conflict.remedy.{kind}") in page


def test_a_plan_without_conflicts_has_no_heading_for_them() -> None:
    assert texts_in("nb")("conflict.heading") not in render_html(plan_of(), texts_in("nb"), printed=ON)


def test_the_json_file_says_a_conflict_in_words_too() -> None:
    content = json.loads(
        rendered(changed_plan("two_owners"), ".json", ruleset=national(), texts=texts_in("en"), printed=ON)
    )
    (conflict,) = content["conflicts"]
    assert conflict["kind"] == "two_owners"
    assert conflict["remedy"] == "Agree on who is responsible."
