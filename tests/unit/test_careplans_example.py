"""The contract's example patient as values, built by hand, and the words of the rules as a stub; the other tests build on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from careplans.acceptance import Accepted
from careplans.parts import Plan
from careplans.plan import build_plan
from engine.texts import Texts
from rules.assessment import Assessment, Finding, RuleSetInForce, ScoreResult, TeamListEntry, Track, Undecided
from rules.case import Case, Diagnosis, Encounter, Medicine, Patient, SetAnswer

CET = timezone(timedelta(hours=1))
TEXTS_FOLDER = Path(__file__).parents[2] / "careplans" / "texts"
MONDAY = date(2026, 11, 23)

BADL = ("dress", "bathe", "eat", "walk", "transfer")
IADL = ("telephone", "shopping", "meals", "housework", "medication", "money")
SERVICES = (
    "home_nursing", "practical_help", "safety_alarm", "meals_on_wheels", "multidose", "day_centre", "home_rehabilitation",
    "short_term_care", "care_home", "other",
)  # fmt: skip

RULE_WORDS: dict[str, str] = {
    "rule.cga_team": "CFS 5–7",
    "suggest.cga_team": "Geriatrisk vurdering med team og oppfølging",
    "rule.palliative_focus": "Forventet levetid under seks måneder, eller CFS 8–9",
    "suggest.palliative_focus": "Samtale og behandlingsavklaring med lindrende fokus",
    "rule.palliative_indicators": "CFS 7 og tegn på kort forventet levetid",
    "suggest.palliative_indicators": "Vurder lindrende fokus",
    "rule.shared_decision": "To spor er foreslått",
    "suggest.shared_decision": "Pasient og lege velger sammen",
    "rule.advance_care_conversation": "CFS 7 eller mer, eller tegn på kort forventet levetid",
    "suggest.advance_care_conversation": "Tilby forhåndssamtale",
    "rule.medication_review": "Fem eller flere faste legemidler og skrøpelighet, fall eller funksjonsfall",
    "suggest.medication_review": "Legemiddelgjennomgang",
    "rule.medication_review_gp": "Fire eller flere faste legemidler",
    "suggest.medication_review_gp": "Legemiddelgjennomgang hos fastlege ved behov",
    "rule.fall_prevention": "Fall siste år, eller legemidler som øker fallfaren",
    "suggest.fall_prevention": "Fallforebygging",
    "rule.nutrition": "MST 2 eller mer, eller vekttap",
    "suggest.nutrition": "Ernæringsvurdering og tiltak",
    "rule.cognition_check": "4AT 1–3",
    "suggest.cognition_check": "Følg opp kognisjonen etter akutt sykdom",
    "rule.municipal_notice": "Behov for tjenester etter utskriving",
    "suggest.municipal_notice": "Varsle kommunen innen 24 timer",
    "rule.unknown_to_municipality": "Ukjent for hjemmetjenesten",
    "suggest.unknown_to_municipality": "Avklar behovet innen 24 timer",
    "rule.early_warning": "Ny for kommunen, med økt behov",
    "suggest.early_warning": "Varsle kommunen på telefon også",
    "rule.pathway_c": "Sammensatt behov",
    "suggest.pathway_c": "Utskrivningsforløp C: koordinator og team",
    "rule.coordinator": "Forløp C, og begrenset evne til å koordinere selv",
    "suggest.coordinator": "Tilby koordinator og individuell plan",
    "rule.long_stay_risk": "Mer enn tre bidiagnoser",
    "suggest.long_stay_risk": "Planlegg utskriving fra første dag",
    "rule.screening_indicated": "70 år eller eldre",
    "suggest.screening_indicated": "Kartlegg skrøpelighet",
    "rule.lonely_at_home": "Bor alene, CFS 5 eller mer, og skal hjem",
    "suggest.lonely_at_home": "Nettverk og trygghet",
    "rule.robust": "CFS 1–3",
    "suggest.robust": "Vanlig oppfølging",
    "rule.pathway_a": "Ikke behov for tjenester",
    "suggest.pathway_a": "Utskrivningsforløp A",
    "rule.clinical_judgement": "CFS er ikke gyldig",
    "suggest.clinical_judgement": "En kliniker avgjør",
    "item.age": "Alder",
    "item.cfs_clinician": "CFS (klinikers skår)",
    "item.lifelong_disability": "Livslang funksjonsnedsettelse",
    "item.falls_last_12_months": "Fall siste 12 måneder",
    "item.mst": "MST",
    "item.four_at": "4AT",
    "item.need_after_discharge": "Behov etter utskriving",
    "answer.need_after_discharge.increased": "økt",
    "item.municipal_services": "Kommunale tjenester",
    "answer.municipal_services.safety_alarm": "trygghetsalarm",
    "item.residence": "Bolig",
    "answer.residence.home": "eget hjem",
    "item.can_coordinate": "Evne til å koordinere selv",
    "answer.can_coordinate.limited": "begrenset",
    "item.conditions": "Diagnoser",
    "item.medicines": "Legemidler",
    "item.discharge_to": "Utskrives til",
    "item.recent_function_decline": "Nylig funksjonsfall",
    "item.terminal_illness": "Forventet levetid under seks måneder",
    "item.surprised_if_died_within_12_months": "Overraskelsesspørsmålet",
    "answer.yes": "ja",
    "answer.no": "nei",
    "score.cfs": "CFS",
    "score.regular_medicines": "Faste legemidler",
    "score.as_needed_medicines": "Legemidler ved behov",
    "score.norgep_hits": "NORGEP-treff",
    "score.fall_risk_medicines": "Fallrisikolegemidler",
    "score.bidiagnoses": "Bidiagnoser",
    "score.charlson": "Charlson",
    "score.hfrs": "HFRS",
    "score.chronic_groups": "Kroniske sykdomsgrupper",
    "note.no_atc": "{count} legemidler mangler ATC-kode og er talt med.",
}


def texts() -> Texts:
    """The plan's own words, with a stub for those of the rules."""
    own = Texts.load("nb", TEXTS_FOLDER)
    return Texts("nb", {**RULE_WORDS, **{key: own(key) for key in own.keys()}})


def only(*yes: str, of: tuple[str, ...]) -> SetAnswer:
    """A complete answer: these and no other."""
    return SetAnswer(frozenset(yes), frozenset(of) - frozenset(yes))


def example_case(**changes: Any) -> Case:
    """The contract's example case."""
    medicines = (
        ("C03CA01", "furosemid"), ("C07AB02", "metoprolol"), ("A10BA02", "metformin"), ("N02BE01", "paracetamol"), ("R03AC13", "formoterol"),
    )  # fmt: skip
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
            "terminal_illness": False, "badl_help": only("bathe", of=BADL), "cfs_clinician": 6, "dementia_stage": "none",
            "iadl_help": only("shopping", "housework", "medication", of=IADL), "falls_last_12_months": 1,
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
            *(Medicine(name=name, atc=atc, use="regular") for atc, name in medicines),
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
        scores={
            "cfs": score(6), "regular_medicines": score(5), "as_needed_medicines": score(1), "norgep_hits": score(None, 0, 2),
            "fall_risk_medicines": score(3), "bidiagnoses": score(4), "charlson": score(5), "hfrs": score(4.5),
            "chronic_groups": score(None, 4, None),
        },
        tracks=(Track("cga_team", "recommend", "final"),),
        pathway="C",
        findings=(
            finding("screening_indicated", "action:screening_indicated", age=81),
            replace(finding("cga_team", "track:cga_team", age=81, cfs_clinician=6, lifelong_disability=False), sources=("theou_2021",)),
            replace(
                finding("medication_review", "action:medication_review", falls_last_12_months=1, medicines=["C03CA01", "C07AB02", "A10BA02", "N02BE01", "R03AC13"]),
                sources=("helsedirektoratet_medication_review",),
            ),
            replace(finding("medication_review_gp", "action:medication_review_gp", "consider", medicines=["C03CA01", "C07AB02", "A10BA02", "N02BE01"]), confirm=True),
            finding("fall_prevention", "module:falls", falls_last_12_months=1),
            finding("nutrition", "module:nutrition", mst=2),
            finding("cognition_check", "module:cognition", "consider", four_at=1),
            finding("long_stay_risk", "action:long_stay_risk", conditions=["S72.0", "I50.9", "J44.9", "E11.9", "N18.3"]),
            finding("municipal_notice", "action:municipal_notice", need_after_discharge="increased"),
            finding("unknown_to_municipality", "action:unknown_to_municipality", residence="home", municipal_services=["safety_alarm"]),
            finding("early_warning", "action:early_warning", residence="home", municipal_services=["safety_alarm"], need_after_discharge="increased"),
            finding("pathway_c", "pathway:C", cfs_clinician=6, lifelong_disability=False),
            finding("coordinator", "action:coordinator", cfs_clinician=6, can_coordinate="limited"),
        ),
        undecided=(Undecided("lonely_at_home", ("discharge_to",)),),
        ask_next="discharge_to",
        coordination_group=2,
        on_team_list=TeamListEntry("cga_team"),
    )  # fmt: skip
    return replace(assessment, **changes)


def shared_decision_assessment() -> Assessment:
    """A patient for whom both tracks are suggested."""
    return example_assessment(
        tracks=(Track("cga_team", "recommend", "preliminary"), Track("palliative_focus", "consider", "preliminary")),
        findings=(
            finding("cga_team", "track:cga_team", cfs_clinician=7),
            finding("palliative_indicators", "track:palliative_focus", "consider", cfs_clinician=7, surprised_if_died_within_12_months=False),
            finding("shared_decision", "action:shared_decision", cfs_clinician=7),
            finding("fall_prevention", "module:falls", falls_last_12_months=1),
            finding("nutrition", "module:nutrition", mst=2),
            finding("pathway_c", "pathway:C", cfs_clinician=7),
        ),
    )  # fmt: skip


def plan_of(accept: str = "all", *, case: Case | None = None, assessment: Assessment | None = None, **options: Any) -> Plan:
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
        "what_matters", "questions", "cga", "cognition", "falls", "exercise", "nutrition", "medicines", "municipal_notice",
        "long_stay", "coordinator", "evaluation",
    }  # fmt: skip
