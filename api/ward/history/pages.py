"""The history page, and what life changes recorded from it; what is hard to take back is asked once more.

An administrator hands out access logs, merges and blocks, and is never shown what is in a record: the page is then
another one, without the patient's name and without the events.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from api.people.refused import MayNot
from api.record.courses import NoSuchPatient, visible
from api.record.opening import identify
from api.record.streams import Naming, read_stream, survivor
from api.record.taking_back import is_own, may_take_back
from api.record.told_events import retracted_in
from api.ward.desk import Desk, desk_for
from api.ward.event_forms import Blank, EventForm, Sent, Wrong, event_in, form_in, text_in, version_in
from api.ward.history.events import Ground, lines
from api.ward.history.life import ASKED_ABOUT, FORMS, UNDO, closed, offered
from api.ward.history.moves import moves
from api.ward.patient import Patient, change, patient_at, patient_page
from careplans.course.events import Discharged, Event, Merged, Recorded, Retracted, Transferred, Undone
from engine.errors import InputError
from forms.identity import parse_identity_number
from rules.case import Case
from rules.times import oslo_day

router = APIRouter(include_in_schema=False)
AnyDesk = Annotated[Desk, Depends(desk_for("me"))]
NO_CONTENT = "administrator"
SENT_AGAIN = ("on", "event", "reason", "other", "stay", "to", "municipality")
"""What is sent once more with the word that one is sure."""


@dataclass(frozen=True, slots=True)
class Left:
    """A patient out of sight, and the event that can be taken back: ids alone."""

    id: str
    event: str
    version: int

    @property
    def path(self) -> str:
        """Return the address of the patient's pages."""
        return f"/patients/{self.id}"


@router.get("/patients/{person}/history")
def read_history(desk: AnyDesk, person: str) -> Response:
    """Show what was recorded, the newest first, and the forms that the role may use."""
    return history_page(desk, _patient(desk, person))


@router.post("/patients/{person}/history")
def record(desk: AnyDesk, person: str, sent: Sent) -> Response:
    """Record what happened, or take something back; what is hard to take back is asked about once more."""
    form, version = form_in(sent, FORMS), version_in(sent)
    if form is UNDO and not _still_seen(desk, person):
        return _take_back(desk, person, sent, version)
    patient = _patient(desk, person)
    try:
        event = _event(desk, sent, form)
        again = question(form, event, patient.seen.stream.recorded)
        if again and not text_in(sent, "sure") and (form.kind != "discharged" or patient.not_done):
            return _ask_again(desk, patient, form, event=event, words=again)
        change(desk, person, [event], version=version)
    except (Blank, InputError) as wrong:
        return history_page(desk, patient, wrong=Wrong.of(wrong, sent, desk.t))
    return _onward(desk, patient.id)


@router.get("/history/left")
def left(desk: AnyDesk, person: str = "", event: str = "", version: int = 0) -> Response:
    """Tell that it was recorded, that the patient is no longer among those the person sees, and how it is undone."""
    return _left_page(desk, Left(person, event, version))


def history_page(desk: Desk, patient: Patient, *, wrong: Wrong | None = None) -> HTMLResponse:
    """Return the page; after something that was wrong, with what was filled in."""
    course = patient.course
    shown = {
        "wrong": wrong,
        "groups": offered(desk.user.role, course),
        "closed": closed(desk.user.role, course),
        "undo": UNDO,
        "choices": {"wrong_patient": [*_screenings(desk, patient), *_stays(desk, patient)]},
        "log": desk.may("access_log"),
    }
    status = 422 if wrong else 200
    if desk.user.role == NO_CONTENT:
        back = moves(patient.seen.stream.recorded, desk)
        return desk.page("history_closed", status=status, patient=patient, course=course, moves=back, **shown)
    recorded = patient.seen.stream.recorded
    ground = Ground(desk.t, desk.words, recorded, course.protected, _cases(desk, patient))
    said = lines(recorded, ground, user=desk.user, now=desk.now)
    taken = _taken(desk, recorded)
    return patient_page(desk, "history", patient, status=status, lines=said, taken=taken, **shown)


def _taken(desk: Desk, recorded: Sequence[Recorded]) -> list[Recorded]:
    """Return what the one who looks has taken away as written on the wrong patient, and may bring back."""
    every = retracted_in(recorded)
    return [each for each in every if may_take_back(desk.user, Undone(each.id, ""), recorded, now=desk.now)]


def _cases(desk: Desk, patient: Patient) -> dict[str, Case]:
    """Return the cases of the screenings that were corrected, by assessment."""
    every = [each for each in patient.course.screenings if each.versions]
    ids = [assessment for each in every for assessment in (each.assessment, *each.versions)]
    if not ids:
        return {}
    with desk.reading() as connection:
        return {id: basis.case for id, basis in desk.record.bases.of(connection, ids).items()}


def _patient(desk: Desk, person: str) -> Patient:
    if not (desk.may("read") or desk.may("life_event")):
        raise MayNot
    return patient_at(desk, person, action="read" if desk.may("read") else "handled")


def _event(desk: Desk, sent: FormData, form: EventForm) -> Event:
    if form.kind == "merged":
        return Merged(text_in(sent, "other") or _other(desk, sent))
    if form.kind == "retracted":
        of, _, id = text_in(sent, "what").partition(":")
        form = replace(form, fixed={"of": of, "id": id})
    event = event_in(sent, form, now=desk.now)
    if isinstance(event, Transferred):
        return replace(event, hospital=desk.words.hospital_meant(event.hospital))
    return event


def _other(desk: Desk, sent: FormData) -> str:
    """Return the record with the number that was written, where the person may see it."""
    said = "".join(text_in(sent, "identity").split())
    if not said:
        raise Blank("identity")
    naming = Naming(parse_identity_number(said, "identity").value)
    try:
        return desk.record.writer.run(lambda doing: identify(desk.user, naming, doing)).person
    except NoSuchPatient:
        raise InputError("identity", "cannot_be_merged") from None


def question(form: EventForm, event: Event, recorded: Sequence[Recorded]) -> str | None:
    """Return under which words a change is asked about once more; None for one that is not."""
    if isinstance(event, Retracted):
        return f"event_form.wrong_{event.of}"
    if isinstance(event, Discharged):
        return "event_form.leaving"
    named = next((each.event.kind for each in recorded if isinstance(event, Undone) and each.id == event.event), None)
    if named in ASKED_ABOUT:
        return f"event_form.undo_{named}"
    return f"event_form.{form.id}" if form.again else None


def _ask_again(desk: Desk, patient: Patient, form: EventForm, *, event: Event, words: str) -> HTMLResponse:
    """Ask on a page of its own, which sends the same again with a word that one is sure."""
    sent = {name: value for name in SENT_AGAIN if (value := getattr(event, name, None))}
    if isinstance(event, Retracted):
        sent["what"] = f"{event.of}:{event.id}"
    name = None if desk.user.role == NO_CONTENT else patient.course.who.name
    if isinstance(event, Discharged):
        sent["at"] = event.at.isoformat()
    owed = [desk.t(f"next.{each}") for each in patient.not_done] if isinstance(event, Discharged) else []
    shown: dict[str, Any] = {"form": form, "sent": sent, "name": name, "event": event, "asked": words, "owed": owed}
    return desk.page("history_sure", patient=patient, **shown)


def _take_back(desk: Desk, person: str, sent: FormData, version: int) -> Response:
    """Undo one's own slip of a patient who went out of sight by it."""
    try:
        change(desk, person, [event_in(sent, UNDO, now=desk.now)], version=version)
    except (Blank, InputError) as wrong:
        return _left_page(desk, Left(person, text_in(sent, "event"), version), Wrong.of(wrong, sent, desk.t))
    return _onward(desk, person)


def _left_page(desk: Desk, gone: Left, wrong: Wrong | None = None) -> HTMLResponse:
    return desk.page("history_left", status=422 if wrong else 200, patient=gone, undo=UNDO, wrong=wrong)


def _onward(desk: Desk, person: str) -> Response:
    """Lead back to the page where the patient is still seen, else to what takes the last event back."""
    if _still_seen(desk, person):
        return desk.back_to(f"/patients/{person}/history")
    with desk.reading() as connection:
        stream = read_stream(connection, survivor(connection, person))
    last = stream.recorded[-1].id if stream else ""
    if stream is None or not is_own(desk.user, Undone(last, ""), stream.recorded, now=desk.now):
        return desk.back_to("/history/left")
    return desk.back_to(f"/history/left?person={person}&event={last}&version={stream.version}")


def _still_seen(desk: Desk, person: str) -> bool:
    with desk.reading() as connection:
        try:
            visible(connection, desk.user, person, now=desk.now)
        except NoSuchPatient:
            return False
    return True


def _screenings(desk: Desk, patient: Patient) -> list[tuple[str, str]]:
    """Return the screenings as what was written on the wrong patient, while the patient lies where it was written."""
    times = ((each.id, desk.words.moment(each.at) if each.at else None) for each in reversed(patient.course.screenings))
    unsaid = desk.t("patient_page.not_said")
    return [(f"screening:{id}", desk.t("history.wrong.screening", when=when or unsaid)) for id, when in times]


def _stays(desk: Desk, patient: Patient) -> list[tuple[str, str]]:
    return [
        (
            f"stay:{each.id}",
            desk.t("history.wrong.stay", day=desk.words.date(oslo_day(each.admitted)), ward=each.ward or "–"),
        )
        for each in reversed(patient.course.stays)
    ]
