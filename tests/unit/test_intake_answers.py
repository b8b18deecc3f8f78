"""CFS observations and questionnaire responses as answers: the newest wins, and says from where."""

from datetime import datetime
from typing import Any

import pytest

from api.intake import Document, to_case
from tests.unit.intake_documents import (
    SNOMED,
    Json,
    bundle,
    cfs,
    concept,
    encounter,
    form,
    notes,
    question,
    read,
    refusal,
)


def level(*resources: Json) -> Any:
    """Return the CFS level of the case."""
    return read(*resources).get("answers", {}).get("cfs_clinician")


def answer(item: str, *answers: Json) -> Any:
    """Return the case's answer to an item of a form."""
    return read(form(question(item, *answers)))["answers"][item]


@pytest.mark.parametrize(
    "coded",
    [
        {"code": concept("763264000", SNOMED)},
        {"code": concept("445414007", SNOMED)},
        {"code": {"text": "CFS"}, "method": concept("445414007", SNOMED)},
    ],
)
def test_cfs_is_known_by_its_code_or_its_method(coded):
    assert level(cfs(6, **coded)) == 6


@pytest.mark.parametrize("coded", [concept("763264000", "http://loinc.org"), concept("1", SNOMED), {"text": "CFS"}])
def test_another_observation_is_counted_and_not_used(coded):
    assert level(cfs(6, code=coded)) is None
    assert notes(cfs(6, code=coded))["input_observations_not_used"] == {"count": 1}


@pytest.mark.parametrize("status", ["final", "amended", "corrected"])
def test_a_cfs_that_is_final_is_used(status):
    assert level(cfs(6, status=status)) == 6


@pytest.mark.parametrize("status", ["preliminary", "registered", "cancelled", "entered-in-error", "unknown"])
def test_a_cfs_that_is_not_final_is_not_used_and_counted(status):
    assert level(cfs(6, status=status)) is None
    assert notes(cfs(6, status=status))["input_cfs_not_final"] == {"count": 1}


@pytest.mark.parametrize("value", ["6", 6.0, 6.5, 0, 10, -1, True, None, [6]])
def test_a_level_that_is_no_whole_number_from_1_to_9_is_refused(value):
    assert refusal(bundle(cfs(value))).where == "entry[1] Observation.valueInteger"


@pytest.mark.parametrize(("value", "expected"), [(6, 6), (6.0, 6)])
def test_a_quantity_counts_where_it_is_a_level(value, expected):
    found = cfs(valueQuantity={"value": value})
    del found["valueInteger"]
    assert level(found) == expected


@pytest.mark.parametrize("quantity", [{"value": 6.5}, {"value": 10}, {"value": 6, "comparator": ">"}])
def test_a_quantity_that_is_no_level_is_refused(quantity):
    assert refusal(bundle(cfs(valueQuantity=quantity))).where == "entry[1] Observation.valueQuantity"


def test_a_cfs_without_a_number_is_not_used_and_counted():
    found = cfs(valueCodeableConcept={"text": "CFS 6"})
    del found["valueInteger"]
    assert level(found) is None
    assert notes(found)["input_cfs_without_level"] == {"count": 1}


def test_the_newest_cfs_wins_with_its_time_and_older_ones_are_counted():
    found = [cfs(4, "2026-11-10T10:00:00Z", id="a"), cfs(6, "2026-11-16T16:00:00+01:00", id="b"), cfs(5, None, id="c")]
    case = read(*found)
    assert case["answers"]["cfs_clinician"] == 6
    assert case["rater"] == {"time": "2026-11-16T16:00:00+01:00"}
    assert case["sources"]["cfs_clinician"] == {
        "from": "Observation",
        "id": "b",
        "time": "2026-11-16T16:00:00+01:00",
        "status": "proposed",
    }
    assert notes(*found)["input_older_answers"] == {"count": 2}


def test_times_are_compared_across_zones_and_with_dates_alone():
    assert level(cfs(4, "2026-11-16T16:30:00+01:00", id="a"), cfs(6, "2026-11-16T16:00:00Z", id="b")) == 6
    assert level(cfs(4, "2026-11-16", id="a"), cfs(6, "2026-11-16T08:00:00Z", id="b")) == 6


def test_two_levels_of_the_same_time_are_no_answer():
    both = [cfs(4, id="a"), cfs(6, id="b")]
    assert level(*both) is None
    assert "rater" not in read(*both)
    assert "input_cfs_conflict" in notes(*both)
    assert level(cfs(6, id="a"), cfs(6, id="b")) == 6


def test_different_answers_of_one_time_are_no_answer_and_are_named():
    twice = form(question("mst", {"valueInteger": 0}), question("living_alone"), question("mst", {"valueInteger": 5}))
    assert "answers" not in read(twice)
    assert notes(twice) == {"input_answers_conflict": {"count": 1, "items": "mst"}}
    older = form(question("mst", {"valueInteger": 1}), authored="2026-11-15")
    assert "answers" not in read(older, twice)
    newer = form(question("mst", {"valueInteger": 1}), authored="2026-11-17")
    assert read(newer, twice)["answers"] == {"mst": 1}
    assert notes(newer, twice) == {"input_older_answers": {"count": 2}}


def test_one_answer_given_twice_is_one_answer():
    same = [question("mst", {"valueInteger": 1})] * 2
    assert read(form(*same))["answers"] == {"mst": 1}
    bathe, dress = ({"valueCoding": {"code": code}} for code in ("bathe", "dress"))
    assert read(form(question("badl_help", bathe, dress), question("badl_help", dress, bathe)))["answers"]
    assert "answers" not in read(form(question("badl_help", bathe), question("badl_help", dress)))


def test_an_answer_with_two_values_is_refused():
    assert refusal(bundle(form(question("mst", {"valueInteger": 0, "valueString": "5"})))).code == "several_answers"


def test_a_cfs_whose_focus_is_another_than_the_patient_is_refused():
    assert level(cfs(focus=[{"reference": "Patient/p"}])) == 6
    for focus in ({"reference": "Patient/q"}, {"reference": "Device/d"}, {"display": "sønnen"}):
        assert refusal(bundle(cfs(focus=[focus]))).where == "entry[1] Observation.focus[0]"
    assert refusal(bundle(cfs(modifierExtension=[{"url": "not"}]))).code == "modified"
    assert "input_observations_not_used" in notes(cfs(code={"text": "vekt"}, modifierExtension=[{"url": "not"}]))


def test_the_raters_role_is_read_and_a_name_is_not_a_role():
    role = {"resourceType": "PractitionerRole", "id": "r", "code": [{"text": "Sykepleier"}]}
    nurse = {"resourceType": "Practitioner", "id": "n", "qualification": [{"code": {"text": "Lege"}}]}
    assert read(role, cfs(performer=[{"reference": "PractitionerRole/r"}]))["rater"]["role"] == "Sykepleier"
    assert read(nurse, cfs(performer=[{"reference": "Practitioner/n"}]))["rater"]["role"] == "Lege"
    assert "role" not in read(cfs(performer=[{"display": "Kari Berg"}]))["rater"]


@pytest.mark.parametrize(("time", "old"), [("2026-11-02T14:10:00+01:00", False), ("2026-11-02T14:09:59+01:00", True)])
def test_a_cfs_more_than_14_days_before_the_admission_is_used_with_a_note(time, old):
    found = [encounter(), cfs(6, time)]
    assert level(*found) == 6
    assert notes(*found).get("input_cfs_old") == ({"date": "2026-11-02", "days": 14} if old else None)


def test_what_is_dated_ahead_is_left_out_and_counted_where_it_is_known_what_time_it_is():
    found = bundle(
        cfs(7, "2026-11-16T16:05:01+01:00", id="a"),
        cfs(6, "2026-11-16T16:05:00+01:00", id="b"),
        form(question("mst", {"valueInteger": 2}), authored="2026-11-17"),
    )
    now = datetime.fromisoformat("2026-11-16T16:00:00+01:00")
    made = to_case(Document("bundle", found), now)
    assert made.case["answers"] == {"cfs_clinician": 6}
    assert {each.code: dict(each.values) for each in made.notes} == {"input_answers_ahead": {"count": 2}}
    assert to_case(Document("bundle", found)).case["answers"]["cfs_clinician"] == 7


def test_an_admission_by_date_is_the_start_for_the_age_of_a_cfs():
    assert "input_cfs_old" in notes(encounter(period={"start": "2026-11-16"}), cfs(6, "2026-11-01"))


@pytest.mark.parametrize(
    ("item", "given", "expected"),
    [
        ("living_alone", {"valueBoolean": True}, True),
        ("mst", {"valueInteger": 2}, 2),
        ("residence", {"valueCoding": {"code": "home"}}, "home"),
        ("function_now", {"valueString": "Går med rullator."}, "Går med rullator."),
    ],
)
def test_an_answer_is_copied_as_it_was_given(item, given, expected):
    assert answer(item, given) == expected


@pytest.mark.parametrize(("item", "given"), [("mst", {"valueString": "2"}), ("mst", {"valueDecimal": 2.0})])
def test_an_answer_of_the_wrong_kind_is_left_for_the_case_model_to_refuse(item, given):
    assert answer(item, given) == next(iter(given.values()))


def test_repeated_codes_are_a_complete_set():
    assert answer("badl_help", {"valueCoding": {"code": "bathe"}}) == ["bathe"]
    assert answer("badl_help", {"valueCoding": {"code": "bathe"}}, {"valueCoding": {"code": "dress"}}) == [
        "bathe",
        "dress",
    ]
    assert answer("badl_help", {"valueCoding": {"code": "none"}}) == []


def test_a_question_without_an_answer_is_unknown():
    assert "answers" not in read(form({"linkId": "mst"}, {"linkId": "badl_help", "answer": []}))


def test_two_answers_to_a_question_that_takes_one_are_refused():
    wrong = form(question("mst", {"valueInteger": 1}, {"valueInteger": 2}))
    assert refusal(bundle(wrong)).where == "entry[1] QuestionnaireResponse.item[0].answer"


def test_an_answer_of_a_kind_that_is_not_read_is_refused():
    assert refusal(bundle(form(question("mst", {"valueQuantity": {"value": 2}})))).code == "kind_of_answer"


def test_questions_in_groups_and_under_answers_are_found():
    under = {"valueBoolean": True, "item": [question("mst", {"valueInteger": 2})]}
    group = {"linkId": "group", "item": [question("living_alone", under)]}
    assert read(form(group))["answers"] == {"living_alone": True, "mst": 2}


def test_questions_that_are_not_ours_are_counted():
    found = form(
        question("Bodil", {"valueInteger": 2}),
        question("age", {"valueInteger": 80}),
        question("mst", {"valueInteger": 2}),
    )
    assert notes(found)["input_questions_unknown"] == {"count": 2}
    assert read(found)["answers"] == {"mst": 2}


@pytest.mark.parametrize("status", ["in-progress", "entered-in-error", "stopped"])
def test_a_form_that_is_not_completed_is_not_used_and_counted(status):
    assert "answers" not in read(form(question("mst", {"valueInteger": 2}), status=status))
    assert notes(form(status=status))["input_forms_not_completed"] == {"count": 1}


def test_the_newest_answer_to_each_question_wins():
    old = form(
        question("mst", {"valueInteger": 1}), question("four_at", {"valueInteger": 1}), authored="2026-11-15", id="a"
    )
    new = form(question("mst", {"valueInteger": 2}), status="amended", authored="2026-11-16T08:00:00Z", id="b")
    assert read(new, old)["answers"] == {"four_at": 1, "mst": 2}
    assert read(new, old)["sources"]["mst"]["id"] == "b"


@pytest.mark.parametrize(("authored", "expected"), [("2026-11-16T15:00:00+01:00", 6), ("2026-11-16T17:00:00+01:00", 4)])
def test_the_newest_of_observation_and_form_is_the_cfs(authored, expected):
    assert level(cfs(6), form(question("cfs_clinician", {"valueInteger": 4}), authored=authored)) == expected
