"""A Bundle is one patient's alone, well formed, and refused as a whole where it is not."""

import pytest

from tests.unit.intake_documents import (
    Json,
    bundle,
    condition,
    encounter,
    intake,
    medicine,
    notes,
    patient,
    read,
    refusal,
)


def without(resource: Json, name: str) -> Json:
    """Return the resource without one element."""
    return {key: value for key, value in resource.items() if key != name}


def test_a_bundle_without_a_patient_is_refused():
    assert refusal({"resourceType": "Bundle", "entry": []}).code == "no_patient"
    assert refusal({"resourceType": "Bundle"}).where == "Bundle.entry"


def test_a_bundle_with_two_patients_is_refused():
    assert refusal(bundle(patient(id="q"))).code == "several_patients"


@pytest.mark.parametrize(
    "reference",
    ["Patient/p", "Patient/p/_history/2", "urn:uuid:p", "urn:uuid:patient-p", "https://epj.example/fhir/Patient/p"],
)
def test_the_patient_is_known_by_each_way_of_referring(reference):
    case = read(condition(subject={"reference": reference}), urls={0: "urn:uuid:patient-p"})
    assert case["conditions"]


@pytest.mark.parametrize("reference", ["Patient/p", "https://epj.example/fhir/Patient/p", "urn:uuid:p"])
def test_the_patient_on_a_server_is_known_by_id_and_by_full_url(reference):
    urls = {0: "https://epj.example/fhir/Patient/p", 1: "https://epj.example/fhir/Condition/c"}
    assert read(condition(id="c", subject={"reference": reference}), urls=urls)["conditions"]


@pytest.mark.parametrize(
    "reference",
    [
        "Patient/q",
        "Patient/pp",
        "urn:uuid:q",
        "https://other.example/fhir/Patient/p",
        "#p",
        "Group/p",
        "Practitioner/p",
        "p",
        "",
    ],
)
def test_a_resource_about_another_patient_refuses_the_whole_bundle_by_type_and_place(reference):
    other = condition(subject={"reference": reference})
    error = refusal(bundle(encounter(), condition(), other, urls={0: "https://epj.example/fhir/Patient/p"}))
    assert error.where == "entry[3] Condition.subject"
    assert not reference or reference == "p" or reference not in str(error)


def test_the_same_id_on_another_server_is_another_patient():
    urls = {0: "https://epj.example/fhir/Patient/p", 1: "https://other.example/fhir/Condition/c"}
    assert refusal(bundle(condition(id="c"), urls=urls)).where == "entry[1] Condition.subject"


def test_a_resource_that_does_not_say_whom_it_is_about_refuses_the_bundle():
    assert refusal(bundle(without(medicine(), "subject"))).code == "no_subject"
    assert refusal(bundle(condition(subject={"display": "Bodil"}))).where == "entry[1] Condition.subject"


def test_a_subject_by_identity_number_is_the_patient_only_with_the_same_number():
    same = {"identifier": patient()["identifier"][0]}
    assert read(condition(subject=same))["conditions"]
    other = {"identifier": same["identifier"] | {"value": "15883255574"}}
    assert refusal(bundle(condition(subject=other))).where == "entry[1] Condition.subject"
    nobody = bundle(condition(subject={"identifier": {}}), person=patient(identifier=[{}]))
    assert refusal(nobody).where == "entry[1] Condition.subject"


@pytest.mark.parametrize("name", ["subject", "patient", "beneficiary", "for"])
def test_a_resource_that_is_not_used_is_refused_too_when_it_is_about_another_patient(name):
    assert notes({"resourceType": "Task", name: {"reference": "Patient/p"}})["input_resources_not_used"]["count"] == 1
    error = refusal(bundle({"resourceType": "Task", name: {"reference": "Patient/q"}}))
    assert error.where == f"entry[1] Task.{name}"


def test_a_resource_that_is_not_used_may_be_about_no_patient():
    assert notes({"resourceType": "Specimen", "subject": {"reference": "Device/d"}})
    assert notes({"resourceType": "Flag", "subject": {"display": "avdelingen"}})
    assert notes({"resourceType": "Account", "subject": [{"reference": "Patient/p"}, {"reference": "Device/d"}]})
    other = {"resourceType": "Account", "subject": [{"reference": "Patient/q"}]}
    assert refusal(bundle(other)).where == "entry[1] Account.subject[0]"


@pytest.mark.parametrize("kind", ["document", "searchset", "transaction", "no such type", None])
def test_a_bundle_of_any_type_is_read(kind):
    document = bundle(condition()) | ({"type": kind} if kind else {})
    assert intake(document).case["conditions"]


def test_a_deletion_is_refused():
    document = bundle(condition()) | {"type": "transaction"}
    document["entry"].append({"request": {"method": "DELETE", "url": "Condition/c"}})
    assert refusal(document).where == "entry[2].request.method"


@pytest.mark.parametrize(
    ("entry", "where"),
    [
        ({}, "entry[1].resource"),
        ({"resource": None}, "entry[1].resource"),
        ({"resource": []}, "entry[1].resource"),
        ({"resource": {}}, "entry[1].resource.resourceType"),
        ({"resource": {"resourceType": 7}}, "entry[1].resource.resourceType"),
        ({"resource": {"resourceType": "Condition"}, "fullUrl": 7}, "entry[1].fullUrl"),
        (7, "Bundle.entry[1]"),
        (None, "Bundle.entry[1]"),
    ],
)
def test_an_entry_that_is_no_resource_is_refused_by_place(entry, where):
    document = bundle()
    document["entry"].append(entry)
    assert refusal(document).where == where


def test_a_list_of_entries_that_is_no_list_is_refused():
    assert refusal({"resourceType": "Bundle", "entry": {"resource": patient()}}).where == "Bundle.entry"


def test_an_exact_repeat_counts_once_and_two_versions_are_refused():
    once = condition(id="c")
    assert len(read(once, once)["conditions"]) == 1
    assert refusal(bundle(once, condition("J44.9", id="c"))).code == "resource_twice"


def test_resources_that_are_not_used_are_counted_in_one_note():
    found = notes(
        {"resourceType": "AllergyIntolerance", "patient": {"reference": "Patient/p"}},
        {"resourceType": "Procedure", "subject": {"reference": "Patient/p"}},
        {"resourceType": "Procedure", "subject": {"reference": "Patient/p"}},
        {"resourceType": "Bodil Berg"},
        {"resourceType": "Practitioner"},
    )
    assert found["input_resources_not_used"] == {"count": 4, "kinds": "AllergyIntolerance 1, Procedure 2, resource 1"}


def test_notes_stand_in_the_case_too_so_that_screening_it_later_loses_nothing():
    found = intake(bundle(condition("38341003", code={"text": "hjertesvikt"})))
    assert [note["code"] for note in found.case["notes"]] == [note.code for note in found.notes]
    assert found.notes


def test_a_case_passes_through_unchanged():
    case = {"schema": "retthjem/case/1", "answers": {"mst": 2}, "Bodil": None}
    assert intake(case).case == case
    assert intake(case).notes == ()
