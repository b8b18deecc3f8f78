"""What a plan holds, and what never starts by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from careplans.acceptance import Accepted
from careplans.as_json import plan_to_json
from careplans.catalogue import modules, read, signs, steps
from careplans.parts import Plan
from careplans.plan import build_plan
from careplans.settings import PlanSettings, contact_roles, settings_from
from engine.errors import InputError
from rules.assessment import Assessment, TeamListEntry, Track, Undecided
from rules.case import Case, Medicine
from tests.unit.test_careplans_example import (
    by_module,
    example_assessment,
    example_case,
    finding,
    plan_of,
    shared_decision_assessment,
)

BARE = Assessment(index_date=date(2026, 11, 16), ruleset=example_assessment().ruleset, scores={})


def with_answers(**answers: object) -> Case:
    """The example case with some answers changed; None takes one away."""
    case = example_case()
    merged = {**case.answers, **answers}
    return replace(case, answers={item: answer for item, answer in merged.items() if answer is not None})  # type: ignore[misc]


def test_every_action_has_an_owner_a_due_a_reason_and_a_goal_or_safety() -> None:
    goals = {*read("plan")["goals"]["order"]}
    for action in plan_of().actions:
        assert action.owner, action.id
        assert action.why, action.id
        assert action.goal in goals, action.id
        assert action.due.on, action.id


def test_action_ids_are_readable_and_unique() -> None:
    ids = [action.id for action in plan_of().actions]
    assert "falls.home_hazards" in ids
    assert len(ids) == len(set(ids))


def test_the_blocks_come_in_the_order_of_the_specification() -> None:
    assert [block.id for block in plan_of().blocks] == [
        "what_matters", "observe", "self_management", "prevent", "compensate", "health", "evaluate",
    ]  # fmt: skip


def test_nothing_starts_that_was_not_accepted() -> None:
    plan = plan_of("fall_prevention")
    assert [f.rule for f in plan.accepted] == ["fall_prevention"]
    assert not {"cga", "nutrition", "medicines", "cognition"} & set(plan.modules)
    assert {"cga_team", "nutrition"} <= {f.rule for f in plan.not_accepted}
    assert plan.tracks == ()


@pytest.mark.parametrize("name", ["palliative_focus", "nonsense", "fall_prevention,nonsense"])
def test_accepting_what_did_not_fire_is_refused_without_naming_it(name: str) -> None:
    with pytest.raises(InputError) as error:
        plan_of(name)
    assert error.value.where == "--accept"
    assert "nonsense" not in str(error.value)
    assert "palliative_focus" not in str(error.value)


def test_an_open_shared_decision_starts_neither_track_even_when_all_is_accepted() -> None:
    plan = plan_of(assessment=shared_decision_assessment())
    assert plan.tracks == ()
    assert not {"cga", "palliative_focus"} & set(plan.modules)
    assert plan.conversation is not None
    assert plan.conversation.held == ("cga_team", "palliative_focus")
    assert plan.conversation.points
    assert "shared_decision.hold_conversation" in {action.id for action in plan.actions}


@pytest.mark.parametrize(
    "named", ["cga_team", "palliative_indicators", "cga_team,palliative_indicators,shared_decision"]
)
def test_a_track_without_one_recorded_choice_does_not_start(named: str) -> None:
    plan = plan_of(named, assessment=shared_decision_assessment())
    assert plan.conversation is not None
    assert not {"cga", "palliative_focus"} & set(plan.modules)


def test_naming_one_track_together_with_the_shared_decision_records_the_choice() -> None:
    plan = plan_of("cga_team,shared_decision", assessment=shared_decision_assessment())
    assert plan.conversation is None
    assert "cga" in plan.modules
    assert "palliative_focus" not in plan.modules
    assert [track.track for track in plan.tracks] == ["cga_team"]


def test_a_clinician_cannot_add_a_track_that_waits_for_the_choice() -> None:
    accepted = Accepted(modules=frozenset({"cga", "social_network"}))
    plan = build_plan(example_case(), shared_decision_assessment(), accepted=accepted)
    assert "cga" not in plan.modules
    assert {a.why for a in plan.actions if a.module == "social_network"} == {("clinician",)}


def palliative_plan() -> Plan:
    """A plan where palliative focus was chosen, with falls and nutrition beside it."""
    named = "palliative_indicators,shared_decision,fall_prevention,nutrition"
    return plan_of(named, assessment=shared_decision_assessment())


def test_palliative_focus_has_comfort_goals_and_no_training() -> None:
    plan = palliative_plan()
    assert "exercise" not in plan.modules
    assert "function" not in plan.goals
    assert {action.goal for action in plan.actions if action.module == "nutrition"} == {"comfort"}
    assert "nutrition.weigh" not in {action.id for action in plan.actions}


def test_palliative_focus_adds_what_the_specification_names() -> None:
    ids = {action.id.removeprefix("palliative_focus.") for action in palliative_plan().actions}
    assert {
        "treatment_clarification", "conversation", "symptom_plan", "call_day_and_night", "last_days_medicines",
        "next_of_kin", "geriatric_team_available",
    } <= ids  # fmt: skip


def test_the_team_comes_early_among_whom_to_call_with_palliative_focus() -> None:
    assert [c.role for c in palliative_plan().contingency.contacts][:2] == ["home_care", "geriatric_team"]


def test_training_starts_where_palliative_focus_does_not() -> None:
    assert by_module(plan_of())["exercise"] == ["exercise.start_on_ward", "exercise.strength_and_balance"]


def test_a_case_that_settles_nothing_still_has_a_next_step_an_owner_and_an_evaluation() -> None:
    undecided = replace(
        BARE,
        undecided=(Undecided("robust", ("cfs_clinician", "terminal_illness")),),
        ask_next="cfs_clinician",
        on_team_list=TeamListEntry("undecided"),
    )
    plan = plan_of(case=Case(), assessment=undecided)
    found = {action.id: action for action in plan.actions}
    assert found["questions.ask_next"].about == "cfs_clinician"
    assert found["questions.ask_next"].owner == "treating_doctor"
    assert found["questions.ask_next"].why == ("robust",)
    assert found["questions.team_decides"].owner == "geriatric_team"
    assert plan.open_questions[0].item == "cfs_clinician"
    assert any(action.block == "evaluate" for action in plan.actions)


def test_a_case_with_nothing_at_all_still_has_an_action_and_an_evaluation() -> None:
    plan = plan_of(case=Case(), assessment=BARE)
    assert "what_matters.ask" in {action.id for action in plan.actions}
    assert "evaluation.four_weeks" in {action.id for action in plan.actions}


@pytest.mark.parametrize(
    ("answer", "state", "action"),
    [
        ("Komme hjem.", "said", "follow_up"),
        ("declined", "declined", "offer_again"),
        ("unable", "unable", "ask_next_of_kin"),
        ("  ", "unknown", "ask"),
        (None, "unknown", "ask"),
    ],
)
def test_what_matters_is_quoted_asked_or_offered_again(answer: str | None, state: str, action: str) -> None:
    plan = plan_of(case=with_answers(what_matters=answer))
    assert plan.what_matters.state == state
    assert plan.what_matters.words == (answer if state == "said" else None)
    assert f"what_matters.{action}" in by_module(plan)["what_matters"]


def test_in_pathway_a_the_gp_has_what_home_care_else_would_do() -> None:
    findings = (finding("robust", "track:standard"), finding("pathway_a", "pathway:A"))
    plan = plan_of(
        assessment=replace(BARE, findings=findings, pathway="A", tracks=(Track("standard", "recommend", "final"),))
    )
    assert not {"primary_nurse", "home_care"} & {action.owner for action in plan.actions}
    assert next(a for a in plan.actions if a.id == "evaluation.four_weeks").owner == "gp"


def test_signs_of_worsening_follow_the_modules_and_the_known_diagnoses() -> None:
    example = {sign.id for sign in plan_of().contingency.signs}
    assert {"new_confusion", "heart_failure", "copd", "low_sugar", "high_sugar", "hip", "dizzy"} <= example
    unknown = {sign.id for sign in plan_of(case=Case(), assessment=BARE).contingency.signs}
    assert unknown == {sign.id for sign in signs() if sign.for_everyone}


def taking(*atc: str, stop: date | None = None) -> dict[str, str]:
    """How fast to call for each sign, for someone without diagnoses who takes these."""
    medicines = tuple(Medicine(atc=code, use="regular", stop=stop) for code in atc)
    plan = plan_of(case=replace(example_case(), diagnoses=(), medicines=medicines), assessment=BARE)
    return {sign.id: sign.tier for sign in plan.contingency.signs}


@pytest.mark.parametrize(
    ("atc", "brings"),
    [
        ("A10AB05", {"low_sugar", "high_sugar"}),
        ("A10BB12", {"low_sugar", "high_sugar"}),
        ("A10BA02", {"high_sugar"}),
        ("B01AA03", {"bleeding"}),
        ("B01AF02", {"bleeding"}),
        ("C03CA01", set()),
    ],
)
def test_a_medicine_brings_the_sign_of_its_own_danger(atc: str, brings: set[str]) -> None:
    assert set(taking(atc)) - set(taking()) == brings


def test_low_sugar_bleeding_injury_and_signs_of_sepsis_are_for_now() -> None:
    tiers = taking("A10AB05", "B01AA03")
    assert {tiers[sign] for sign in ("low_sugar", "bleeding", "fall_injury", "sepsis")} == {"now"}
    assert {tiers[sign] for sign in ("high_sugar", "fall", "fever")} == {"same_day"}


def test_a_medicine_stopped_before_the_day_of_the_plan_brings_no_sign() -> None:
    assert "bleeding" not in taking("B01AA03", stop=date(2026, 11, 15))
    assert "bleeding" in taking("B01AA03", stop=date(2026, 11, 16))


def test_falling_weight_is_no_alarm_with_palliative_focus() -> None:
    assert "weight" not in {sign.id for sign in palliative_plan().contingency.signs}
    assert "weight" in {sign.id for sign in plan_of().contingency.signs}


def roles(plan: Plan) -> list[str]:
    """Whom the plan says to call."""
    return [contact.role for contact in plan.contingency.contacts]


def test_whom_to_call_follows_where_the_patient_is() -> None:
    pathway_a = example_assessment(pathway="A", findings=(finding("pathway_a", "pathway:A"),))
    assert roles(plan_of(assessment=pathway_a)) == ["gp", "legevakt", "amk"]
    there = roles(plan_of(case=with_answers(discharge_to="care_home")))
    assert there[:2] == ["care_home", "care_home_doctor"]
    assert not {"home_care", "gp"} & set(there)


def test_every_contact_says_when_someone_answers() -> None:
    hours = {contact.role: contact.hours for contact in plan_of().contingency.contacts}
    assert hours == {
        "home_care": "always", "gp": "daytime", "legevakt": "out_of_hours", "amk": "always",
        "geriatric_team": "daytime",
    }  # fmt: skip
    assert {read("contacts")["hours"][role] for role in contact_roles()} <= {"always", "daytime", "out_of_hours"}


def test_unknown_treatment_limits_stay_unknown() -> None:
    assert plan_of().contingency.limits is None
    assert plan_of(case=with_answers(treatment_limits="Ikke intensiv")).contingency.limits == "Ikke intensiv"


def test_contacts_come_from_the_overlay_then_the_case_and_are_else_left_to_write() -> None:
    settings = settings_from({"contacts": {"home_care": "73 00 00 00"}})
    plan = plan_of(case=with_answers(gp="Dr. Berg, 73 11 11 11"), settings=settings)
    phones = {contact.role: contact.phone for contact in plan.contingency.contacts}
    assert phones == {
        "home_care": "73 00 00 00", "gp": "Dr. Berg, 73 11 11 11", "legevakt": "116 117", "amk": "113",
        "geriatric_team": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("overlay", "where"),
    [
        ({"offsets": {"HPH9": 3}}, "overlay.offsets.HPH9"),
        ({"offsets": {"HPH5": 3}}, "overlay.offsets.HPH5"),
        ({"offsets": {"HPH2": -1}}, "overlay.offsets.HPH2"),
        ({"offsets": {"HPH2": True}}, "overlay.offsets.HPH2"),
        ({"offsets": {"HPH2": "3"}}, "overlay.offsets.HPH2"),
        ({"contacts": {"plumber": "1"}}, "overlay.contacts.plumber"),
        ({"contacts": {"gp": " "}}, "overlay.contacts.gp"),
    ],
)
def test_an_impossible_setting_is_refused_by_name(overlay: dict[str, dict[str, object]], where: str) -> None:
    with pytest.raises(InputError) as error:
        settings_from(overlay)
    assert error.value.where == where


def test_an_overlay_may_hold_other_tables() -> None:
    assert settings_from({"thresholds": {"x": 1}}) == PlanSettings()


def test_every_module_names_known_blocks_goals_and_steps() -> None:
    plan = read("plan")
    known = {step.id for step in steps()}
    for module in modules():
        assert module.source
        for action in module.actions:
            assert action.block in plan["blocks"], action.id
            assert action.goal in plan["goals"]["order"], action.id
            assert action.due.step is None or action.due.step in known, action.id


def test_the_plan_is_json_of_ids_and_dates() -> None:
    plan = plan_to_json(plan_of())
    assert plan["schema"] == "retthjem/plan/1"
    assert plan["discharge"] == "2026-11-23"
    assert plan["blocks"][0]["id"] == "what_matters"
    assert plan["timeline"][-1]["due"] == {
        "anchor": "event", "days": 0, "hours": 0, "before": False, "event": "worsening", "on": None, "at": None,
        "expected": False, "moved_from": None,
    }  # fmt: skip
