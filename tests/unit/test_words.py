"""A condition in words reads as the guideline does."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.conditions import And, Holds, count_of
from engine.texts import Texts
from engine.words import in_words, limit_in_words, number
from rules.frailty import cfs, cfs_not_validated
from rules.items import (
    can_coordinate,
    dementia_stage,
    falls_last_12_months,
    four_at,
    mst,
    municipal_services,
    need_after_discharge,
    regular_medicines,
    residence,
    weight_loss,
)
from rules.limits import CFS_FRAIL, MST_AT_RISK, ONE_FALL, POLYPHARMACY, VULNERABLE_SIGNS
from rules.ruleset import Overlay, local, national

ROOT = Path(__file__).parents[2]
TEXTS = Texts.load("nb", ROOT / "rules" / "texts", ROOT / "engine" / "texts")
falls, medicines = falls_last_12_months.at_least(ONE_FALL), regular_medicines.at_least(POLYPHARMACY)

READS = {
    "faste legemidler er minst 5": medicines,
    "faste legemidler er under 5": ~medicines,
    "CFS er minst 5 og CFS er gyldig": cfs.at_least(CFS_FRAIL),
    "faste legemidler er minst 5, og (CFS er minst 5 eller fall siste 12 måneder er minst 1)": medicines
    & (cfs.at_least(CFS_FRAIL).conditions[0] | falls),  # type: ignore[attr-defined] # an And by its guard
    "MST er minst 2 eller pasienten har gått ned i vekt": mst.at_least(MST_AT_RISK) | weight_loss.is_yes(),
    "pasienten har ikke gått ned i vekt": ~weight_loss.is_yes(),
    "det pasienten trenger etter utskrivning er det samme som før eller mer enn før": need_after_discharge.is_any(
        "unchanged", "increased"
    ),
    "graden av demens er mild, moderat eller alvorlig": dementia_stage.is_any("mild", "moderate", "severe"),
    "bostedet er ikke sykehjem": ~residence.is_("care_home"),
    "kommunale tjenester omfatter hjemmesykepleie": municipal_services.has("home_nursing"),
    "kommunale tjenester omfatter ikke hjemmesykepleie": ~municipal_services.has("home_nursing"),
    "kommunale tjenester omfatter hjemmesykepleie eller dagsenter": municipal_services.has_any(
        "home_nursing", "day_centre"
    ),
    "kommunale tjenester: minst én": municipal_services.has_any(),
    "kommunale tjenester: ingen": ~municipal_services.has_any(),
    "kommunale tjenester: ingen, eller ingen andre enn trygghetsalarm eller multidose": (
        municipal_services.has_nothing_but("safety_alarm", "multidose")
    ),
    "CFS er ikke gyldig": Holds(cfs_not_validated.id),
    "«Mulig delirium» gjelder": Holds("delirium"),
    "«Mulig delirium» gjelder ikke": ~Holds("delirium"),
    "evnen til å samordne selv er begrenset": can_coordinate.is_("limited"),
    "minst 2 av disse: fall siste 12 måneder er minst 1; pasienten har gått ned i vekt": count_of(
        VULNERABLE_SIGNS, falls, weight_loss.is_yes()
    ),
    "ikke (fall siste 12 måneder er minst 1 og pasienten har gått ned i vekt)": ~(falls & weight_loss.is_yes()),
}


@pytest.mark.parametrize(("words", "condition"), READS.items(), ids=READS.keys())
def test_a_condition_reads_as_a_sentence(words, condition):
    assert in_words(condition, national(), TEXTS) == words


@pytest.mark.parametrize("clause", [clause.id for clause in national().clauses])
def test_every_rule_can_be_said_as_written_and_as_it_is_decided(clause):
    rules, definitions = national().rules, national().definitions
    written = {rule.id: rule.when for rule in rules} | {named.id: named.when for named in definitions}
    assert in_words(written[clause], national(), TEXTS)
    assert in_words(national().by_id[clause].when, national(), TEXTS)


def test_the_words_follow_a_local_limit():
    here = local(Overlay("Orkland", thresholds={"polypharmacy": 6}))
    assert in_words(medicines, here, TEXTS) == "faste legemidler er minst 6"
    assert limit_in_words("polypharmacy", here, TEXTS) == "Minst 6 faste legemidler: mange"


def test_the_same_guard_is_said_once():
    twice = And((*parts(cfs.at_least(CFS_FRAIL)), *parts(cfs.at_least(CFS_FRAIL))))
    assert in_words(twice, national(), TEXTS) == "CFS er minst 5 og CFS er gyldig"


def parts(condition):
    return condition.conditions


def test_a_number_is_said_without_decimals_when_it_has_none():
    assert limit_in_words("delirium_possible", national(), TEXTS) == "Mulig delirium fra 4AT 4"
    assert four_at.unit == "points"


@pytest.mark.parametrize(("language", "written"), [("nb", "2,5"), ("nn", "2,5"), ("en", "2.5")])
def test_a_number_has_the_decimal_mark_of_its_language(language, written):
    texts = Texts.load(language, ROOT / "engine" / "texts")
    assert number(2.5, texts) == written
    assert number(3.0, texts) == "3"
