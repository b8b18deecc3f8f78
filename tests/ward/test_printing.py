"""Paper has its own queue: it is short, it is shared fairly, and nothing else waits behind it."""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from fastapi import Request
from fastapi.responses import Response

from api.people.user import User
from api.printing import CLIENT_LEFT, EACH, LINE, Press, on_paper
from api.v1 import plans
from api.v1.problems import Problem
from tests.ward.plans import admitted, with_plan
from tests.ward.signed_in import hospital

NURSE, DOCTOR = User("n", "nurse", frozenset(), None), User("d", "doctor", frozenset(), None)
WAIT = 20


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with hospital(tmp_path_factory.mktemp("printing")) as served:
        yield served


def bearer(demo: Any, person: str) -> dict[str, str]:
    """Return the header of someone of the demo."""
    token = demo.client.post("/demo/token", data={"person": person}, headers={"Origin": "http://testserver"}).json()
    return {"Authorization": f"Bearer {token['access_token']}"}


def asked(*events: str) -> Request:
    """Return a request, with what its connection tells next."""
    told = iter(events)

    async def receive() -> dict[str, Any]:
        return {"type": next(told, None) or await asyncio.Event().wait()}

    return Request({"type": "http", "method": "GET", "headers": []}, receive)


def test_others_are_answered_while_many_print_and_those_beyond_the_queue_are_asked_to_wait(demo, monkeypatch):
    patient = with_plan(admitted(demo, 0))
    started, goes_on = Event(), Event()

    def slow(*_: Any, **__: Any) -> bytes:
        started.set()
        assert goes_on.wait(WAIT)
        return b"paper"

    monkeypatch.setattr(plans, "rendered", slow)
    people = [bearer(demo, who) for who in ("ingrid", "amina", "henrik")]
    path = f"/api/v1/patients/{patient.id}"
    with ThreadPoolExecutor(60) as pool:
        prints = [pool.submit(demo.client.get, f"{path}/plan.pdf", headers=people[n % 3]) for n in range(60)]
        assert started.wait(WAIT)
        read = pool.submit(demo.client.get, path, headers=people[0]).result(WAIT)
        before = sum(each.done() for each in prints)
        goes_on.set()
        answers = [each.result(WAIT) for each in prints]
    assert read.status_code == 200
    assert before >= 60 - LINE
    assert Counter(each.status_code for each in answers) == {200: LINE, 503: 60 - LINE}
    refused = next(each for each in answers if each.status_code == 503)
    assert (refused.json()["code"], refused.headers["retry-after"]) == ("printer_busy", "10")


def test_one_who_prints_much_leaves_room_for_others():
    async def many() -> tuple[list[Any], Response]:
        goes_on = Event()
        press = Press()

        def work() -> Response:
            goes_on.wait(WAIT)
            return Response(b"paper")

        mine = [asyncio.create_task(press.make(asked("http.request"), NURSE, work)) for _ in range(LINE)]
        await asyncio.sleep(0.05)
        another = asyncio.create_task(press.make(asked("http.request"), DOCTOR, work))
        await asyncio.sleep(0.05)
        goes_on.set()
        answers = await asyncio.gather(*mine, return_exceptions=True)
        theirs = await another
        assert not press.waiting
        return answers, theirs

    answers, theirs = asyncio.run(many())
    assert sum(isinstance(each, Problem) for each in answers) == LINE - EACH
    assert theirs.body == b"paper"


@pytest.mark.parametrize("told", [("http.disconnect",), ("http.request", "http.disconnect")])
def test_nothing_is_made_for_one_who_left_the_queue(told):
    made = []

    def work() -> Response:
        made.append("paper")
        return Response()

    async def left() -> Response:
        return await on_paper(asked(*told), NURSE, work)

    assert asyncio.run(left()).status_code == CLIENT_LEFT
    assert made == []


def test_a_page_tells_kindly_that_many_print(demo, monkeypatch):
    patient = with_plan(admitted(demo, 1))
    monkeypatch.setattr("api.printing.LINE", 0)
    answer = demo.browser("ingrid").get(f"{patient.path}/print?what=patient&language=nb")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert "Flere skriver ut akkurat nå" in answer.text
