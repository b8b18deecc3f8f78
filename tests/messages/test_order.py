"""In whichever order messages come, what they propose and tell in the end is the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.messages.sent import alone, diagnosis, happened, medicine, message, service
from tests.v1.people import SYSTEM, case, number
from tests.v1.serving import served

NEW = count(900)
XML = {"Content-Type": "application/xml"}
TOLD = ("LOG_UTSKRIVNINGSKLAR", "LOG_AVMELDING", "LOG_UTSKREVET", "LOG_DOD")
FACTS = ("INNLEGGELSESRAPPORT", "HELSEOPPLYSNINGER_LEGE", "MEDISINSKE_OPPLYSNINGER")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The application over a database of its own."""
    with served(f"sqlite:///{tmp_path_factory.mktemp('order') / 'record.sqlite'}") as (client, _):
        yield client


def written(chance: random.Random, person: str) -> list[bytes]:
    """Return some messages about a patient, each with what changes or cancels it, an hour between each."""
    found: list[bytes] = []
    hours = iter(range(1, 100))
    for first in range(chance.randint(2, 4)):
        kind, earlier = chance.choice((*TOLD, *FACTS)), f"{person}-{first}"
        for step in range(chance.randint(1, 3)):
            hour = next(hours)
            at = f"2026-11-{17 + hour // 24:02d}T{hour % 24:02d}:00:00"
            status = "N" if step == 0 else chance.choice(["M", "M", "C"] if kind in TOLD else ["M", "A", "C"])
            id = f"{person}-{first}-{step}" if step else earlier
            body = happened(kind, at) if kind in TOLD else _facts(chance)
            refers_to = {"refers_to": earlier} if step else {}
            found.append(message(kind, person, body, sent=at, status=status, msg_id=id, **refers_to))
    return found


def _facts(chance: random.Random) -> str:
    parts = [alone(chance.random() < 0.5), diagnosis(chance.choice(["I50", "S72.0"])), medicine(chance.choice("AB"))]
    services = service(chance.choice(["15", "6"]))
    return "".join(part for part in parts if chance.random() < 0.6) + services


def outcome(client: TestClient, person: int, messages: list[bytes]) -> Any:
    """Return how a patient stands after messages: the stay, and what is proposed."""
    plain = case(person)
    sent = {name: plain[name] for name in ("patient", "encounter")}
    patient = client.post("/api/v1/admissions", json=sent, headers=SYSTEM).json()["patient"]
    for each in messages:
        answer = client.post("/api/v1/messages", content=each, headers=SYSTEM | XML)
        assert answer.status_code == 201, answer.text
    course = client.get(f"/api/v1/patients/{patient}", headers=SYSTEM).json()
    stay = {name: course["stay"][name] for name in ("admitted", "ready", "discharged", "expected")}
    if course["died"]:
        return course["died"]  # what is not told of someone dead is told when the death is cancelled
    screened = [each for each in course["screenings"] if each["unjudged"]]
    return stay, sorted(str(_proposed(client, each)) for each in screened)


def _proposed(client: TestClient, screening: Any) -> Any:
    facts = client.get(f"/api/v1/screenings/{screening['id']}/case", headers=SYSTEM).json()
    kept = {name: facts.get(name) for name in ("answers", "conditions", "medicines")}
    answers = {
        item: sorted(answer.items()) if isinstance(answer, dict) else answer
        for item, answer in kept.pop("answers").items()
    }
    times = sorted((item, source["time"]) for item, source in facts["sources"].items())
    return sorted(answers.items()), kept, times, sorted(str(note) for note in facts.get("notes", []))


@pytest.mark.parametrize("seed", range(20))
def test_the_order_in_which_messages_come_makes_no_difference(client: TestClient, seed: int):
    chance = random.Random(seed)
    one, other = next(NEW), next(NEW)
    as_sent = written(random.Random(seed), number(one))
    shuffled = written(random.Random(seed), number(other))
    chance.shuffle(shuffled)
    assert outcome(client, one, as_sent) == outcome(client, other, shuffled)
