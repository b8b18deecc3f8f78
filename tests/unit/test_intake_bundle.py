"""A Bundle is one patient's alone, well formed, and refused as a whole where it is not."""

import time
from contextlib import suppress

import pytest

from api.intake.fhir_bundle import MAX_ENTRIES
from engine.errors import InputError
from tests.unit.intake_documents import (
    Json,
    bundle,
    cfs,
    concept,
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
    ["Patient/p", "Patient/p/_history/2", "urn:uuid:patient-p", "https://epj.example/fhir/Patient/p"],
)
def test_the_patient_is_known_by_each_way_of_referring(reference):
    case = read(condition(subject={"reference": reference}), urls={0: "urn:uuid:patient-p"})
    assert case["conditions"]


@pytest.mark.parametrize("reference", ["Patient/p", "https://epj.example/fhir/Patient/p"])
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


def test_a_patient_without_a_full_url_is_known_by_a_uuid_that_is_its_id_and_one_with_a_full_url_is_not():
    record = condition(subject={"reference": "urn:uuid:p"})
    assert read(record)["conditions"]
    assert refusal(bundle(record, urls={0: "urn:uuid:another"})).code == "other_patient"


def test_an_absolute_url_names_the_patient_only_on_the_one_server_that_may_be_meant():
    here, there = (condition(subject={"reference": f"https://{name}.example/fhir/Patient/p"}) for name in "ab")
    assert read(here)["conditions"]
    assert read(here, here)["conditions"]
    assert refusal(bundle(here, there)).code == "other_patient"
    elsewhere = bundle(here, encounter(id="e"), urls={2: "https://c.example/fhir/Encounter/e"})
    assert refusal(elsewhere).where == "entry[1] Condition.subject"


@pytest.mark.parametrize(
    "url", ["https://a.example/x/../Patient/p", "https://../Patient/p", "ftp://a.example/Patient/p", "x://y/Patient/p"]
)
def test_an_absolute_url_that_may_lead_anywhere_names_nobody(url):
    assert refusal(bundle(condition(subject={"reference": url}))).code == "other_patient"


@pytest.mark.parametrize("subject", [[], [{"reference": "Patient/p"}], None, "Patient/p", {}])
def test_a_resource_that_we_use_is_about_exactly_one(subject):
    assert refusal(bundle(condition(subject=subject))).where.startswith("entry[1] Condition.subject")


def test_a_reference_to_the_patient_with_another_persons_identity_number_is_refused():
    own = patient()["identifier"][0]
    both = {"reference": "Patient/p", "identifier": own}
    assert read(condition(subject=both))["conditions"]
    for system in (own["system"], own["system"].removeprefix("urn:oid:"), "urn:oid:2.16.578.1.12.4.1.4.2"):
        other = both | {"identifier": {"system": system, "value": "15883255574"}}
        assert refusal(bundle(condition(subject=other))).code == "other_patient"
    assert read(condition(subject=both | {"identifier": {"system": "urn:the-wards-own", "value": "7"}}))["conditions"]


@pytest.mark.parametrize("name", ["modifierExtension", "implicitRules"])
def test_what_changes_the_meaning_of_a_resource_that_we_use_is_refused_by_place(name):
    assert refusal(bundle(condition(**{name: []}))).where == f"entry[1] Condition.{name}"
    assert refusal(bundle(person=patient(**{name: []}))).code == "modified"
    assert refusal(bundle() | {name: []}).where == f"Bundle.{name}"
    assert read({"resourceType": "Procedure", "subject": {"reference": "Patient/p"}, name: []})


def test_a_dosage_or_an_entry_whose_meaning_is_changed_is_refused_by_place():
    changed = medicine(dosage=[{"asNeededBoolean": False, "modifierExtension": [{"url": "not"}]}])
    assert refusal(bundle(changed)).where == "entry[1] MedicationStatement.dosage[0].modifierExtension"
    document = bundle()
    document["entry"][0]["modifierExtension"] = [{"url": "not"}]
    assert refusal(document).where == "entry[0].modifierExtension"


def test_a_bundle_with_more_entries_than_any_stay_has_is_refused_before_they_are_read():
    document = bundle()
    document["entry"] += [{}] * MAX_ENTRIES
    assert refusal(document).code == "too_many_in_bundle"


def quick(document: Json) -> bool:
    """Return whether a document is read or refused in less than two seconds."""
    began = time.process_time()
    with suppress(InputError):
        intake(document)
    return time.process_time() - began < 2


def test_a_bundle_takes_time_with_its_size_and_not_with_the_square_of_it():
    many = patient(identifier=[{"system": "s", "value": str(n)} for n in range(20_000)])
    assert quick(bundle(*[condition(subject={"identifier": {"system": "s", "value": "19999"}})] * 1000, person=many))
    inside = [{"resourceType": "Practitioner", "id": str(n)} for n in range(5_000)]
    assert quick(bundle(cfs(contained=inside, performer=[{"reference": "#none"}] * 1000)))
    refuted = {"verificationStatus": concept("refuted", "status")}
    assert quick(bundle(*(condition(id=str(n), **refuted) for n in range(MAX_ENTRIES - 1))))


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
