"""A step's checklist as it was filled in: a list with no tick is asked about once, and each point may have a note."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from starlette.datastructures import FormData

from api.ward.event_forms import text_in
from careplans.course.events import StepDone
from engine.errors import InputError
from engine.texts import Texts

NOTE = "note-"
SURE = "sure"


def with_points(event: StepDone, sent: FormData, texts: Texts) -> StepDone:
    """Return the step with what was noted to its points; raise `InputError` for no tick at all, unless sure."""
    if not event.checked and not text_in(sent, SURE):
        raise InputError("checked", "nothing_ticked")
    notes = [event.note, *_notes(event.step, sent, texts)]
    return replace(event, note="\n".join(each for each in notes if each) or None)


def _notes(step: str, sent: FormData, texts: Texts) -> Iterator[str]:
    for name in sent:
        point, note = f"check.{step}.{name.removeprefix(NOTE)}", text_in(sent, name)
        if name.startswith(NOTE) and note and point in texts:
            yield texts("plan_steps.point_note", point=texts(point), note=note)
