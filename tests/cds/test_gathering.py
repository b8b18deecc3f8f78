"""Facts that were sent along, in part or not at all: what is fetched, from where, and what is refused."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest

from tests.cds.conforming import check_answer
from tests.cds.hooks import FHIR, LIST, at, call, found, level, medicine, medicines, order, outcome, patient, selecting
from tests.cds.serving import Served

HERE = "http://localhost:9999/fhir"
TOKEN = {"access_token": "an-opaque-token", "token_type": "Bearer", "expires_in": 300, "scope": "x", "subject": "s"}
AUTHORIZED = {"fhirServer": HERE, "fhirAuthorization": TOKEN}


def answered(served: Served, body: dict[str, Any], status: int = 200) -> Any:
    answer = served.client.post(at(body["hook"]), json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def fhir(request: httpx2.Request) -> Any:
    """Answer as the hospital's FHIR server does."""
    assert request.headers["authorization"] == "Bearer an-opaque-token"
    path = request.url.path.removeprefix("/fhir/")
    if path == "Patient/p1":
        return patient()
    return medicines() if path == "MedicationStatement" else found()


def test_all_is_fetched_with_the_token_where_nothing_was_sent_along(demo: Served):
    demo.servers.answer = fhir
    (card,) = check_answer(answered(demo, call("patient-view", more=AUTHORIZED)))
    assert card["summary"].startswith("Kartlegg")
    assert f"{HERE}/Patient/p1" in demo.servers.asked
    assert f"{HERE}/MedicationStatement?patient=p1&status=active" in demo.servers.asked
    cfs = "Observation?patient=p1&code=http%3A%2F%2Fsnomed.info%2Fsct%7C763264000&_sort=-date&_count=1"
    assert f"{HERE}/{cfs}" in demo.servers.asked


def test_only_what_was_not_sent_along_is_fetched(demo: Served):
    demo.servers.answer = fhir
    body = selecting(order("r1", "N05CF01", "zopiklon"), prefetch={"patient": patient()}, more=AUTHORIZED)
    (card,) = check_answer(answered(demo, body))
    assert "4 → 5" in card["summary"]
    assert not any("Patient" in url for url in demo.servers.asked)
    assert len(demo.servers.asked) == 2


@pytest.mark.parametrize("said", [None, outcome()])
def test_what_the_caller_says_is_not_to_be_had_is_not_asked_for_again(demo: Served, said: Any):
    demo.servers.answer = fhir
    prefetch = {"patient": patient(), "medicines": said, "prescriptions": said}
    body = selecting(order("r1", "N05CF01", "zopiklon"), prefetch=prefetch, more=AUTHORIZED)
    (card,) = check_answer(answered(demo, body))
    assert demo.servers.asked == []
    assert "ukjent" in card["summary"]


@pytest.mark.parametrize("said", [None, outcome(), found()])
def test_the_patient_is_asked_for_once_more_since_nothing_can_be_said_without(demo: Served, said: Any):
    demo.servers.answer = fhir
    prefetch = {"patient": said, "medicines": None, "prescriptions": None}
    body = selecting(order("r1", "N05CF01", "zopiklon"), prefetch=prefetch, more=AUTHORIZED)
    check_answer(answered(demo, body))
    assert demo.servers.asked == [f"{HERE}/Patient/p1"]


@pytest.mark.parametrize("prefetch", [None, {}, {"patient": None}, {"patient": outcome()}, {"medicines": medicines()}])
def test_without_the_patient_it_cannot_be_done_and_an_outcome_says_so(demo: Served, prefetch: Any):
    said = answered(demo, call("patient-view", prefetch), 412)
    assert said["resourceType"] == "OperationOutcome"
    assert said["issue"][0]["severity"] == "error"


def test_pages_are_followed_on_the_same_server(demo: Served):
    second = f"{HERE}?_getpages=abc&_offset=2"

    def pages(request: httpx2.Request) -> Any:
        assert str(request.url) == second
        return found(medicine("m8", "N06AB10", "escitalopram"), medicine("m9", "C10AA05", "atorvastatin"))

    demo.servers.answer = pages
    first = found(medicine("m1", "C03CA01", "furosemid"), next_page=second)
    prefetch = {"patient": patient(), "medicines": first, "prescriptions": None}
    body = selecting(order("r1", "N05CF01", "zopiklon"), prefetch=prefetch, more=AUTHORIZED)
    (card,) = check_answer(answered(demo, body))
    assert "| Faste legemidler | 3 | 4 |" in card["detail"]


@pytest.mark.parametrize("asked_of_us", [False, True], ids=["no server", "a server"])
def test_the_newest_level_counts_where_a_link_leads_to_older_ones(demo: Served, asked_of_us: bool):
    newest = found(level(6), next_page=f"{HERE}?_getpages=abc&_offset=1")
    prefetch = {"patient": patient(), "cfs": newest, "encounter": None, "medicines": None}
    body = call("patient-view", prefetch | {"prescriptions": None, "conditions": None})
    (card,) = check_answer(answered(demo, body | (AUTHORIZED if asked_of_us else {})))
    assert "CFS 6" in card["summary"]
    assert demo.servers.asked == []


def test_of_levels_that_are_fetched_the_newest_one_is_enough(demo: Served):
    demo.servers.answer = lambda request: (
        found(level(6), next_page=f"{HERE}?page=2") if "Observation" in request.url.path else fhir(request)
    )
    (card,) = check_answer(answered(demo, call("patient-view", more=AUTHORIZED)))
    assert "CFS 6" in card["summary"]
    assert f"{HERE}?page=2" not in demo.servers.asked


def test_a_first_page_without_a_level_is_followed_to_one_with_it(demo: Served):
    demo.servers.answer = lambda _: found(level(6))
    prefetch = {"patient": patient(), "cfs": found(next_page=f"{HERE}?page=2"), "encounter": None, "medicines": None}
    body = call("patient-view", prefetch | {"prescriptions": None, "conditions": None}, more=AUTHORIZED)
    (card,) = check_answer(answered(demo, body))
    assert "CFS 6" in card["summary"]
    assert demo.servers.asked == [f"{HERE}?page=2"]


@pytest.mark.parametrize(
    "link", ["http://elsewhere.example/fhir?page=2", "http://localhost:1/fhir?p", "file:///etc/passwd"]
)
def test_a_page_on_another_server_is_not_followed_and_the_list_counts_as_unknown(demo: Served, link: str):
    first = found(medicine("m1", "C03CA01", "furosemid"), next_page=link)
    prefetch = {"patient": patient(), "medicines": first, "prescriptions": None}
    body = selecting(order("r1", "N05CF01", "zopiklon"), prefetch=prefetch, more=AUTHORIZED)
    (card,) = check_answer(answered(demo, body))
    assert demo.servers.asked == []
    assert "ukjent → minst 1" in card["summary"]


def test_pages_that_lead_back_to_themselves_come_to_an_end(demo: Served):
    demo.servers.answer = lambda _: found(medicine("m1", "C03CA01", "furosemid"), next_page=f"{HERE}?page=2")
    first = found(medicine("m1", "C03CA01", "furosemid"), next_page=f"{HERE}?page=2")
    prefetch = {"patient": patient(), "medicines": first, "prescriptions": None}
    body = selecting(order("r1", "N05CF01", "zopiklon"), prefetch=prefetch, more=AUTHORIZED)
    check_answer(answered(demo, body))
    assert len(demo.servers.asked) < 25


def test_a_slow_server_is_waited_for_two_seconds_in_all(demo: Served):
    async def slow(request: httpx2.Request) -> Any:
        await asyncio.sleep(0 if "Patient" in request.url.path else 10)
        return httpx2.Response(200, json=patient())

    demo.servers.answer = slow
    answer = demo.client.post(at("patient-view"), json=call("patient-view", more=AUTHORIZED))
    assert answer.status_code == 200
    assert answer.elapsed.total_seconds() < 3
    assert check_answer(answer.json())


@pytest.mark.parametrize(
    "server",
    [
        "https://elsewhere.example/fhir",
        "http://169.254.169.254/latest",
        "http://10.0.0.1/fhir",
        "http://localhost.evil.example/fhir",
        "http://user@localhost:9999/fhir",
        "http://localhost:9999/fhir/../admin",
        "http://[::ffff:169.254.169.254]/",
        "ftp://localhost/fhir",
        "http://localhost:99999999/",
        "not an address",
    ],
)
def test_a_server_that_is_not_on_the_list_is_never_asked(demo: Served, server: str):
    said = call("patient-view", more={"fhirServer": server, "fhirAuthorization": TOKEN})
    assert answered(demo, said, 412)["resourceType"] == "OperationOutcome"
    assert demo.servers.asked == []


def test_a_server_that_sends_us_elsewhere_is_not_followed(demo: Served):
    demo.servers.answer = lambda _: httpx2.Response(302, headers={"Location": "http://169.254.169.254/"})
    answered(demo, call("patient-view", more=AUTHORIZED), 412)
    assert not any("169.254" in url for url in demo.servers.asked)


@pytest.mark.parametrize("said", [b"<html>", b"[1]", b'{"a":' * 200, b"null", b"{" + b" " * 6_000_000 + b"}"])
def test_whatever_the_server_answers_is_no_defect(demo: Served, said: bytes):
    demo.servers.answer = lambda _: httpx2.Response(200, content=said)
    answered(demo, call("patient-view", more=AUTHORIZED), 412)


def test_single_resources_and_what_a_search_tells_of_itself_are_read(demo: Served):
    listed = medicines(LIST[:2])
    listed["entry"].append({"search": {"mode": "outcome"}, "resource": outcome()})
    listed["entry"].append({"search": {"mode": "include"}, "fullUrl": f"{FHIR}/Patient/p1", "resource": patient()})
    prefetch = {
        "patient": found(patient()),
        "medicines": listed,
        "prescriptions": medicine("m9", "A10BA02", "metformin"),
    }
    body = selecting(order("r1", "N05CF01", "zopiklon"), prefetch={**prefetch, "unknown": "key"})
    (card,) = check_answer(answered(demo, body))
    assert "| Faste legemidler | 3 | 4 |" in card["detail"]


@pytest.mark.parametrize(
    "prefetch",
    [
        {"patient": patient("p2")},
        {"patient": {**patient(), "id": None}},
        {"patient": patient(), "medicines": medicines(of="p2")},
        {"patient": patient(), "medicines": found(medicine("m1", "C03CA01", "furosemid"), patient("p2"))},
        {"patient": patient(), "conditions": {"resourceType": "Condition", "id": "c"}},
        {"patient": patient(birthDate="yesterday")},
    ],
)
def test_another_patients_facts_are_refused(demo: Served, prefetch: dict[str, Any]):
    answered(demo, call("patient-view", prefetch), 422)


@pytest.mark.parametrize(
    "unread",
    [
        {},
        [],
        "text",
        7,
        {"resourceType": 7},
        {"resourceType": "Bundle", "entry": {}},
        {"resourceType": "Bundle", "entry": [7]},
        {"resourceType": "Bundle", "entry": [{"resource": []}]},
        medicines() | {"modifierExtension": [{}]},
        found(medicine("m1", "C03CA01", "furosemid", of="w1", status=7)),
        found(medicine("m1", "C03CA01", "furosemid", of="w1", dosage={})),
        found(medicine("m1", "C03CA01", "furosemid", of="w1", modifierExtension=[{"url": "x"}])),
        found(medicine("m1", "C03CA01", "furosemid", of="w1"), next_page="https://elsewhere.example/2"),
    ],
    ids=str,
)
def test_a_list_that_cannot_be_read_is_as_one_that_was_not_sent(demo: Served, unread: Any):
    prefetch = {"patient": patient("w1"), "medicines": unread, "prescriptions": medicine("m9", "A10BA02", "x", of="w1")}
    body = selecting(order("r1", "N05CF01", "zopiklon", of="w1"), prefetch=prefetch, patientId="w1")
    (card,) = check_answer(answered(demo, body))
    assert "ukjent → minst 1" in card["summary"]  # the prescriptions alone would be too few


def test_what_could_not_be_read_is_named_in_the_card_and_the_rest_counts(demo: Served):
    prefetch = {"patient": patient("w2"), "conditions": found({"resourceType": "Condition", "id": "c", "code": []})}
    prefetch["conditions"]["entry"][0]["resource"]["subject"] = {"reference": "Patient/w2"}
    prefetch |= {"medicines": medicines(of="w2"), "cfs": found(level(6, of="w2"))}
    (card,) = check_answer(answered(demo, call("patient-view", prefetch, patientId="w2")))
    assert "CFS 6" in card["summary"]
    assert "ikke kunne leses, og som ikke er brukt: conditions." in card["detail"]


def test_a_stay_that_cannot_be_read_is_refused_where_the_hook_is_about_it(demo: Served):
    stay = {"resourceType": "Encounter", "id": "e1", "status": [], "subject": {"reference": "Patient/p1"}}
    answered(demo, call("encounter-start", {"patient": patient(), "encounter": stay}), 422)


def test_another_patients_order_is_refused(demo: Served):
    body = selecting(order("r1", "N05CF01", "zopiklon", of="p2"), prefetch={"patient": patient()})
    answered(demo, body, 422)


def test_another_stay_than_the_one_that_begins_is_refused(demo: Served):
    stay = {"resourceType": "Encounter", "id": "e2", "status": "in-progress", "subject": {"reference": "Patient/p1"}}
    answered(demo, call("encounter-start", {"patient": patient(), "encounter": stay}), 422)


def test_a_real_identity_number_is_refused_in_a_demo(demo: Served):
    number = {"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": "01010050027"}
    answered(demo, call("patient-view", {"patient": patient(identifier=[number])}), 422)


def test_absolute_references_to_the_callers_own_server_are_the_patients(demo: Served):
    listed = medicines()
    for entry in listed["entry"]:
        entry["resource"]["subject"]["reference"] = f"{FHIR}/Patient/p1"
    body = selecting(order("r1", "N05CF01", "zopiklon"), prefetch={"patient": patient(), "medicines": listed})
    (card,) = check_answer(answered(demo, body))
    assert "4 → 5" in card["summary"]
