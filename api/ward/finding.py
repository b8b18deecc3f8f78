"""Finding a patient by number, and opening one of another unit with a reason; the number is sent in bodies alone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from api.people.access import HOSPITAL
from api.record.courses import NoSuchPatient
from api.record.opening import identify, open_with_reason
from api.record.streams import Naming
from api.ward.desk import Desk, desk_for
from api.ward.event_forms import Sent, text_in
from engine.errors import InputError
from forms.identity import parse_identity_number

router = APIRouter(include_in_schema=False)


def number_in(sent: Sent) -> str:
    """Return the number that was written; a form without a field for one is not ours."""
    said = sent.get("identity")
    if not isinstance(said, str):
        raise HTTPException(422)
    return said.strip()


Finder = Annotated[Desk, Depends(desk_for("identify"))]
Opener = Annotated[Desk, Depends(desk_for("open"))]
Number = Annotated[str, Depends(number_in)]
SHORTEST, LONGEST = 3, 500
SEPARATORS = str.maketrans("", "", " .-\u00a0")
"""How people part the digits of a number when they write it."""


@router.get("/find")
def look(desk: Finder) -> Response:
    """Show the box that takes a number."""
    return desk.page("find", identity="", wrong=None)


@router.post("/find")
def find(desk: Finder, identity: Number) -> Response:
    """Lead to the patient with that number; one not on one's own units is answered as one that does not exist."""
    try:
        naming = _naming(identity)
    except InputError as wrong:
        return desk.page("find", identity=identity, wrong=desk.t(f"finding.wrong_number.{wrong.code}"))
    try:
        found = desk.record.writer.run(lambda change: identify(desk.user, naming, change))
    except NoSuchPatient:
        return _elsewhere(desk, naming)
    return desk.back_to(_first_page(desk, found.person))


@router.post("/open")
def open_record(desk: Opener, identity: Number, sent: Sent) -> Response:
    """Open a record of another unit for a while, with a reason that is logged and that the patient may read."""
    naming, reason = _naming(identity), text_in(sent, "reason")
    if not SHORTEST <= len(reason) <= LONGEST:
        return _elsewhere(desk, naming, reason=reason, wrong=desk.t("finding.reason_wrong", most=LONGEST))
    hours = desk.request.app.state.settings.opened_hours
    try:
        opened = desk.record.writer.run(
            lambda change: open_with_reason(desk.user, naming, change, reason=reason, hours=hours)
        )
    except NoSuchPatient:
        return _elsewhere(desk, naming, reason=reason, no_record=True)
    return desk.back_to(_first_page(desk, opened.person))


def _elsewhere(
    desk: Desk, naming: Naming, *, reason: str = "", wrong: str | None = None, no_record: bool = False
) -> Response:
    """Show what can be done about someone who is not on one's own units, whether or not there is a record."""
    return desk.page(
        "open",
        identity=naming.identity,
        reason=reason,
        wrong=wrong,
        no_record=no_record,
        hours=desk.request.app.state.settings.opened_hours,
        may_open=desk.may("open"),
        may_add=desk.user.role in HOSPITAL,
    )


def _naming(identity: str) -> Naming:
    """Return a number as it is stored, however it was written."""
    return Naming(parse_identity_number(identity.translate(SEPARATORS), "identity").value)


def _first_page(desk: Desk, person: str) -> str:
    """Return where one begins with a patient; an administrator hands out the log, and sees nothing else."""
    return f"/patients/{person}/{'assessment' if desk.may('read') else 'history'}"
