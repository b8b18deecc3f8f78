"""The evaluation that someone has begun: what was ticked and noted waits as a draft while CFS is scored again."""

from __future__ import annotations

import json
from typing import Any

from starlette.datastructures import FormData

from api.record.drafts import Place, drop_draft, read_draft, save_draft
from api.storage.writer import Change
from api.ward.desk import Desk
from api.ward.event_forms import LISTS, Wrong
from api.ward.patient import Patient, clock_of
from careplans.course.fold import EVALUATION

FORM, RESCORE = "evaluation", "rescore"
SENT_ALONG = frozenset({"csrf", "version", RESCORE})


def evaluation_at(patient: Patient) -> str:
    """Return where the evaluation is: its step on the plan page, else where the plan is renewed or closed."""
    clock = clock_of(patient, EVALUATION)
    return f"{patient.path}/plan#" + (f"step-{EVALUATION}" if clock and clock.state == "open" else "plan-ending")


def keep_evaluation(desk: Desk, patient: Patient, sent: FormData) -> None:
    """Keep what was ticked and written, for whoever goes to score CFS again."""
    lists = {name: [each for each in sent.getlist(name) if isinstance(each, str)] for name in LISTS}
    texts = {name: each for name, each in sent.items() if isinstance(each, str)}
    kept = {name: each for name, each in texts.items() if name not in SENT_ALONG | LISTS}
    body = json.dumps({"sent": kept, "ticked": lists}, ensure_ascii=False, separators=(",", ":"))
    place = Place(patient.id, FORM)

    def work(change: Change) -> None:
        held = read_draft(change.connection, desk.user, place, now=change.now)
        save_draft(desk.user, place, body, change=change, expected=held.version if held else None)

    desk.record.writer.run(work)


def kept_evaluation(desk: Desk, patient: Patient) -> Wrong | None:
    """Return the evaluation as its writer left it, as a form that is not stored yet; None once the step is marked."""
    clock = clock_of(patient, EVALUATION)
    with desk.reading() as connection:
        found = read_draft(connection, desk.user, Place(patient.id, FORM), now=desk.now)
    body: dict[str, Any] = json.loads(found.body) if found else {"sent": {}}
    sent = body["sent"]
    if clock is None or clock.state != "open" or sent.get("course") != clock.course:
        return None
    ticked = frozenset(each for row in body["ticked"].values() for each in row)
    return Wrong(sent.get("key", ""), None, "", sent, ticked)


def drop_evaluation(desk: Desk, patient: Patient) -> None:
    """Throw the draft away, once the evaluation is stored."""
    place, user = Place(patient.id, FORM), desk.user

    def work(change: Change) -> None:
        if read_draft(change.connection, user, place, now=change.now):
            drop_draft(user, place, change)

    desk.record.writer.run(work)
