"""MedicationStatement and MedicationRequest as the medicines: which lines, regular or as needed, when, how much."""

from typing import Any

import pytest

from tests.unit.intake_documents import (
    ATC,
    Json,
    about_patient,
    bundle,
    concept,
    medicine,
    notes,
    prescription,
    read,
    refusal,
)


def line(resource: Json, *others: Json) -> Any:
    """Return the one line that the resource becomes."""
    (found,) = read(resource, *others)["medicines"]
    return found


def dosed(*dosages: Json) -> Json:
    """Return a medicine with the dosages."""
    return medicine(dosage=list(dosages))


def timed(dose: Json | None = None, **repeat: Any) -> Json:
    """Return a regular dosage so many times a day."""
    rate = {"doseAndRate": [{"doseQuantity": dose}]} if dose else {}
    return {"asNeededBoolean": False, "timing": {"repeat": repeat}} | rate


@pytest.mark.parametrize("system", [ATC, "urn:oid:2.16.578.1.12.4.1.1.7180"])
def test_atc_is_known_by_uri_and_by_oid(system):
    assert line(medicine(medicationCodeableConcept=concept("C03CA01", system)))["atc"] == "C03CA01"


def test_the_name_is_the_text_else_the_display():
    assert line(medicine(medicationCodeableConcept={"text": "magnesium"})) == {"name": "magnesium", "use": "regular"}
    named = concept("C03CA01", ATC, display="furosemid")
    assert line(medicine(medicationCodeableConcept=named))["name"] == "furosemid"


def test_a_code_in_another_system_is_no_atc_and_is_counted():
    other = medicine(medicationCodeableConcept=concept("316049", "http://www.nlm.nih.gov/research/umls/rxnorm"))
    assert "atc" not in line(other)
    assert notes(other)["input_medicines_other_code"] == {"count": 1}


def test_a_medicine_without_code_and_name_still_counts():
    nameless = about_patient("MedicationStatement", status="active")
    assert line(nameless)["name"]
    assert notes(nameless)["input_medicines_without_name"] == {"count": 1}


def test_a_medicine_by_reference_is_found_in_the_bundle_or_contained():
    drug = {"resourceType": "Medication", "id": "m", "code": concept("C03CA01", ATC)}
    by_reference = about_patient(
        "MedicationStatement", status="active", medicationReference={"reference": "Medication/m"}
    )
    assert line(by_reference, drug)["atc"] == "C03CA01"
    contained = by_reference | {"medicationReference": {"reference": "#m"}, "contained": [drug]}
    assert line(contained)["atc"] == "C03CA01"


def test_a_medicine_by_reference_to_nothing_keeps_its_display():
    lost = about_patient(
        "MedicationStatement", status="active", medicationReference={"reference": "#m", "display": "Burinex"}
    )
    assert line(lost)["name"] == "Burinex"


def test_resources_that_contain_or_refer_to_themselves_do_not_loop():
    me: Json = {"resourceType": "Medication", "id": "m", "contained": [], "code": {"text": "x"}}
    me["contained"] = [dict(me)]
    loop = about_patient(
        "MedicationStatement", id="s", status="active", medicationReference={"reference": "MedicationStatement/s"}
    )
    assert line(loop | {"contained": [me]})["name"]


@pytest.mark.parametrize(
    "status", ["completed", "stopped", "entered-in-error", "not-taken", "cancelled", "draft", "intended"]
)
@pytest.mark.parametrize("kind", [medicine, prescription])
def test_a_medicine_that_is_not_in_use_is_left_out_and_counted(kind, status):
    found = [medicine(), kind("N02AA01", status=status)]
    assert len(read(*found)["medicines"]) == 1
    assert notes(*found)["input_medicines_not_current"] == {"count": 1}


@pytest.mark.parametrize("kind", [medicine, prescription])
def test_a_medicine_on_hold_is_left_out_with_a_note_of_its_own(kind):
    assert notes(medicine(), kind(status="on-hold"))["input_medicines_on_hold"] == {"count": 1}
    assert "medicines" not in read(kind(status="on-hold"))


@pytest.mark.parametrize("status", ["unknown", "no such status"])
def test_a_medicine_with_unknown_status_is_kept_and_its_use_is_unknown(status):
    assert line(medicine(status=status))["atc"]
    assert "use" not in line(medicine(status=status))
    assert notes(medicine(status=status))["input_medicines_status_unknown"] == {"count": 1}


@pytest.mark.parametrize("intent", ["proposal", "plan", "option"])
def test_a_prescription_that_is_only_proposed_is_left_out_and_counted(intent):
    assert notes(medicine(), prescription(intent=intent))["input_medicines_only_proposed"] == {"count": 1}
    assert len(read(medicine(), prescription(intent=intent))["medicines"]) == 1


@pytest.mark.parametrize("intent", ["order", "original-order", "reflex-order", "filler-order", "instance-order"])
def test_a_prescription_that_is_an_order_is_kept(intent):
    assert line(prescription(intent=intent))["use"] == "regular"


def test_an_order_not_to_give_a_medicine_is_no_medicine():
    assert "medicines" not in read(prescription(doNotPerform=True))
    assert notes(prescription(doNotPerform=True))["input_medicines_not_to_be_given"] == {"count": 1}


def test_no_medicine_resource_leaves_the_list_unknown_and_so_do_only_stopped_ones():
    assert "medicines" not in read()
    assert "medicines" not in read(medicine(status="stopped"))
    assert "input_no_medicine_in_use" in notes(medicine(status="stopped"))
    assert "input_no_medicine_in_use" not in notes()


@pytest.mark.parametrize(
    ("dosages", "use"),
    [
        ([{"asNeededBoolean": False}], "regular"),
        ([{"asNeededBoolean": True}], "as_needed"),
        ([{"asNeededCodeableConcept": {"text": "smerter"}}], "as_needed"),
        ([{"asNeededBoolean": True}, {"asNeededBoolean": False}], "regular"),
        ([{"asNeededBoolean": True}, {}], None),
        ([{}], None),
        ([], None),
    ],
)
def test_regular_or_as_needed_is_what_the_dosages_say(dosages, use):
    assert line(dosed(*dosages)).get("use") == use


def test_an_unknown_use_is_one_collected_note():
    assert notes(dosed(), dosed({}), medicine())["input_medicines_use_unknown"] == {"count": 2}


def test_both_regular_and_as_needed_is_a_note():
    both = dosed({"asNeededBoolean": True}, {"asNeededBoolean": False})
    assert notes(both)["input_medicines_regular_and_as_needed"] == {"count": 1}


@pytest.mark.parametrize(
    ("period", "start", "stop"),
    [
        ({"start": "2025-01-10"}, "2025-01-10", None),
        ({"start": "2026-11-10", "end": "2026-11-17"}, "2026-11-10", "2026-11-17"),
        ({"start": "2025-02", "end": "2025-02"}, "2025-02-01", "2025-02-28"),
        ({"start": "2024", "end": "2024"}, "2024-01-01", "2024-12-31"),
        ({"start": "2026-11-16T23:30:00Z"}, "2026-11-17", None),
        ({}, None, None),
    ],
)
def test_a_partial_period_reaches_from_its_first_day_to_its_last_in_norway(period, start, stop):
    found = line(medicine(effectivePeriod=period))
    assert (found.get("from"), found.get("to")) == (start, stop)


def test_the_start_is_the_effective_time_or_when_it_was_prescribed():
    assert line(medicine(effectiveDateTime="2025-03"))["from"] == "2025-03-01"
    assert line(prescription(authoredOn="2025-01-10"))["from"] == "2025-01-10"


def test_the_dosages_own_period_ends_a_medicine_and_the_end_of_a_prescription_is_only_a_note():
    validity = {"dispenseRequest": {"validityPeriod": {"start": "2025-01-01", "end": "2025-12-31"}}}
    found = line(prescription(**validity))
    assert found["from"] == "2025-01-01"
    assert "to" not in found
    assert notes(prescription(**validity))["input_medicines_end_of_prescription"] == {"count": 1}
    bounds = {
        "asNeededBoolean": False,
        "timing": {"repeat": {"boundsPeriod": {"start": "2025-02-01", "end": "2025-02-07"}}},
    }
    found = line(prescription(dosageInstruction=[bounds], authoredOn="2025-01-10", **validity))
    assert (found["from"], found["to"]) == ("2025-02-01", "2025-02-07")


@pytest.mark.parametrize(
    ("repeat", "times"),
    [
        ({"frequency": 3, "period": 1, "periodUnit": "d"}, 3),
        ({"frequency": 1, "period": 8, "periodUnit": "h"}, 3),
        ({"frequency": 1, "period": 1, "periodUnit": "wk"}, 0.142857),
        ({"frequency": 1, "period": 2, "periodUnit": "d"}, 0.5),
        ({"timeOfDay": ["08:00:00", "20:00:00"]}, 2),
        ({"when": ["MORN", "NOON", "NIGHT"]}, 3),
        ({"frequency": 1, "period": 1, "periodUnit": "mo"}, None),
        ({"frequency": 1, "frequencyMax": 3, "period": 1, "periodUnit": "d"}, None),
        ({"frequency": 1, "period": 1, "periodUnit": "wk", "dayOfWeek": ["mon", "thu"]}, None),
        ({"frequency": 0, "period": 0, "periodUnit": "d"}, None),
        ({"frequency": 3}, None),
        ({}, None),
    ],
)
def test_doses_a_day_are_counted_only_where_they_are_clear(repeat, times):
    assert line(dosed(timed(**repeat))).get("doses_per_day") == times


def test_dosages_at_the_same_time_add_up_and_a_sequence_is_not_clear():
    once, twice = timed(frequency=1, period=1, periodUnit="d"), timed(frequency=2, period=1, periodUnit="d")
    assert line(dosed(once, twice))["doses_per_day"] == 3
    assert "doses_per_day" not in line(dosed(once | {"sequence": 1}, twice | {"sequence": 2}))


def test_doses_as_needed_are_not_counted():
    as_needed = timed(frequency=4, period=1, periodUnit="d") | {"asNeededBoolean": True}
    assert "doses_per_day" not in line(dosed(as_needed))


@pytest.mark.parametrize(
    ("quantity", "dose", "unit"),
    [
        ({"value": 7.5, "code": "mg"}, 15, "mg"),
        ({"value": 0.5, "unit": "g"}, 1, "g"),
        ({"value": 25, "code": "ug"}, 50, "µg"),
        ({"value": 25, "unit": "mcg"}, 50, "µg"),
        ({"value": 1, "unit": "tablett"}, None, None),
        ({"value": 5, "code": "mg", "comparator": "<"}, None, None),
        ({"code": "mg"}, None, None),
    ],
)
def test_the_daily_dose_is_known_where_dose_unit_and_times_are(quantity, dose, unit):
    found = line(dosed(timed(quantity, frequency=2, period=1, periodUnit="d")))
    assert (found.get("dose"), found.get("unit")) == (dose, unit)


def test_a_dose_without_times_a_day_is_no_daily_dose():
    assert "dose" not in line(dosed(timed({"value": 5, "code": "mg"})))


@pytest.mark.parametrize("value", ["5", True, 1e300, 10**40])
def test_a_dose_that_is_no_number_is_refused(value):
    wrong = dosed(timed({"value": value, "code": "mg"}, frequency=2, period=1, periodUnit="d"))
    assert refusal(bundle(wrong)).where.endswith("doseQuantity.value")


def test_the_list_is_proposed_with_the_kinds_it_comes_from():
    source = read(medicine(), prescription())["sources"]["medicines"]
    assert source == {"from": "MedicationStatement + MedicationRequest", "status": "proposed"}


@pytest.mark.parametrize("period", [1e-300, 5e-324, 1e-10])
def test_a_period_too_short_to_divide_by_is_refused_by_place(period):
    repeat = {"frequency": 1e9, "period": period, "periodUnit": "d"}
    error = refusal(bundle(medicine(dosage=[{"asNeededBoolean": False, "timing": {"repeat": repeat}}])))
    assert error.where == "entry[1] MedicationStatement.dosage[0].timing.repeat.period"
