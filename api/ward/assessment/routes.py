"""The assessment page and what can be done on it: a form for each, and the way back to where it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, Response

from api.record.streams import new_id
from api.refusals import fault_in_words
from api.ward.assessment.deciding import addable
from api.ward.assessment.shown import Shown, shown_of
from api.ward.assessment.suggestions import Reader, recommended
from api.ward.assessment.view import assessment_view
from api.ward.desk import Desk, ReaderDesk, desk_for
from api.ward.form.second import scores_blind
from api.ward.patient import Patient, change, patient_at, patient_page
from careplans.course.choices import to_start
from careplans.course.due import screening_in
from careplans.course.events import ChoiceRecorded, Decided, Event, Participant, PlanStarted, Undone, Verdict
from engine.errors import InputError

router = APIRouter(include_in_schema=False)
DeciderDesk = Annotated[Desk, Depends(desk_for("decide"))]
PlannerDesk = Annotated[Desk, Depends(desk_for("plan"))]
Version = Annotated[int, Form(ge=0)]
Words = Annotated[str, Form(max_length=2_000)]
Said = Annotated[Verdict, Form()]
Place = Annotated[str, Form(pattern=r"^[a-z]{1,12}[0-9]{0,3}$")]
Code = Annotated[str, Form(max_length=60)]
Wrong = Mapping[str, str]
"""What must be mended, in words, by the field's id on the page."""


@router.get("/patients/{person}")
def begin(desk: ReaderDesk, person: str) -> Response:
    """Lead to the form where nobody has screened in this stay and the person may, else to the assessment."""
    patient = patient_at(desk, person)
    course = patient.course
    lacks = screening_in(course, course.stay) is None if course.in_hospital and course.stay else not course.screenings
    asks = lacks and course.died is None and desk.may("screen")
    return desk.back_to(f"{patient.path}/{'screen' if asks else 'assessment'}")


@router.get("/patients/{person}/assessment")
def read_newest(desk: ReaderDesk, person: str) -> HTMLResponse:
    """Show the assessment whose suggestions are in question."""
    patient = patient_at(desk, person)
    return _page(desk, patient, shown_of(desk, patient))


@router.get("/patients/{person}/assessment/{named}")
def read_older(desk: ReaderDesk, person: str, named: str) -> HTMLResponse:
    """Show an older assessment as it was; nothing can be decided from it."""
    patient = patient_at(desk, person)
    return _page(desk, patient, shown_of(desk, patient, named))


@router.post("/patients/{person}/assessment/decide")
def decide(desk: DeciderDesk, person: str, version: Version, rule: Code, verdict: Said, reason: Words = "") -> Response:
    """Accept a suggestion, or override it with a reason."""
    patient, shown = _asked(desk, person)
    place = _place(shown, rule)
    if verdict == "overridden" and not reason.strip():
        return _page(desk, patient, shown, wrong={f"reason{place}": desk.t("assessment.wrong.reason")})
    decided = Decided(shown.id, rule, verdict, reason.strip() or None)
    return _done(desk, patient, [decided], version=version, at=f"s{place}")


@router.post("/patients/{person}/assessment/accept-recommended")
def accept_recommended(desk: DeciderDesk, person: str, version: Version) -> Response:
    """Accept what is recommended and not answered; never a part of a shared decision."""
    patient, shown = _asked(desk, person)
    events = [Decided(shown.id, each.rule, "accepted") for each in recommended(Reader.of(desk, patient, shown))]
    return _done(desk, patient, events, version=version, at="suggestions")


@router.post("/patients/{person}/assessment/choose")
def choose(
    desk: DeciderDesk,
    person: str,
    version: Version,
    track: Code = "",
    participants: Annotated[tuple[Participant, ...], Form()] = (),
    note: Words = "",
    without_patient: Words = "",
) -> Response:
    """Record what the patient and the doctor chose together, and who took part; what is refused is kept as it was."""
    patient, shown = _asked(desk, person)
    filled_in: dict[str, object] = {"participants": participants, "track": track}
    sent = {**filled_in, "note": note, "without_patient": without_patient}
    wrong = {name: desk.t(f"assessment.wrong.{name}") for name, said in filled_in.items() if not said}
    if wrong:
        return _page(desk, patient, shown, wrong=wrong, sent=sent)
    why = without_patient.strip() or None
    chosen = ChoiceRecorded(
        shown.id, track, participants, note.strip() or None, why if "patient" not in participants else None
    )
    try:
        return _done(desk, patient, [chosen], version=version, at="choice")
    except InputError as refused:
        if refused.where not in sent:
            raise
        words = fault_in_words(refused, desk.t)
        return _page(desk, patient, shown, wrong={refused.where: words[:1].upper() + words[1:]}, sent=sent)


@router.post("/patients/{person}/assessment/start")
def start(
    desk: PlannerDesk, person: str, version: Version, modules: Annotated[tuple[Code, ...], Form()] = ()
) -> Response:
    """Start the plan from what was accepted, with what was added; what is kept out is said, and never dropped."""
    patient, shown = _asked(desk, person)
    rules = to_start(patient.course, shown.id, shown.assessment)
    if not rules:
        return _page(desk, patient, shown, wrong={"start": desk.t("assessment.wrong.start")})
    if set(modules) - addable(Reader.of(desk, patient, shown)):
        return _page(desk, patient, shown, wrong={"modules": desk.t("assessment.wrong.modules")})
    begun = PlanStarted(new_id(), shown.id, desk.today, rules=rules, modules=modules)
    return _done(desk, patient, [begun], version=version, at="start")


@router.post("/patients/{person}/assessment/undo")
def undo(desk: ReaderDesk, person: str, version: Version, event: Code, at: Place = "suggestions") -> Response:
    """Take back what was said on this page; whether the role may, is asked where it is written."""
    patient = patient_at(desk, person)
    return _done(desk, patient, [Undone(event, desk.t("assessment.undone"))], version=version, at=at)


def _asked(desk: Desk, person: str) -> tuple[Patient, Shown]:
    """Return the patient with the assessment in question; raise `InputError` where there is none."""
    patient = patient_at(desk, person)
    shown = shown_of(desk, patient)
    if shown is None:
        raise InputError("assessment", "not_of_this_patient")
    return patient, shown


def _place(shown: Shown, rule: str) -> int:
    """Return where on the page a suggestion stands; an address never holds what was suggested."""
    rules = [each.rule for each in shown.assessment.offers]
    return rules.index(rule) + 1 if rule in rules else 0


def _done(desk: Desk, patient: Patient, events: Sequence[Event], *, version: int, at: str) -> Response:
    change(desk, patient.id, events, version=version)
    return desk.back_to(f"{patient.path}/assessment#{at}")


def _page(
    desk: Desk,
    patient: Patient,
    shown: Shown | None,
    *,
    wrong: Wrong | None = None,
    sent: Mapping[str, object] | None = None,
) -> HTMLResponse:
    here, blind = f"{patient.path}/assessment", scores_blind(desk, patient)
    if blind:
        return patient_page(desk, "assessment_second", patient, here=here, to_form=blind)
    return patient_page(
        desk,
        "assessment",
        patient,
        status=422 if wrong else 200,
        here=here,
        view=assessment_view(desk, patient, shown) if shown else None,
        wrong=wrong or {},
        sent=sent or {"track": "", "participants": (), "note": "", "without_patient": ""},
    )
