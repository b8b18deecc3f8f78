"""What an administrator sees: who has seen a patient, and that something was retracted; nothing of what it was."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import Field, ValidationError

from api.people.user import User
from api.people.who import needs
from api.record.courses import NoSuchPatient, visible
from api.record.naming import logged_under
from api.record.record import by
from api.record.retractions import Retraction, restore, standing_retractions
from api.record.streams import read_stream, standing_merges
from api.storage.access_log import AccessLine, Seen, lines_about
from api.storage.engine import reading
from api.storage.writer import Change
from api.v1.asking import PersonId, id_of, json_of, now, record_of
from api.v1.documents import RESTORING, problems, takes
from api.v1.paging import USUAL, Cursor, Size, link_next, page_of
from api.v1.shapes import LogLine, LogPage, RetractionPage, RetractionShown
from forms.model import Name, Strict
from forms.refusals import as_input_error

router = APIRouter(tags=["administration"])
Administrator = Annotated[User, Depends(needs("access_log"))]
Restorer = Annotated[User, Depends(needs("restore"))]


class Restoring(Strict):
    """Why what was retracted is brought back."""

    reason: Annotated[Name, Field(min_length=3, max_length=500)]


@router.get("/patients/{patient}/access-log", responses=problems(404))
def read_log(
    request: Request,
    response: Response,
    user: Administrator,
    patient: PersonId,
    cursor: Cursor = None,
    size: Size = USUAL,
) -> LogPage:
    """Return who has seen or changed a patient's record, when, and why where a reason was asked for."""
    record = record_of(request)
    with reading(record.engine) as connection:
        person = visible(connection, user, id_of(patient), now=now())
        stream = read_stream(connection, person)
        if stream is None:
            raise NoSuchPatient
        people = logged_under(record, connection, person, *standing_merges(stream.recorded))
        lines = lines_about(connection, *people)
    record.writer.run_log([Seen(person, "access_log_read", by(user))])
    page, onward = page_of(lines, lambda line: str(line.seq), cursor=cursor, size=size)
    link_next(request, response, onward)
    return LogPage(lines=[_line(each) for each in page], next_cursor=onward)


@router.get("/retractions", responses=problems())
def read_retractions(
    request: Request, response: Response, user: Restorer, cursor: Cursor = None, size: Size = USUAL
) -> RetractionPage:
    """Return what was retracted and not brought back: ids, times and by whom."""
    record = record_of(request)
    with reading(record.engine) as connection:
        found = list(standing_retractions(connection, user))
    page, onward = page_of(found, lambda each: each.recorded.id, cursor=cursor, size=size)
    record.writer.run_log([Seen(each.person, "retraction_listed", by(user)) for each in page])
    link_next(request, response, onward)
    return RetractionPage(retractions=[_retraction(each) for each in page], next_cursor=onward)


@router.post(
    "/retractions/{event}/restore",
    responses=problems(400, 404, 413, 415),
    openapi_extra=takes("Restoring", RESTORING),
)
async def restore_one(
    request: Request, user: Restorer, event: Annotated[str, Path(description="The retraction's id.")]
) -> RetractionShown:
    """Bring back what was retracted by mistake."""
    record, named = record_of(request), id_of(event)
    _, content = await json_of(request)
    try:
        reason = Restoring.model_validate(content).reason
    except ValidationError as wrong:
        raise as_input_error(wrong) from None

    def work(change: Change) -> Retraction:
        return restore(record, user, named, reason=reason, change=change)

    return _retraction(await record.writer(work))


def _line(line: AccessLine) -> LogLine:
    by_whom = line.by
    return LogLine(
        at=line.at,
        action=line.action,
        role=by_whom.role,
        unit=by_whom.unit,
        by=by_whom.id,
        name=by_whom.name,
        reason=line.reason,
    )


def _retraction(each: Retraction) -> RetractionShown:
    recorded = each.recorded
    return RetractionShown(
        event=recorded.id,
        patient=each.person,
        of=each.of,
        at=recorded.at,
        by=recorded.by.id,
        role=recorded.by.role,
        name=recorded.by.name,
    )
