"""A name, an identity number and an answer, pushed through every kind of error: none of them may come out anywhere."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
from fastapi import FastAPI, HTTPException
from fastapi.responses import StreamingResponse
from prometheus_client import generate_latest
from pydantic import BaseModel
from sqlalchemy import create_engine, text

from api.observing.metrics import Metrics
from tests.observing.conftest import Log
from tests.observing.serving import asked, exchange, observed, served

NAME = "Hjørdis<b>%s{0}Rævåg"
NUMBER = "13527248022"
ANSWER = "skriker-om-natten"
PASSED_ON = f"Traceback\n {NAME}"
SECRETS = (NAME, NAME[:7], "Rævåg", quote(NAME), NUMBER, ANSWER)


class Sent(BaseModel):
    name: str
    four_at: int


def small_app() -> FastAPI:
    """Return an application that goes wrong in every way."""
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})

    @app.post("/people/{number}")
    def store(number: str, sent: Sent) -> None:
        raise HTTPException(409)

    @app.get("/defect/{number}")
    def defect(number: str) -> None:
        try:
            raise KeyError(ANSWER)
        except KeyError as error:
            raise ValueError(f"{NAME} {number}") from error

    @app.get("/group")
    async def group() -> None:
        raise ExceptionGroup(NAME, [ValueError(NUMBER), KeyError(ANSWER)])

    @app.get("/broken")
    async def broken() -> StreamingResponse:
        async def parts() -> AsyncIterator[str]:
            yield "begun"
            raise ValueError(NAME)

        return StreamingResponse(parts())

    @app.get("/database")
    def database() -> None:
        engine = create_engine("sqlite://", hide_parameters=True)
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT * FROM nowhere WHERE a = :a"), {"a": NUMBER})
        finally:
            engine.dispose()

    @app.get("/library")
    def library() -> None:
        logging.getLogger("some.library").error("could not read %s", NAME, exc_info=ValueError(NUMBER))
        logging.getLogger("uvicorn.error").error(PASSED_ON)
        warnings.warn(f"Expected `int` but got `{ANSWER}`", stacklevel=1)
        thread = threading.Thread(target=defect, args=(NUMBER,))
        thread.start()
        thread.join()

    return app


HOSTILE = {
    "a body that is no JSON": asked("/people/1", method="POST", body=f"{NAME}{NUMBER}".encode()),
    "an answer that is refused": asked(
        "/people/1", method="POST", body=f'{{"name": "{NAME}", "four_at": "{ANSWER}", "{NUMBER}": 1}}'.encode()
    ),
    "a number in the path": asked(f"/people/{NUMBER}", method="POST", body=b"{}"),
    "a path that is not there": asked(f"/{quote(NAME)}/{NUMBER}?name={quote(NAME)}"),
    "a query": asked(f"/openapi.json?name={quote(NAME)}&number={NUMBER}"),
    "a defect": asked(f"/defect/{NUMBER}?name={quote(NAME)}"),
    "several defects": asked("/group"),
    "an answer that breaks off": asked("/broken"),
    "a database's error": asked("/database"),
    "what libraries log": asked("/library"),
    "a method that is none": asked("/people/1", method=f"X{NUMBER}"),
    "a method that is not allowed": asked(f"/people/{NUMBER}", method="PUT"),
    "headers": asked("/", X_Request_ID=NUMBER, User_Agent=NAME, Referer=f"/{NUMBER}", Authorization=ANSWER),
    "a request's number that is a name": asked("/", X_Request_ID="Hj-Rævåg-" + ANSWER),
    "a line that is no request": f"{NAME} {NUMBER}\r\n\r\n".encode(),
    "a length that is none": asked("/people/1", method="POST", Content_Length=NUMBER + "x"),
}


@pytest.mark.filterwarnings("always")
def test_what_is_known_of_a_patient_is_in_no_log_figure_or_header(log: Log) -> None:
    metrics = Metrics(version="0")
    with served(observed(small_app(), metrics)) as address:
        answers = {what: exchange(address, request) for what, request in HOSTILE.items()}
    heads = b"".join(answer.split(b"\r\n\r\n")[0] for answer in answers.values()).decode("latin-1")
    seen = log.getvalue() + generate_latest(metrics.registry).decode() + heads
    assert [secret for secret in SECRETS if secret in seen or secret in seen.encode().decode("unicode_escape")] == []
    assert {what for what, answer in answers.items() if not answer.startswith(b"HTTP/1.1 ")} == set()


@pytest.mark.filterwarnings("always")
def test_what_went_wrong_is_still_told_by_kind_and_place(log: Log) -> None:
    with served(observed(small_app())) as address:
        for request in HOSTILE.values():
            exchange(address, request)
    kinds = {line["error"]: line for line in log.named("defect")}
    assert kinds.keys() == {"ValueError", "ExceptionGroup", "OperationalError"}
    assert kinds["OperationalError"]["code"] == "SQLITE_ERROR"
    assert kinds["ExceptionGroup"]["cause"] == "ValueError"
    others = {line["by"]: line for line in log.named("other")}
    assert others["some.library"]["error"] == "ValueError"
    assert others.keys() >= {"py.warnings", "uvicorn.error"}
    assert [line["error"] for line in log.named("uncaught")] == ["ValueError"]
    assert any(line.get("said") == "Invalid HTTP request received." for line in log.named("other"))
