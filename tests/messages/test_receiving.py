"""A message that comes in is kept, proposes what it says, and tells what has happened; the newest one wins."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.messages.sent import alone, diagnosis, event, happened, medicine, message, service
from tests.storage.databases import Cluster, cluster
from tests.v1.issuer import bearer
from tests.v1.people import DOCTOR, NURSE, SYSTEM, Patient, case, number
from tests.v1.serving import served

__all__ = ["cluster"]

NEW = count(300)
REPORT, TO_DOCTOR = "INNLEGGELSESRAPPORT", "HELSEOPPLYSNINGER_LEGE"
XML = {"Content-Type": "application/xml"}
STO = "St. Olavs hospital"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def client(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The application over a database of its own, of each kind."""
    if request.param == "sqlite":
        with served(f"sqlite:///{tmp_path_factory.mktemp('messages') / 'record.sqlite'}") as (client, _):
            yield client
        return
    server: Cluster = request.getfixturevalue("cluster")
    with server.database() as url, served(url) as (client, _):
        yield client


@dataclass
class Known(Patient):
    """A patient with the number that messages name."""

    number: str


def ago(**gone: float) -> str:
    """Return a moment so long before now, as a message has it."""
    return (datetime.now(UTC) - timedelta(**gone)).isoformat(timespec="seconds")


def send(client: TestClient, sent: bytes, *, who: dict[str, str] = SYSTEM, about: str | None = None) -> Any:
    """Hand a message over."""
    return client.post("/api/v1/messages", content=sent, headers=who | XML, params={"patient": about} if about else {})


def taken(client: TestClient, sent: bytes, **more: Any) -> Any:
    """Hand a message over that is taken in, and return the answer."""
    answer = send(client, sent, **more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def course(client: TestClient, patient: str) -> Any:
    """Return a patient's course."""
    return client.get(f"/api/v1/patients/{patient}", headers=SYSTEM).json()


def shown(client: TestClient, message: str, who: dict[str, str] = SYSTEM) -> Any:
    """Return a message."""
    return client.get(f"/api/v1/messages/{message}", headers=who).json()


def proposed(client: TestClient, patient: str) -> Any:
    """Return the case that the messages propose, or None where nothing is."""
    screenings = [each for each in course(client, patient)["screenings"] if each["unjudged"]]
    if not screenings:
        return None
    return client.get(f"/api/v1/screenings/{screenings[-1]['id']}/case", headers=SYSTEM).json()


def admitted(client: TestClient) -> Known:
    """Return a patient whom the record has told of, and nobody has screened."""
    which = next(NEW)
    plain = case(which)
    sent = {name: plain[name] for name in ("patient", "encounter")}
    answer = client.post("/api/v1/admissions", json=sent, headers=SYSTEM)
    assert answer.status_code == 201, answer.text
    return Known(client, answer.json()["patient"], "", "", [], number(which))


# Facts


def test_a_report_proposes_what_it_says_and_nobody_has_judged_it(client: TestClient):
    patient = admitted(client)
    answer = taken(client, message(REPORT, patient.number, alone() + service("15"), sent="2026-11-16T15:34:47"))
    assert answer["patient"] == patient.id
    assert [each["kind"] for each in answer["led_to"]] == ["screened"]
    found = proposed(client, patient.id)
    assert found["answers"] == {"living_alone": True, "municipal_services": {"home_nursing": True}}
    assert found["sources"]["living_alone"]["time"] == "2026-11-16T15:34:47+01:00"
    assert found["sources"]["living_alone"]["status"] == "proposed"
    assert course(client, patient.id)["status"] == "unscreened"


def test_a_later_message_wins_and_says_what_it_overruled(client: TestClient):
    patient = admitted(client)
    first = taken(client, message(REPORT, patient.number, alone(True) + diagnosis("I50"), sent="2026-11-16T15:00:00"))
    later = taken(client, message(TO_DOCTOR, patient.number, alone(False), sent="2026-11-16T16:00:00"))
    found = proposed(client, patient.id)
    assert found["answers"]["living_alone"] is False
    assert [row["code"] for row in found["conditions"]] == ["I50"]
    assert found["sources"]["living_alone"]["from"] == "Helseopplysninger til lege"
    told = [note for note in found["notes"] if note["code"] == "input_message_overruled"]
    assert told == [
        {"code": "input_message_overruled", "where": "living_alone", "values": {"time": "2026-11-16 15:00"}}
    ]
    assert shown(client, first["message"])["overruled"] == [
        {"item": "living_alone", "by": later["message"], "was": first["message"]}
    ]


def test_an_older_message_that_comes_late_overturns_nothing(client: TestClient):
    patient = admitted(client)
    taken(client, message(TO_DOCTOR, patient.number, alone(False), sent="2026-11-16T16:00:00"))
    taken(client, message(REPORT, patient.number, alone(True) + service("15"), sent="2026-11-16T15:00:00"))
    found = proposed(client, patient.id)
    assert found["answers"] == {"living_alone": False, "municipal_services": {"home_nursing": True}}
    assert found["sources"]["living_alone"]["from"] == "Helseopplysninger til lege"


@pytest.mark.parametrize("late", [False, True])
def test_a_changed_message_takes_the_place_of_the_first_in_whichever_order_they_come(client: TestClient, late: bool):
    patient = admitted(client)
    about, id = patient.number, f"first-{patient.id}"
    first = message(REPORT, about, alone() + medicine("Burinex"), sent="2026-11-16T15:00:00", msg_id=id)
    changed = message(REPORT, about, alone(False), sent="2026-11-16T15:30:00", status="M", refers_to=id)
    for each in (changed, first) if late else (first, changed):
        taken(client, each)
    found = proposed(client, patient.id)
    assert found["answers"]["living_alone"] is False
    assert "medicines" not in found
    assert "input_message_overruled" not in {note["code"] for note in found.get("notes", [])}


@pytest.mark.parametrize("late", [False, True])
def test_a_cancelled_message_takes_its_facts_away(client: TestClient, late: bool):
    patient = admitted(client)
    id = f"first-{patient.id}"
    first = message(REPORT, patient.number, alone(), sent="2026-11-16T15:00:00", msg_id=id)
    cancelled = message(REPORT, patient.number, "", sent="2026-11-16T15:30:00", status="C", refers_to=id)
    for each in (cancelled, first) if late else (first, cancelled):
        taken(client, each)
    assert proposed(client, patient.id) is None
    lines = client.get(f"{patient.path}/messages", headers=NURSE).json()["messages"]
    assert {(each["status"], each["standing"]) for each in lines} == {("new", "cancelled"), ("cancelled", "received")}


def test_a_cancelled_message_leaves_what_another_says(client: TestClient):
    patient = admitted(client)
    id = f"first-{patient.id}"
    taken(client, message(TO_DOCTOR, patient.number, alone(False), sent="2026-11-16T14:30:00"))
    taken(client, message(REPORT, patient.number, alone(True), sent="2026-11-16T15:00:00", msg_id=id))
    assert proposed(client, patient.id)["answers"]["living_alone"] is True
    taken(client, message(REPORT, patient.number, "", sent="2026-11-16T16:00:00", status="C", refers_to=id))
    assert proposed(client, patient.id)["answers"]["living_alone"] is False


@pytest.mark.parametrize("status", ["M", "A", "C"])
def test_what_refers_to_nothing_held_is_kept_and_says_so(client: TestClient, status: str):
    patient = admitted(client)
    taken(client, message(REPORT, patient.number, alone(True), sent="2026-11-16T15:00:00"))
    about = {"status": status, "refers_to": f"lost-{patient.id}"}
    answer = taken(client, message(REPORT, patient.number, service("15"), sent="2026-11-16T16:00:00", **about))
    assert "refers_to_unknown" in answer["notes"]
    lines = client.get(f"{patient.path}/messages", headers=NURSE).json()["messages"]
    assert {each["status"]: "refers_to_unknown" in each["notes"] for each in lines}["new"] is False
    assert [each["id"] for each in lines if "refers_to_unknown" in each["notes"]] == [answer["message"]]
    assert proposed(client, patient.id)["answers"]["living_alone"] is True


def test_what_it_refers_to_may_come_after(client: TestClient):
    patient = admitted(client)
    id = f"first-{patient.id}"
    answer = taken(client, message(REPORT, patient.number, "", sent="2026-11-16T16:00:00", status="C", refers_to=id))
    taken(client, message(REPORT, patient.number, alone(), sent="2026-11-16T15:00:00", msg_id=id))
    assert "refers_to_unknown" in answer["notes"]
    assert "refers_to_unknown" not in shown(client, answer["message"])["notes"]


@pytest.mark.parametrize("her", [False, True])
def test_a_sender_is_the_same_however_it_spells_its_name_and_with_a_her_id(client: TestClient, her: bool):
    patient = admitted(client)
    id = f"first-{patient.id}"
    taken(client, message(REPORT, patient.number, alone(), sent="2026-11-16T15:00:00", msg_id=id))
    about = {"status": "C", "refers_to": id, "sender": "MALVIK  kommune"}
    sent = message(REPORT, patient.number, "", sent="2026-11-16T16:00:00", **about)
    ident = b'</OrganisationName><Ident><Id>93</Id><TypeId V="HER"/></Ident></Organisation></Sender>'
    answer = taken(client, sent.replace(b"</OrganisationName></Organisation></Sender>", ident) if her else sent)
    assert "refers_to_unknown" not in answer["notes"]
    assert proposed(client, patient.id) is None


@pytest.mark.parametrize("status", ["M", "C"])
def test_a_lost_message_in_between_does_not_break_the_conversation(client: TestClient, status: str):
    patient = admitted(client)
    first, lost = f"first-{patient.id}", f"lost-{patient.id}"
    taken(client, message(REPORT, patient.number, alone() + diagnosis("I50"), sent="2026-11-16T15:00:00", msg_id=first))
    sent = message(REPORT, patient.number, alone(False), sent="2026-11-16T16:00:00", status=status, refers_to=lost)
    whole = f"<RefToConversation>{first}".encode()
    answer = taken(client, sent.replace(f"<RefToConversation>{lost}".encode(), whole))
    assert "refers_to_unknown" not in answer["notes"]
    found = proposed(client, patient.id)
    stands = found and (found["answers"]["living_alone"], "conditions" in found)
    assert stands == (None if status == "C" else (False, False))


def test_another_person_under_the_same_number_is_noted_for_a_person_to_see(client: TestClient):
    which = number(next(NEW))
    first = taken(client, message(REPORT, which, alone(), sent=ago(hours=3)))
    assert first["notes"] == []
    other = message(TO_DOCTOR, which, diagnosis("C34"), sent=ago(hours=2), born="1931-03-02")
    other = other.replace(b"<GivenName>Gry", b"<GivenName>Odd").replace(b'Sex V="2"', b'Sex V="1"')
    answer = taken(client, other)
    assert answer["notes"] == ["another_name", "another_birth_date", "another_sex"]
    found = course(client, answer["patient"])
    assert found["who"] == {"name": "Gry Prøve", "born": "1945-01-15", "sex": "female"}
    facts = proposed(client, answer["patient"])
    assert {f"input_message_{each}" for each in answer["notes"]} <= {each["code"] for each in facts["notes"]}
    assert shown(client, answer["message"])["notes"] == answer["notes"]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("status", ["M", "C"])
def test_a_message_followed_by_one_about_another_patient_is_doubted_with_its_facts(
    client: TestClient, status: str, late: bool
):
    wrong, right = admitted(client), admitted(client)
    id = f"first-{wrong.id}"
    first = message(REPORT, wrong.number, alone(), sent="2026-11-16T15:00:00", msg_id=id)
    about = {"status": status, "refers_to": id}
    follows = message(REPORT, right.number, diagnosis("I50"), sent="2026-11-16T16:00:00", **about)
    answers = {each: taken(client, each) for each in ((follows, first) if late else (first, follows))}
    assert shown(client, answers[first]["message"])["notes"][0] == "moved"
    assert shown(client, answers[follows]["message"])["notes"][0] == "moves"
    facts = proposed(client, wrong.id)
    assert facts["answers"]["living_alone"] is True, "whose it is, a person finds out"
    assert [each["values"] for each in facts["notes"] if each["code"] == "input_message_moved"] == [
        {"time": "2026-11-16 15:00"}
    ]
    others = proposed(client, right.id)
    assert ("input_message_moves" in {each["code"] for each in others["notes"]}) if status == "M" else others is None
    lines = client.get(f"{wrong.path}/access-log", headers=bearer("administrator", "hospital:STO")).json()["lines"]
    assert ("message_doubted" in {each["action"] for each in lines}) is not late


def test_a_followed_message_of_another_sender_or_kind_with_the_same_id_is_not_doubted(client: TestClient):
    one, other = admitted(client), admitted(client)
    id = f"first-{one.id}"
    answer = taken(client, message(REPORT, one.number, alone(), sent="2026-11-16T15:00:00", msg_id=id))
    about = {"status": "C", "refers_to": id, "sent": "2026-11-16T16:00:00"}
    for sent in (
        message(REPORT, other.number, "", sender="Alvdal kommune", **about),
        message(TO_DOCTOR, other.number, "", **about),
    ):
        assert taken(client, sent)["notes"][0] == "refers_to_unknown"
    assert "moved" not in shown(client, answer["message"])["notes"]


def test_an_addition_adds_to_what_stands(client: TestClient):
    patient = admitted(client)
    id = f"first-{patient.id}"
    taken(client, message(REPORT, patient.number, medicine("Burinex"), sent="2026-11-16T15:00:00", msg_id=id))
    added = message(REPORT, patient.number, medicine("Triatec"), sent="2026-11-16T16:00:00", status="A", refers_to=id)
    taken(client, added)
    assert [row["name"] for row in proposed(client, patient.id)["medicines"]] == ["Burinex", "Triatec"]


def test_a_message_that_comes_twice_is_kept_once(client: TestClient):
    patient = admitted(client)
    sent = message(REPORT, patient.number, alone(), sent="2026-11-16T15:00:00")
    first, again = taken(client, sent), send(client, sent)
    assert again.status_code == 200
    assert again.json() == first
    spaced = sent.replace(b"<MsgInfo>", b"\n <MsgInfo>\n").replace(b"</MsgInfo>", b"\n</MsgInfo>")
    assert send(client, spaced).json() == first, "spaces between elements say nothing"
    other = sent.replace(b"true", b"false")
    assert send(client, other).json()["code"] == "message_id_reused"
    assert proposed(client, patient.id)["answers"]["living_alone"] is True


def test_a_sign_that_cannot_be_shown_and_a_long_text_lose_nothing(client: TestClient):
    patient = admitted(client)
    said = f"Går\u202e ute {'y' * 20_001}"
    words = f"<SamletVurderingFunksjonsniva><Merknad>{said}</Merknad></SamletVurderingFunksjonsniva>"
    body = f"{alone()}<InfoKartleggingFunksjonsniva>{words}</InfoKartleggingFunksjonsniva>"
    answer = taken(client, message(REPORT, patient.number, body, sent="2026-11-16T15:00:00"))
    found = proposed(client, patient.id)
    assert found["answers"]["living_alone"] is True
    assert found["answers"]["function_before"].startswith("Går\ufffd ute y")
    assert {"input_characters_replaced", "input_text_shortened"} <= {each["code"] for each in found["notes"]}
    assert said in shown(client, answer["message"])["content"], "the message itself is kept as it stood"


def test_a_message_about_someone_unknown_makes_the_record_as_a_case_does(client: TestClient):
    which = number(next(NEW))
    answer = taken(client, message(REPORT, which, alone(), sent=ago(hours=2)))
    found = course(client, answer["patient"])
    assert found["who"] == {"name": "Gry Prøve", "born": "1945-01-15", "sex": "female"}
    assert found["stay"]["assumed"] is True
    assert proposed(client, answer["patient"])["answers"]["living_alone"] is True


def test_a_cancelled_message_takes_with_it_the_stay_that_was_only_assumed(client: TestClient):
    which = number(next(NEW))
    answer = taken(client, message(REPORT, which, alone(), sent=ago(hours=2), msg_id="only-one"))
    taken(client, message(REPORT, which, "", sent=ago(hours=1), status="C", refers_to="only-one"))
    assert client.get(f"/api/v1/patients/{answer['patient']}", headers=SYSTEM).status_code == 404


@pytest.mark.parametrize("changes", ["M", "AM", "MM", "AMM"])
def test_a_changed_report_of_someone_not_yet_admitted_keeps_the_stay_that_was_assumed(client: TestClient, changes: str):
    which = number(next(NEW))
    answer = taken(client, message(REPORT, which, alone(True), sent=ago(hours=9), msg_id=f"first-{which}"))
    stay = course(client, answer["patient"])["stay"]["id"]
    for step, status in enumerate(changes):
        corrected = alone(False) + medicine(f"Burinex {step}")
        about = {"status": status, "refers_to": f"first-{which}"}
        taken(client, message(REPORT, which, corrected, sent=ago(hours=8 - step), **about))
    found = course(client, answer["patient"])["stay"]
    assert (found["id"], found["assumed"], found["discharged"]) == (stay, True, None)
    assert proposed(client, answer["patient"])["answers"]["living_alone"] is False
    assert shown(client, answer["message"])["standing"] == "replaced"


def test_an_assumed_stay_stands_while_another_message_tells_of_it(client: TestClient):
    which = number(next(NEW))
    answer = taken(client, message(REPORT, which, alone(True), sent=ago(hours=9), msg_id=f"first-{which}"))
    taken(client, message(TO_DOCTOR, which, service("15"), sent=ago(hours=8)))
    taken(client, message(REPORT, which, "", sent=ago(hours=7), status="C", refers_to=f"first-{which}"))
    assert course(client, answer["patient"])["stay"]["assumed"] is True
    assert proposed(client, answer["patient"])["answers"] == {"municipal_services": {"home_nursing": True}}


OVER = event("1", "2026-01-27T14:00:00") + event("2", "2026-02-04T12:00:00")
LONG_AGO = "2026-02-04T13:00:00"
UNADMITTING = {
    "a doctor's letter": lambda which: message(TO_DOCTOR, which, alone(), sent=ago(hours=2)),
    "an old report": lambda which: message(REPORT, which, alone(), sent=LONG_AGO),
    "an old admission": lambda which: message(
        "LOG_INNLAGT", which, happened("LOG_INNLAGT", "2026-02-01T14:10:00"), sent="2026-02-01T14:20:00"
    ),
    "a discharge": lambda which: message(
        "LOG_UTSKREVET", which, happened("LOG_UTSKREVET", ago(hours=3), more=event("1", ago(days=5))), sent=ago(hours=2)
    ),
    "a report of a stay that is over": lambda which: message(
        REPORT, which, alone() + f"<OpplysningOpphold>{OVER}</OpplysningOpphold>", sent=ago(hours=2)
    ),
}


@pytest.mark.parametrize("what", UNADMITTING)
def test_what_is_of_no_present_stay_admits_nobody_and_is_kept(client: TestClient, what: str):
    which = number(next(NEW))
    answer = taken(client, UNADMITTING[what](which))
    assert answer["led_to"] == []
    path = f"/api/v1/patients/{answer['patient']}"
    assert client.get(path, headers=NURSE).status_code == 404, "nobody who is not here is on a list"
    plain = case(0)["encounter"] | {"id": f"now-{which}"}
    sent = {"patient": {"id": which}, "encounter": plain}
    assert client.post("/api/v1/admissions", json=sent, headers=SYSTEM).status_code == 201
    lines = client.get(f"{path}/messages", headers=NURSE).json()["messages"]
    assert [each["id"] for each in lines] == [answer["message"]]
    assert len(course(client, answer["patient"])["stays"]) == 1


def test_what_a_person_took_away_stays_away(client: TestClient):
    patient = admitted(client)
    answer = taken(client, message(REPORT, patient.number, alone(), sent="2026-11-16T15:00:00"))
    patient.tell(DOCTOR, kind="undone", event=answer["led_to"][0]["event"], reason="Feil pasient i meldingen")
    taken(client, message(TO_DOCTOR, patient.number, service("15"), sent="2026-11-16T16:00:00"))
    assert proposed(client, patient.id) is None


def test_a_report_that_comes_before_the_readmission_is_told_of_the_new_stay(client: TestClient):
    patient = admitted(client)
    stay = course(client, patient.id)["stay"]["id"]
    patient.tell(SYSTEM, kind="discharged", stay=stay, at="2026-11-18T12:00:00+01:00")
    taken(client, message(REPORT, patient.number, alone(), sent="2026-11-20T15:00:00"))
    assert [each["stay"] for each in course(client, patient.id)["screenings"]] == [None]
    encounter = {"id": f"again-{patient.id}", "admitted": "2026-11-21T10:00:00+01:00", "ward": "GER2"}
    sent = {"patient": {"id": patient.number}, "encounter": encounter}
    assert client.post("/api/v1/admissions", json=sent, headers=SYSTEM).status_code == 201
    assert [each["stay"] for each in course(client, patient.id)["screenings"]] == [encounter["id"]]
    assert proposed(client, patient.id)["answers"]["living_alone"] is True


# What has happened


def test_a_message_of_an_admission_begins_a_stay_once(client: TestClient):
    which = number(next(NEW))
    at = ago(days=2)
    sent = message("LOG_INNLAGT", which, happened("LOG_INNLAGT", at), sent=ago(days=1))
    answer = taken(client, sent)
    stay = course(client, answer["patient"])["stay"]
    assert datetime.fromisoformat(stay["admitted"]) == datetime.fromisoformat(at)
    assert stay["hospital"] == "STO"
    assert not stay["assumed"]


def test_the_records_own_time_of_admission_is_left_as_it_is(client: TestClient):
    patient = admitted(client)
    body = happened("LOG_INNLAGT", "2026-11-16T14:00:00")
    answer = taken(client, message("LOG_INNLAGT", patient.number, body, sent="2026-11-16T14:20:00"))
    assert answer["led_to"] == []
    assert len(course(client, patient.id)["stays"]) == 1


def ready(patient: Known, at: str, sent: str, **more: Any) -> bytes:
    """Return a message that the patient is ready for discharge."""
    return message("LOG_UTSKRIVNINGSKLAR", patient.number, happened("LOG_UTSKRIVNINGSKLAR", at), sent=sent, **more)


def withdrawn(patient: Known, sent: str, **more: Any) -> bytes:
    """Return a message that the patient is not ready after all."""
    earlier = event("1", "2026-11-16T14:10:00") + event("3", "2026-11-18")
    return message("LOG_AVMELDING", patient.number, happened("LOG_AVMELDING", sent, more=earlier), sent=sent, **more)


def test_ready_and_withdrawn_are_told_of_the_stay(client: TestClient):
    patient = admitted(client)
    taken(client, ready(patient, "2026-11-18T10:00:00", "2026-11-18T10:05:00"))
    assert course(client, patient.id)["stay"]["ready"] is not None
    taken(client, withdrawn(patient, "2026-11-18T14:00:00"))
    assert course(client, patient.id)["stay"]["ready"] is None


def test_ready_that_comes_after_its_withdrawal_is_not_told(client: TestClient):
    patient = admitted(client)
    taken(client, withdrawn(patient, "2026-11-18T14:00:00", msg_id=f"w-{patient.id}"))
    assert taken(client, ready(patient, "2026-11-18T10:00:00", "2026-11-18T10:05:00"))["led_to"] == []
    assert course(client, patient.id)["stay"]["ready"] is None
    away = message(
        "LOG_AVMELDING",
        patient.number,
        happened("LOG_AVMELDING", "2026-11-18T15:00:00"),
        sent="2026-11-18T15:00:00",
        status="C",
        refers_to=f"w-{patient.id}",
    )
    taken(client, away)
    assert course(client, patient.id)["stay"]["ready"] is not None, "the older one counts when the newer is cancelled"


def test_what_someone_else_told_since_is_not_overturned(client: TestClient):
    patient = admitted(client)
    stay = course(client, patient.id)["stay"]["id"]
    patient.tell(SYSTEM, kind="ready_for_discharge", stay=stay, at="2026-11-18T11:00:00+01:00")
    assert taken(client, ready(patient, "2026-11-18T10:00:00", "2026-11-18T10:05:00"))["led_to"] == []


def test_an_expected_day_of_discharge_is_told(client: TestClient):
    patient = admitted(client)
    stays = f"<OpplysningOpphold>{event('3', '2026-11-25', estimate=True)}</OpplysningOpphold>"
    kind = '<TypeInnholdIMelding><TypeInnhold V="1"/></TypeInnholdIMelding>'
    later = "2026-11-22T12:00:00"
    sent = message("HELSEOPPL_SOKNAD", patient.number, kind + stays, sent=later)
    assert "not_yet" in send(client, sent.replace(later.encode(), b"2199-01-01T12:00:00")).text
    assert send(client, sent).status_code == 201


def test_a_discharge_is_told_corrected_and_cancelled(client: TestClient):
    patient = admitted(client)
    id = f"d-{patient.id}"
    body = happened("LOG_UTSKREVET", "2026-11-19T12:00:00")
    taken(client, message("LOG_UTSKREVET", patient.number, body, sent="2026-11-19T12:05:00", msg_id=id))
    assert course(client, patient.id)["stay"]["discharged"] is not None
    moved = happened("LOG_UTSKREVET", "2026-11-19T15:00:00")
    changed = message("LOG_UTSKREVET", patient.number, moved, sent="2026-11-19T15:05:00", status="M", refers_to=id)
    taken(client, changed)
    assert course(client, patient.id)["stay"]["discharged"].startswith("2026-11-19T1")
    taken(client, message("LOG_UTSKREVET", patient.number, moved, sent="2026-11-19T16:00:00", status="C", refers_to=id))
    assert course(client, patient.id)["stay"]["discharged"] is None


def test_a_death_stops_every_clock_and_a_cancelled_one_brings_all_back(client: TestClient):
    patient = admitted(client)
    id = f"dead-{patient.id}"
    before = course(client, patient.id)
    assert before["clocks"]
    body = happened("LOG_DOD", "2026-11-18T03:00:00")
    taken(client, message("LOG_DOD", patient.number, body, sent="2026-11-18T04:00:00", msg_id=id))
    dead = course(client, patient.id)
    assert dead["status"] == "died"
    assert not [each for each in dead["clocks"] if each["state"] == "open"]
    taken(client, message("LOG_DOD", patient.number, body, sent="2026-11-18T06:00:00", status="C", refers_to=id))
    after = course(client, patient.id)
    assert (after["status"], after["clocks"]) == (before["status"], before["clocks"])


def test_what_came_while_someone_was_said_to_be_dead_is_told_when_that_is_cancelled(client: TestClient):
    patient = admitted(client)
    id = f"dead-{patient.id}"
    body = happened("LOG_DOD", "2026-11-18T03:00:00")
    taken(client, message("LOG_DOD", patient.number, body, sent="2026-11-18T04:00:00", msg_id=id))
    assert taken(client, message(REPORT, patient.number, alone(), sent="2026-11-18T05:00:00"))["led_to"] == []
    assert taken(client, ready(patient, "2026-11-18T05:00:00", "2026-11-18T05:00:00"))["led_to"] == []
    taken(client, message("LOG_DOD", patient.number, body, sent="2026-11-18T06:00:00", status="C", refers_to=id))
    assert proposed(client, patient.id)["answers"]["living_alone"] is True
    assert course(client, patient.id)["stay"]["ready"] is not None


def test_another_hospitals_stay_is_not_touched(client: TestClient):
    patient = admitted(client)
    other = bearer("system", "hospital:AHUS")
    body = happened("LOG_UTSKREVET", "2026-11-18T12:00:00")
    sent = message("LOG_UTSKREVET", patient.number, body, sent="2026-11-18T12:05:00")
    assert taken(client, sent, who=other)["led_to"] == []
    assert course(client, patient.id)["stay"]["discharged"] is None


# Who it is, and who sees it


def test_a_message_about_another_than_the_one_it_was_sent_about_is_refused(client: TestClient):
    patient, other = admitted(client), admitted(client)
    sent = message(REPORT, patient.number, alone(), sent="2026-11-16T15:00:00")
    assert send(client, sent, about=other.id).json()["code"] == "message_other_patient"
    assert client.get(f"{other.path}/messages", headers=NURSE).json()["messages"] == []
    assert client.get(f"{patient.path}/messages", headers=NURSE).json()["messages"] == []
    assert taken(client, sent, about=patient.id)["patient"] == patient.id


def test_a_local_id_is_the_senders_and_needs_our_id(client: TestClient):
    patient = admitted(client)
    sent = message(REPORT, "H-1", alone(), sent="2026-11-16T15:00:00", type_id="HNR")
    assert send(client, sent).json()["code"] == "message_needs_identity"
    wrong = message(REPORT, "H-1", alone(), sent="2026-11-16T15:00:00", type_id="HNR", born="1950-05-05")
    assert send(client, wrong, about=patient.id).json()["code"] == "message_other_patient"
    assert taken(client, sent, about=patient.id)["patient"] == patient.id


def test_a_protected_address_hides_between_whom_and_next_of_kin(client: TestClient):
    patient = admitted(client)
    name = "<fk1:FamilyName>Fjell</fk1:FamilyName>"
    kin = f"<ParorendeForesatt><Referanseperson>{name}</Referanseperson></ParorendeForesatt>"
    answer = taken(client, message(REPORT, patient.number, alone() + kin, sent="2026-11-16T15:00:00"))
    assert "Fjell" in json.dumps(shown(client, answer["message"], NURSE))
    patient.tell(SYSTEM, kind="address_protected", protected=True)
    for who in (NURSE, DOCTOR):
        told = json.dumps(
            [shown(client, answer["message"], who), client.get(f"{patient.path}/messages", headers=who).json()]
        )
        assert "Fjell" not in told
        assert "Malvik" not in told
        assert "living_alone" in told


def test_a_blocked_record_is_not_shown_and_still_takes_messages(client: TestClient):
    patient = admitted(client)
    patient.tell(SYSTEM, kind="record_blocked", blocked=True)
    answer = taken(client, message(REPORT, patient.number, alone(), sent="2026-11-16T15:00:00"))
    for path in (f"{patient.path}/messages", f"/api/v1/messages/{answer['message']}"):
        assert client.get(path, headers=NURSE).status_code == 404


def test_the_message_itself_goes_to_the_record_system_alone(client: TestClient):
    patient = admitted(client)
    answer = taken(client, message(REPORT, patient.number, alone(), sent="2026-11-16T15:00:00"))
    assert "<MsgHead" in shown(client, answer["message"])["content"]
    assert shown(client, answer["message"], NURSE)["content"] is None


def test_reading_and_receiving_are_in_the_access_log(client: TestClient):
    patient = admitted(client)
    answer = taken(client, message(REPORT, patient.number, alone(), sent="2026-11-16T15:00:00"))
    shown(client, answer["message"], NURSE)
    lines = client.get(f"{patient.path}/access-log?limit=200", headers=bearer("administrator", "hospital:STO")).json()
    actions = [each["action"] for each in lines["lines"]]
    assert "message_received" in actions
    assert "read" in actions
