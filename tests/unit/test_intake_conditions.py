"""Conditions as diagnoses: which count, by which code, and what is unknown."""

import pytest

from tests.unit.intake_documents import ICD10, SNOMED, Json, concept, condition, notes, read

ICPC2 = "urn:oid:2.16.578.1.12.4.1.1.7170"


def rows(*resources: Json) -> list[tuple[str, str]]:
    """Return code and system of the case's diagnoses."""
    return [(row["code"], row["system"]) for row in read(*resources).get("conditions", [])]


@pytest.mark.parametrize(
    ("uri", "system"),
    [
        (ICD10, "icd-10"),
        ("http://hl7.org/fhir/sid/icd-10-no", "icd-10"),
        ("http://hl7.org/fhir/sid/icd-10", "icd-10"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "http://hl7.org/fhir/sid/icd-10-cm"),
        (ICPC2, "icpc-2"),
        ("http://hl7.org/fhir/sid/icpc-2", "icpc-2"),
        (SNOMED, SNOMED),
        (None, "unknown"),
    ],
)
def test_a_code_keeps_its_system_and_others_than_icd10_and_icpc2_keep_the_senders_uri(uri, system):
    coding = {"code": "X", "system": uri} if uri else {"code": "X"}
    assert rows(condition(code={"coding": [coding]})) == [("X", system)]


def test_of_several_codes_icd10_goes_first_then_icpc2():
    many = [{"system": SNOMED, "code": "1"}, {"system": ICPC2, "code": "K77"}, {"system": ICD10, "code": "I50.9"}]
    assert rows(condition(code={"coding": many})) == [("I50.9", "icd-10")]
    assert rows(condition(code={"coding": many[:2]})) == [("K77", "icpc-2")]


def test_the_dagger_and_asterisk_are_no_part_of_the_code():
    assert rows(condition("F00.1*"), condition("G30.1†")) == [("F00.1", "icd-10"), ("G30.1", "icd-10")]


def test_a_diagnosis_in_words_alone_is_kept_as_not_coded():
    assert rows(condition(code={"text": "hjertesvikt"})) == [("hjertesvikt", "text")]
    assert rows(condition(code={"coding": [{"display": "hjertesvikt"}]})) == [("hjertesvikt", "text")]
    assert rows(condition(code={})) == [("unknown", "text")]
    assert len(rows(condition(code={"text": "x" * 5000}))[0][0]) == 200


def test_codes_that_cannot_be_scored_are_counted_for_each_system():
    found = [condition(code=concept("1", SNOMED)), condition(code=concept("2", SNOMED)), condition()]
    assert notes(*found)["input_diagnoses_other_system"] == {"count": 2, "system": SNOMED}


@pytest.mark.parametrize("status", ["inactive", "resolved", "remission"])
def test_a_diagnosis_that_is_over_is_left_out_and_counted(status):
    over = condition("C50.9", clinicalStatus=concept(status, "status"))
    assert rows(condition(), over) == [("I50.9", "icd-10")]
    assert notes(condition(), over)["input_diagnoses_no_longer"] == {"count": 1}


@pytest.mark.parametrize("status", ["active", "recurrence", "relapse", "no such status"])
def test_a_diagnosis_that_is_not_said_to_be_over_is_kept(status):
    assert rows(condition(clinicalStatus=concept(status, "status")))


@pytest.mark.parametrize("status", ["refuted", "entered-in-error"])
def test_a_refuted_diagnosis_is_left_out_and_counted(status):
    refuted = condition("C50.9", verificationStatus=concept(status, "status"))
    assert rows(condition(), refuted) == [("I50.9", "icd-10")]
    assert notes(condition(), refuted)["input_diagnoses_refuted"] == {"count": 1}


def test_a_diagnosis_that_is_not_confirmed_is_kept_with_a_note():
    doubtful = condition(verificationStatus=concept("differential", "status"))
    assert rows(doubtful)
    assert notes(doubtful)["input_diagnoses_not_confirmed"] == {"count": 1}


def test_an_end_without_a_status_says_that_it_is_over():
    ended = condition(abatementDateTime="2020-01-01")
    assert rows(ended)
    del ended["clinicalStatus"]
    assert rows(ended, condition("J44.9")) == [("J44.9", "icd-10")]


def test_no_condition_at_all_leaves_the_diagnoses_unknown():
    assert "conditions" not in read()
    assert "input_no_active_diagnosis" not in notes()


def test_only_diagnoses_that_are_over_leave_them_unknown_with_a_note():
    over = condition(clinicalStatus=concept("resolved", "status"))
    assert "conditions" not in read(over)
    assert "input_no_active_diagnosis" in notes(over)


def test_the_diagnoses_are_proposed():
    assert read(condition())["sources"]["conditions"]["status"] == "proposed"
