"""Whatever page shows a patient has a line in the access log first, also where what was sent is refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import func, select

from api.storage.engine import reading
from api.storage.tables import access
from api.ward.register import PARTS
from tests.ward.plans import Planned, admitted, with_plan
from tests.ward.signed_in import Hospital, fields, hospital

NAME = "Prøve 0"
LONG = "x" * 205_000
ABOUT = "/patients/{person}"
PLACES = {"{key}": "life", "{named}": "none", "{kind}": "epikrise", "{message}": "none"}
QUERIES = {
    f"{ABOUT}/print": ("?what=notice&language=nb&as=html", "?what=patient&language=nb", "?what=none&language=nb"),
    f"{ABOUT}/screen": ("", "?second=1", "?paper=1"),
}
SENT = {
    f"{ABOUT}/history": ({}, {"form": "moved"}, {"form": "moved", "municipality": "x"}, {"form": "died"}),
    f"{ABOUT}/plan": ({}, {"form": "done"}, {"form": "done", "step": "HPH0", "course": "x"}),
    f"{ABOUT}/plan/epikrise": ({}, {"epikrise": "hei"}),
    f"{ABOUT}/assessment/decide": ({}, {"rule": "x", "verdict": "overridden", "assessment": "x"}),
    f"{ABOUT}/assessment/accept-recommended": ({}, {"assessment": "x"}),
    f"{ABOUT}/assessment/choose": ({}, {"assessment": "x"}),
    f"{ABOUT}/assessment/start": ({}, {"assessment": "x"}),
    f"{ABOUT}/assessment/undo": ({}, {"event": "x"}),
    f"{ABOUT}/messages": ({}, {"do": "sent", "words": "x"}, {"do": "nosuch"}),
    f"{ABOUT}/messages/new/{{kind}}": ({}, {"do": "save"}, {"do": "approve"}, {"do": "nosuch"}),
    f"{ABOUT}/messages/{{message}}": ({}, {"reason": "x"}),
    f"{ABOUT}/screen": (
        {"do": "draft", "what_matters": LONG},
        {"do": "save", "what_matters": LONG},
        {"do": "save", "cfs_clinician": "abc"},
        {"do": "draft", "window": "another"},
        {"do": "save", "window": "another", "cfs_clinician": "abc"},
        {"do": "take:x"},
        {"do": "nosuch"},
    ),
}
"""What is sent to each page that takes something, mostly wrong."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with hospital(tmp_path_factory.mktemp("unlogged")) as served:
        yield served


@pytest.fixture(scope="module")
def patient(demo: Hospital) -> Planned:
    return with_plan(admitted(demo, 0))


def routes(method: str) -> set[str]:
    """Return the addresses of the pages about a patient."""
    return {
        path for part in PARTS for path, methods in paths(part.router) if path.startswith(ABOUT) and method in methods
    }


def paths(router: APIRouter) -> Iterable[tuple[str, set[str]]]:
    """Return every address of a router, those of the routers in it too, with its methods."""
    for part in router.routes:
        if inner := getattr(part, "original_router", None):
            yield from paths(inner)
        elif isinstance(part, APIRoute):
            yield part.path, part.methods or set()


def address(path: str, patient: Planned) -> str:
    """Return the address of a page of this patient."""
    for place, value in {"{person}": patient.id, **PLACES}.items():
        path = path.replace(place, value)
    return path


def lines(demo: Hospital, patient: Planned) -> int:
    """Return how many lines the patient's log has."""
    with reading(demo.record.engine) as connection:
        about = select(func.count()).select_from(access).where(access.c.person == patient.id)
        return connection.execute(about).scalar_one()


def shows(answer: Response) -> bool:
    """Return whether an answer tells of the patient."""
    return answer.status_code < 300 or NAME in answer.text


def test_what_is_sent_covers_every_page_that_takes_something():
    assert routes("POST") == set(SENT)
    assert len(routes("GET")) > 8


@pytest.mark.parametrize("who", ["ingrid", "amina", "henrik", "lena"])
def test_every_page_that_is_read_has_its_line(demo, patient, who):
    browser: TestClient = demo.browser(who)
    shown = 0
    for path in sorted(routes("GET")):
        for query in QUERIES.get(path, ("",)):
            before = lines(demo, patient)
            answer = browser.get(address(path, patient) + query)
            if shows(answer):
                shown += 1
                assert lines(demo, patient) > before, (path, query)
    assert shown


@pytest.mark.parametrize("version", ["0", None])
@pytest.mark.parametrize("path", sorted(SENT))
def test_every_answer_to_what_is_sent_has_its_line(demo, patient, path, version):
    browser: TestClient = demo.browser("amina")
    form = f"{patient.path}/screen"
    browser.post(form, data=fields(browser.get(form).text) | {"do": "draft"})
    known = fields(browser.get(form).text) if path.endswith("/screen") else {}
    csrf = fields(browser.get(form).text)["csrf"]
    for body in SENT[path]:
        made_from = {"csrf": csrf, "version": version or str(patient.seen.stream.version)}
        sent: dict[str, Any] = made_from | known | ({"seen": "0"} if version == "0" else {}) | body
        before = lines(demo, patient)
        answer = browser.post(address(path, patient), data=sent)
        assert answer.status_code < 500, (path, body)
        if shows(answer):
            assert lines(demo, patient) > before, (path, body)
