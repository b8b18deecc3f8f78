"""Patients over HTTP: admitted, found, opened, planned for, told of, corrected, and shown to those who may see them."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.record.record import Record
from api.storage.access_log import lines_about
from api.storage.engine import reading
from api.storage.tables import event
from tests.v1.issuer import bearer
from tests.v1.people import ADMINISTRATOR, DOCTOR, NURSE, OTHER_NURSE, SYSTEM, Patient, case, number, with_answers

COORDINATOR = bearer("coordinator", "municipality:5001")
COLLEAGUE = bearer("geriatric_team", "hospital:STO")


@pytest.fixture(scope="module")
def planned(client: TestClient) -> Patient:
    """A patient with a plan that runs."""
    return Patient.screened(client, 30).with_plan("P30")


def test_an_admission_without_answers_stands_on_the_list_of_the_unscreened(client: TestClient):
    told = {name: case(31)[name] for name in ("patient", "encounter")}
    answer = client.post("/api/v1/admissions", json=told, headers=SYSTEM)
    assert answer.status_code == 201, answer.text
    patient = answer.json()["patient"]
    rows = client.get("/api/v1/lists/unscreened", headers=NURSE).json()["rows"]
    assert patient in {row["patient"] for row in rows}
    course = client.get(answer.headers["location"], headers=NURSE).json()
    assert (course["status"], course["next_step"]["what"]) == ("unscreened", "screening")
    assert "screening" in course["not_done"], "so that whoever sends a discharge can ask first"


def test_an_admission_takes_no_answers_and_needs_its_time(client: TestClient):
    whole = client.post("/api/v1/admissions", json=case(32), headers=SYSTEM)
    assert (whole.status_code, whole.json()["code"]) == (422, "no_answers_here")
    timeless = client.post("/api/v1/admissions", json={"patient": case(32)["patient"]}, headers=SYSTEM)
    assert (timeless.status_code, timeless.json()["where"]) == (422, "encounter.admitted")


def test_a_patient_is_found_by_number_on_ones_own_unit_alone(client: TestClient):
    patient = Patient.screened(client, 33)
    asked = {"identity": number(33)}
    assert client.post("/api/v1/patients/search", json=asked, headers=NURSE).json()["patient"] == patient.id
    elsewhere = client.post("/api/v1/patients/search", json=asked, headers=OTHER_NURSE)
    nobody = client.post("/api/v1/patients/search", json={"identity": number(999)}, headers=OTHER_NURSE)
    assert elsewhere.status_code == nobody.status_code == 404
    assert elsewhere.content == nobody.content


def test_a_patient_without_a_number_is_found_by_the_hospitals_own_id(client: TestClient):
    sent = case(34) | {"patient": {"local_id": "L-34", "birth_date": "1945-01-15", "sex": "female"}}
    stored = client.post("/api/v1/screenings", json=sent, headers=NURSE).json()["screening"]["patient"]
    found = client.post("/api/v1/patients/search", json={"local_id": "L-34"}, headers=NURSE)
    assert found.json()["patient"] == stored
    elsewhere = bearer("nurse", "ward:AHUS/GER2")
    assert client.post("/api/v1/patients/search", json={"local_id": "L-34"}, headers=elsewhere).status_code == 404


@pytest.mark.parametrize(
    "asked", [{}, {"identity": "1", "local_id": "x"}, {"identity": "12345678901"}, {"identity": 5}]
)
def test_a_patient_is_named_in_one_way(client: TestClient, asked: dict[str, Any]):
    assert client.post("/api/v1/patients/search", json=asked, headers=NURSE).status_code == 422


def test_another_units_patient_is_opened_with_a_reason_that_is_logged(client: TestClient):
    patient = Patient.screened(client, 35)
    assert client.get(patient.path, headers=OTHER_NURSE).status_code == 404
    no_reason = client.post("/api/v1/patients/open", json={"identity": number(35)}, headers=OTHER_NURSE)
    assert (no_reason.status_code, no_reason.json()["where"]) == (422, "reason")
    asked = {"identity": number(35), "reason": "Ringer om medisinene"}
    opened = client.post("/api/v1/patients/open", json=asked, headers=OTHER_NURSE)
    assert (opened.status_code, opened.json()["patient"]) == (201, patient.id)
    assert client.get(patient.path, headers=OTHER_NURSE).status_code == 200
    log = client.get(f"{patient.path}/access-log", headers=ADMINISTRATOR).json()["lines"]
    assert ("opened", "Ringer om medisinene") in [(line["action"], line["reason"]) for line in log]
    assert log[-1]["action"] == "access_log_read" or log[-1]["action"] == "read"


def test_nobody_that_there_is_no_record_of_can_be_opened(client: TestClient):
    asked = {"identity": number(998), "reason": "Ringer om medisinene"}
    assert client.post("/api/v1/patients/open", json=asked, headers=NURSE).status_code == 404


def test_a_course_tells_who_where_what_is_due_and_what_comes_next(client: TestClient, planned: Patient):
    answer = client.get(planned.path, headers=DOCTOR)
    course = answer.json()
    assert answer.headers["etag"] == f'"{course["version"]}"'
    assert course["who"]["name"] == "Prøve 30"
    assert (course["status"], course["stay"]["ward"], course["plans"][0]["status"]) == ("running", "GER2", "running")
    assert {"step", "due", "owner", "standing"} <= course["clocks"][0].keys()
    assert course["next_step"]["owner"]


def test_an_event_needs_the_version_it_was_made_from(client: TestClient, planned: Patient):
    event = {"kind": "moved", "municipality": "5001"}
    assert client.post(planned.events, json=event, headers=NURSE).status_code == 428
    stale = client.post(planned.events, json=event, headers=NURSE | {"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed_meanwhile")
    assert stale.json()["current"] == planned.path
    assert client.get(planned.path, headers=NURSE).headers["etag"] == stale.headers["etag"]


def test_what_is_marked_is_undone_by_its_id(client: TestClient):
    patient = Patient.screened(client, 36).with_plan("P36")
    done = {"kind": "step_done", "course": "E-36", "step": "municipal_notice", "at": "2026-11-17T09:00:00+01:00"}
    marked = patient.tell(NURSE, **done)
    assert "done" in {clock["state"] for clock in marked["clocks"] if clock["step"] == "municipal_notice"}
    events = client.get(patient.events, headers=NURSE).json()["events"]
    assert (events[-1]["kind"], events[-1]["by"]["role"], events[-1]["stands"]) == ("step_done", "nurse", True)
    undone = patient.tell(NURSE, kind="undone", event=events[-1]["id"], reason="Feil pasient")
    assert "done" not in {clock["state"] for clock in undone["clocks"] if clock["step"] == "municipal_notice"}
    assert [each["stands"] for each in client.get(patient.events, headers=NURSE).json()["events"]][-2:] == [False, True]


def test_events_come_a_page_at_a_time(client: TestClient, planned: Patient):
    whole = client.get(planned.events, headers=NURSE).json()["events"]
    found: list[dict[str, str]] = []
    path: str | None = f"{planned.events}?limit=2"
    while path:
        answer = client.get(path, headers=NURSE)
        found += answer.json()["events"]
        path = answer.links.get("next", {}).get("url")
    assert [each["id"] for each in found] == [each["id"] for each in whole]
    wrong = client.get(f"{planned.events}?cursor=nothing", headers=NURSE)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "cursor_unreadable")


def test_the_same_event_with_the_same_key_is_written_once(client: TestClient):
    patient = Patient.screened(client, 37)
    headers = SYSTEM | {"If-Match": patient.etag, "Idempotency-Key": "moved-37"}
    first, second = (
        client.post(patient.events, json={"kind": "moved", "municipality": "5028"}, headers=headers) for _ in "ab"
    )
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    kinds = [each["kind"] for each in client.get(patient.events, headers=SYSTEM).json()["events"]]
    assert kinds.count("moved") == 1


def test_a_role_records_what_is_its_own(client: TestClient, planned: Patient):
    answer = planned.post(NURSE, kind="died", on="2026-11-18")
    assert (answer.status_code, answer.json()["code"]) == (403, "may_not_record")


def test_a_plan_starts_from_what_was_suggested_alone(client: TestClient):
    patient = Patient.screened(client, 38)
    started = {"kind": "plan_started", "plan": "P38", "assessment": patient.assessment, "on": "2026-11-17"}
    for wrong, code in (({"rules": ["no_such_rule"]}, "rule_not_offered"), ({"modules": ["x"]}, "module_unknown")):
        answer = patient.post(DOCTOR, **started, **wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    decided = patient.post(DOCTOR, kind="decided", assessment=patient.assessment, rule="nothing", verdict="accepted")
    assert decided.json()["code"] == "rule_not_offered"


def test_a_contested_track_starts_only_after_the_choice_was_recorded(client: TestClient):
    patient = Patient.screened(client, 39, contested=True)
    started = {"kind": "plan_started", "plan": "P39", "assessment": patient.assessment, "on": "2026-11-17"}
    early = patient.post(DOCTOR, **started, rules=["cga_team"])
    assert (early.status_code, early.json()["code"]) == (422, "choice_not_recorded")
    choice = {"kind": "choice_recorded", "assessment": patient.assessment, "track": "palliative_focus"}
    assert patient.post(DOCTOR, **choice, participants=[]).json()["code"] == "not_shared"
    patient.tell(DOCTOR, **choice, participants=["patient", "treating_doctor"])
    assert patient.post(DOCTOR, **started, rules=["cga_team"]).json()["code"] == "not_the_chosen_track"
    course = patient.tell(DOCTOR, **started, rules=["palliative_indicators"])
    assert course["plans"][0]["status"] == "running"
    assert patient.post(DOCTOR, **started, rules=[]).json()["code"] == "plan_there_already"


def test_death_stops_every_clock_and_every_letter(client: TestClient):
    patient = Patient.screened(client, 40).with_plan("P40")
    course = patient.tell(DOCTOR, kind="died", on="2026-11-18")
    assert (course["status"], course["clocks"], course["next_step"]) == ("died", [], None)
    assert course["not_done"] == []
    for print_ in ("plan.pdf", "plan.html", "plan.ics", "epikrise"):
        answer = client.get(f"{patient.path}/{print_}", headers=DOCTOR)
        assert (answer.status_code, answer.json()["code"]) == (409, "patient_has_died")
    assert client.get(f"{patient.path}/plan", headers=DOCTOR).status_code == 200
    late = patient.post(DOCTOR, kind="plan_closed", plan="P40", ending="other")
    assert (late.status_code, late.json()["code"]) == (409, "patient_has_died")
    died = next(each for each in client.get(patient.events, headers=DOCTOR).json()["events"] if each["kind"] == "died")
    assert patient.tell(DOCTOR, kind="undone", event=died["id"], reason="Feil pasient")["status"] == "running"


@pytest.mark.parametrize(
    ("print_", "kind", "begins"),
    [
        ("plan.pdf?audience=patient", "application/pdf", b"%PDF"),
        ("plan.html?audience=municipality", "text/html", b"<!doctype html>"),
        ("plan.ics", "text/calendar", b"BEGIN:VCALENDAR"),
        ("plan?language=en", "application/json", b"{"),
        ("epikrise?language=nn", "application/json", b"{"),
    ],
)
def test_a_plan_is_given_as_what_was_asked_for(client: TestClient, planned: Patient, print_, kind, begins):
    answer = client.get(f"{planned.path}/{print_}", headers=DOCTOR)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].partition(";")[0] == kind
    assert answer.content.lower().startswith(begins.lower())


def test_without_a_plan_there_is_none_to_show(client: TestClient):
    patient = Patient.screened(client, 41)
    answer = client.get(f"{patient.path}/plan", headers=NURSE)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_plan")


def test_a_blocked_record_is_on_no_list_and_no_print_and_opens_with_a_reason(client: TestClient):
    patient = Patient.screened(client, 42).with_plan("P42")
    assert (
        client.post(
            patient.events,
            json={"kind": "record_blocked", "blocked": True},
            headers=DOCTOR | {"If-Match": patient.etag},
        ).status_code
        == 201
    )
    assert client.get(patient.path, headers=DOCTOR).status_code == 404
    rows = client.get("/api/v1/lists/team?limit=200", headers=DOCTOR).json()["rows"]
    assert patient.id not in {row["patient"] for row in rows}
    asked = {"identity": number(42), "reason": "Pasienten ber om det"}
    assert client.post("/api/v1/patients/open", json=asked, headers=DOCTOR).status_code == 201
    assert client.get(patient.path, headers=DOCTOR).json()["blocked"] is True
    for print_ in ("plan.pdf", "plan.html", "plan.ics", "epikrise"):
        answer = client.get(f"{patient.path}/{print_}", headers=DOCTOR)
        assert (answer.status_code, answer.json()["code"]) == (403, "record_blocked")
    assert patient.tell(DOCTOR, kind="record_blocked", blocked=False)["blocked"] is False


def test_a_protected_address_is_shown_and_printed_nowhere(client: TestClient):
    patient = Patient.screened(client, 43).with_plan("P43")
    shown = client.get(f"{patient.path}/plan.html", headers=DOCTOR).text
    assert "204" in shown
    assert "Ola Pårørende" in shown
    course = patient.tell(DOCTOR, kind="address_protected", protected=True)
    assert (course["protected"], course["municipality"]) == (True, None)
    for audience in ("clinician", "municipality", "patient"):
        printed = client.get(f"{patient.path}/plan.html", params={"audience": audience}, headers=DOCTOR).text
        assert "Ola Pårørende" not in printed
        assert "204" not in printed
        assert "5001" not in printed
    row = next(
        r
        for r in client.get("/api/v1/lists/team?limit=200", headers=DOCTOR).json()["rows"]
        if r["patient"] == patient.id
    )
    assert (row["room"], row["municipality"]) == (None, None)


def test_a_protected_address_is_told_neither_by_events_nor_by_the_case_and_a_correction_keeps_it(client: TestClient):
    patient = Patient.screened(client, 46)
    seen = client.get(patient.path, headers=DOCTOR).json()
    assert seen["stays"][0]["room"]
    path = f"/api/v1/screenings/{seen['screening']['id']}"
    before = client.get(f"{path}/case", headers=DOCTOR).json()
    corrected = before | {"answers": before["answers"] | {"gp": "Byåsen legesenter", "next_of_kin": "Ola Pårørende"}}
    put = client.put(path, json=corrected, headers={**DOCTOR, "If-Match": '"1"'})
    assert put.status_code == 200, put.text
    patient.tell(DOCTOR, kind="moved", municipality="0301")
    patient.tell(DOCTOR, kind="practice_set", practice="Byåsen legesenter")
    patient.tell(DOCTOR, kind="address_protected", protected=True)
    events = client.get(f"{patient.path}/events", headers=DOCTOR).text
    read = client.get(f"{path}/case", headers=DOCTOR)
    for place in ('"0301"', '"5001"', "Byåsen", "Ola Pårørende"):  # an id may hold the four digits by chance
        assert place not in events
        assert place not in read.text
    assert all(stay["room"] is None for stay in client.get(patient.path, headers=DOCTOR).json()["stays"])
    without = read.json()
    assert "room" not in without["encounter"]
    again = client.put(path, json=without, headers={**DOCTOR, "If-Match": '"2"'})
    assert again.status_code == 200, again.text
    patient.tell(DOCTOR, kind="address_protected", protected=False)
    assert client.get(f"{path}/case", headers=DOCTOR).json() == corrected


def test_a_municipality_sees_a_patient_once_told(client: TestClient):
    patient = Patient.screened(client, 44)
    assert client.get(patient.path, headers=COORDINATOR).status_code == 404
    patient.tell(NURSE, kind="step_done", course="E-44", step="municipal_notice", at="2026-11-17T09:00:00+01:00")
    assert client.get(patient.path, headers=COORDINATOR).status_code == 200
    rows = client.get("/api/v1/lists/municipality?limit=200", headers=COORDINATOR).json()["rows"]
    assert patient.id in {row["patient"] for row in rows}
    patient.tell(NURSE, kind="moved", municipality="0301")
    assert client.get(patient.path, headers=COORDINATOR).status_code == 404


def test_what_was_on_the_wrong_patient_is_seen_by_nobody_and_comes_back(client: TestClient):
    patient = Patient.screened(client, 45)
    screening = f"/api/v1/screenings/{patient.screening}"
    done = {
        "kind": "step_done",
        "course": "E-45",
        "step": "HPH0",
        "at": "2026-11-17T09:00:00+01:00",
        "note": "Hemmelig",
    }
    patient.tell(NURSE, **done)
    retracted = patient.post(DOCTOR, kind="retracted", of="stay", id="E-45", reason="Feil pasient")
    assert retracted.status_code == 201, retracted.text
    for path in (patient.path, patient.events, screening):
        assert client.get(path, headers=DOCTOR).status_code == 404
    listed = client.get("/api/v1/retractions?limit=200", headers=ADMINISTRATOR)
    mine = next(each for each in listed.json()["retractions"] if each["patient"] == patient.id)
    assert mine.keys() == {"event", "patient", "of", "at", "by", "role", "name"}
    assert "Hemmelig" not in listed.text
    back = client.post(
        f"/api/v1/retractions/{mine['event']}/restore", json={"reason": "Riktig likevel"}, headers=ADMINISTRATOR
    )
    assert back.status_code == 200, back.text
    assert client.get(patient.path, headers=DOCTOR).json()["stay"]["id"] == "E-45"
    assert client.get(screening, headers=DOCTOR).status_code == 200
    again = client.post(
        f"/api/v1/retractions/{mine['event']}/restore", json={"reason": "En gang til"}, headers=ADMINISTRATOR
    )
    assert again.status_code == 404


def test_of_two_screenings_a_retracted_one_leaves_no_trace_among_the_events(client: TestClient):
    patient = Patient.screened(client, 46)
    wrong = client.post("/api/v1/screenings", json=with_answers(46, cfs_clinician=8), headers=NURSE).json()["screening"]
    patient.tell(DOCTOR, kind="retracted", of="screening", id=wrong["id"], reason="Feil pasient")
    told = client.get(patient.events, headers=DOCTOR).text
    assert wrong["id"] not in told
    assert wrong["assessment"] not in told
    assert "Feil pasient" not in told
    assert client.get(f"/api/v1/screenings/{wrong['id']}", headers=DOCTOR).status_code == 404
    assert client.get(patient.path, headers=DOCTOR).json()["screening"]["id"] == patient.screening


def test_no_colleague_but_an_administrator_takes_a_retraction_back_also_through_an_undoing(
    client: TestClient, record: Record
):
    patient = Patient.screened(client, 47)
    wrong = client.post("/api/v1/screenings", json=with_answers(47, cfs_clinician=8), headers=NURSE).json()["screening"]
    patient.tell(DOCTOR, kind="retracted", of="screening", id=wrong["id"], reason="Feil pasient")
    retraction = next(
        each["event"]
        for each in client.get("/api/v1/retractions?limit=200", headers=ADMINISTRATOR).json()["retractions"]
        if each["patient"] == patient.id
    )
    assert patient.post(COLLEAGUE, kind="undone", event=retraction, reason="Nei").status_code == 403
    client.post(f"/api/v1/retractions/{retraction}/restore", json={"reason": "Riktig likevel"}, headers=ADMINISTRATOR)
    with record.engine.connect() as connection:
        mine = select(event.c.id).where(event.c.person == patient.id, event.c.kind == "undone")
        undoing = connection.execute(mine).scalar_one()
    assert patient.post(DOCTOR, kind="undone", event=undoing, reason="Nei").status_code == 403


def test_two_records_of_one_person_are_merged_and_parted_by_who_sees_both(client: TestClient):
    kept, other = Patient.screened(client, 48), Patient.screened(client, 49)
    assert kept.post(SYSTEM, kind="merged", other="0" * 32).json()["code"] == "cannot_be_merged"
    hidden = bearer("system", "hospital:AHUS")
    theirs = client.post("/api/v1/screenings", json=case(50), headers=hidden).json()["screening"]["patient"]
    assert kept.post(SYSTEM, kind="merged", other=theirs).json()["code"] == "cannot_be_merged"
    merged = kept.tell(SYSTEM, kind="merged", other=other.id)
    assert len(merged["screenings"]) == 2
    assert client.get(other.path, headers=NURSE).json()["id"] == kept.id
    place = f"/api/v1/screenings/{other.screening}"
    corrected = client.put(place, json=with_answers(49, four_at=4), headers=NURSE | {"If-Match": '"1"'})
    assert (corrected.status_code, corrected.json()["screening"]["patient"]) == (200, kept.id)
    undone = next(e for e in client.get(kept.events, headers=SYSTEM).json()["events"] if e["kind"] == "merged")
    kept.tell(SYSTEM, kind="undone", event=undone["id"], reason="To personer")
    assert client.get(other.path, headers=NURSE).json()["id"] == other.id


def test_an_administrator_blocks_and_gets_nothing_but_what_takes_it_back(client: TestClient):
    patient = Patient.screened(client, 51)
    found = client.post("/api/v1/patients/search", json={"identity": number(51)}, headers=ADMINISTRATOR)
    headers = ADMINISTRATOR | {"If-Match": found.headers["etag"]}
    answer = client.post(patient.events, json={"kind": "record_blocked", "blocked": True}, headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.json().keys() == {"id", "version", "event"}


def test_a_draft_is_kept_through_another_persons_change(client: TestClient):
    patient = Patient.screened(client, 52)
    draft = f"{patient.path}/drafts/screening"
    assert client.get(draft, headers=NURSE).status_code == 404
    assert client.put(draft, json={"a": 1}, headers=NURSE).status_code == 428
    first = client.put(draft, json={"a": "Ø"}, headers=NURSE | {"If-None-Match": "*"})
    assert (first.status_code, first.headers["etag"]) == (200, '"1"')
    assert client.put(draft, json={"a": 2}, headers=NURSE | {"If-None-Match": "*"}).status_code == 412
    second = client.put(draft, json={"a": 2}, headers=NURSE | {"If-Match": '"1"'})
    assert second.headers["etag"] == '"2"'
    assert client.put(draft, json={"a": 3}, headers=NURSE | {"If-Match": '"1"'}).status_code == 412
    screening = f"/api/v1/screenings/{patient.screening}"
    client.put(screening, json=with_answers(52, four_at=5), headers=DOCTOR | {"If-Match": '"1"'})
    refused = client.put(screening, json=case(52), headers=NURSE | {"If-Match": '"1"'})
    assert refused.status_code == 412
    kept = client.get(draft, headers=NURSE)
    assert (kept.json(), kept.headers["etag"]) == ({"a": 2}, '"2"')
    assert client.get(draft, headers=DOCTOR).status_code == 404
    assert client.delete(draft, headers=NURSE).status_code == 204
    assert client.get(draft, headers=NURSE).status_code == 404


def test_an_access_log_comes_a_page_at_a_time(client: TestClient, planned: Patient):
    for _ in range(4):
        client.get(planned.path, headers=NURSE)
    found = 0
    path: str | None = f"{planned.path}/access-log?limit=3"
    while path and found < 6:
        answer = client.get(path, headers=ADMINISTRATOR)
        assert answer.status_code == 200, answer.text
        found += len(answer.json()["lines"])
        path = answer.links.get("next", {}).get("url")
    assert found == 6


def test_a_print_that_was_refused_is_logged_as_read_and_not_as_printed(client: TestClient):
    patient = Patient.screened(client, 53).with_plan("P53")
    client.get(f"{patient.path}/plan.ics", headers=DOCTOR)
    patient.tell(DOCTOR, kind="died", on="2026-11-18")
    client.get(f"{patient.path}/plan.ics", headers=DOCTOR)
    log = client.get(f"{patient.path}/access-log?limit=200", headers=ADMINISTRATOR).json()["lines"]
    assert [line["action"] for line in log].count("printed") == 1
    assert log[-1]["action"] == "read"


def test_who_sends_a_patient_away_by_a_slip_gets_what_brings_the_patient_back(client):
    patient = Patient.screened(client, 91)
    stay = client.get(patient.path, headers=NURSE).json()["stay"]["id"]
    away = patient.post(NURSE, kind="transferred", stay=stay, hospital="ST0", ward="GER2")
    assert away.status_code == 201
    assert away.json().keys() == {"id", "version", "event"}
    assert client.get(patient.path, headers=NURSE).status_code == 404
    sent = {"kind": "undone", "event": away.json()["event"], "reason": "Skrev null for O"}
    version = {"If-Match": away.headers["etag"]}
    assert client.post(patient.events, json=sent, headers=OTHER_NURSE | version).status_code == 404
    back = client.post(patient.events, json=sent, headers=NURSE | version)
    assert back.json()["stay"]["hospital"] == "STO"


@pytest.mark.parametrize(("route", "which"), [("screenings", 92), ("admissions", 93)])
def test_a_number_that_is_tried_from_another_unit_stands_in_the_patients_log(
    client: TestClient, record: Record, route: str, which: int
):
    patient = Patient.screened(client, which)
    told = {name: case(which)[name] for name in ("patient", "encounter")}
    sent = case(which) if route == "screenings" else told
    refused = client.post(f"/api/v1/{route}", json=sent, headers=OTHER_NURSE)
    assert (refused.status_code, refused.json()["code"]) == (422, "patient_elsewhere")
    assert patient.id not in refused.text
    with reading(record.engine) as connection:
        newest = lines_about(connection, patient.id)[-1]
    assert (newest.action, newest.by.role, newest.by.unit) == ("refused_elsewhere", "nurse", "ward:STO/KIR1")


def test_another_refusal_says_nothing_of_an_attempt(client: TestClient, record: Record):
    patient = Patient.screened(client, 94)
    patient.tell(DOCTOR, kind="died", on="2026-11-17")
    told = {name: case(94)[name] for name in ("patient", "encounter")}
    told["encounter"] = told["encounter"] | {"room": "9"}
    assert client.post("/api/v1/admissions", json=told, headers=NURSE).status_code == 409
    with reading(record.engine) as connection:
        assert "refused_elsewhere" not in {line.action for line in lines_about(connection, patient.id)}
