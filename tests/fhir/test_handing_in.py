"""A filled-in form becomes a screening: who answered is the token's, whose it is the request's; nothing is guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from forms.questionnaire import CANONICAL
from tests.fhir.checks import faults
from tests.fhir.test_reading import code_of, found
from tests.v1.people import DOCTOR, NURSE, OTHER_NURSE, SYSTEM, Patient, case, number

ROUTE = "/fhir/QuestionnaireResponse"
MST = {"linkId": "mst", "answer": [{"valueInteger": 3}]}


def response(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a form as Helsenorge's renderer leaves it: in progress, without author, subject and version."""
    group = {"linkId": "group-risk-falls_last_12_months", "text": "Risiko", "item": list(items or [MST])}
    plain = {"resourceType": "QuestionnaireResponse", "status": "in-progress", "questionnaire": CANONICAL}
    return plain | {"item": [group]} | more


def coded(link: str, *codes: str, **coding: str) -> dict[str, Any]:
    """Return a question answered by codes."""
    return {"linkId": link, "answer": [{"valueCoding": {"code": code, **coding}} for code in codes]}


@pytest.fixture(scope="module")
def patient(client: TestClient) -> Patient:
    """A patient who is screened already."""
    return Patient.screened(client, 40)


def inputs_of(client: TestClient, screening: str) -> Any:
    """Return the case that was stored."""
    return client.get(f"/api/v1/screenings/{screening}/case", headers=DOCTOR).json()


def test_what_the_renderer_does_not_send_is_stamped(client: TestClient, patient: Patient):
    answer = client.post(f"{ROUTE}?patient={patient.id}", json=response(), headers=NURSE)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert faults(made) == []
    assert made["author"] == {"display": "Test nurse"}
    assert made["subject"] == {"reference": f"Patient/{patient.id}"}
    assert made["questionnaire"].startswith(f"{CANONICAL}|1")
    assert (made["status"], made["meta"]["versionId"]) == ("completed", "1")
    assert answer.headers["location"].endswith(f"/fhir/QuestionnaireResponse/{made['id']}/_history/1")
    assert client.get(f"{ROUTE}/{made['id']}", headers=NURSE).json() == made
    assert client.get(answer.headers["location"], headers=NURSE).json() == made


@pytest.mark.parametrize(
    ("version", "status"),
    [("1.0.0", 201), ("1.0", 201), ("1", 201), ("", 201), ("0.1", 422), ("9.9.9", 422), ("1.0.0-nb", 422), ("x", 422)],
)
@pytest.mark.parametrize("form", [CANONICAL, "Questionnaire/screening-nn"])
def test_a_form_of_a_version_that_never_was_is_refused(
    client: TestClient, patient: Patient, form: str, version: str, status: int
):
    sent = response(questionnaire=f"{form}|{version}")
    answer = client.post(f"{ROUTE}?patient={patient.id}", json=sent, headers=NURSE)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("prefer", "kind"),
    [
        ("return=minimal", None),
        ('respond-async, return = "minimal"', None),
        ("return=OperationOutcome", "OperationOutcome"),
        ("handling=lenient; return=representation", "QuestionnaireResponse"),
        ("noreturn=minimal", "QuestionnaireResponse"),
    ],
)
def test_what_is_answered_is_what_is_preferred(client: TestClient, patient: Patient, prefer: str, kind: str | None):
    answer = client.post(f"{ROUTE}?patient={patient.id}", json=response(), headers=NURSE | {"Prefer": prefer})
    assert answer.status_code == 201
    assert client.get(answer.headers["location"], headers=NURSE).status_code == 200
    assert answer.headers["etag"] == 'W/"1"'
    assert (answer.json()["resourceType"] if answer.content else None) == kind
    assert ("content-type" in answer.headers) is (kind is not None)


def test_who_sends_a_form_again_may_prefer_another_answer(client: TestClient, patient: Patient):
    key = {"Idempotency-Key": "preferred-otherwise"}
    first = client.post(f"{ROUTE}?patient={patient.id}", json=response(), headers=NURSE | key)
    again = client.post(
        f"{ROUTE}?patient={patient.id}", json=response(), headers=NURSE | key | {"Prefer": "return=minimal"}
    )
    assert (again.content, again.headers["location"]) == (b"", first.headers["location"])


def test_an_author_in_the_form_is_not_believed(client: TestClient, patient: Patient):
    sent = response(author={"display": "Overlegen"}, subject={"reference": f"Patient/{patient.id}"})
    answer = client.post(ROUTE, json=sent, headers=NURSE)
    assert answer.json()["author"] == {"display": "Test nurse"}


@pytest.mark.parametrize("by", ["reference", "identifier", "parameters", "both"])
def test_the_patient_is_named_in_the_form_or_beside_it(client: TestClient, patient: Patient, by: str):
    identifier = {"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": number(40)}
    reference = {"reference": f"https://retthjem.example/fhir/Patient/{patient.id}"}
    sent = {
        "reference": response(subject=reference),
        "identifier": response(subject={"identifier": identifier}),
        "both": response(subject={**reference, "identifier": identifier}),
        "parameters": {
            "resourceType": "Parameters",
            "parameter": [
                {"name": "response", "resource": response()},
                {"name": "patient", "valueIdentifier": identifier},
                {"name": "patient", "valueReference": reference},
            ],
        },
    }[by]
    answer = client.post(ROUTE, json=sent, headers=NURSE)
    assert answer.status_code == 201, answer.text
    assert answer.json()["subject"] == {"reference": f"Patient/{patient.id}"}


def test_a_form_about_nobody_and_one_about_two_are_refused(client: TestClient, patient: Patient):
    assert code_of(client.post(ROUTE, json=response(), headers=NURSE)) == "response_without_patient"
    other = Patient.screened(client, 41)
    sent = response(subject={"reference": f"Patient/{patient.id}"})
    assert code_of(client.post(f"{ROUTE}?patient={other.id}", json=sent, headers=NURSE)) == "other_patient"


def test_a_subject_that_contradicts_itself_is_refused(client: TestClient, patient: Patient):
    other = Patient.screened(client, 49)
    before = len(found(client, "QuestionnaireResponse", patient))
    for system in ({"system": "urn:oid:2.16.578.1.12.4.1.4.1"}, {"system": "urn:other"}, {}):
        subject = {"reference": f"Patient/{patient.id}", "identifier": {**system, "value": number(49)}}
        answer = client.post(ROUTE, json=response(subject=subject), headers=NURSE)
        assert 400 <= answer.status_code < 500, answer.text
    nobody = {"reference": f"Patient/{patient.id}", "identifier": {"value": number(902)}}
    assert client.post(ROUTE, json=response(subject=nobody), headers=NURSE).status_code == 404
    assert len(found(client, "QuestionnaireResponse", patient)) == before
    assert len(found(client, "QuestionnaireResponse", other)) == 1


@pytest.mark.parametrize(
    "subject",
    [
        {"type": "Practitioner"},
        {"reference": "https://evil.example/fhir/Patient/{id}"},
        {"reference": "https://retthjem.example/other/Patient/{id}"},
        {"reference": "https://retthjem.example.evil.example/fhir/Patient/{id}"},
        {"reference": "Practitioner/{id}"},
        {"reference": "Group/Patient/{id}"},
        {"reference": "urn:uuid:{id}"},
        {"reference": "#{id}"},
    ],
    ids=lambda told: str(next(iter(told.values()))),
)
def test_a_subject_elsewhere_or_that_is_no_patient_is_refused(
    client: TestClient, patient: Patient, subject: dict[str, str]
):
    said = {"reference": f"Patient/{patient.id}"} | {name: each.format(id=patient.id) for name, each in subject.items()}
    answer = client.post(ROUTE, json=response(subject=said), headers=NURSE)
    assert (answer.status_code, code_of(answer)) == (422, "reference_not_patient")


def test_a_record_systems_own_number_may_stand_beside_the_reference(client: TestClient, patient: Patient):
    subject = {
        "reference": f"Patient/{patient.id}",
        "type": "Patient",
        "identifier": {"system": "urn:x", "value": "77"},
    }
    answer = client.post(ROUTE, json=response(subject=subject), headers=NURSE)
    assert answer.status_code == 201, answer.text


def told_at(**ago: float) -> str:
    """Return the moment that long ago."""
    return (datetime.now(UTC) - timedelta(**ago)).isoformat(timespec="seconds")


@pytest.mark.parametrize(
    ("authored", "code"),
    [
        ("2099-01-01T00:00:00Z", "response_in_future"),
        ("2099", "response_in_future"),
        (told_at(minutes=-20), "response_in_future"),
        ("1930-01-01T00:00:00Z", "response_too_old"),
        ("1999-01-01", "response_too_old"),
        ("2026-01-20T12:00:00+01:00", "response_too_old"),
    ],
    ids=["century", "year", "minutes", "before birth", "long ago", "another stay"],
)
def test_a_time_that_cannot_be_right_is_refused(client: TestClient, patient: Patient, authored: str, code: str):
    level = {"linkId": "cfs_clinician", "answer": [{"valueInteger": 4}]}
    sent = response(level, authored=authored)
    answer = client.post(f"{ROUTE}?patient={patient.id}", json=sent, headers=NURSE)
    assert (answer.status_code, code_of(answer)) == (422, code)


@pytest.mark.parametrize("name", ["just now", "a little ahead", "today"])
def test_a_time_that_may_be_right_is_taken(client: TestClient, patient: Patient, name: str):
    times = {"just now": told_at(minutes=1), "a little ahead": told_at(minutes=-2), "today": told_at()[:10]}
    sent = response(authored=times[name])
    assert client.post(f"{ROUTE}?patient={patient.id}", json=sent, headers=NURSE).status_code == 201


def test_a_form_of_another_stay_is_refused_and_one_of_this_taken(client: TestClient, patient: Patient):
    here = case(40)["encounter"]["id"]
    for said, status in ((here, 201), (f"https://ehr.example/fhir/Encounter/{here}/_history/2", 201), ("other", 422)):
        encounter = {"reference": said if ":" in said else f"Encounter/{said}"}
        sent = response(encounter=encounter)
        answer = client.post(f"{ROUTE}?patient={patient.id}", json=sent, headers=NURSE)
        assert answer.status_code == status, answer.text
        assert status == 201 or code_of(answer) == "response_of_another_stay"


@pytest.mark.parametrize(
    "name", ["screening", "screening-nb|1.0.0", "https://retthjem.example/fhir/Questionnaire/screening"]
)
def test_the_form_may_be_named_by_where_it_was_read(client: TestClient, patient: Patient, name: str):
    sent = response(questionnaire=name)
    assert client.post(f"{ROUTE}?patient={patient.id}", json=sent, headers=NURSE).status_code == 201


def test_a_number_in_the_address_is_refused(client: TestClient):
    for name in ("identifier", "patient.identifier", "subject.identifier"):
        answer = client.post(f"{ROUTE}?{name}={number(40)}", json=response(), headers=NURSE)
        assert code_of(answer) == "identity_in_address"


def test_a_patient_elsewhere_is_as_one_that_does_not_exist(client: TestClient, patient: Patient):
    named = ({"reference": f"Patient/{patient.id}"}, {"reference": f"Patient/{'f' * 32}"})
    numbers = ({"identifier": {"value": number(40)}}, {"identifier": {"value": number(901)}})
    for pair in (named, numbers):
        answers = [client.post(ROUTE, json=response(subject=each), headers=OTHER_NURSE) for each in pair]
        assert [each.status_code for each in answers] == [404, 404]
        assert answers[0].content == answers[1].content


def test_every_kind_of_answer_is_read(client: TestClient):
    patient = Patient.screened(client, 42)
    sent = response(
        coded("weight_loss", "yes", system="urn:retthjem:answers:yes_no"),
        coded("recent_function_decline", "no"),
        coded("badl_help", "dress", "eat", system="urn:retthjem:answers:badl_help"),
        coded("iadl_help", "none"),
        {"linkId": "residence", "answer": [{"valueCoding": {"display": "sykehjem"}}]},
        {"linkId": "what_matters", "answer": [{"valueString": "Katten"}]},
        {"linkId": "living_alone", "answer": [{"valueBoolean": False}]},
        MST,
    )
    made = client.post(f"{ROUTE}?patient={patient.id}", json=sent, headers=NURSE)
    assert made.status_code == 201, made.text
    answers = inputs_of(client, made.json()["id"])["answers"]
    read = {item: answers[item] for item in ("weight_loss", "recent_function_decline", "badl_help", "iadl_help", "mst")}
    assert read == {
        "weight_loss": True,
        "recent_function_decline": False,
        "badl_help": ["dress", "eat"],
        "iadl_help": [],
        "mst": 3,
    }
    assert (answers["residence"], answers["what_matters"], answers["living_alone"]) == ("care_home", "Katten", False)


def test_a_question_that_is_drawn_once_more_adds_its_ticks(client: TestClient):
    patient = Patient.screened(client, 48)
    sent = response(coded("badl_help", "dress"), coded("badl_help", "eat", "dress"))
    made = client.post(f"{ROUTE}?patient={patient.id}", json=sent, headers=NURSE)
    assert inputs_of(client, made.json()["id"])["answers"]["badl_help"] == ["dress", "eat"]
    sent = response(coded("badl_help", "dress"), coded("badl_help", "none"))
    assert code_of(client.post(f"{ROUTE}?patient={patient.id}", json=sent, headers=NURSE)) == "none_and_some"


def test_what_was_left_alone_says_nothing(client: TestClient):
    patient = Patient.screened(client, 43)
    left: list[dict[str, Any]] = [
        {"linkId": "weight_loss"},
        {"linkId": "four_at", "answer": []},
        {"linkId": "mst", "answer": [{}]},
        {"linkId": "function_now", "answer": [{"valueString": "  "}]},
    ]
    nothing = client.post(f"{ROUTE}?patient={patient.id}", json=response(*left), headers=NURSE)
    assert (nothing.status_code, code_of(nothing)) == (422, "response_without_answers")
    left += [{"linkId": "what_matters", "answer": [{"valueString": "Katten"}]}]
    made = client.post(f"{ROUTE}?patient={patient.id}", json=response(*left), headers=NURSE)
    assert made.status_code == 201, made.text
    answers = inputs_of(client, made.json()["id"])["answers"]
    assert answers == case(43)["answers"] | {"what_matters": "Katten"}  # what was told before in the stay still stands
    assert "weight_loss" not in answers


def test_what_was_told_in_the_stay_stands_until_the_form_says_otherwise(client: TestClient):
    patient = Patient.screened(client, 44)
    made = client.post(f"{ROUTE}?patient={patient.id}", json=response(), headers=NURSE).json()
    kept = inputs_of(client, made["id"])
    assert kept["medicines"] == case(44)["medicines"]
    assert kept["answers"] == case(44)["answers"] | {"mst": 3}
    again = client.get(f"/api/v1/patients/{patient.id}", headers=NURSE).json()
    assert again["screening"]["id"] == made["id"]
    assert again["stay"]["id"] == case(44)["encounter"]["id"]
    assert len(again["stays"]) == 1


def test_a_level_in_a_form_is_whoever_answereds(client: TestClient):
    patient = Patient.screened(client, 45)
    level = {"linkId": "cfs_clinician", "answer": [{"valueInteger": 4}]}
    made = client.post(f"{ROUTE}?patient={patient.id}", json=response(level), headers=NURSE).json()
    observation = client.get(f"/fhir/Observation/{made['id']}", headers=NURSE).json()
    assert observation["valueQuantity"]["value"] == 4
    assert inputs_of(client, made["id"])["rater"]["role"] == "ward_nurse"


def test_what_another_system_hands_in_is_proposed_and_nobodys_judgement(client: TestClient):
    patient = Patient.screened(client, 46)
    level = {"linkId": "cfs_clinician", "answer": [{"valueInteger": 4}]}
    made = client.post(f"{ROUTE}?patient={patient.id}", json=response(level, MST), headers=SYSTEM)
    assert made.status_code == 201, made.text
    sources = inputs_of(client, made.json()["id"])["sources"]
    assert {sources[item]["status"] for item in ("cfs_clinician", "mst")} == {"proposed"}
    assert client.get(f"/fhir/Observation/{made.json()['id']}", headers=NURSE).status_code == 404
    course = client.get(f"/api/v1/patients/{patient.id}", headers=NURSE).json()
    assert course["screening"]["id"] == patient.screening  # the nurse's own still decides


def test_the_same_form_sent_twice_with_a_key_is_stored_once(client: TestClient):
    patient = Patient.screened(client, 47)
    headers = NURSE | {"Idempotency-Key": "form-47"}
    answers = [client.post(f"{ROUTE}?patient={patient.id}", json=response(), headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(found(client, "QuestionnaireResponse", patient)) == 2


WRONG = {
    "a question of another form": ({"linkId": "weight", "answer": [{"valueInteger": 70}]}, "question_unknown"),
    "the age, which is the patient's": ({"linkId": "age", "answer": [{"valueInteger": 70}]}, "question_unknown"),
    "a text for a number": ({"linkId": "mst", "answer": [{"valueString": "3"}]}, "kind_of_answer"),
    "a decimal for a number": ({"linkId": "mst", "answer": [{"valueDecimal": 3.0}]}, "kind_of_answer"),
    "a number written as text": ({"linkId": "mst", "answer": [{"valueInteger": "3"}]}, "fhir_not_whole_number"),
    "true for a number": ({"linkId": "mst", "answer": [{"valueInteger": True}]}, "fhir_not_number"),
    "a number out of range": ({"linkId": "mst", "answer": [{"valueInteger": 6}]}, "number_over"),
    "two numbers": ({"linkId": "mst", "answer": [{"valueInteger": 1}, {"valueInteger": 2}]}, "several_answers"),
    "two kinds in one": ({"linkId": "mst", "answer": [{"valueInteger": 1, "valueString": "1"}]}, "several_answers"),
    "a code that is not offered": (coded("residence", "castle"), "answer_not_offered"),
    "a code of another system": (coded("residence", "home", system="urn:other"), "answer_not_offered"),
    "almost what it is called": (
        {"linkId": "residence", "answer": [{"valueCoding": {"display": "Sykehjem?"}}]},
        "answer_not_offered",
    ),
    "none and some": (coded("badl_help", "none", "eat"), "none_and_some"),
    "what changes the meaning": (MST | {"modifierExtension": [{"url": "urn:not"}]}, "modified"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_the_form_does_not_ask_for_is_refused_without_repeating_it(
    client: TestClient, patient: Patient, name: str
):
    item, code = WRONG[name]
    answer = client.post(f"{ROUTE}?patient={patient.id}", json=response(item), headers=NURSE)
    assert answer.status_code == 422, answer.text
    assert code_of(answer) == code
    assert "castle" not in answer.text


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (response(MST, MST), "question_twice"),
        (response(status="stopped"), "response_not_handed_in"),
        (response(status="entered-in-error"), "response_not_handed_in"),
        (response(questionnaire="http://other.example/Questionnaire/1"), "response_of_another_form"),
        (response(questionnaire="http://other.example/Questionnaire/screening"), "response_of_another_form"),
        (response(questionnaire="Questionnaire/screening-foo"), "response_of_another_form"),
        ({"resourceType": "Patient"}, "not_a_response"),
        ({"resourceType": "Parameters", "parameter": []}, "not_a_response"),
        ({"resourceType": "Parameters", "parameter": [{"name": "x", "valueString": "y"}]}, "parameter_not_used"),
        ({"item": []}, "no_resource_type"),
    ],
)
def test_what_is_no_form_of_ours_is_refused(client: TestClient, patient: Patient, sent: dict[str, Any], code: str):
    answer = client.post(f"{ROUTE}?patient={patient.id}", json=sent, headers=NURSE)
    assert answer.status_code == 422, answer.text
    assert code_of(answer) == code
