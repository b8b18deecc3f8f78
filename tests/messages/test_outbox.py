"""The record system fetches what was made final, tells that it was sent, and is never given what was withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient
from lxml import etree

from api.messages.finishing import Finishing, finish, take_back
from api.messages.reading import read_message
from api.people.user import Unit, User
from api.places.addresses import Addresses
from api.record.courses import NotYours
from api.record.opening import open_with_reason
from api.record.record import Record
from api.record.streams import Naming
from engine.errors import InputError
from tests.messages.reading_back import facts_in
from tests.v1.issuer import bearer
from tests.v1.people import DOCTOR as DOCTOR_CALLS
from tests.v1.people import SYSTEM, Patient, number
from tests.v1.serving import served

NEW = count(700)
DOCTOR = User("kari", "doctor", frozenset({Unit("ward", "STO/GER2")}), "Kari Lege")
DOCTOR_ELSEWHERE = User("ola", "doctor", frozenset({Unit("ward", "AHUS/GER1")}), "Ola Lege")
ELSEWHERE = bearer("system", "hospital:AHUS")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Record]]:
    """The application over a database of its own, and the record in it."""
    with served(f"sqlite:///{tmp_path_factory.mktemp('outbox') / 'record.sqlite'}") as found:
        yield found


@pytest.fixture
def patient(both: tuple[TestClient, Record]) -> Patient:
    client, _ = both
    return of_practice(client, next(NEW))


def of_practice(client: TestClient, which: int) -> Patient:
    """Return a patient whose practice has a HER-id."""
    found = Patient.screened(client, which).with_plan("P1")
    found.tell(DOCTOR_CALLS, kind="practice_set", practice="Solsiden")
    return found


def final(both: tuple[TestClient, Record], patient: Patient, kind: Any = "epikrise", by: User = DOCTOR) -> str:
    """Make a message final and return its id."""
    client, record = both
    version = client.get(patient.path, headers=SYSTEM).json()["version"]
    asked = Finishing(patient.id, kind, {}, version, lacks_seen=True)
    return record.writer.run(lambda change: finish(record, by, asked, change))


def outbox(client: TestClient, who: dict[str, str] = SYSTEM) -> list[dict[str, Any]]:
    """Return what is to be sent."""
    answer = client.get("/api/v1/messages", params={"state": "final", "limit": 200}, headers=who)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["messages"]
    return found


def told(client: TestClient, id: str, who: dict[str, str] = SYSTEM) -> Any:
    """Tell that a message was sent."""
    return client.post(f"/api/v1/messages/{id}/marks", json={"mark": "sent"}, headers=who)


def test_a_final_message_is_fetched_whole_until_it_is_told_to_be_sent(both, patient):
    client, _ = both
    id = final(both, patient)
    (found,) = (each for each in outbox(client) if each["id"] == id)
    assert found["content"].startswith("<?xml")
    assert (found["kind"], found["status"]) == ("epikrise", "new")
    for _again in range(2):
        assert told(client, id).status_code == 204
    assert id not in {each["id"] for each in outbox(client)}
    assert client.get(f"/api/v1/messages/{id}", headers=SYSTEM).json()["standing"] == "sent"


def test_what_was_withdrawn_is_not_handed_out_and_cannot_be_told_to_be_sent(both, patient):
    client, record = both
    id = final(both, patient)
    record.writer.run(lambda change: take_back(record, DOCTOR, patient.id, id, reason="Feil", change=change))
    assert id not in {each["id"] for each in outbox(client)}
    answer = told(client, id)
    assert (answer.status_code, answer.json()["code"]) == (409, "message_withdrawn")


def test_the_cancellation_of_what_was_sent_is_handed_out_and_refers_to_it(both, patient):
    client, record = both
    id = final(both, patient)
    first = next(each for each in outbox(client) if each["id"] == id)
    told(client, id)
    record.writer.run(lambda change: take_back(record, DOCTOR, patient.id, id, reason="Feil", change=change))
    (cancelled,) = (each for each in outbox(client) if each["patient"] == patient.id)
    assert (cancelled["status"], cancelled["refers_to"]) == ("cancelled", first["msg_id"])


def test_another_hospitals_system_sees_nothing_of_it(both, patient):
    client, _ = both
    id = final(both, patient)
    assert id not in {each["id"] for each in outbox(client, ELSEWHERE)}
    assert told(client, id, ELSEWHERE).status_code == 404


def test_a_house_that_opened_the_record_neither_takes_back_nor_corrects_anothers_message(both):
    client, record = both
    which = next(NEW)
    patient = of_practice(client, which)
    id = final(both, patient)
    version = client.get(patient.path, headers=SYSTEM).json()["version"]
    other = DOCTOR_ELSEWHERE
    naming = Naming(number(which), None)
    record.writer.run(lambda change: open_with_reason(other, naming, change, reason="Ringer", hours=12))
    asked = Finishing(patient.id, "epikrise", {}, version, corrects=id, lacks_seen=True)
    with pytest.raises(NotYours):
        record.writer.run(lambda change: take_back(record, other, patient.id, id, reason="Feil", change=change))
    with pytest.raises(NotYours):
        record.writer.run(lambda change: finish(record, other, asked, change))
    assert id in {each["id"] for each in outbox(client)}


def test_a_final_message_has_the_her_ids_that_the_operator_listed(both, patient):
    client, _ = both
    id = final(both, patient)
    (found,) = (each for each in outbox(client) if each["id"] == id)
    head = read_message(etree.fromstring(found["content"].encode())).head
    assert (head.sender.organisation, head.sender.unit) == ("St. Olavs hospital HF", "Geriatri 2")
    assert head.sender.her_ids == ("59", "90998")
    assert (head.receiver.organisation, head.receiver.unit) == ("Solsiden legesenter", "Fastleger")
    assert head.receiver.her_ids == ("1201", "1202")


@pytest.mark.parametrize("hpr", [None, "9144889"])
@pytest.mark.parametrize("kind", ["epikrise", "utskrivningsrapport"])
def test_a_final_message_has_the_hpr_number_of_the_sign_in_or_says_that_it_is_not_known(both, patient, kind, hpr):
    client, _ = both
    id = final(both, patient, kind, by=replace(DOCTOR, hpr=hpr))
    (found,) = (each for each in outbox(client) if each["id"] == id)
    said = facts_in(etree.fromstring(found["content"].encode()))["approved"]
    assert said == (hpr or {"epikrise": None, "utskrivningsrapport": "ikke oppgitt"}[kind])


@pytest.mark.parametrize(
    ("kind", "receiver"), [("epikrise", "Solsiden legesenter"), ("utskrivningsrapport", "Trondheim kommune")]
)
def test_of_a_protected_address_the_message_alone_names_its_receiver(both, patient, kind, receiver):
    client, _ = both
    patient.tell(SYSTEM, kind="address_protected", protected=True)
    id = final(both, patient, kind)
    (found,) = (each for each in outbox(client) if each["id"] == id)
    head = read_message(etree.fromstring(found["content"].encode())).head
    assert head.receiver.organisation == receiver
    assert head.receiver.addressed
    for path in (f"/api/v1/messages/{id}", f"{patient.path}/messages"):
        said = client.get(path, headers=DOCTOR_CALLS)
        assert said.status_code == 200
        assert receiver not in said.text


@pytest.mark.parametrize("practice", [None, "Fjellsiden"])
def test_a_message_whose_receiver_has_no_her_id_is_not_made_final(both, practice):
    client, _ = both
    patient = Patient.screened(client, next(NEW)).with_plan("P1")
    if practice:
        patient.tell(DOCTOR_CALLS, kind="practice_set", practice=practice)
    with pytest.raises(InputError) as refused:
        final(both, patient)
    assert refused.value.code == "message_receiver_without_address"
    assert patient.id not in {each["patient"] for each in outbox(client)}


def test_a_ward_that_nobody_listed_sends_nothing(both, patient):
    _, record = both
    listed = {unit: each for unit, each in record.addresses.listed.items() if not unit.startswith("ward:")}
    bare = replace(record, addresses=Addresses(listed))
    with pytest.raises(InputError) as refused:
        final((both[0], bare), patient)
    assert refused.value.code == "message_sender_without_address"


def test_every_page_of_the_outbox_is_reached(both):
    client, _ = both
    made = {final(both, of_practice(client, next(NEW))) for _ in range(3)}
    seen, cursor = set(), None
    for _ in range(200):
        asked = {"state": "final", "limit": 1} | ({"cursor": cursor} if cursor else {})
        page = client.get("/api/v1/messages", params=asked, headers=SYSTEM).json()
        seen |= {each["id"] for each in page["messages"]}
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert made <= seen
