"""Screenings: a case comes in, the result goes out and is stored; a correction says which version it was made from."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.people.user import User
from api.people.who import needs
from api.record.courses import Changed
from api.record.elsewhere import NamedBy
from api.record.protected import as_corrected, is_protected, shown_case
from api.record.record import Record, by
from api.record.screenings import Prepared, Stored, correct, prepare, store
from api.record.shown_screenings import shown, shown_versions, to_correct
from api.storage.access_log import Seen
from api.storage.engine import reading
from api.storage.writer import Change
from api.v1.asking import LARGE, IfMatch, changed_meanwhile, etag, expected, id_of, json_of, now, record_of
from api.v1.documents import answers_result, answers_with, problems, takes_case
from api.v1.idempotency import Answer, IdempotencyKey, Key, once
from api.v1.languages import texts_for
from api.v1.shapes import VersionPage, VersionShown
from engine.texts import Texts

router = APIRouter(tags=["screenings"])
Screener = Annotated[User, Depends(needs("screen"))]
Corrector = Annotated[User, Depends(needs("correct"))]
Reader = Annotated[User, Depends(needs("read"))]
VersionWanted = Annotated[int | None, Query(ge=1, le=1_000_000, description="An older version; else the newest.")]
ScreeningId = Annotated[str, Path(description="The screening's id.")]
CASE = {"$ref": "#/components/schemas/Case"}


@router.post(
    "/screenings",
    status_code=201,
    response_class=Response,
    responses=answers_result(201) | problems(400, 413, 415),
    openapi_extra=takes_case(),
)
async def create(request: Request, user: Screener, key: IdempotencyKey = None) -> Response:
    """Screen a case, store it, and return the result."""
    record, texts = record_of(request), texts_for(request.headers)
    data, content = await json_of(request)
    prepared = await _prepared(record, content, texts, size=len(data))

    def work(change: Change) -> Answer:
        return answered(store(record, user, prepared, change))

    named = NamedBy(record, user, prepared.case)
    answer = await named.do(once(Key.of(request, user, key=key, body=data), work))
    return answer.response()


@router.get("/screenings/{screening}", response_class=Response, responses=answers_result(200) | problems(404))
def read_one(request: Request, user: Reader, screening: ScreeningId, version: VersionWanted = None) -> Response:
    """Return a screening's result, the newest version unless another is asked for."""
    return answered(_seen(request, user, screening, version), status=200).response()


@router.get(
    "/screenings/{screening}/case",
    response_class=Response,
    responses=answers_with("application/json", "The case.", schema=CASE) | problems(404),
)
def read_case_of(request: Request, user: Reader, screening: ScreeningId, version: VersionWanted = None) -> Response:
    """Return the case that was screened, as it came in, for whoever corrects it.

    Of someone with a protected address, nothing that tells where the person is; a correction without it keeps it.
    """
    found = _seen(request, user, screening, version)
    with reading(record_of(request).engine) as connection:
        case = shown_case(found.inputs) if is_protected(connection, found.person) else found.inputs
    return Response(case, headers={"ETag": etag(found.version)}, media_type="application/json")


@router.get("/screenings/{screening}/versions", responses=problems(404))
def read_versions(request: Request, user: Reader, screening: ScreeningId) -> VersionPage:
    """Return every version of a screening, the oldest first."""
    record = record_of(request)
    with reading(record.engine) as connection:
        found = shown_versions(connection, user, id_of(screening), now=now())
    record.writer.run_log([Seen(found[-1].person, "read", by(user))])
    shown = [VersionShown(version=each.version, assessment=each.assessment, at=each.at) for each in found]
    return VersionPage(versions=shown)


@router.put(
    "/screenings/{screening}",
    response_class=Response,
    responses=answers_result(200) | problems(400, 404, 412, 413, 415, 428),
    openapi_extra=takes_case(),
)
async def correct_one(
    request: Request, user: Corrector, screening: ScreeningId, if_match: IfMatch = None, key: IdempotencyKey = None
) -> Response:
    """Correct a screening: the case as it should have been, whole; the older version is kept."""
    record, texts, version = record_of(request), texts_for(request.headers), expected(if_match)
    data, content = await json_of(request)
    whole = await run_in_threadpool(_whole, record, user, id_of(screening), content)
    prepared = await _prepared(record, whole, texts, size=len(data))

    def work(change: Change) -> Answer:
        held = to_correct(change, user, id_of(screening), expected=version)
        return answered(correct(record, user, prepared, change=change, held=held), status=200)

    try:
        answer = await record.writer(once(Key.of(request, user, key=key, body=data), work))
    except Changed as changed:
        raise changed_meanwhile(changed.version, f"/api/v1/screenings/{screening}") from None
    return answer.response()


def answered(stored: Stored, status: int = 201) -> Answer:
    """Return the result as it was stored, with the screening's id, version and patient beside it."""
    place = {
        "id": stored.screening,
        "version": stored.version,
        "patient": stored.person,
        "assessment": stored.assessment,
    }
    # The outcome is a JSON object already; it is not read and written once more to add a key.
    body = f'{stored.outcome[:-1]},"screening":{json.dumps(place)}}}'
    headers = {"ETag": etag(stored.version), "Content-Language": stored.language}
    if status == 201:  # noqa: PLR2004 # created
        headers["Location"] = f"/api/v1/screenings/{stored.screening}"
    return Answer(body, stored.person, headers, status, stored.screening)


def _whole(record: Record, user: User, screening: str, content: object) -> object:
    with reading(record.engine) as connection:
        return as_corrected(connection, user, screening, content=content, now=now())


async def _prepared(record: Record, content: object, texts: Texts, *, size: int) -> Prepared:
    if size < LARGE:
        return prepare(record, content, texts, now=now())
    return await run_in_threadpool(lambda: prepare(record, content, texts, now=now()))


def _seen(request: Request, user: User, screening: str, version: int | None) -> Stored:
    """Return a screening that the user may see, once that is in the access log."""
    record = record_of(request)
    with reading(record.engine) as connection:
        found = shown(connection, user, id_of(screening), version=version, now=now())
    record.writer.run_log([Seen(found.person, "read", by(user))])
    return found
