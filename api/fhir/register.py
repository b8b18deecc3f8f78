"""The FHIR interface put on the application: its routes, which are thin, under `/fhir`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Path, Request, Response
from starlette.concurrency import run_in_threadpool

from api.fhir.about import read_about
from api.fhir.asking import answer, as_json, as_preferred, base_of, etag, form_of, is_lenient, resource_of, speaks_json
from api.fhir.capability import capability_statement, operation_definition
from api.fhir.elements import Json
from api.fhir.forms import form, forms
from api.fhir.handed_in import handed_in
from api.fhir.handing_in import Receiver, case_of
from api.fhir.outcome import FHIR_JSON, PREFIX
from api.fhir.reading import Reader
from api.fhir.resources.response import questionnaire_response
from api.fhir.screen import screen
from api.fhir.searching import Asked, Pairs, asked_of
from api.fhir.sets import search_set
from api.fhir.told import OF_PATIENT
from api.fhir.turns import turn
from api.people.entrance import entrance_of
from api.people.user import User
from api.people.who import needs
from api.record.courses import NoSuchPatient, visible
from api.record.elsewhere import NamedBy
from api.record.screenings import prepare, store
from api.storage.writer import Change
from api.v1.asking import now, record_of
from api.v1.idempotency import Answer, IdempotencyKey, Key, once
from api.v1.languages import texts_for
from api.v1.problems import Problem
from engine.texts import Texts

router = APIRouter(prefix=PREFIX, dependencies=[Depends(speaks_json)], include_in_schema=False)
Clinician = Annotated[User, Depends(needs("read"))]
Screener = Annotated[User, Depends(needs("screen"))]
Auditor = Annotated[User, Depends(needs("access_log"))]
Kind = Annotated[str, Path(max_length=64)]
Id = Annotated[str, Path(max_length=64)]
AUDIT, FORMS = "AuditEvent", "Questionnaire"


def register(app: FastAPI) -> None:
    """Put the FHIR interface on the application."""
    app.include_router(router)


# Open to all: what the server can, and the form, which say nothing of anyone.


@router.get("/metadata")
async def metadata(request: Request) -> Response:
    """Return what the server can."""
    texts = _open(request)
    version = record_of(request).screening.ruleset.version
    return answer(request, capability_statement(base_of(request), version, texts), texts)


@router.get("/OperationDefinition/screen")
async def read_operation(request: Request) -> Response:
    """Return what `$screen` takes and gives."""
    texts = _open(request)
    return answer(request, operation_definition(base_of(request), texts), texts)


@router.get("/Questionnaire")
async def search_forms(request: Request) -> Response:
    """Return the forms there are, one a language."""
    return _searched_forms(request, request.query_params.multi_items(), _open(request))


@router.post("/Questionnaire/_search")
async def search_forms_by_post(request: Request) -> Response:
    """Return the same."""
    texts = _open(request)
    return _searched_forms(request, await form_of(request), texts)


@router.get("/Questionnaire/{id}")
async def read_form(request: Request, id: Id) -> Response:
    """Return the form in the language of its id; without one, in the caller's."""
    texts = _open(request)
    found = form(id, record_of(request).screening.ruleset.version, texts)
    return answer(request, found, texts)


# Screening


@router.post("/$screen", dependencies=[Depends(needs("screen"))])
async def screen_bundle(request: Request) -> Response:
    """Return what the rules make of a Bundle, and store nothing."""
    texts, screening, moment = texts_for(request.headers), record_of(request).screening, now()
    async with turn(len(await request.body())):
        _, content = await resource_of(request)
        found = await run_in_threadpool(lambda: as_json(screen(screening, content, texts, now=moment)))
    return Response(found, headers={"Content-Language": texts.language}, media_type=FHIR_JSON)


@router.post("/QuestionnaireResponse")
async def hand_in(request: Request, user: Screener, key: IdempotencyKey = None) -> Response:
    """Store a filled-in form as a screening; who answered is whoever signed in."""
    record, texts, moment = record_of(request), texts_for(request.headers), now()
    said = _only_patient(request)
    data, content = await resource_of(request)

    def prepared() -> tuple[str, Json]:
        read = handed_in(content, base_of(request), record.screening.ruleset.version)
        person = Receiver(record, user, base_of(request), moment).patient_of(read, said)
        return person, case_of(record, user, person, read, now=moment)

    person, case = await run_in_threadpool(prepared)
    whole = await run_in_threadpool(lambda: prepare(record, case, texts, now=moment))

    def work(change: Change) -> Answer:
        visible(change.connection, user, person, now=change.now)
        stored = store(record, user, whole, change)
        about = read_about(record, change.connection, stored.person, texts)
        made = next(questionnaire_response(about, each) for each in about.screenings if each.id == stored.screening)
        place = f"{base_of(request)}/QuestionnaireResponse/{stored.screening}/_history/{stored.version}"
        headers = {"Location": place, "ETag": etag(str(stored.version), texts), "Content-Language": texts.language}
        return Answer(as_json(made), stored.person, headers, 201, stored.screening)

    kept = await NamedBy(record, user, whole.case).do(once(Key.of(request, user, key=key, body=data), work))
    told = as_preferred(request, kept.body, texts)
    return Response(told, kept.status, dict(kept.headers), media_type=FHIR_JSON if told else None)


# The access log


@router.get("/AuditEvent")
def search_log(request: Request, user: Auditor) -> Response:
    """Return who has seen or changed a patient's record."""
    return _searched_log(request, user, request.query_params.multi_items(), in_body=False)


@router.post("/AuditEvent/_search")
async def search_log_by_post(request: Request, user: Auditor) -> Response:
    """Return the same, for a patient who may be named by number."""
    pairs = await form_of(request)
    return await run_in_threadpool(lambda: _searched_log(request, user, pairs, in_body=True))


@router.get("/AuditEvent/{id}")
def read_log_line(request: Request, user: Auditor, id: Id) -> Response:
    """Return a line of the access log."""
    reader = _reader(request, user)
    return answer(request, reader.line(id), reader.texts)


# One patient


@router.get("/{kind}")
def search(request: Request, user: Clinician, kind: Kind) -> Response:
    """Return the resources of one patient."""
    return _searched(request, user, kind, request.query_params.multi_items(), in_body=False)


@router.post("/{kind}/_search")
async def search_by_post(request: Request, user: Clinician, kind: Kind) -> Response:
    """Return the same, for a patient who may be named by number."""
    pairs = await form_of(request)
    return await run_in_threadpool(lambda: _searched(request, user, kind, pairs, in_body=True))


@router.get("/{kind}/{id}")
def read(request: Request, user: Clinician, kind: Kind, id: Id) -> Response:
    """Return one resource."""
    reader = _reader(request, user)
    return answer(request, reader.one(_known(kind), id), reader.texts)


@router.get("/{kind}/{id}/_history/{version}")
def read_version(request: Request, user: Clinician, kind: Kind, id: Id, version: Kind) -> Response:
    """Return a version of a resource: the one that stands, for older ones are not told."""
    reader = _reader(request, user)
    found = reader.one(_known(kind), id)
    if found["meta"]["versionId"] != version:
        raise NoSuchPatient
    return answer(request, found, reader.texts)


def _open(request: Request) -> Texts:
    """Count a request that anyone may make, and return the caller's language."""
    entrance_of(request).limiter.count_address(request)
    return texts_for(request.headers)


def _reader(request: Request, user: User) -> Reader:
    return Reader(record_of(request), user, texts_for(request.headers), now())


def _known(kind: str) -> str:
    if kind not in OF_PATIENT:
        raise Problem(None, "fhir_type_unknown")
    return kind


def _only_patient(request: Request) -> str | None:
    """Return the patient that the address names by our own id; a number may not stand there."""
    pairs = request.query_params.multi_items()
    return asked_of("QuestionnaireResponse", pairs, base_of(request), in_body=False, lenient=False).person


def _searched_forms(request: Request, pairs: Pairs, texts: Texts) -> Response:
    asked = asked_of(FORMS, pairs, base_of(request), in_body=False, lenient=is_lenient(request))
    return _set(request, asked, (None, forms(record_of(request).screening.ruleset.version)), texts)


def _searched(request: Request, user: User, kind: str, pairs: Pairs, *, in_body: bool) -> Response:
    reader = _reader(request, user)
    asked = asked_of(_known(kind), pairs, base_of(request), in_body=in_body, lenient=is_lenient(request))
    return _set(request, asked, reader.of_patient(asked), reader.texts)


def _searched_log(request: Request, user: User, pairs: Pairs, *, in_body: bool) -> Response:
    reader = _reader(request, user)
    asked = asked_of(AUDIT, pairs, base_of(request), in_body=in_body, lenient=is_lenient(request))
    return _set(request, asked, reader.log_of(asked), reader.texts)


def _set(request: Request, asked: Asked, found: tuple[str | None, list[Json]], texts: Texts) -> Response:
    """Return a page of what was found, as a Bundle."""
    content = search_set(asked, found, base=base_of(request), texts=texts)
    headers = {"Content-Language": texts.language, "Vary": "Accept, Accept-Language"}
    return Response(as_json(content), headers=headers, media_type=FHIR_JSON)
