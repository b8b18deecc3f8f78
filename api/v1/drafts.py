"""Unfinished forms, saved while someone writes: the end of a session, or another's change, loses nothing."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Request, Response

from api.people.user import User
from api.people.who import needs
from api.record.courses import Changed, NoSuchPatient, visible
from api.record.drafts import Place, drop_draft, read_draft, save_draft
from api.record.record import by
from api.storage.access_log import Seen
from api.storage.engine import reading
from api.storage.writer import Change
from api.v1.asking import IfMatch, PersonId, changed_meanwhile, etag, expected, id_of, json_of, now, record_of
from api.v1.documents import DRAFT, answers_with, problems, takes
from api.v1.problems import Problem
from api.v1.shapes import DraftSaved
from engine.errors import InputError

router = APIRouter(prefix="/patients/{patient}/drafts", tags=["drafts"])
Writer = Annotated[User, Depends(needs("drafts"))]
Form = Annotated[str, Path(pattern=r"^[a-z_]{1,40}$", description="The form's name.")]
IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match", description="`*`: only if there is no draft yet.")]
LONGEST = 200_000


@router.get(
    "/{form}",
    response_class=Response,
    responses=answers_with("application/json", "The draft as it was saved.") | problems(404),
)
def read_one(request: Request, user: Writer, patient: PersonId, form: Form) -> Response:
    """Return one's own draft."""
    record = record_of(request)
    with reading(record.engine) as connection:
        place = Place(visible(connection, user, id_of(patient), now=now()), form)
        found = read_draft(connection, user, place, now=now())
    if found is None:
        raise NoSuchPatient
    record.writer.run_log([Seen(place.person, "draft_read", by(user))])
    return Response(found.body, headers={"ETag": etag(found.version)}, media_type="application/json")


@router.put("/{form}", responses=problems(400, 404, 412, 413, 415, 428), openapi_extra=takes("Draft", DRAFT))
async def save(  # FastAPI calls it by keyword
    request: Request,
    response: Response,
    user: Writer,
    patient: PersonId,
    form: Form,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> DraftSaved:
    """Save one's own draft, from the version that was read or as the first."""
    record, place = record_of(request), Place(id_of(patient), form)
    version = _made_from(if_match, if_none_match)
    _, content = await json_of(request)
    text = json.dumps(content, separators=(",", ":"))
    if len(text) > LONGEST:
        raise InputError("document", "draft_too_large", most=LONGEST)

    def work(change: Change) -> DraftSaved:
        saved = save_draft(user, place, text, change=change, expected=version)
        return DraftSaved(form=form, version=saved.version, at=saved.at)

    try:
        saved = await record.writer(work)
    except Changed as changed:
        raise changed_meanwhile(changed.version, request.url.path) from None
    response.headers["ETag"] = etag(saved.version)
    return saved


@router.delete("/{form}", status_code=204, responses=problems(404))
async def drop(request: Request, user: Writer, patient: PersonId, form: Form) -> None:
    """Drop one's own draft; where there is none, that is how it is already."""
    place = Place(id_of(patient), form)
    await record_of(request).writer(lambda change: drop_draft(user, place, change))


def _made_from(if_match: str | None, if_none_match: str | None) -> int | None:
    """Return the version that a draft was made from, None for the first."""
    if if_match is not None:
        return expected(if_match)
    if if_none_match is None or if_none_match.strip() != "*":
        raise Problem("If-Match", "precondition_missing")
    return None
