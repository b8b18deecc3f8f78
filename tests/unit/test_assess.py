"""The assessment as a whole: the contract's example, order, what carries what, and what an error does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from engine.evaluation import Truth, World
from rules.assess import assess
from rules.case import Case, Medicine, Note, Patient, Rater, Source
from rules.knowledge import ITEM_ORDER
from rules.ruleset import Overlay, local, national
from rules.times import age_on
from tests.spec.people import ON, main, no_to, older, person

SPICT = ("spict_admissions", "spict_performance", "spict_dependent", "spict_weight", "spict_symptoms", "spict_wish")
EXAMPLE = person(
    age=81, residence="home", living_alone=True, lifelong_disability=False, admissions_last_12_months=2,
    terminal_illness=False, badl_help=["bathe"], iadl_help=["shopping", "housework", "medication"], cfs_clinician=6,
    dementia_stage="none", falls_last_12_months=1, recent_function_decline=True, four_at=1, mst=2, weight_loss=False,
    **no_to(*SPICT), surprised_if_died_within_12_months=True, municipal_services=["safety_alarm"],
    need_after_discharge="increased", can_coordinate="limited",
    diagnoses=[main("S72.0"), "I50.9", "J44.9", "E11.9", "N18.3"],
    medicines=["C03CA01", "C07AB02", "A10BA02", "N02BE01", "R03AC13", Medicine(atc="N05CF01", use="as_needed")],
)  # fmt: skip


def test_the_contracts_example_gives_the_contracts_result():
    found = assess(EXAMPLE, ON, national())
    (track,) = found.tracks
    assert (track.track, track.strength, track.status) == ("cga_team", "recommend", "final")
    assert (found.pathway, found.ask_next, found.coordination_group) == ("C", "discharge_to", 2)
    assert [(each.rule, each.missing) for each in found.undecided] == [("lonely_at_home", ("discharge_to",))]
    cga = next(finding for finding in found.findings if finding.rule == "cga_team")
    assert cga.because == {"age": 81, "cfs_clinician": 6, "lifelong_disability": False}
    medicines = found.scores["regular_medicines"]
    assert medicines.because == {"medicines": ["C03CA01", "C07AB02", "A10BA02", "N02BE01", "R03AC13"]}


def test_the_contracts_example_fires_these_rules():
    assert [finding.rule for finding in assess(EXAMPLE, ON, national()).findings] == [
        "screening_indicated", "cga_team", "medication_review", "medication_review_gp", "fall_prevention", "nutrition",
        "cognition_check", "long_stay_risk", "municipal_notice", "unknown_to_municipality", "early_warning",
        "pathway_c", "coordinator",
    ]  # fmt: skip


def test_reasons_and_missing_answers_stand_in_the_order_of_the_form():
    found = assess(person(falls_last_12_months=1, medicines=["C07AB02"]), ON, national())
    for items in (*(each.missing for each in found.undecided), *(tuple(each.because) for each in found.findings)):
        assert list(items) == sorted(items, key=ITEM_ORDER.__getitem__)


def test_a_recalled_limit_marks_its_finding():
    marks = {each.rule: each.confirm for each in assess(EXAMPLE, ON, national()).findings}
    assert [rule for rule, confirm in marks.items() if confirm] == ["medication_review_gp"]


def test_a_finding_shows_the_limits_in_force():
    here = local(Overlay("Orkland", thresholds={"long_stay_bidiagnoses": 3}))
    found = next(each for each in assess(EXAMPLE, ON, here).findings if each.rule == "long_stay_risk")
    assert found.limits == {"long_stay_bidiagnoses": 3}


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        (date(1945, 11, 23), ON, 81),
        (date(1945, 11, 24), ON, 80),
        (date(1948, 2, 29), date(2026, 2, 28), 77),
        (date(1948, 2, 29), date(2026, 3, 1), 78),
    ],
)
def test_age_is_whole_years_on_the_day(born, day, years):
    assert age_on(born, day) == years


def test_the_identity_number_gives_neither_age_nor_sex():
    found = assess(Case(patient=Patient(id="15814512336")), ON, national())
    assert {"age"} <= {item for each in found.undecided for item in each.missing}


def test_who_judged_and_what_was_noted_on_the_way_in_is_kept():
    rater = Rater("sykepleier", datetime(2026, 11, 23, 9, tzinfo=UTC))
    found = assess(replace(EXAMPLE, rater=rater, notes=(Note("input_local_id"),)), ON, national())
    assert found.rater == rater
    assert found.notes[0] == Note("input_local_id")


def test_a_proposed_answer_is_said_to_be_proposed():
    found = assess(replace(EXAMPLE, sources={"living_alone": Source("innleggelsesrapport")}), ON, national())
    assert list(found.proposed) == ["living_alone"]
    assert [note.code for note in found.notes] == ["answers_proposed"]


class Contrary:
    """An engine that says the opposite of one rule."""

    def __init__(self, rule: str) -> None:
        self.rule = rule

    def truths(self, world: World) -> dict[str, Truth | str]:
        return {**world.truths, self.rule: not world.truths[self.rule]}


def test_a_disagreement_is_an_error_and_never_a_no():
    found = assess(EXAMPLE, ON, national(), second=Contrary("cga_team"))
    assert {"cga_team", "shared_decision", "pathway_c", "coordinator"} <= {each.rule for each in found.errors}
    named = {each.rule for each in found.findings} | {each.rule for each in found.undecided}
    assert named & {each.rule for each in found.errors} == set()
    assert found.tracks == ()
    assert found.pathway is None


def test_a_disagreement_on_routing_puts_the_patient_on_the_team_list():
    found = assess(older(cfs_clinician=2, terminal_illness=False), ON, national(), second=Contrary("robust"))
    assert found.on_team_list is not None
    assert found.on_team_list.reason == "undecided"
