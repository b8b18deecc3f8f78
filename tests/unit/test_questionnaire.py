"""The Questionnaire is the items: every item once, of its own kind, with its own answers."""

from __future__ import annotations

import pytest

from api.screening import texts_in
from forms.model import ANSWERABLE
from forms.questionnaire import FROM_THE_PATIENT, NO, NONE_OF_THESE, TYPES, YES, questionnaire
from rules.knowledge import ITEMS

FORM = questionnaire(texts_in("nb"), "1.0.0")


def questions():
    return {question["linkId"]: question for group in FORM["item"] for question in group["item"]}


def test_every_item_a_person_answers_is_asked_once_and_no_other():
    asked = [question["linkId"] for group in FORM["item"] for question in group["item"]]
    assert sorted(asked) == sorted(item.id for item in ANSWERABLE if item.id not in FROM_THE_PATIENT)
    links = asked + [group["linkId"] for group in FORM["item"]]
    assert len(links) == len(set(links))


@pytest.mark.parametrize("link", questions())
def test_a_question_has_its_items_kind_answers_and_range(link):
    item, question = ITEMS[link], questions()[link]
    assert question["type"] == TYPES[item.kind]
    offered = [option["valueCoding"]["code"] for option in question.get("answerOption", ())]
    none = [NONE_OF_THESE] if item.kind == "set" else []
    codes = [YES, NO] if item.kind == "yes_no" else [*item.codes, *none]
    assert offered == codes or item.kind == "text"
    assert question.get("repeats", False) == (item.kind == "set")
    if item.kind == "count":
        assert [bound["valueInteger"] for bound in question["extension"]] == [item.low, item.high]


def test_the_clinicians_cfs_carries_its_snomed_code():
    assert questions()["cfs_clinician"]["code"] == [{"system": "http://snomed.info/sct", "code": "763264000"}]


def test_a_filled_in_questionnaire_comes_back_as_the_same_answers():
    from api.intake.fhir import bundle_to_case

    filled = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "authored": "2026-11-16T15:00:00+01:00",
        "subject": {"reference": "Patient/p"},
        "item": [
            {"linkId": "living_alone", "answer": [{"valueCoding": {"code": "yes"}}]},
            {"linkId": "weight_loss", "answer": [{"valueCoding": {"code": "no"}}]},
            {"linkId": "lifelong_disability", "answer": [{"valueBoolean": False}]},
            {"linkId": "mst", "answer": [{"valueInteger": 2}]},
            {"linkId": "badl_help", "answer": [{"valueCoding": {"code": "none"}}]},
            {"linkId": "residence", "answer": [{"valueCoding": {"code": "home"}}]},
        ],
    }
    entries = [{"resource": {"resourceType": "Patient", "id": "p"}}, {"resource": filled}]
    answers = bundle_to_case({"resourceType": "Bundle", "type": "collection", "entry": entries}).case["answers"]
    yes_and_no = {"living_alone": True, "weight_loss": False, "lifelong_disability": False}
    assert answers == yes_and_no | {"mst": 2, "badl_help": [], "residence": "home"}


def test_no_question_is_answered_by_leaving_it_alone():
    # A renderer sends `false` for a boolean that nobody touched, and what is `initial` or selected beforehand.
    for question in questions().values():
        assert question["type"] != "boolean"
        assert "initial" not in question
        assert not any(option.get("initialSelected") for option in question.get("answerOption", ()))


@pytest.mark.parametrize("link", [link for link, question in questions().items() if question["type"] == "choice"])
def test_a_choice_says_whether_one_or_several_can_be_ticked(link):
    (control,) = questions()[link]["extension"]
    code = control["valueCodeableConcept"]["coding"][0]["code"]
    assert code == ("check-box" if questions()[link].get("repeats") else "radio-button")
