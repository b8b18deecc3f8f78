"""The epikrise's plan section: what is known, what stays to be written, and whether it is complete."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from careplans.completeness import completeness, is_complete
from careplans.epikrise import EpikriseSection, plan_section, section_to_json
from careplans.epikrise_text import epikrise_text
from rules.case import Case, Encounter, Medicine
from tests.unit.test_careplans_example import (
    example_assessment,
    example_case,
    plan_of,
    shared_decision_assessment,
    texts,
)

MISSING = "ikke oppgitt – må fylles ut"


def complete_case() -> Case:
    """The example with all three parts of function said."""
    return replace(example_case(), answers={**example_case().answers, "function_expected": "Går ute med rullator."})


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
        ("problem_at_admission", {"main_problem": None, "other_problems": None}, "absent"),
        ("other_problems", {"other_problems": None}, "absent"),
        ("open_problems", {"open_questions": ()}, "unclear"),
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


def test_nothing_passes_by_default() -> None:
    section = plan_section(Case(), plan_of(case=Case(), assessment=example_assessment(findings=(), undecided=())))
    assert "present" not in {element.state for element in completeness(section)}
