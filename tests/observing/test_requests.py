"""One line a request: the route's template, never the path; the role, never who."""

from __future__ import annotations

import threading

import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi.staticfiles import StaticFiles
from starlette.testclient import TestClient

from api.observing import logs
from api.observing.logs import logger
from api.people.user import Unit, User
from tests.observing.conftest import Log
from tests.observing.serving import asked, exchange, observed, served

UUID = "9b2f6c1e-70f4-4b7e-9d6f-0c8b5a1f2e3d"


def client() -> TestClient:
    """Return a client of an application whose routes lie in routers in routers."""
    inner, outer = APIRouter(prefix="/people"), APIRouter(prefix="/api/v1")

    @inner.get("/{id}/plan")
    def plan(id: str, request: Request) -> str:
        units = frozenset({Unit("ward", "STO/GER2"), Unit("ward", "STO/GER3"), Unit("hospital", "STO")})
        request.state.user = User("nurse-7", "nurse", units, "Kari Nurse")
        logger().info("thought")
        return str(request.state.request_id)

    @inner.get("/{id}/problem")
    def problem(id: str, request: Request) -> None:
        request.state.problem = "store_full"

    @inner.get("/{id}/defect")
    def defect(id: str) -> None:
        raise ValueError

    outer.include_router(inner)
    app = FastAPI()
    app.include_router(outer)
    app.mount("/static", StaticFiles(directory="docs"))
    app.get("/health")(lambda: None)
    return TestClient(observed(app))


def test_a_request_is_one_line_with_its_template_role_and_kinds_of_unit(log: Log) -> None:
    answer = client().get("/api/v1/people/41/plan?name=x")
    (line,) = log.named("request")
    assert line.pop("ms") >= 0
    assert line.pop("time")
    assert line == {
        "event": "request",
        "level": "info",
        "request": answer.headers["x-request-id"],
        "method": "GET",
        "route": "/api/v1/people/{id}/plan",
        "status": 200,
        "role": "nurse",
        "unit": "hospital+ward",
    }


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/api/v1/people/41/problem", "/api/v1/people/{id}/problem"),
        ("/static/glossary.md", "/static"),
        ("/static/nothing/of/the/kind", "/static"),
        ("/openapi.json", "/openapi.json"),
        ("/nothing/of/the/kind", "-"),
        ("/api/v1/people/41/plan/", "-"),
    ],
)
def test_every_kind_of_route_is_told_by_its_template(log: Log, path: str, template: str) -> None:
    client().get(path, follow_redirects=False)
    assert [line["route"] for line in log.named("request")] == [template]


def test_a_method_that_the_route_does_not_take_is_told_with_the_routes_template(log: Log) -> None:
    assert client().put("/api/v1/people/41/plan").status_code == 405
    assert log.named("request")[0]["route"] == "/api/v1/people/{id}/plan"


def test_a_problem_is_told_by_its_code(log: Log) -> None:
    client().get("/api/v1/people/41/problem")
    assert log.named("request")[0]["problem"] == "store_full"


def test_a_defect_is_answered_with_500_and_told_with_the_requests_number(log: Log) -> None:
    answer = client().get("/api/v1/people/41/defect")
    (defect,) = log.named("defect")
    assert (answer.status_code, defect["request"]) == (500, answer.headers["x-request-id"])
    assert defect["error"] == "ValueError"
    assert log.named("request")[0]["status"] == 500


def test_what_an_endpoint_logs_carries_the_requests_number(log: Log) -> None:
    answer = client().get("/api/v1/people/41/plan")
    assert log.named("thought")[0]["request"] == answer.headers["x-request-id"] == answer.json()


@pytest.mark.parametrize("given", [UUID, UUID.replace("-", ""), "0123456789abcdef"])
def test_a_number_that_another_system_gave_the_request_is_kept(log: Log, given: str) -> None:
    assert client().get("/health", headers={"X-Request-ID": given}).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["13527248022", "Kari", "a" * 65, f"{UUID} {UUID}", f"{UUID}<", ""])
def test_any_other_number_is_replaced(log: Log, given: str) -> None:
    answer = client().get("/health", headers={"X-Request-ID": given})
    assert answer.headers["x-request-id"] != given
    assert len(answer.headers["x-request-id"]) == 32


def test_a_request_that_only_asks_for_health_is_not_logged_while_it_is_well(log: Log) -> None:
    client().get("/health")
    assert log.named("request") == []
    client().put("/health")
    assert [line["status"] for line in log.named("request")] == [405]


def test_requests_at_once_keep_their_numbers_apart(log: Log) -> None:
    asks = client()
    threads = [threading.Thread(target=asks.get, args=("/api/v1/people/41/plan",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    thoughts = [line["request"] for line in log.named("thought")]
    assert len(set(thoughts)) == 8
    assert sorted(thoughts) == sorted(line["request"] for line in log.named("request"))


def test_the_demo_logs_for_people_and_still_no_message_of_an_error(log: Log) -> None:
    logs.start(console=True, stream=log)
    client().get("/api/v1/people/41/defect")
    assert "route=/api/v1/people/{id}/defect" in log.getvalue()
    assert "Traceback" not in log.getvalue()


def test_what_is_less_than_the_level_asked_for_is_not_logged(log: Log) -> None:
    logs.start(level="error", stream=log)
    client().get("/api/v1/people/41/defect")
    assert [line["event"] for line in log.lines] == ["defect"]


def test_the_server_believes_nobody_about_where_a_request_comes_from(log: Log) -> None:
    app = FastAPI()

    @app.get("/")
    def where(request: Request) -> str:
        return f"{request.url.scheme} {request.client.host if request.client else ''}"

    with served(observed(app)) as address:
        answer = exchange(address, asked("/", X_Forwarded_For="192.0.2.7", X_Forwarded_Proto="https"))
    assert answer.endswith(b'"http 127.0.0.1"')
