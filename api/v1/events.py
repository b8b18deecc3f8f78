"""A patient's events: read a page at a time, and added one by one from the version that was read."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from api.people.user import User
from api.people.who import needs
from api.record.codec import event_to_text
from api.record.courses import Changed, add, read
from api.record.protected import shown_event
from api.record.told_events import Told, told
from api.record.who_sees import may_see
from api.storage.writer import Change
from api.v1.asking import IfMatch, PersonId, changed_meanwhile, etag, expected, id_of, json_of, record_of
from api.v1.documents import EVENT, made, problems, takes
from api.v1.event_bodies import read_event
from api.v1.idempotency import Answer, IdempotencyKey, Key, once
from api.v1.paging import USUAL, Cursor, Size, link_next, page_of
from api.v1.patients import seen_course
from api.v1.shapes import ByWhom, CourseShown, EventPage, EventShown, Recorded
from careplans.course.events import Event

router = APIRouter(tags=["events"])
Reader = Annotated[User, Depends(needs("read"))]
Teller = Annotated[User, Depends(needs("life_event"))]


@router.get("/patients/{patient}/events", responses=problems(404))
def read_events(
    request: Request,
    response: Response,
    user: Reader,
    patient: PersonId,
    cursor: Cursor = None,
    size: Size = USUAL,
) -> EventPage:
    """Return what was recorded, the oldest first; each can be undone by its id."""
    seen = seen_course(request, user, patient)
    page, onward = page_of(told(seen.stream.recorded), lambda each: each.recorded.id, cursor=cursor, size=size)
    link_next(request, response, onward)
    response.headers["ETag"] = etag(seen.stream.version)
    protected = seen.stream.course.protected
    return EventPage(events=[_shown(each, protected=protected) for each in page], next_cursor=onward)


@router.post(
    "/patients/{patient}/events",
    status_code=201,
    response_class=JSONResponse,
    responses=made(
        CourseShown | Recorded,
        "The course after the event; who may not see it any more gets its version, and the event's id.",
    )
    | problems(400, 404, 409, 412, 413, 415, 428),
    openapi_extra=takes("Event", EVENT),
)
async def add_event(
    request: Request, user: Teller, patient: PersonId, if_match: IfMatch = None, key: IdempotencyKey = None
) -> Response:
    """Record what happened, or undo what was recorded: one event, from the version that the caller has read."""
    record, version = record_of(request), expected(if_match)
    data, content = await json_of(request)
    event = read_event(content)

    def work(change: Change) -> Answer:
        stream = add(record, user, event, change=change, person=id_of(patient), expected=version)
        return Answer(_after(request, user, change, stream.person), stream.person, {"ETag": etag(stream.version)})

    try:
        answer = await record.writer(once(Key.of(request, user, key=key, body=data), work))
    except Changed as changed:
        raise changed_meanwhile(changed.version, f"/api/v1/patients/{patient}") from None
    return answer.response()


def _after(request: Request, user: User, change: Change, person: str) -> str:
    """Return the course as it is after the event; who may not see what is in the record gets what takes it back."""
    seen = read(record_of(request), change.connection, person)
    if not may_see(change.connection, user, person, now=change.now):
        version, event = seen.stream.version, seen.stream.recorded[-1].id
        return Recorded(id=person, version=version, event=event).model_dump_json()
    return CourseShown.of(seen, change.now).model_dump_json()


def _shown(each: Told, *, protected: bool) -> EventShown:
    recorded = each.recorded
    return EventShown(
        id=recorded.id,
        kind=recorded.event.kind,
        body=shown_event(body_of(recorded.event), protected=protected),
        at=recorded.at,
        by=ByWhom(role=recorded.by.role, name=recorded.by.name),
        stands=each.stands,
    )


def body_of(event: Event) -> dict[str, object]:
    """Return an event as it is sent."""
    found: dict[str, object] = json.loads(event_to_text(event))
    return found
