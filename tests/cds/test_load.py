"""Large calls take turns, and small ones stay answered while they do."""

from __future__ import annotations

import json
import statistics
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from api.fhir.asking import LARGEST
from api.fhir.turns import LARGE
from tests.cds.conforming import check_answer
from tests.cds.hooks import at, call, found, medicine, patient
from tests.cds.serving import Served

HOOK = "patient-view"
HEAVY, SLOWER, LONG = 12, 25, 0.5
JSON = {"Content-Type": "application/json"}


def heavy() -> bytes:
    """Return a call of someone with more medicines than anyone has."""
    listed = found(*(medicine(f"m{n}", "C03CA01", f"Medisin {n}", of="h") for n in range(1_900)))
    return json.dumps(call(HOOK, {"patient": patient("h"), "medicines": listed}, patientId="h")).encode()


def seconds(served: Served, id: str) -> float:
    """Return how long a small call takes that is answered rightly."""
    body = call(HOOK, {"patient": patient(id)}, patientId=id)
    began = time.perf_counter()
    answer = served.client.post(at(HOOK), json=body)
    took = time.perf_counter() - began
    assert check_answer(answer.json())
    return took


def test_small_calls_stay_answered_while_large_ones_are(demo: Served):
    body = heavy()
    assert LARGE < len(body) < LARGEST
    alone = statistics.median(seconds(demo, "small") for _ in range(15))
    with ThreadPoolExecutor(HEAVY) as pool:
        sent: list[Future[Any]] = [
            pool.submit(demo.client.post, at(HOOK), content=body, headers=JSON) for _ in range(HEAVY)
        ]
        beside: list[float] = []
        while not all(each.done() for each in sent) or len(beside) < 5:
            beside.append(seconds(demo, "small"))
        answers = [each.result() for each in sent]
    assert {each.status_code for each in answers} <= {200, 503}
    assert any(each.status_code == 200 for each in answers)
    assert all(each.headers["retry-after"] == "5" for each in answers if each.status_code == 503)
    assert statistics.median(beside) < max(SLOWER * alone, LONG)


def test_a_call_that_cannot_be_read_takes_no_longer_for_being_large(demo: Served):
    parts = b'{"a":[' + b"[]," * 1_300_000 + b"0]}"
    for body in (parts, b'{"a":"' + b"x" * (LARGEST - 100) + b'"}', b"[" * (LARGEST - 1), b'"' * (LARGEST - 1)):
        assert len(body) <= LARGEST
        began = time.perf_counter()
        answer = demo.client.post(at(HOOK), content=body, headers=JSON)
        assert 400 <= answer.status_code < 500
        assert time.perf_counter() - began < 1
