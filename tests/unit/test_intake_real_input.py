"""Real input beside the repository: four Norwegian Bundles, 46 American records and the official admission report."""

import json

import pytest

from api.intake import Intake, read_document, to_case
from engine.errors import InputError
from forms.model import read_case
from tests.unit.intake_documents import Json, intake, shared


def norwegian(name: str) -> Intake:
    """Return what the intake makes of a Norwegian Bundle; the case model takes it too."""
    found = to_case(read_document(shared(f"patients/norwegian/{name}.json")))
    read_case(found.case)
    return found


def codes(found: Intake) -> list[str]:
    """Return the codes of the notes."""
    return [note.code for note in found.notes]


def test_hip_fracture():
    found = norwegian("hip-fracture")
    case = found.case
    assert case["patient"]["name"] == "Bjørg Ødegård"
    assert case["patient"]["municipality"] == "5001"
    assert case["encounter"] == {
        "id": "e1",
        "admitted": "2026-11-16T14:10:00+01:00",
        "ward": "MED1",
        "urgency": "acute",
    }
    assert case["answers"] == {"gp": "Fastlege Test", "cfs_clinician": 6}
    assert case["rater"] == {"time": "2026-11-16T16:00:00+01:00"}
    assert [row["code"] for row in case["conditions"]] == ["S72.0", "I50.9", "J44.9", "E11.9", "N18.3"]
    assert [row["code"] for row in case["conditions"] if row.get("main")] == ["S72.0"]
    assert [row["use"] for row in case["medicines"]] == ["regular"] * 5 + ["as_needed"]
    assert found.notes == ()


def test_only_a_patient_leaves_all_else_unknown():
    case = norwegian("only-a-patient").case
    assert case["patient"]["name"] == "Ánneš Šuŋŋá"
    assert set(case) == {"schema", "patient", "answers", "sources"}
    assert case["answers"] == {"gp": "Fastlege Test"}


def test_two_code_systems():
    found = norwegian("two-code-systems")
    assert {row["system"] for row in found.case["conditions"]} == {"icd-10"}
    assert [row["atc"] for row in found.case["medicines"]] == ["B01AC06", "C10AA05", "C09AA05", "C08CA01", "J01CA04"]
    assert found.case["medicines"][-1] | {"name": ""} == {
        "atc": "J01CA04",
        "name": "",
        "use": "regular",
        "from": "2026-11-10",
        "to": "2026-11-17",
    }
    assert codes(found) == ["input_medicines_not_current"]


def test_uncoded_and_inactive():
    found = norwegian("uncoded-and-inactive")
    assert [row["code"] for row in found.case["conditions"]] == ["J18.9", "I48"]
    assert found.case["medicines"][0] == {"name": "magnesium fra helsekost", "use": "regular", "from": "2025-01-10"}
    assert codes(found) == ["input_diagnoses_no_longer"]


def american() -> list[list[Json]]:
    """Return the resources of each American record."""
    return [json.loads(row)["resources"] for row in shared("patients/synthea_elderly.ndjson").splitlines()]


def test_all_american_records_become_cases_that_the_model_takes():
    records = american()
    assert len(records) == 46
    for resources in records:
        found = intake({"resourceType": "Bundle", "entry": [{"resource": each} for each in resources]})
        read_case(found.case)
        active = [each for each in resources if each["resourceType"] == "Condition" and "abatementDateTime" not in each]
        assert len(found.case.get("conditions", [])) == len(active)
        assert len(found.case.get("medicines", [])) == sum(r["resourceType"] == "MedicationRequest" for r in resources)
        assert "input_local_id" in codes(found)


def test_no_american_code_passes_for_icd10_or_atc():
    for resources in american():
        case = intake({"resourceType": "Bundle", "entry": [{"resource": each} for each in resources]}).case
        assert {row["system"] for row in case.get("conditions", [])} <= {"http://snomed.info/sct"}
        assert not any("atc" in row for row in case.get("medicines", []))


def test_two_american_records_in_one_bundle_are_refused():
    first, second, *_ = american()
    others = [each for each in second if each["resourceType"] != "Patient"]
    with pytest.raises(InputError, match="other_patient"):
        intake({"resourceType": "Bundle", "entry": [{"resource": each} for each in [*first, *others]]})


def official() -> Intake:
    """Return what the intake makes of the official admission report; the case model takes it too."""
    found = to_case(read_document(shared("interop/examples/Innleggelsesrapport_v1-6_Ny.xml")))
    read_case(found.case)
    return found


def test_the_official_admission_report():
    case = official().case
    assert case["patient"] == {
        "id": "13116900216",
        "name": "Line Danser",
        "birth_date": "1969-11-13",
        "sex": "female",
    }
    assert case["answers"]["living_alone"] is True
    assert case["answers"]["municipal_services"] == {"multidose": True, "short_term_care": True}
    assert case["answers"]["badl_help"] == dict.fromkeys(["walk", "bathe", "dress", "eat"], False)
    assert case["answers"]["iadl_help"] == {"shopping": False, "housework": False, "meals": False, "medication": True}
    assert case["answers"]["next_of_kin"].startswith("Ole Hansen (sønn), 51519000, 97212324; Per Hansen (sønn)")
    assert case["answers"]["function_before"] == "Funksjonsvurdering gjort 22.01.18."
    assert case["conditions"] == [{"code": "I50", "system": "icd-10", "main": True, "name": "Hjertesvikt"}]
    assert [row["use"] for row in case["medicines"]] == ["regular"] * 4 + ["as_needed"]
    assert all(source["status"] == "proposed" for source in case["sources"].values())


def test_what_the_official_report_says_in_words_is_counted():
    values = {note.code: note.values["count"] for note in official().notes}
    assert values == {
        "input_function_not_used": 10,
        "input_report_words": 6,
        "input_report_allergies": 1,
        "input_report_aids": 3,
        "input_medicines_dosage": 5,
    }


def of_example(name: str) -> Json:
    """Return the case of an official example; the case model takes it too."""
    found = to_case(read_document(shared(f"interop/examples/{name}.xml")))
    read_case(found.case)
    return found.case


def test_the_official_notice_of_an_admission():
    case = of_example("Helseopplysninger_Varsel_om_innlagt_pasient_v1-6_Ny")
    assert case["patient"]["name"] == "Gry Telokk"
    assert case["encounter"] == {"expected_discharge": "2018-01-15"}
    assert "answers" not in case


def test_the_official_discharge_report_says_nothing_of_function_at_home():
    case = of_example("Utskrivningsrapport_v1-6_Ny")
    assert [row["code"] for row in case["conditions"]] == ["A46", "I509"]
    assert [row["name"] for row in case["medicines"]][:2] == ["Burinex", "Triatec"]
    assert set(case["answers"]) == {"interpreter", "living_alone"}
    assert case["encounter"] == {"admitted": "2018-01-30T14:00:00+01:00", "discharged": "2018-02-02T10:00:00+01:00"}


def test_the_official_epikrise():
    case = of_example("epikrise_v1.2_m")
    assert case["patient"]["name"] == "Line Danser"
    assert [(row["code"], row.get("main")) for row in case["conditions"]] == [
        ("I330", True),
        ("B951", None),  # the asterisk code of the first
        ("E119", None),
        ("I252", None),
    ]
    assert [row["atc"] for row in case["medicines"]] == ["C03CA01", "C07AB02", "M04AA01", "B01AC06", "J01CE02"]
    assert case["answers"] == {"gp": "Tulle tre"}
    assert case["encounter"] == {"admitted": "2017-04-27T09:00:10+02:00", "discharged": "2017-05-04T09:20:12+02:00"}
    counted = {note["code"]: note["values"].get("count") for note in case["notes"]}
    assert counted == {
        "input_report_changed": None,
        "input_report_allergies": 1,
        "input_report_words": 9,
        "input_medicines_dosage": 5,
    }
