"""The contract's example patient as values built by hand; the other tests of the plan build on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

from careplans.acceptance import Accepted
from careplans.parts import Plan
from careplans.plan import build_plan
from engine.facts import SetAnswer
from engine.texts import Texts
from rules.assessment import Assessment, Finding, RuleSetInForce, ScoreResult, TeamListEntry, Track, Undecided
from rules.case import Case, Diagnosis, Encounter, Medicine, Patient

CET = timezone(timedelta(hours=1))
ROOT = Path(__file__).parents[2]
MONDAY = date(2026, 11, 23)

BADL = ("dress", "bathe", "eat", "walk", "transfer")
IADL = ("telephone", "shopping", "meals", "housework", "medication", "money")
SERVICES = (
    "home_nursing", "practical_help", "safety_alarm", "meals_on_wheels", "multidose", "day_centre",
    "home_rehabilitation", "short_term_care", "care_home", "other",
)  # fmt: skip


@cache
def texts() -> Texts:
    """The words of the plan and of the rules."""
    return Texts.load("nb", ROOT / "engine" / "texts", ROOT / "rules" / "texts", ROOT / "careplans" / "texts")


def only(*yes: str, of: tuple[str, ...]) -> SetAnswer:
    """A complete answer: these and no other."""
    return SetAnswer(frozenset(yes), frozenset(of) - frozenset(yes))


def example_case(**changes: Any) -> Case:
    """The contract's example case."""
    regular = {
        "furosemid": "C03CA01", "metoprolol": "C07AB02", "metformin": "A10BA02", "paracetamol": "N02BE01",
        "formoterol": "R03AC13",
    }  # fmt: skip
    codes = ("S72.0", "I50.9", "J44.9", "E11.9", "N18.3")
    case = Case(
        patient=Patient(id="15814512336", birth_date=date(1945, 1, 15), sex="female", municipality="5001"),
        encounter=Encounter(
            id="E-1001",
            admitted=datetime(2026, 11, 16, 14, 10, tzinfo=CET),
            ward="GER2",
            urgency="acute",
            expected_discharge=MONDAY,
        ),
        answers={
            "residence": "home", "living_alone": True, "lifelong_disability": False, "admissions_last_12_months": 2,
            "terminal_illness": False, "badl_help": only("bathe", of=BADL), "cfs_clinician": 6,
            "dementia_stage": "none", "iadl_help": only("shopping", "housework", "medication", of=IADL),
            "falls_last_12_months": 1,
            "recent_function_decline": True, "four_at": 1, "mst": 2, "weight_loss": False,
            "surprised_if_died_within_12_months": True, "spict_admissions": False, "spict_performance": False,
            "spict_dependent": False, "spict_weight": False, "spict_symptoms": False, "spict_wish": False,
            "municipal_services": only("safety_alarm", of=SERVICES), "need_after_discharge": "increased",
            "can_coordinate": "limited",
            "what_matters": "Komme hjem til hagen og klare trappa selv.",
            "function_before": "Gikk ute uten hjelpemiddel til oktober.",
            "function_now": "Går med rullator, trenger hjelp til dusj.",
        },
        diagnoses=tuple(Diagnosis(code, main=code == "S72.0") for code in codes),
        medicines=(
            *(Medicine(name=name, atc=atc, use="regular") for name, atc in regular.items()),
            Medicine(name="zopiklon", atc="N05CF01", use="as_needed"),
        ),
    )  # fmt: skip
    return replace(case, **changes)


def finding(rule: str, suggests: str, strength: str = "recommend", **because: Any) -> Finding:
    """A finding with the facts behind it."""
    return Finding(rule, suggests, strength, because, ("spec_1",))  # type: ignore[arg-type]


def score(value: float | None, low: float | None = None, high: float | None = None) -> ScoreResult:
    """A certain score, or an interval."""
    return ScoreResult(value, value if low is None else low, value if high is None and low is None else high, {})


def example_assessment(**changes: Any) -> Assessment:
    """What follows from the example case."""
    assessment = Assessment(
        index_date=date(2026, 11, 16),
        ruleset=RuleSetInForce("1.0.0", "sha256:9f2c41d0aa17e5b3c6"),
        scores={"cfs": score(6), "regular_medicines": score(5), "norgep_hits": score(None, 0, 2), "hfrs": score(4.5)},
        tracks=(Track("cga_team", "recommend", "final"),),
        pathway="C",
        findings=(
            finding("screening_indicated", "action:screening_indicated", age=81),
            finding("cga_team", "track:cga_team", age=81, cfs_clinician=6, lifelong_disability=False),
            finding("medication_review", "action:medication_review", falls_last_12_months=1, medicines=["C03CA01"]),
            replace(finding("medication_review_gp", "action:medication_review_gp", "consider"), confirm=True),
            finding("fall_prevention", "module:falls", falls_last_12_months=1),
            finding("nutrition", "module:nutrition", mst=2),
            finding("cognition_check", "module:cognition", "consider", four_at=1),
            finding("long_stay_risk", "action:long_stay_risk", conditions=[{"code": "S72.0", "main": True}, "I50.9"]),
            finding("municipal_notice", "action:municipal_notice", need_after_discharge="increased"),
            finding("unknown_to_municipality", "action:unknown_to_municipality", municipal_services=["safety_alarm"]),
            finding("early_warning", "action:early_warning", need_after_discharge="increased"),
            finding("pathway_c", "pathway:C", cfs_clinician=6),
            finding("coordinator", "action:coordinator", can_coordinate="limited"),
        ),
        undecided=(Undecided("lonely_at_home", ("discharge_to",)),),
        ask_next="discharge_to",
        coordination_group=2,
        on_team_list=TeamListEntry("cga_team"),
    )
    return replace(assessment, **changes)


def shared_decision_assessment() -> Assessment:
    """A patient for whom both tracks are suggested."""
    return example_assessment(
        tracks=(Track("cga_team", "recommend", "preliminary"), Track("palliative_focus", "consider", "preliminary")),
        findings=(
            finding("cga_team", "track:cga_team", cfs_clinician=7),
            finding("palliative_indicators", "track:palliative_focus", "consider", cfs_clinician=7),
            finding("shared_decision", "action:shared_decision", cfs_clinician=7),
            finding("fall_prevention", "module:falls", falls_last_12_months=1),
            finding("nutrition", "module:nutrition", mst=2),
            finding("pathway_c", "pathway:C", cfs_clinician=7),
        ),
    )


def plan_of(
    accept: str = "all", *, case: Case | None = None, assessment: Assessment | None = None, **options: Any
) -> Plan:
    """A plan with these suggestions accepted; the example where nothing else is said."""
    return build_plan(
        case or example_case(), assessment or example_assessment(), accepted=Accepted.parse(accept), **options
    )


def by_module(plan: Plan) -> Mapping[str, list[str]]:
    """The action ids of a plan under their modules."""
    found: dict[str, list[str]] = defaultdict(list)
    for action in plan.actions:
        found[action.module].append(action.id)
    return found


def test_the_example_gives_the_modules_that_its_suggestions_name() -> None:
    assert set(by_module(plan_of())) == {
        "what_matters", "questions", "cga", "cognition", "falls", "exercise", "nutrition", "medicines",
        "municipal_notice", "long_stay", "coordinator", "evaluation",
    }  # fmt: skip
