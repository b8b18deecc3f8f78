"""Patients: told of by the hospital's record, found by number, opened with a reason, and read as they stand."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field, ValidationError

from api.messages.receiving import Settling, settle_told
from api.people.access import may_record
from api.people.user import User
from api.people.who import needs
from api.record.admissions import admit
from api.record.courses import NotYours, read, visible
from api.record.courses import Seen as Course
from api.record.elsewhere import NamedBy
from api.record.opening import identify, open_with_reason
from api.record.record import Record, by
from api.record.streams import Naming
from api.storage.access_log import Seen
from api.storage.engine import reading
from api.storage.writer import Change
from api.v1.asking import PersonId, etag, id_of, json_of, now, record_of
from api.v1.documents import ADMISSION, OPENING, SEARCH, made, problems, takes
from api.v1.idempotency import Answer, IdempotencyKey, Key, once
from api.v1.languages import texts_for
from api.v1.shapes import CourseShown, FoundPatient, OpenedPatient
from engine.errors import InputError
from forms.identity import parse_identity_number
from forms.model import Name, Strict, read_case
from forms.refusals import as_input_error

router = APIRouter(tags=["patients"])
Asked = TypeVar("Asked", bound=Strict)
Teller = Annotated[User, Depends(needs("life_event"))]
Finder = Annotated[User, Depends(needs("identify"))]
Opener = Annotated[User, Depends(needs("open"))]
Reader = Annotated[User, Depends(needs("read"))]


class Named(Strict):
    """A patient by number, or by the hospital's own id where there is none."""

    identity: Annotated[str, Field(pattern=r"^[0-9]{11}$")] | None = None
    local_id: Name | None = None


class Opening(Named):
    """A patient of another unit, and why the record must be read."""

    reason: Annotated[Name, Field(min_length=3, max_length=500)]


@router.post(
    "/admissions",
    status_code=201,
    response_class=JSONResponse,
    responses=made(FoundPatient, "The patient, found or new.") | problems(400, 409, 413, 415),
    openapi_extra=takes("Admission", ADMISSION),
)
async def admitted(request: Request, user: Teller, key: IdempotencyKey = None) -> Response:
    """Tell of a stay without answers, so that whoever is not yet screened stands on the list."""
    if not may_record(user.role, "admitted"):
        raise NotYours
    record = record_of(request)
    data, content = await json_of(request)
    if content.keys() - {"schema", "patient", "encounter"}:
        raise InputError("case", "no_answers_here")
    case, texts = record.screening.checked(read_case(content)), texts_for(request.headers)

    def work(change: Change) -> Answer:
        stream = settle_told(Settling(record, user, change, texts), admit(record, user, case, change))
        shown = FoundPatient(patient=stream.person, version=stream.version)
        place = {"Location": f"/api/v1/patients/{stream.person}", "ETag": etag(stream.version)}
        return Answer(shown.model_dump_json(), stream.person, place)

    answer = await NamedBy(record, user, case).do(once(Key.of(request, user, key=key, body=data), work))
    return answer.response()


@router.post("/patients/search", responses=problems(400, 404, 413, 415), openapi_extra=takes("PatientNamed", SEARCH))
async def search(request: Request, response: Response, user: Finder) -> FoundPatient:
    """Find a patient by number; one of another unit is answered as one that does not exist."""
    record = record_of(request)
    _, content = await json_of(request)
    naming = _named(record, user, _read(Named, content))
    found = await record.writer(lambda change: identify(user, naming, change))
    response.headers["ETag"] = etag(found.version)
    return FoundPatient(patient=found.person, version=found.version)


@router.post(
    "/patients/open", status_code=201, responses=problems(400, 404, 413, 415), openapi_extra=takes("Opening", OPENING)
)
async def open_one(request: Request, user: Opener) -> OpenedPatient:
    """Open another unit's record, or a blocked one, with a reason that the patient can read in the access log."""
    record = record_of(request)
    _, content = await json_of(request)
    asked = _read(Opening, content)
    naming, hours = _named(record, user, asked), request.app.state.settings.opened_hours
    opened = await record.writer(
        lambda change: open_with_reason(user, naming, change, reason=asked.reason, hours=hours)
    )
    return OpenedPatient(patient=opened.person, until=opened.until)


@router.get("/patients/{patient}", responses=problems(404))
def read_patient(request: Request, response: Response, user: Reader, patient: PersonId) -> CourseShown:
    """Return a patient's course: the stay, the plans, what is due now, and what comes next."""
    seen = seen_course(request, user, patient)
    response.headers["ETag"] = etag(seen.stream.version)
    return CourseShown.of(seen, now())


def seen_course(request: Request, user: User, patient: str) -> Course:
    """Return the course of a patient whom the user may see, once that is in the access log."""
    record = record_of(request)
    with reading(record.engine) as connection:
        found = read(record, connection, visible(connection, user, id_of(patient), now=now()))
    record.writer.run_log([Seen(found.stream.person, "read", by(user))])
    return found


def _named(record: Record, user: User, asked: Named) -> Naming:
    """Return how the caller names the patient: exactly one of the two ways."""
    if (asked.identity is None) == (asked.local_id is None):
        raise InputError("identity", "named_in_one_way")
    if asked.identity:
        return Naming(parse_identity_number(asked.identity, "identity").value)
    return Naming(None, f"{record.hospital_of(user)}/{asked.local_id}")


def _read(model: type[Asked], content: dict[str, Any]) -> Asked:
    try:
        return model.model_validate(content)
    except ValidationError as wrong:
        raise as_input_error(wrong) from None
