"""Discovery, the services and their feedback, as CDS Hooks 2.0.1 has them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from api.cds.answering import answered, cards
from api.cds.call import read_call
from api.cds.desk import Desk, desk_of
from api.cds.feedback import read_feedback
from api.cds.gathering import Gathered, gather
from api.cds.services import Service, discovery, services
from api.cds.who import Caller, caller
from api.fhir.asking import LARGEST, PARTS
from api.fhir.outcome import FHIR_JSON, Issue, operation_outcome
from api.fhir.turns import turn
from api.people.entrance import entrance_of
from api.record.cards import NoSuchCard, answer
from api.storage.writer import Change
from api.v1.asking import json_of, now
from api.v1.languages import texts_for
from api.v1.problems import Problem
from engine.texts import Texts

router = APIRouter(prefix="/cds-services", tags=["cds hooks"], include_in_schema=False)
ThisDesk = Annotated[Desk, Depends(desk_of)]
LACKING = 412
LARGE = 100_000  # bytes: a call of the usual size takes less to read than to hand to another thread


def service_named(service: str) -> Service:
    """Return the service with this id; any other is not found."""
    found = services().get(service)
    if found is None:
        raise Problem(None, "not_found")
    return found


ThisService = Annotated[Service, Depends(service_named)]
Calling = Annotated[Caller, Depends(caller)]


@router.get("")
def discover(request: Request) -> Response:
    """Return the services, each with its hook and what it asks to be sent along."""
    entrance_of(request).limiter.count_address(request)
    texts = texts_for(request.headers)
    return JSONResponse(discovery(texts), headers=_language(texts))


@router.post("/{service}")
async def call(request: Request, desk: ThisDesk, called: ThisService, who: Calling) -> Response:
    """Return the card that there is to show, if any."""
    texts, at = texts_for(request.headers), now()
    size = await _size(request)
    async with turn(size):
        _, content = await json_of(request, large=LARGE, parts=PARTS)
    asked = read_call(called, content)
    who = await who.alone(desk.record) if asked.server else who
    gathered = await gather(asked, desk.fetcher)
    if lacking := _lacking(called, gathered):
        await who.alone(desk.record)
        return _cannot(lacking, texts)
    async with turn(size):
        found = await run_in_threadpool(lambda: answered(desk, asked, gathered, user=who.user, texts=texts, now=at))
    told = await cards(desk, asked, found, who=who, texts=texts, now=at)
    return JSONResponse({"cards": told}, headers=_language(texts))


@router.post("/{service}/feedback")
async def feedback(request: Request, desk: ThisDesk, called: ThisService, who: Calling) -> Response:
    """Store what was made of cards."""
    async with turn(await _size(request)):
        _, content = await json_of(request, parts=PARTS)
    given = read_feedback(content)

    def work(change: Change) -> None:
        who.note(change)
        answer(change, given, service=called.id, by=who.user.id)

    try:
        await desk.record.writer(work)
    except NoSuchCard:
        raise Problem(None, "not_found") from None
    return Response(status_code=200)


async def _size(request: Request) -> int:
    """Return how many bytes were sent; refuse more than any patient has, before they are read."""
    size = len(await request.body())
    if size > LARGEST:
        raise Problem(None, "body_too_large")
    return size


def _lacking(called: Service, gathered: Gathered) -> tuple[str, ...]:
    return tuple(key for key in called.essential if not gathered.entries.get(key))


def _cannot(lacking: tuple[str, ...], texts: Texts) -> Response:
    """Return that what the service cannot do without was neither sent along nor to be had."""
    said = texts("cds.lacking")
    issues = [Issue("required", "hook_data_lacking", said, f"prefetch.{key}") for key in lacking]
    return JSONResponse(operation_outcome(issues, texts.language), LACKING, _language(texts), FHIR_JSON)


def _language(texts: Texts) -> dict[str, str]:
    return {"Content-Language": texts.language, "Vary": "Accept-Language"}
