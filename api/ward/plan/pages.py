"""The plan page, and what can be done on it: a step marked, paused or handed over, the plan closed or renewed."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from api.people.access import decides_here, may_record, may_write
from api.record.plans import plan_in
from api.record.renewals import Renewal, renewal_of, scored_since
from api.ward.desk import Desk, ReaderDesk
from api.ward.event_forms import Blank, EventForm, Sent, Wrong, event_in, form_in, text_in, version_in
from api.ward.patient import Patient, change, patient_at, patient_page
from api.ward.plan.checklist import with_points
from api.ward.plan.evaluating import RESCORE, drop_evaluation, keep_evaluation, kept_evaluation
from api.ward.plan.evaluation import measure_rows, renewed, with_cfs_accounted
from api.ward.plan.forms import FORMS
from api.ward.plan.prints import AUDIENCES, LANGUAGES, SHEETS
from api.ward.plan.view import Shown, shown
from api.ward.undoing import Undoing, undoing
from careplans.course.events import Event, StepDone
from careplans.course.fold import EVALUATION
from careplans.course.state import RECEIPT, PlanState
from engine.errors import InputError

router = APIRouter(include_in_schema=False)


@router.get("/patients/{person}/plan")
def read_plan(desk: ReaderDesk, person: str) -> Response:
    """Show the plan that runs, else the newest, with the dates that it has now."""
    return plan_page(desk, patient_at(desk, person))


@router.get("/patients/{person}/plan/{key}")
def read_step(desk: ReaderDesk, person: str, key: str) -> Response:
    """Show what else than done can be said of a step: that it will not be done, waits, or has another owner."""
    return _step_page(desk, patient_at(desk, person), key)


@router.post("/patients/{person}/plan")
def act(desk: ReaderDesk, person: str, sent: Sent) -> Response:
    """Record what was done about a step or the plan, and show the page where it was."""
    form, version = form_in(sent, FORMS), version_in(sent)
    patient = patient_at(desk, person)
    if text_in(sent, RESCORE):
        keep_evaluation(desk, patient, sent)
        return desk.back_to(f"{patient.path}/screen?again=1")
    try:
        change(desk, person, _events(desk, patient, form, sent), version=version)
    except (Blank, InputError) as wrong:
        return _again(desk, patient, Wrong.of(wrong, sent, desk.t))
    if text_in(sent, "asks_cfs"):
        drop_evaluation(desk, patient)
    return desk.back_to(f"{patient.path}/plan{_place(sent, form)}")


def plan_page(desk: Desk, patient: Patient, *, wrong: Wrong | None = None) -> HTMLResponse:
    """Return the page; after something that was wrong, with what was filled in."""
    page = shown(desk.record, patient.seen, desk.t, now=desk.now)
    begun = None if wrong else kept_evaluation(desk, patient)
    return patient_page(
        desk,
        "plan",
        patient,
        status=422 if wrong else 200,
        view=page,
        forms=FORMS,
        may=_may(desk, patient),
        undoing=_undoing(desk, patient),
        **_renewal_view(desk, patient, page),
        wrong=wrong or begun,
        begun=begun,
        audiences=AUDIENCES,
        sheets=SHEETS,
        languages=LANGUAGES,
        printable=not (patient.course.blocked or patient.course.died),
    )


def _step_page(desk: Desk, patient: Patient, key: str, *, wrong: Wrong | None = None) -> HTMLResponse:
    page = shown(desk.record, patient.seen, desk.t, now=desk.now)
    row = next((each for each in page.rows if each.key == key and each.is_open), None)
    if row is None:
        raise HTTPException(404)
    status, may = 422 if wrong else 200, _may(desk, patient)
    about = {"view": page, "row": row, "forms": FORMS, "may": may, "undoing": _undoing(desk, patient)}
    return patient_page(desk, "plan_step", patient, status=status, **about, wrong=wrong)


def _again(desk: Desk, patient: Patient, wrong: Wrong) -> HTMLResponse:
    """Show what was wrong on the page where the form stands."""
    if wrong.sent.get("page") == "step":
        return _step_page(desk, patient, wrong.key.partition(":")[2], wrong=wrong)
    return plan_page(desk, patient, wrong=wrong)


def _may(desk: Desk, patient: Patient) -> dict[str, bool]:
    """Return which forms the role may use; of someone dead nothing is done or planned any more."""
    role, alive = desk.user.role, patient.course.died is None
    allowed = {form.id: may_record(role, form.kind) for form in FORMS.values()}
    allowed |= {"renew_plan": _renews(desk, patient), "receipt": may_write(role, StepDone("", RECEIPT, desk.now))}
    return {form: alive and allowed[form] for form in allowed}


def _undoing(desk: Desk, patient: Patient) -> Undoing:
    return undoing(patient.seen.stream.recorded, desk.t, user=desk.user, now=desk.now)


def _renews(desk: Desk, patient: Patient) -> bool:
    return desk.may("renew") and decides_here(desk.user.role, in_hospital=patient.course.in_hospital)


def _renewal(desk: Desk, patient: Patient, page: Shown) -> Renewal | None:
    if not page.plan or page.plan.state.status == "closed" or not _renews(desk, patient):
        return None
    with desk.reading() as connection:
        return renewal_of(desk.record, connection, patient.course, page.plan.state)


def _renewal_view(desk: Desk, patient: Patient, page: Shown) -> dict[str, object]:
    renewal = _renewal(desk, patient, page)
    over = tuple(desk.t(f"suggest.{rule}").rstrip(".") for rule in renewal.over) if renewal else ()
    return {"renewal": renewal, "measures": measure_rows(renewal, desk.t) if renewal else (), "over": over}


def _events(desk: Desk, patient: Patient, form: EventForm, sent: FormData) -> tuple[Event, ...]:
    return _renewed(desk, patient, sent) if form.id == "renew_plan" else (_event(desk, patient, form, sent),)


def _event(desk: Desk, patient: Patient, form: EventForm, sent: FormData) -> Event:
    """Return what the form says; the evaluation accounts for CFS."""
    event = event_in(sent, form, now=desk.now)
    plan = plan_in(patient.course)
    if isinstance(event, StepDone) and event.step == EVALUATION and text_in(sent, "asks_cfs") and plan:
        scored = scored_since(patient.course, plan, patient.seen.basis) is not None
        event = with_cfs_accounted(event, sent, desk.t, scored=scored)
    if isinstance(event, StepDone) and text_in(sent, "asks_points"):
        return with_points(event, sent, desk.t)
    return event


def _renewed(desk: Desk, patient: Patient, sent: FormData) -> tuple[Event, ...]:
    plan = _named(patient, text_in(sent, "plan"))
    with desk.reading() as connection:
        renewal = renewal_of(desk.record, connection, patient.course, plan)
    if renewal is None:
        raise HTTPException(422)
    return renewed(plan, renewal, sent, now=desk.now, decides=desk.may("decide"))


def _named(patient: Patient, plan: str) -> PlanState:
    found = next((each for each in patient.course.plans if each.id == plan), None)
    if found is None:
        raise HTTPException(422)
    return found


def _place(sent: FormData, form: EventForm) -> str:
    """Return where on the page the form stood, which is a key of our own."""
    key = text_in(sent, "key").partition(":")[2]
    return f"#{key}" if form.kind != "plan_started" and key.replace("-", "").replace("_", "").isalnum() else ""
