"""The Patient: identity, name, birth date, sex, municipality, next of kin, GP and interpreter."""

from typing import Any

import pytest

from tests.unit.intake_documents import FNR, NUMBER, bundle, notes, patient, read, refusal

OID = "urn:oid:2.16.578.1.12.4.1.4."
MUNICIPALITY = {
    "url": "http://hl7.no/fhir/StructureDefinition/no-basis-municipalitycode",
    "valueCoding": {"system": "urn:oid:2.16.578.1.12.4.1.1.3402", "code": "5001"},
}
INTERPRETER = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"


def person(**more: Any) -> Any:
    """Return the case's patient."""
    return read(person=patient(**more))["patient"]


def answers(**more: Any) -> Any:
    """Return the case's answers."""
    return read(person=patient(**more)).get("answers", {})


@pytest.mark.parametrize(("oid", "number"), [("1", NUMBER), ("2", "55814512338"), ("3", "90000001790")])
def test_the_identity_number_is_read_by_the_oid_of_its_kind(oid, number):
    assert person(identifier=[{"system": f"{OID}{oid}", "value": number}])["id"] == number


def test_a_birth_number_goes_before_a_d_number_and_others_are_not_identity_numbers():
    found = person(
        identifier=[
            {"system": "http://hospital.example/mrn", "value": "1"},
            {"system": f"{OID}2", "value": "55814512338"},
            {"system": FNR, "value": NUMBER},
        ]
    )
    assert found["id"] == NUMBER
    assert "local_id" not in found


def test_a_patient_without_a_national_number_has_a_local_id_and_a_note():
    only_local = patient(identifier=[{"system": "http://hospital.example/mrn", "value": "1"}])
    assert read(person=only_local)["patient"] == {"local_id": "p"}
    assert "input_local_id" in notes(person=only_local)


def test_a_patient_without_any_id_uses_the_senders_identifier():
    nobody = {"resourceType": "Patient", "identifier": [{"value": "1"}]}
    assert read(person=nobody)["patient"] == {"local_id": "1"}


def test_a_wrong_identity_number_is_refused_without_being_repeated():
    error = refusal(bundle(person=patient(identifier=[{"system": FNR, "value": "15814512337"}])))
    assert error.where == "entry[0] Patient.identifier[0].value"
    assert "15814512337" not in str(error)


def test_two_valid_numbers_of_one_kind_are_refused_unless_one_is_old():
    both = [{"system": FNR, "value": NUMBER}, {"system": FNR, "value": "15883255574"}]
    assert refusal(bundle(person=patient(identifier=both))).where == "entry[0] Patient.identifier"
    assert person(identifier=[both[0], both[1] | {"use": "old"}])["id"] == NUMBER


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([{"given": ["Bjørg", "Marie"], "family": "Ødegård"}], "Bjørg Marie Ødegård"),
        ([{"text": "Šuŋŋá Ánneš"}], "Šuŋŋá Ánneš"),
        ([{"use": "maiden", "text": "A"}, {"text": "B"}, {"use": "official", "text": "C"}], "C"),
        ([{"use": "old", "text": "A"}], None),
        ([], None),
    ],
)
def test_the_name_is_the_official_one_and_never_an_old_one(names, expected):
    assert person(name=names).get("name") == expected


def test_a_full_birth_date_is_read_and_a_partial_one_is_unknown_with_a_note():
    assert person(birthDate="1945-01-15")["birth_date"] == "1945-01-15"
    assert "birth_date" not in person(birthDate="1945")
    assert "input_birth_date_partial" in notes(person=patient(birthDate="1945-01"))


@pytest.mark.parametrize("born", ["1945-02-30", "45-01-15", "15.01.1945", "1945-1-5", "0000-01-01", 1945])
def test_a_birth_date_that_is_no_date_is_refused(born):
    assert refusal(bundle(person=patient(birthDate=born))).where == "entry[0] Patient.birthDate"


@pytest.mark.parametrize(
    ("gender", "sex"),
    [("female", "female"), ("male", "male"), ("other", "unknown"), ("unknown", "unknown"), ("x", "unknown")],
)
def test_the_sex_is_the_administrative_gender(gender, sex):
    assert person(gender=gender)["sex"] == sex


def test_neither_sex_nor_birth_date_is_read_from_the_identity_number():
    assert person() == {"id": NUMBER}


def test_a_birth_date_that_differs_from_the_identity_number_is_not_refused():
    assert person(birthDate="1946-02-16")["birth_date"] == "1946-02-16"


@pytest.mark.parametrize(
    "address",
    [
        {"extension": [MUNICIPALITY]},
        {"district": "Trondheim", "_district": {"extension": [{"url": "x"}, MUNICIPALITY]}},
    ],
)
def test_the_municipality_is_read_from_the_address_or_its_district(address):
    assert person(address=[address])["municipality"] == "5001"


def test_the_home_address_goes_first_and_an_old_one_is_not_read():
    other = MUNICIPALITY | {"valueCoding": {"code": "0301"}}
    home = {"use": "home", "extension": [MUNICIPALITY]}
    assert person(address=[{"extension": [other]}, home])["municipality"] == "5001"
    assert "municipality" not in person(address=[{"use": "old", "extension": [other]}])


def test_a_death_is_a_note():
    assert "input_deceased" in notes(person=patient(deceasedBoolean=True))
    assert "input_deceased" in notes(person=patient(deceasedDateTime="2026-11-17"))
    assert "input_deceased" not in notes(person=patient(deceasedBoolean=False))


@pytest.mark.parametrize(
    ("said", "noted"),
    [
        ({"active": False}, True),
        ({"link": [{"type": "refer"}, {"type": "replaced-by", "other": {"reference": "Patient/q"}}]}, True),
        ({"active": True, "link": [{"type": "replaces", "other": {"reference": "Patient/q"}}]}, False),
    ],
)
def test_a_record_that_is_not_in_use_is_noted(said, noted):
    assert ("input_patient_not_in_use" in notes(person=patient(**said))) is noted


def test_the_gp_is_the_display_or_the_name_of_the_practitioner():
    assert answers(generalPractitioner=[{"display": "Fastlege Test"}])["gp"] == "Fastlege Test"
    doctor = {"resourceType": "Practitioner", "id": "d", "name": [{"given": ["Kari"], "family": "Berg"}]}
    found = read(doctor, person=patient(generalPractitioner=[{"reference": "Practitioner/d"}]))
    assert found["answers"]["gp"] == "Kari Berg"
    assert found["sources"]["gp"] == {"from": "Patient", "id": "p", "status": "proposed"}


def test_the_next_of_kin_is_who_what_relation_and_telephone():
    contacts = [
        {
            "relationship": [{"coding": [{"code": "N"}], "text": "sønn"}],
            "name": {"given": ["Ole"], "family": "Hansen"},
            "telecom": [{"system": "phone", "value": "51519000"}, {"system": "email", "value": "ole@example.no"}],
        },
        {"name": {"text": "Per Hansen"}},
        {"relationship": [{"coding": [{"code": "E"}]}], "name": {"text": "Arbeidsgiver"}},
        {"name": {"text": "Gammel kontakt"}, "period": {"end": "2020-01-01"}},
    ]
    assert answers(contact=contacts)["next_of_kin"] == "Ole Hansen (sønn), 51519000; Per Hansen"


def test_an_interpreter_is_an_answer_only_where_the_record_says_one_is_required():
    spoken = [{"language": {"coding": [{"code": "es", "display": "Spansk"}]}, "preferred": True}]
    required = [{"url": INTERPRETER, "valueBoolean": True}]
    assert "interpreter" not in answers(communication=spoken)
    assert "interpreter" not in answers(communication=spoken, extension=[required[0] | {"valueBoolean": False}])
    assert answers(communication=spoken, extension=required)["interpreter"] == "Spansk"
    assert answers(extension=required)["interpreter"]
