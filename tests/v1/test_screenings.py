"""A case is screened and stored; it is corrected from the version that was read; what is sent twice is stored once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from fastapi.testclient import TestClient
from sqlalchemy import func, select

from api.record.record import Record
from api.storage.tables import access, assessment, person
from tests.v1.issuer import bearer
from tests.v1.people import DOCTOR, NURSE, OTHER_NURSE, SYSTEM, case, with_answers

SCREENINGS = "/api/v1/screenings"


def stored(record: Record, table=assessment) -> int:
    """Return how many rows a table has."""
    with record.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_a_case_is_answered_with_its_result_and_where_it_is_kept(client: TestClient):
    answer = client.post(SCREENINGS, json=case(1), headers=NURSE)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["schema"] == "retthjem/result/1"
    assert body["screening"].keys() == {"id", "version", "patient", "assessment"}
    assert answer.headers["location"] == f"{SCREENINGS}/{body['screening']['id']}"
    assert answer.headers["etag"] == '"1"'
    again = client.get(answer.headers["location"], headers=NURSE)
    assert again.status_code == 200, again.text
    assert again.content == answer.content


def test_the_result_is_said_in_the_senders_language(client: TestClient):
    answers = [
        client.post(SCREENINGS, json=case(2), headers=NURSE | {"Accept-Language": each}) for each in ("nn", "en")
    ]
    assert [each.headers["content-language"] for each in answers] == ["nn", "en"]
    assert answers[0].json()["findings"][0]["text"] != answers[1].json()["findings"][0]["text"]


def test_whoever_screens_a_patient_without_a_stay_sees_the_patient(client: TestClient):
    alone = {"patient": case(3)["patient"], "answers": {"cfs_clinician": 5}}
    answer = client.post(SCREENINGS, json=alone, headers=NURSE)
    assert answer.status_code == 201, answer.text
    place = answer.headers["location"]
    assert client.get(place, headers=NURSE).status_code == 200
    assert client.get(place, headers=OTHER_NURSE).status_code == 404


def test_the_same_key_with_the_same_body_gives_the_same_answer_and_one_record(client: TestClient, record: Record):
    before = stored(record)
    headers = SYSTEM | {"Idempotency-Key": "first"}
    first, second = (client.post(SCREENINGS, json=case(4), headers=headers) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert first.headers["location"] == second.headers["location"]
    assert stored(record) == before + 1


def test_the_same_key_at_once_gives_one_record(client: TestClient, record: Record):
    before, people = stored(record), stored(record, person)
    headers = SYSTEM | {"Idempotency-Key": "at-once"}
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: client.post(SCREENINGS, json=case(5), headers=headers), range(16)))
    assert {each.status_code for each in answers} == {201}
    assert len({each.content for each in answers}) == 1
    assert stored(record) == before + 1
    assert stored(record, person) == people + 1


def test_the_same_key_with_another_body_is_refused(client: TestClient, record: Record):
    headers = SYSTEM | {"Idempotency-Key": "reused"}
    assert client.post(SCREENINGS, json=case(6), headers=headers).status_code == 201
    before = stored(record)
    answer = client.post(SCREENINGS, json=with_answers(6, cfs_clinician=5), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert stored(record) == before


def test_what_was_retracted_is_not_answered_again(client: TestClient):
    mine = NURSE | {"Idempotency-Key": "retracted"}
    kept = client.post(SCREENINGS, json=case(21), headers=mine).json()["screening"]
    patient = f"/api/v1/patients/{kept['patient']}"
    version = {"If-Match": client.get(patient, headers=DOCTOR).headers["etag"]}
    gone = {"kind": "retracted", "of": "screening", "id": kept["id"], "reason": "Feil pasient"}
    assert client.post(f"{patient}/events", json=gone, headers=DOCTOR | version).status_code == 201
    again = client.post(SCREENINGS, json=case(21), headers=mine)
    nowhere = client.get(f"{SCREENINGS}/{'f' * 32}", headers=NURSE)
    assert (again.status_code, again.content) == (404, nowhere.content)


def test_an_answer_is_given_again_while_the_caller_sees_the_patient_and_not_after(client: TestClient):
    mine = NURSE | {"Idempotency-Key": "moved-away"}
    kept = client.post(SCREENINGS, json=case(22), headers=mine).json()["screening"]
    patient = f"/api/v1/patients/{kept['patient']}"
    away = {"kind": "transferred", "stay": "E-22", "hospital": "STO", "ward": "KIR1"}
    version = {"If-Match": client.get(patient, headers=NURSE).headers["etag"]}
    moving = NURSE | version | {"Idempotency-Key": "the-moving"}
    assert client.post(SCREENINGS, json=case(22), headers=mine).status_code == 201
    moved = client.post(f"{patient}/events", json=away, headers=moving)
    assert client.post(SCREENINGS, json=case(22), headers=mine).status_code == 404
    again = client.post(f"{patient}/events", json=away, headers=moving)
    assert (again.status_code, again.content) == (201, moved.content)


def test_another_callers_key_is_another_key(client: TestClient):
    one = bearer("system", "hospital:STO", id="one") | {"Idempotency-Key": "shared"}
    two = bearer("system", "hospital:STO", id="two") | {"Idempotency-Key": "shared"}
    first, second = (client.post(SCREENINGS, json=case(7), headers=each).json()["screening"] for each in (one, two))
    assert first["id"] != second["id"]
    assert first["patient"] == second["patient"]


def test_a_refused_case_leaves_its_key_free(client: TestClient):
    headers = SYSTEM | {"Idempotency-Key": "mended"}
    wrong = client.post(SCREENINGS, json=with_answers(8, cfs_clinician=11), headers=headers)
    assert (wrong.status_code, wrong.json()["where"]) == (422, "answers.cfs_clinician")
    assert client.post(SCREENINGS, json=case(8), headers=headers).status_code == 201


def test_of_two_who_edit_one_screening_the_second_is_told_and_nothing_is_lost(client: TestClient):
    place = client.post(SCREENINGS, json=case(9), headers=NURSE).headers["location"]
    read = [client.get(place, headers=each) for each in (NURSE, DOCTOR)]
    first = client.put(place, json=with_answers(9, four_at=4), headers=NURSE | {"If-Match": read[0].headers["etag"]})
    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    mine = with_answers(9, cfs_clinician=7)
    second = client.put(place, json=mine, headers=DOCTOR | {"If-Match": read[1].headers["etag"]})
    assert (second.status_code, second.json()["code"]) == (412, "changed_meanwhile")
    assert (second.json()["version"], second.json()["current"]) == (2, place)
    assert second.headers["etag"] == '"2"'
    third = client.put(place, json=mine, headers=DOCTOR | {"If-Match": second.headers["etag"]})
    assert third.headers["etag"] == '"3"'
    kept = [
        client.get(f"{place}/case", params={"version": each}, headers=NURSE).json()["answers"] for each in (1, 2, 3)
    ]
    assert [(each["four_at"], each["cfs_clinician"]) for each in kept] == [(1, 6), (4, 6), (1, 7)]
    shown = client.get(f"{place}/versions", headers=NURSE).json()["versions"]
    assert [each["version"] for each in shown] == [1, 2, 3]


def test_of_many_corrections_at_once_from_one_version_one_is_kept(client: TestClient):
    place = client.post(SCREENINGS, json=case(10), headers=NURSE).headers["location"]
    bodies = [with_answers(10, four_at=each) for each in range(12)]
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda body: client.put(place, json=body, headers=NURSE | {"If-Match": '"1"'}), bodies))
    assert sorted(each.status_code for each in answers) == [200] + [412] * 11
    assert client.get(place, headers=NURSE).headers["etag"] == '"2"'


def test_a_correction_says_which_version_it_was_made_from(client: TestClient):
    place = client.post(SCREENINGS, json=case(11), headers=NURSE).headers["location"]
    answer = client.put(place, json=case(11), headers=NURSE)
    assert (answer.status_code, answer.json()["code"]) == (428, "precondition_missing")
    for tag in ("*", 'W/"1"', "1", '"one"', '"99999999999999"'):
        assert client.put(place, json=case(11), headers=NURSE | {"If-Match": tag}).status_code == 412


def test_a_correction_is_about_the_same_patient(client: TestClient):
    place = client.post(SCREENINGS, json=case(12), headers=NURSE).headers["location"]
    answer = client.put(place, json=case(13), headers=NURSE | {"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["code"]) == (422, "patient_changed")


def test_every_reading_and_every_change_is_logged_before_it_is_answered(client: TestClient, record: Record):
    place = client.post(SCREENINGS, json=case(14), headers=NURSE).headers["location"]
    client.put(place, json=case(14), headers=NURSE | {"If-Match": '"1"'})
    for path in (place, f"{place}/case", f"{place}/versions"):
        client.get(path, headers=DOCTOR)
    patient = client.get(place, headers=NURSE).json()["screening"]["patient"]
    with record.engine.connect() as connection:
        logged = select(access.c.action, access.c.role).where(access.c.person == patient).order_by(access.c.seq)
        found = [tuple(row) for row in connection.execute(logged)]
    assert found == [("screened", "nurse"), ("corrected", "nurse"), *[("read", "doctor")] * 3, ("read", "nurse")]
