"""The epikrise's plan section: what is known, what stays to be written, and whether it is complete."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from careplans.catalogue import modules, read
from careplans.completeness import completeness, is_complete
from careplans.epikrise import EpikriseSection, OpenProblem, plan_section, section_to_json
from careplans.epikrise_text import epikrise_text
from rules.assessment import Track, Undecided
from rules.case import Case, Encounter, Medicine
from rules.knowledge import ITEMS
from tests.unit.test_careplans_example import (
    example_assessment,
    example_case,
    finding,
    plan_of,
    shared_decision_assessment,
    texts,
)

MISSING = "ikke oppgitt – må fylles ut"


WISHES = next(each["items"] for each in read("epikrise")["open"] if each["id"] == "wishes")


def complete_case() -> Case:
    """The example with function said in three parts, diagnoses named, and every answer that the way hangs on."""
    example = example_case()
    named = tuple(replace(each, name="Brudd i lårhalsen" if each.main else None) for each in example.diagnoses or ())
    said = {item: example.answers.get(item, False) for item in WISHES} | {"function_expected": "Går ute med rullator."}
    return replace(example, diagnoses=named, answers={**example.answers, **said})


def complete_section() -> EpikriseSection:
    """A section with every element present."""
    return plan_section(complete_case(), plan_of(case=complete_case()))


def state(section: EpikriseSection, element: str) -> str:
    """How one element stands."""
    return {found.id: found.state for found in completeness(section)}[element]


def test_the_section_says_function_problems_plan_and_what_matters() -> None:
    text = epikrise_text(plan_section(example_case(), plan_of()), texts())
    assert "«Komme hjem til hagen og klare trappa selv.»" in text
    assert "Før: Gikk ute uten hjelpemiddel til oktober." in text
    assert f"Forventet: {MISSING}" in text
    assert "man. 7. des. 2026 – Fastlege: Konsultasjon hos fastlege" in text
    assert "116 117" in text


def test_what_nobody_said_is_to_be_written_and_never_none() -> None:
    text = epikrise_text(plan_section(Case(), plan_of(case=Case())), texts())
    assert text.count(MISSING) >= 10
    assert not re.search(r"\bingen\b", text, re.IGNORECASE)


def test_every_follow_up_line_has_what_who_and_when_after_discharge() -> None:
    section = plan_section(example_case(), plan_of())
    assert section.follow_up
    assert all(line.what and line.who and line.when.on for line in section.follow_up)
    assert min(line.when.on for line in section.follow_up if line.when.on) > date(2026, 11, 23)


def test_medicines_of_the_stay_are_told_with_the_reason_left_to_write() -> None:
    medicines = (
        Medicine(name="apiksaban", atc="B01AF02", use="regular", start=date(2026, 11, 18)),
        Medicine(name="zopiklon", atc="N05CF01", use="regular", start=date(2024, 1, 1), stop=date(2026, 11, 17)),
        Medicine(name="furosemid", atc="C03CA01", use="regular", start=date(2020, 1, 1)),
    )
    case = replace(example_case(), medicines=medicines)
    section = plan_section(case, plan_of(case=case))
    assert [change.name for change in section.started] == ["apiksaban"]
    assert [change.name for change in section.stopped] == ["zopiklon"]
    text = epikrise_text(section, texts())
    assert f"Startet: apiksaban (18.11.2026), grunn: {MISSING}" in text
    assert f"Endret: {MISSING}" in text


def test_a_choice_that_waits_is_told_as_not_settled() -> None:
    section = plan_section(example_case(), plan_of(assessment=shared_decision_assessment()))
    assert section.held_tracks == ("cga_team", "palliative_focus")
    assert "Venter på felles beslutning" in epikrise_text(section, texts())


def test_the_section_is_json() -> None:
    found = json.loads(json.dumps(section_to_json(plan_section(example_case(), plan_of()))))
    assert found["schema"] == "retthjem/epikrise/1"
    assert found["function"]["expected"] is None


def test_a_complete_section_passes_every_element() -> None:
    assert is_complete(completeness(complete_section()))


@pytest.mark.parametrize(
    ("element", "change", "expected"),
    [
        ("problem_at_admission", {"main_problem": None}, "unclear"),
        ("problem_at_admission", {"main_problem": "S72.0"}, "unclear"),
        ("open_problems", {"open_problems": (OpenProblem("wishes", "treating_doctor"),)}, "unclear"),
        ("open_problems", {"open_problems": (OpenProblem("frailty", "treating_doctor"),)}, "unclear"),
        ("problem_at_admission", {"main_problem": None, "other_problems": None}, "absent"),
        ("other_problems", {"other_problems": None}, "absent"),
        ("other_problems", {"other_problems": ()}, "unclear"),
        ("open_problems", {"open_problems": ()}, "unclear"),
        ("follow_up_plan", {"follow_up": ()}, "absent"),
        ("follow_up_plan", {"discharge": None}, "unclear"),
        ("function", {"function": {"before": None, "now": None, "expected": None}}, "absent"),
        ("function", {"function": {"before": "a", "now": "b", "expected": None}}, "unclear"),
    ],
)
def test_dropping_an_element_is_found(element: str, change: dict[str, Any], expected: str) -> None:
    section = replace(complete_section(), **change)
    assert state(section, element) == expected
    assert not is_complete(completeness(section))


@pytest.mark.parametrize("dropped", [{"what": ""}, {"who": ()}])
def test_a_line_without_what_or_who_is_unclear(dropped: dict[str, Any]) -> None:
    first, *rest = complete_section().follow_up
    section = replace(complete_section(), follow_up=(replace(first, **dropped), *rest))
    assert state(section, "follow_up_plan") == "unclear"


def test_days_after_a_discharge_without_a_date_are_unclear() -> None:
    case = replace(complete_case(), encounter=Encounter())
    assert state(plan_section(case, plan_of(case=case)), "follow_up_plan") == "unclear"


def test_usual_follow_up_and_bare_visits_are_no_clear_plan() -> None:
    robust = example_assessment(
        tracks=(Track("standard", "recommend", "final"),),
        pathway="A",
        findings=(finding("robust", "track:standard"), finding("pathway_a", "pathway:A")),
        undecided=(),
        ask_next=None,
    )
    case = replace(complete_case(), answers={**complete_case().answers, "what_matters": "unable"})
    section = plan_section(case, plan_of(case=case, assessment=robust))
    assert {line.what for line in section.follow_up} == {"step.HPH3", "action.standard.usual_follow_up"}
    assert state(section, "follow_up_plan") == "unclear"
    told = replace(section.follow_up[0], what="action.medicines.gp_review", bare=False)
    assert state(replace(section, follow_up=(*section.follow_up, told)), "follow_up_plan") == "present"


def test_one_diagnosis_alone_is_no_statement_that_there_are_no_others() -> None:
    case = replace(example_case(), diagnoses=example_case().diagnoses[:1])  # type: ignore[index]
    section = plan_section(case, plan_of(case=case))
    assert state(section, "other_problems") == "unclear"
    text = epikrise_text(section, texts())
    assert "Andre tilstander: ingen andre oppført" in text


def unknown_section() -> EpikriseSection:
    """The section of someone about whom everything is asked."""
    items = [item for item in ITEMS if item not in ("age", "sex")]
    asked = (Undecided("palliative_indicators", tuple(items)),)
    case = Case()
    return plan_section(case, plan_of(case=case, assessment=example_assessment(findings=(), undecided=asked)))


def test_the_open_problems_are_the_patients_and_never_a_prognosis() -> None:
    section = unknown_section()
    lines = epikrise_text(section, texts()).partition("Ikke avklart\n")[2].partition("\n\n")[0]
    assert len(lines.splitlines()) == len(read("epikrise")["open"])
    assert "Behandlingsnivå og ønsker er ikke drøftet." in lines
    for word in ("Kan avgjøre", "verraskelse", "levetid", "Anstrengende", "mindre behandling", "dø"):
        assert word not in lines.replace("drøftet", ""), word


@pytest.mark.parametrize("known", [{"medicines": ()}, {"diagnoses": ()}])
def test_a_list_that_came_after_the_plan_is_not_said_to_be_lacking(known: dict[str, Any]) -> None:
    asked = (Undecided("medication_review", ("medicines", "conditions")),)
    plan = plan_of(case=Case(), assessment=example_assessment(findings=(), undecided=asked))
    both = {problem.id for problem in plan_section(Case(), plan).open_problems}
    left = {problem.id for problem in plan_section(Case(**known), plan).open_problems}
    assert both == {"medicines", "diagnoses"}
    assert left == both - set(known)


def test_every_open_item_has_one_line_and_is_an_item_of_the_form() -> None:
    named = [item for problem in read("epikrise")["open"] for item in problem["items"]]
    assert len(named) == len(set(named))
    assert set(named) <= set(ITEMS)


def test_settled_limits_say_that_the_level_of_treatment_was_discussed() -> None:
    asked = (Undecided("palliative_indicators", ("surprised_if_died_within_12_months",)),)
    case = replace(example_case(), answers={**example_case().answers, "treatment_limits": "Ikke respirator."})
    section = plan_section(case, plan_of(case=case, assessment=example_assessment(undecided=asked)))
    assert "wishes" not in {problem.id for problem in section.open_problems}


def test_a_problem_is_named_by_what_was_measured_and_once() -> None:
    text = epikrise_text(plan_section(example_case(), plan_of()), texts())
    for said in (
        "Fall: 1 siste år",
        "Ernæring: MST 2",
        "Kognisjon: 4AT 1",
        "Skrøpelighet: CFS 6",
        "Legemidler: 5 faste",
    ):
        assert text.count(said) == 1, said
    assert "uheldige valg" not in text
    assert "fare for fall" not in text.partition("Til vurdering")[0]


def test_what_the_municipality_owns_is_a_need_with_a_proposed_time() -> None:
    section = plan_section(example_case(), plan_of())
    text = epikrise_text(section, texts())
    own, _, proposed = text.partition("Til vurdering i kommunen")
    proposed = proposed.partition("\n\n")[0]
    assert "Foreslått innen man. 30. nov. 2026 – Fysioterapeut, kommunen: Nedsatt styrke og balanse" in proposed
    for role in ("Hjemmetjenesten", "Primærkontakt", "kommunen:"):
        assert role not in own.partition("Oppfølging:")[2]
    assert {line.municipal for line in section.follow_up if line.what == "step.HPH3"} == {False}


def test_everything_the_municipality_can_be_asked_to_weigh_has_a_need_in_words() -> None:
    table, instead = read("epikrise")["follow_up"], read("plan")["instead"]["to:institution"]["owners"]
    municipal = {*table["municipal"], *(old for old, new in instead.items() if new in table["municipal"])}
    later = [
        f"{module.id}.{action.id}"
        for module in modules()
        for action in module.actions
        if module.id not in table["without"] and action.owner in municipal and not action.due.before
    ]
    assert [key for key in later if f"need.{key}" not in texts()] == []


def test_every_problem_a_rule_can_find_has_words_for_it_and_for_each_measure() -> None:
    for rule, measures in read("epikrise")["found"].items():
        assert f"found.{rule}" in texts(), rule
        assert all(f"measure.{name}" in texts() for name in measures), rule
    assert all(f"unsettled.{problem['id']}" in texts() for problem in read("epikrise")["open"])


def test_nothing_passes_by_default() -> None:
    section = plan_section(Case(), plan_of(case=Case(), assessment=example_assessment(findings=(), undecided=())))
    assert "present" not in {element.state for element in completeness(section)}
