"""A damaged message is refused by line and element and nothing of it is kept, whatever was done to it."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from lxml import etree
from sqlalchemy import func, select

from api.record.record import Record
from api.storage.engine import reading
from api.storage.tables import event, message, person
from tests.messages.sent import LOGISTIC, alone, diagnosis, happened, medicine, service
from tests.messages.sent import message as sent_message
from tests.shared import SHARED
from tests.v1.people import SYSTEM, number
from tests.v1.serving import served

XML = {"Content-Type": "application/xml"}
EXAMPLES = sorted((SHARED / "interop" / "examples").glob("*.xml"))
SENT = "2026-11-16T15:00:00"
WHOLE = sent_message(
    "INNLEGGELSESRAPPORT",
    number(700),
    alone() + "\n" + diagnosis("I50") + "\n" + medicine("Burinex") + service("15"),
    sent=SENT,
    msg_id="whole",
)
OURS = [
    WHOLE,
    *(sent_message(kind, number(701), happened(kind, "2026-11-16T14:00:00"), sent=SENT) for kind in LOGISTIC),
]
ID = re.compile(rb"<MsgId>[^<]*</MsgId>")
CODE = re.compile(r"[a-z_0-9]+")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Record]]:
    """The application over a database of its own, and its record."""
    with served(f"sqlite:///{tmp_path_factory.mktemp('damaged') / 'record.sqlite'}") as both:
        yield both


def kept(record: Record) -> tuple[int, ...]:
    """Return how many messages, patients and events there are."""
    with reading(record.engine) as connection:
        return tuple(
            connection.execute(select(func.count()).select_from(each)).scalar_one() for each in (message, person, event)
        )


def send(client: TestClient, data: bytes) -> Any:
    """Hand a message over."""
    return client.post("/api/v1/messages", content=data, headers=SYSTEM | XML)


@pytest.mark.parametrize("path", EXAMPLES or [None], ids=lambda path: path.stem if path else "absent")
def test_an_official_example_is_taken_in(app: tuple[TestClient, Record], path: Any):
    if path is None:
        pytest.skip("The official examples are not beside the project.")
    answer = send(app[0], path.read_bytes())
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    ("old", "new", "place", "code"),
    [
        (b"</BorAlene>", b"</BorAlen>", "BorAlene", "xml_damaged"),
        (b"<BorAlene>true</BorAlene>", b"<BorAlen>true</BorAlen>", "TilleggsopplysningPasient", "element_unknown"),
        (b"<BorAlene>true</BorAlene>", b"<BorAlene>kanskje</BorAlene>", "BorAlene", "neither_true_nor_false"),
        (b"<BorAlene>true</BorAlene>", b"<BorAlene>true</BorAlene>" * 2, "BorAlene", "element_twice"),
        (b"<GenDate>2026-11-16T15:00:00", b"<GenDate>i dag", "GenDate", "not_a_moment"),
        (b"<DateOfBirth>1945-01-15", b"<DateOfBirth>15.1.45", "DateOfBirth", "not_a_date"),
        (b"<MsgId>whole</MsgId>", b"", "MsgInfo", "message_without_id"),
        (b"<OrganisationName>Malvik kommune</OrganisationName>", b"", "MsgInfo", "message_without_sender"),
        (b"poKomponent/2012-04-01", b"poKomponent/2008-05-01", "InformasjonOmForsendelsen", "element_of_other_version"),
        (b"msghead/2006-05-24", b"msghead/2001-01-01", "MsgHead", "not_msghead"),
        (b"<BorAlene>true", b"<BorAlene>&nokke;true", "BorAlene", "xml_damaged"),
        (b"Malvik kommune", b"Malvik\x08 kommune", "OrganisationName", "xml_damaged"),
        (b"Burinex", b"x" * 11_000_000, "Navn", "xml_text_too_long"),
        (b'V="I50"', b'V="HJERTE"', "MedisinskDiagnose", "code_not_of_system"),
        (b'Forsendelsesstatus V="N"', b'Forsendelsesstatus V="X"', "Forsendelsesstatus", "report_status_unknown"),
        (b'Forsendelsesstatus V="N"', b'Forsendelsesstatus V="C"', "MsgInfo", "cancels_nothing_named"),
        (number(700).encode(), b"15814512337", "Ident", "identity_check_digits"),
    ],
)
def test_a_damaged_message_is_refused_by_line_and_element(
    app: tuple[TestClient, Record], old: bytes, new: bytes, place: str, code: str
):
    client, record = app
    before = kept(record)
    assert old in WHOLE
    answer = send(client, WHOLE.replace(old, new))
    told = answer.json()
    assert (answer.status_code, told["code"]) == (400, code), told
    assert re.fullmatch(rf"line \d+ {place}", told["where"]), told
    assert kept(record) == before


@pytest.mark.parametrize(
    "prologue",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        b'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;]>',
    ],
)
def test_entities_are_neither_expanded_nor_fetched(app: tuple[TestClient, Record], prologue: bytes):
    client, record = app
    before = kept(record)
    declared, _, rest = WHOLE.partition(b"?>")
    for entity in (b"true", b"&a;", b"&b;"):
        answer = send(client, declared + b"?>" + prologue + rest.replace(b"true", entity))
        assert (answer.status_code, answer.json()["code"]) == (400, "doctype")
    assert kept(record) == before


def test_what_is_not_xml_and_what_is_no_message_are_refused(app: tuple[TestClient, Record]):
    client, _ = app
    assert client.post("/api/v1/messages", content=WHOLE, headers=SYSTEM).status_code == 415
    for data in (b"", b"{}", b"<x/>", b"\xff\xfe", b'<Bundle xmlns="http://hl7.org/fhir"/>'):
        assert send(client, data).status_code == 400


def test_whatever_is_done_to_a_message_it_is_taken_or_refused_and_never_a_defect(app: tuple[TestClient, Record]):
    client, _ = app
    chance = random.Random(20261122)
    originals = [*OURS, *(path.read_bytes() for path in EXAMPLES)]
    answered: Counter[int] = Counter()
    for original in originals:
        for turn in range(40):
            named = ID.sub(f"<MsgId>spoilt-{turn}-{len(original)}</MsgId>".encode(), original)
            answer = send(client, spoilt(named, chance))
            answered[answer.status_code] += 1
            assert answer.status_code in {200, 201, 400, 409, 422}, answer.text
            if answer.status_code >= 400:
                assert CODE.fullmatch(answer.json()["code"])
    assert min(answered[201], answered[400]) > 50, answered


def spoilt(data: bytes, chance: random.Random) -> bytes:
    """Return a message with something done to it: its bytes, or its elements and what they say."""
    if chance.random() < 0.4:
        return _bytes(data, chance)
    root = etree.fromstring(data)
    for _ in range(chance.randint(1, 3)):
        _element(chance.choice(list(root.iter(etree.Element))), chance)
    return etree.tostring(root)


def _bytes(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    stop = start + chance.randint(1, 30)
    return chance.choice([data[:start], data[:start] + data[stop:], data[:start] + data[start:stop] * 2 + data[stop:]])


def _element(element: Any, chance: random.Random) -> None:
    values = ["", "0", "true", "-1", "æ" * 3000, "2026-02-31", "9999-99-99T99:99:99", "N", "C", "&", "1" * 400]
    match chance.randrange(5):
        case 0:
            if element.getparent() is not None:
                element.getparent().remove(element)
        case 1:
            element.text = chance.choice(values)
        case 2:
            element.set(chance.choice(["V", "S", "DN"]), chance.choice(values))
        case 3:
            element.tag = chance.choice(["{http://www.kith.no/xmlstds/po/poKomponent/2012-04-01}Notat", "Notat"])
        case _:
            if element.getparent() is not None:
                element.addnext(etree.fromstring(etree.tostring(element)))
