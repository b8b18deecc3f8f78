"""Calls, facts and feedback made up at random: whatever comes is answered or refused, and never a defect."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from tests.cds.conforming import check_answer
from tests.cds.hooks import LIST, at, call, found, level, medicines, order, patient, selecting, token
from tests.cds.serving import Served
from tests.v1.serving import ADDRESS

HOOKS = ("patient-view", "encounter-start", "encounter-discharge", "order-select")
STRANGE: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1e308,
    10**18,
    "",
    " ",
    "x" * 5_000,
    "\u202e",
    "../..",
    "Patient/p2",
    "2026-13-45",
    [],
    [[]],
    [None],
    {},
    {"": {}},
    {"reference": "#p1"},
    {"resourceType": "Patient", "id": "p2"},
    {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Bundle"}}]},
)


def whole(hook: str) -> dict[str, Any]:
    """Return a call with everything in it."""
    stay = {"resourceType": "Encounter", "id": "e1", "status": "in-progress", "subject": {"reference": "Patient/p1"}}
    condition = {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"}, "code": {"text": "x"}}
    prefetch: dict[str, Any] = {
        "patient": patient(),
        "encounter": stay,
        "conditions": found(condition),
        "cfs": found(level(6)),
    }
    prefetch |= {"medicines": medicines(LIST), "prescriptions": None}
    if hook == "order-select":
        return selecting(order("r1", "N05CF01", "zopiklon"), prefetch=prefetch)
    return call(hook, prefetch, more={"fhirServer": "https://elsewhere.example/fhir"})


def places(content: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value."""
    inside = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    return [each for key, value in inside for each in ((*path, key), *places(value, (*path, key)))]


def spoiled(content: dict[str, Any], chance: random.Random) -> Any:
    """Return the content with one to three values replaced or taken out."""
    spoiled_one: Any = copy.deepcopy(content)
    for _ in range(chance.randint(1, 3)):
        *path, last = chance.choice(places(spoiled_one) or [("left",)])
        inside = spoiled_one
        for step in path:
            inside = inside[step]
        if chance.random() < 0.2:
            inside.pop(last) if isinstance(inside, list) else inside.pop(last, None)
        else:
            inside[last] = copy.deepcopy(chance.choice(STRANGE))
    return spoiled_one


@pytest.mark.parametrize("hook", HOOKS)
def test_a_call_that_is_spoiled_somewhere_is_answered_or_refused(demo: Served, hook: str):
    chance = random.Random(hook)
    statuses = set()
    for _ in range(250):
        body = spoiled(whole(hook), chance)
        answer = demo.client.post(at(hook), json=body)
        statuses.add(answer.status_code)
        assert answer.status_code < 500, body
        if answer.elapsed.total_seconds() >= 1:  # another's work may have had the machine
            answer = demo.client.post(at(hook), json=body)
        assert answer.elapsed.total_seconds() < 1
        if answer.status_code == 200:
            check_answer(answer.json())
    assert statuses <= {200, 400, 412, 422}
    assert {200, 400} <= statuses


def test_feedback_that_is_spoiled_somewhere_is_stored_or_refused(demo: Served):
    chance = random.Random(1)
    (card,) = demo.client.post(at("patient-view"), json=whole("patient-view")).json()["cards"]
    given = {
        "card": card["uuid"],
        "outcome": "overridden",
        "acceptedSuggestions": [{"id": card["suggestions"][0]["uuid"]}],
        "overrideReason": {"reason": card["overrideReasons"][0], "userComment": "x"},
        "outcomeTimestamp": "2026-11-22T10:00:00Z",
    }
    for _ in range(250):
        body = spoiled({"feedback": [given]}, chance)
        answer = demo.client.post(f"{at('patient-view')}/feedback", json=body)
        assert answer.status_code in {200, 400, 404, 422}, body


def test_a_token_that_is_spoiled_somewhere_is_refused(hospital: Served):
    chance = random.Random(2)
    body = call("patient-view", {"patient": patient()})
    for _ in range(150):
        said = list(token(ADDRESS + at("patient-view")))
        place = chance.randrange(len(said) - 1)  # some bits of the last letter mean nothing
        said[place] = chance.choice([each for each in "AQgw.-_ x9" if each != said[place]])
        headers = {"Authorization": f"Bearer {''.join(said)}"}
        assert hospital.client.post(at("patient-view"), json=body, headers=headers).status_code == 401
