"""The forms of the plan page, each recording one kind of event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from api.ward.event_forms import EventForm, Field
from careplans.course.events import Ending, NotDone
from careplans.course.next_step import REVIEW
from careplans.course.state import RECEIPT

REASON = Field("reason")
NOTE = Field("note", "note", needed=False)
FORMS: Mapping[str, EventForm] = {
    form.id: form
    for form in (
        EventForm("done", "step_done", (Field("at", "moment", needed=False), NOTE)),
        EventForm(
            "not_done",
            "step_not_done",
            (Field("because", "choice", codes=get_args(NotDone), words="plan_page.because"), NOTE),
        ),
        EventForm("set_date", "discharge_expected", (Field("on", "date"),)),
        EventForm("receipt", "step_done", fixed={"step": RECEIPT}),
        EventForm("review", "step_done", fixed={"step": REVIEW}),
        EventForm("pause", "clock_paused", (REASON,)),
        EventForm("go_on", "clock_resumed"),
        EventForm("hand_over", "owner_set", (Field("owner", "choice"),)),
        EventForm("undo", "undone", (REASON,)),
        EventForm("pause_plan", "plan_paused", (REASON,)),
        EventForm("resume_plan", "plan_resumed"),
        EventForm(
            "close_plan",
            "plan_closed",
            (
                Field("ending", "choice", codes=get_args(Ending), words="plan_page.ending"),
                Field("reason", "note", needed=False),
            ),
        ),
        EventForm("renew_plan", "plan_started"),
    )
}
