"""The pages of a patient's messages: the log, a draft on its way to be final, and one message that was kept."""

from __future__ import annotations

from typing import Annotated, get_args

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from lxml import etree
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from api.messages.deviations import Outcome, Settling, settle
from api.messages.elements import element_ids
from api.messages.finishing import Finishing, finish, is_ours, is_update, message_in, take_back, to_correct
from api.messages.log import Kept, messages_of
from api.messages.model import Head, Kind, Party
from api.messages.prepared import (
    ADDED,
    Asked,
    Prepared,
    digest_of,
    language_of,
    prepared,
    receiver_of,
    sender_of,
    unaddressed,
)
from api.messages.showing import Shown, shown
from api.messages.writing import WRITTEN, write
from api.people.access import may_finish
from api.people.refused import MayNot
from api.record.courses import NoSuchPatient
from api.record.drafts import Begun
from api.storage.writer import Change
from api.ward.desk import Desk, ReaderDesk, desk_for
from api.ward.event_forms import Blank, Sent, Wrong, text_in, version_in
from api.ward.messages.drafting import Draft, drafts_here, drop, keep, my_draft, said_in, take_over
from api.ward.messages.view import leaves, lines_of, log_of, party_words, rendered
from api.ward.patient import Patient, patient_at, patient_page
from engine.errors import InputError

router = APIRouter(include_in_schema=False)
WriterDesk = Annotated[Desk, Depends(desk_for("message"))]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@router.get("/patients/{person}/messages")
def read_log(desk: ReaderDesk, person: str) -> Response:
    """Show what came and went, what is missing, and what can be written."""
    return _log_page(desk, patient_at(desk, person))


@router.post("/patients/{person}/messages")
def settle_missing(desk: WriterDesk, person: str, sent: Sent) -> Response:
    """Report something that a message lacks, or put it aside with a reason."""
    patient = patient_at(desk, person)
    asked = Settling(patient.id, text_in(sent, "message"), _element(sent), _outcome(sent), text_in(sent, "words"))
    try:
        desk.record.writer.run(lambda change: settle(desk.user, asked, change))
    except InputError as wrong:
        return _log_page(desk, patient, wrong=Wrong.of(wrong, sent, desk.t))
    return desk.back_to(f"{patient.path}/messages#missing")


@router.get("/patients/{person}/messages/new/{kind}")
def read_draft(desk: WriterDesk, person: str, kind: str, of: str = "") -> Response:
    """Show a message as it would be now, what it lacks, and what its writer adds."""
    found, patient = _kind(desk, kind), patient_at(desk, person)
    begun = _begun_by_colleague(desk, patient, found)
    draft = my_draft(desk, patient, found) or Draft(_said_before(desk, patient, of), of or None)
    draft = Draft(draft.said, of or draft.corrects)
    return _draft_page(desk, patient, found, draft, begun=begun)


@router.post("/patients/{person}/messages/new/{kind}")
def go_on(desk: WriterDesk, person: str, kind: str, sent: Sent) -> Response:
    """Keep what was added, take over a colleague's draft, drop one's own, or make the message final."""
    found, patient = _kind(desk, kind), patient_at(desk, person)
    draft = Draft(said_in(sent, found), text_in(sent, "of") or None)
    here = f"{patient.path}/messages/new/{found}"
    match text_in(sent, "do"):
        case "save":
            keep(desk, patient, found, draft)
            return desk.back_to(here)
        case "take_over":
            take_over(desk, patient, found, text_in(sent, "whose"))
            return desk.back_to(here)
        case "drop":
            desk.record.writer.run(lambda change: drop(desk.user, patient.id, found, change))
            return desk.back_to(f"{patient.path}/messages")
        case "approve":
            return _approve(desk, patient, found, draft, sent)
    raise HTTPException(422)


@router.get("/patients/{person}/messages/{message}")
def read_message(desk: ReaderDesk, person: str, message: str) -> Response:
    """Show one message, what was done with it, and what can be."""
    return _message_page(desk, patient_at(desk, person), message)


@router.post("/patients/{person}/messages/{message}")
def cancel(desk: WriterDesk, person: str, message: str, sent: Sent) -> Response:
    """Take a final message back, with a reason."""
    patient, reason = patient_at(desk, person), text_in(sent, "reason")
    try:
        if not reason:
            raise Blank("reason")
        desk.record.writer.run(
            lambda change: take_back(desk.record, desk.user, patient.id, message, reason=reason, change=change)
        )
    except (Blank, InputError) as wrong:
        return _message_page(desk, patient, message, wrong=Wrong.of(wrong, sent, desk.t))
    return desk.back_to(f"{patient.path}/messages/{message}")


def _log_page(desk: Desk, patient: Patient, *, wrong: Wrong | None = None) -> HTMLResponse:
    status = 422 if wrong else 200
    return patient_page(desk, "messages", patient, status=status, log=log_of(desk, patient), wrong=wrong)


def _message_page(desk: Desk, patient: Patient, id: str, *, wrong: Wrong | None = None) -> HTMLResponse:
    with desk.reading() as connection:
        every = messages_of(connection, patient.id)
    found = _of_patient(every, id)
    line = next(each for each in lines_of(desk, patient, every) if each.kept.id == found.id)
    mine = found.stands and is_ours(found, desk.user)
    about = [each for each in every if each.way == found.way and found.msg_id == each.refers_to]
    return patient_page(
        desk,
        "message",
        patient,
        status=422 if wrong else 200,
        line=line,
        content=rendered(found, desk, patient),
        follows=next((each for each in every if each.msg_id == found.refers_to), None),
        followed=about,
        may={"correct": mine and leaves(patient, found.kind), "cancel": mine},
        wrong=wrong,
    )


def _draft_page(
    desk: Desk, patient: Patient, kind: Kind, draft: Draft, *, begun: Begun | None = None, wrong: Wrong | None = None
) -> HTMLResponse:
    found = _prepared(desk, patient, kind, draft) if leaves(patient, kind) else None
    sender, receiver = _between(desk, patient, kind, found)
    return patient_page(
        desk,
        "message_draft",
        patient,
        status=422 if wrong else 200,
        kind=kind,
        draft=draft,
        added=_asks(kind, found),
        found=found,
        digest=digest_of(found.content) if found else "",
        content=_preview(desk, patient, kind, found) if found else Shown(),
        receiver=None if patient.course.protected else _receiver(receiver),
        unaddressed=unaddressed(desk.record, sender, receiver),
        begun=begun,
        leaves=leaves(patient, kind),
        wrong=wrong,
    )


def _approve(desk: Desk, patient: Patient, kind: Kind, draft: Draft, sent: FormData) -> Response:
    """Make the message final, if it is the one that was shown."""
    found = _prepared(desk, patient, kind, draft) if leaves(patient, kind) else None
    asked = Finishing(
        patient.id,
        kind,
        draft.said,
        version_in(sent),
        language=language_of(desk.t.language),
        corrects=draft.corrects,
        lacks_seen=bool(text_in(sent, "lacks_seen")),
    )

    def work(change: Change) -> str:
        done = finish(desk.record, desk.user, asked, change)
        drop(desk.user, patient.id, kind, change)
        return done

    try:
        if found and digest_of(found.content) != text_in(sent, "shown"):
            raise InputError("message", "message_not_as_shown")
        id = desk.record.writer.run(work)
    except InputError as wrong:
        return _draft_page(desk, patient, kind, draft, wrong=Wrong.of(wrong, sent, desk.t))
    return desk.back_to(f"{patient.path}/messages/{id}")


def _prepared(desk: Desk, patient: Patient, kind: Kind, draft: Draft) -> Prepared | None:
    with desk.reading() as connection:
        every = messages_of(connection, patient.id)
    corrects = to_correct(every, desk.user, asked=(kind, draft.corrects)) if draft.corrects else None
    update = is_update(kind, every, patient.seen)
    asked = Asked(kind, draft.said, corrects)
    return prepared(desk.record, patient.seen, asked, language=language_of(desk.t.language), update=update)


def _preview(desk: Desk, patient: Patient, kind: Kind, found: Prepared) -> Shown:
    """Return the draft as it would be written, rendered for people."""
    sender, receiver = _between(desk, patient, kind, found)
    body = write(found.content, Head("draft", kind, "new", desk.now, sender, receiver))
    return shown(etree.fromstring(body), desk.t, protected=patient.course.protected)


def _between(desk: Desk, patient: Patient, kind: Kind, found: Prepared | None) -> tuple[Party, Party]:
    """Return who sends and who receives."""
    receiver = receiver_of(desk.record, kind, patient.course, gp=found.gp if found else None)
    return sender_of(desk.record, desk.user, patient.course), receiver


def _receiver(party: Party) -> str | None:
    return party_words({"organisation": party.organisation, "unit": party.unit})


def _asks(kind: Kind, found: Prepared | None) -> tuple[str, ...]:
    """Return the fields to fill in: why no day is known is asked only where none is."""
    known = found is not None and any(each.at for each in found.content.events if each.event != "admitted")
    return tuple(name for name in ADDED.get(kind, ()) if not (known and name == "why_unknown"))


def _said_before(desk: Desk, patient: Patient, of: str) -> dict[str, str]:
    """Return what was added to the message that is corrected."""
    if not of:
        return {}
    with desk.reading() as connection:
        return dict(_of_patient(messages_of(connection, patient.id), of).told.get("said", {}))


def _begun_by_colleague(desk: Desk, patient: Patient, kind: Kind) -> Begun | None:
    with desk.reading() as connection:
        found = drafts_here(connection, desk, patient).get(kind)
    return found if found and found.by != desk.user.id else None


def _of_patient(every: tuple[Kept, ...], id: str) -> Kept:
    try:
        return message_in(every, id)
    except NoSuchPatient:
        raise HTTPException(404) from None


def _kind(desk: Desk, said: str) -> Kind:
    found = next((kind for kind in WRITTEN if kind == said), None)
    if found is None:
        raise HTTPException(404)
    if not may_finish(desk.user.role, found):
        raise MayNot
    return found


def _element(sent: FormData) -> str:
    return next((each for each in element_ids() if each == text_in(sent, "element")), "")


def _outcome(sent: FormData) -> Outcome:
    found = next((each for each in OUTCOMES if each == text_in(sent, "do")), None)
    if found is None:
        raise HTTPException(422)
    return found
