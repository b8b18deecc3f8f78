"""A case is screened and stored; it is corrected from the version that was read; what is sent twice is stored once."""

from __future__ import annotations

from fastapi.testclient import TestClient

from tests.v1.people import NURSE, case


def test_a_case_is_answered_with_its_result_and_where_it_is_kept(client: TestClient):
    answer = client.post("/api/v1/screenings", json=case(1), headers=NURSE)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["schema"] == "retthjem/result/1"
    assert body["screening"].keys() == {"id", "version", "patient", "assessment"}
    assert answer.headers["location"] == f"/api/v1/screenings/{body['screening']['id']}"
    assert answer.headers["etag"] == '"1"'
    again = client.get(answer.headers["location"], headers=NURSE)
    assert again.status_code == 200, again.text
    assert again.content == answer.content
