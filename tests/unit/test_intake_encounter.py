"""The Encounter that is the stay: which one, when, where, how urgent, and the main diagnosis."""

from typing import Any

import pytest

from tests.unit.intake_documents import Json, bundle, condition, encounter, notes, read, refusal


def stay(*encounters: Json, **more: Any) -> Any:
    """Return the case's encounter."""
    return read(*(encounters or [encounter(**more)])).get("encounter", {})


def place(display: str, kind: str | None = None, **more: Any) -> Json:
    """Return a location of an encounter."""
    physical = {"physicalType": {"coding": [{"code": kind}]}} if kind else {}
    return {"location": {"display": display}} | physical | more


def test_the_stay_has_its_times_with_zone():
    found = stay(id="e", period={"start": "2026-11-16T14:10:00+01:00", "end": "2026-11-20T11:00:00Z"})
    assert found["admitted"] == "2026-11-16T14:10:00+01:00"
    assert found["discharged"] == "2026-11-20T11:00:00+00:00"
    assert found["id"] == "e"


def test_a_start_without_time_is_midnight_in_norway_with_a_note():
    assert stay(period={"start": "2026-07-01"})["admitted"] == "2026-07-01T00:00:00+02:00"
    assert "input_admitted_without_time" in notes(encounter(period={"start": "2026-07-01"}))


def test_an_end_without_time_is_the_end_of_the_day_with_a_note():
    period = {"start": "2026-11-16T14:10:00+01:00", "end": "2026-11-16"}
    assert stay(period=period)["discharged"] == "2026-11-16T23:59:59+01:00"
    assert "input_discharged_without_time" in notes(encounter(period=period))


def test_a_month_or_a_year_is_no_time_of_admission():
    assert "admitted" not in stay(period={"start": "2026-11"})
    found = notes(encounter(period={"start": "2026", "end": "2026-11"}))
    assert {"input_admitted_partial", "input_discharged_partial"} <= set(found)


@pytest.mark.parametrize(
    "start",
    ["2026-11-16T14:10:00", "2026-11-16T25:10:00+01:00", "16.11.2026", "9999-12-31T23:59:59-14:00", "2026-W01-1", ""],
)
def test_a_start_without_zone_or_that_is_no_time_is_refused(start):
    if start:
        assert refusal(bundle(encounter(period={"start": start}))).where == "entry[1] Encounter.period.start"
    else:
        assert "admitted" not in stay(period={"start": start})


def test_an_encounter_under_way_goes_before_a_newer_one():
    newer = encounter(id="new", status="planned", period={"start": "2027-01-01T08:00:00+01:00"})
    assert stay(newer, encounter(id="now"))["id"] == "now"
    assert notes(newer, encounter())["input_encounter_chosen"] == {"count": 2}


def test_an_admission_goes_before_an_outpatient_encounter_and_else_the_newest():
    clinic = encounter(id="clinic", **{"class": {"code": "AMB"}}, period={"start": "2026-11-17T08:00:00+01:00"})
    assert stay(clinic, encounter(id="ward"))["id"] == "ward"
    old = encounter(id="old", status="finished", period={"start": "2025-01-01T08:00:00+01:00"})
    assert stay(old, encounter(id="new", status="finished"))["id"] == "new"


def test_an_outpatient_encounter_alone_is_used_with_a_note():
    assert "input_encounter_not_inpatient" in notes(encounter(**{"class": {"code": "AMB"}}))
    assert "input_encounter_not_inpatient" not in notes(encounter())


def test_a_cancelled_encounter_is_not_the_stay():
    gone = [encounter(status="cancelled"), encounter(status="entered-in-error")]
    assert "encounter" not in read(*gone)
    assert notes(*gone)["input_encounters_left_out"] == {"count": 2}


@pytest.mark.parametrize(
    ("kind", "priority", "urgency"),
    [
        ("EMER", None, "acute"),
        ("IMP", None, None),
        ("IMP", "EM", "acute"),
        ("IMP", "UR", "acute"),
        ("EMER", "EL", "elective"),
        ("IMP", "R", None),
        (None, None, None),
    ],
)
def test_the_urgency_is_set_only_where_it_is_said(kind, priority, urgency):
    more = {"priority": {"coding": [{"code": priority}]}} if priority else {}
    assert stay(**{"class": {"code": kind} if kind else {}}, **more).get("urgency") == urgency


def test_ward_and_room_are_the_last_places_not_left():
    found = stay(
        location=[
            place("MOTTAK", status="completed"),
            place("MED1", "wa"),
            place("212", "ro"),
            place("GER2", "wa", status="planned"),
            place("Bygg K", "jdn"),
        ]
    )
    assert (found["ward"], found["room"]) == ("MED1", "212")


def test_a_place_without_kind_is_the_ward_and_may_be_named_by_its_location():
    assert stay(location=[place("MED1")])["ward"] == "MED1"
    location = {"resourceType": "Location", "id": "l", "name": "GER2"}
    found = read(location, encounter(location=[{"location": {"reference": "Location/l"}}]))
    assert found["encounter"]["ward"] == "GER2"


def ranked(*conditions: str) -> list[Json]:
    """Return diagnoses of an encounter, all ranked first."""
    return [{"condition": {"reference": each}, "rank": 1} for each in conditions]


def test_the_diagnosis_ranked_first_is_the_main_one():
    found = read(encounter(diagnosis=ranked("Condition/b")), condition(id="a"), condition("S72.0", id="b"))
    assert [row.get("main", False) for row in found["conditions"]] == [False, True]


def test_several_first_ranks_make_no_main_diagnosis_but_a_note():
    resources = [encounter(diagnosis=ranked("Condition/a", "Condition/b")), condition(id="a"), condition("I10", id="b")]
    assert not any("main" in row for row in read(*resources)["conditions"])
    assert "input_main_diagnosis_unclear" in notes(*resources)


def test_a_main_diagnosis_that_was_not_sent_or_is_over_is_a_note():
    assert "input_main_diagnosis_not_sent" in notes(encounter(diagnosis=ranked("Condition/x")), condition())
    over = condition(id="a", clinicalStatus={"coding": [{"code": "resolved"}]})
    assert "input_main_diagnosis_left_out" in notes(encounter(diagnosis=ranked("Condition/a")), over, condition("I10"))


@pytest.mark.parametrize(
    "written",
    ["1899", "2201-01", "9999-12-31", "9999-12-31T23:59:59Z", "1900-01-01T00:00:00+02:00", "2200-12-31T23:30:00Z"],
)
def test_a_date_outside_1900_to_2200_is_refused_by_place(written):
    error = refusal(bundle(encounter(period={"start": written})))
    assert (error.where, error.code) == ("entry[1] Encounter.period.start", "date_not_possible")


@pytest.mark.parametrize("offset", ["+23:59", "-14:01"])
def test_an_offset_that_no_clock_has_is_refused(offset):
    assert refusal(bundle(encounter(period={"start": f"2026-11-16T14:10:00{offset}"}))).code == "no_such_moment"
