"""What a diagnosis is called goes from the sender to the reader, and no rule ever sees it."""

from __future__ import annotations

from dataclasses import replace

from careplans.epikrise import plan_section
from careplans.epikrise_text import epikrise_text
from forms.model import read_case
from rules.case import Case, Diagnosis
from rules.case_words import known_of
from tests.spec.people import ON
from tests.unit.intake_documents import ICD10, condition, read
from tests.unit.test_careplans_example import example_case, plan_of, texts
from tests.unit.test_intake_message import case as report_case
from tests.unit.test_intake_message import diagnosis as reported

NAMED = Diagnosis("I50.9", main=True, name="Hjertesvikt")


def with_diagnoses(*diagnoses: Diagnosis) -> Case:
    """The example with these diagnoses."""
    return replace(example_case(), diagnoses=diagnoses)


def test_a_bundle_gives_the_text_of_the_concept_else_the_display_of_its_code() -> None:
    coding = {"system": ICD10, "code": "I50.9", "display": "Hjertesvikt, uspesifisert"}
    both = condition(code={"coding": [coding], "text": "Hjerte-\nsvikt"})
    assert [row.get("name") for row in read(both)["conditions"]] == ["Hjerte- svikt"]
    assert [row.get("name") for row in read(condition(code={"coding": [coding]}))["conditions"]] == [coding["display"]]
    assert "name" not in read(condition(code={"coding": [{"system": ICD10, "code": "I50.9"}]}))["conditions"][0]


def test_a_diagnosis_in_words_alone_is_its_words_and_not_named_twice() -> None:
    assert "name" not in read(condition(code={"text": "hjertesvikt"}))["conditions"][0]


def test_a_report_gives_the_words_beside_its_code() -> None:
    assert report_case(reported("I50"))["conditions"][0]["name"] == "Hjertesvikt"


def test_the_section_and_the_notice_say_the_code_with_its_name_and_the_code_alone_without_one() -> None:
    case = with_diagnoses(NAMED, Diagnosis("I10", name="Høyt\nblodtrykk"), Diagnosis("N18.3"))
    section = plan_section(case, plan_of(case=case))
    assert (section.main_problem, section.other_problems) == ("I50.9 Hjertesvikt", ("I10 Høyt blodtrykk", "N18.3"))
    assert "I50.9 Hjertesvikt" in epikrise_text(section, texts())


def test_no_rule_sees_a_name() -> None:
    bare = Diagnosis("I50.9", main=True)
    assert bare == NAMED
    assert hash(bare) == hash(NAMED)
    assert known_of(with_diagnoses(NAMED), ON) == known_of(with_diagnoses(bare), ON)


def test_a_case_is_read_with_the_names_it_gives() -> None:
    case = read_case({"conditions": [{"code": "I50.9", "name": "Hjertesvikt"}, {"code": "I10"}]})
    assert case.diagnoses
    assert [each.name for each in case.diagnoses] == ["Hjertesvikt", None]
