"""Finding a patient by number, name or room, and opening one of another unit with a reason; sent in bodies alone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from api.people.access import HOSPITAL
from api.record.courses import NoSuchPatient
from api.record.opening import identify, open_with_reason
from api.record.searching import patients_named
from api.record.streams import Naming
from api.ward.desk import Desk, desk_for
from api.ward.event_forms import Sent, text_in
from api.ward.lists.reader import Reader
from api.ward.lists.view import row_of
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
A_NUMBER = 6
"""From how many digits on something is a number of a person; a room has fewer."""

SEPARATORS = str.maketrans("", "", " .-\u00a0")
"""How people part the digits of a number when they write it."""


@router.get("/find")
def look(desk: Finder) -> Response:
    """Show the box that takes a number, a name or a room."""
    return desk.page("find", identity="", wrong=None, rows=None)


@router.post("/find")
def find(desk: Finder, identity: Number) -> Response:
    """Lead to the patient with that number; one not on one's own units is answered as one that does not exist."""
    if desk.may("read") and _is_a_name(identity):
        return named(desk, identity)
    try:
        naming = _naming(identity)
    except InputError as wrong:
        return desk.page("find", identity=identity, wrong=desk.t(f"finding.wrong_number.{wrong.code}"), rows=None)
    try:
        found = desk.record.writer.run(lambda change: identify(desk.user, naming, change))
    except NoSuchPatient:
        return elsewhere(desk, naming)
    return desk.back_to(_first_page(desk, found.person))


def named(desk: Desk, said: str) -> Response:
    """Show those of one's own patients that the name, initials or room may mean, once each is in the access log."""
    with desk.reading() as connection:
        found = patients_named(connection, desk.user, said, now=desk.now)
    desk.record.writer.run_log(found.seen)
    reader = Reader("municipality", desk.user, desk.words)
    return desk.page("find", identity=said, wrong=None, rows=[row_of(each, reader) for each in found.rows])


def _is_a_name(said: str) -> bool:
    """Return whether what was written has a letter, or is short enough for a room."""
    bare = said.translate(SEPARATORS)
    return bool(bare) and (any(map(str.isalpha, bare)) or len(bare) < A_NUMBER)


@router.post("/open")
def open_record(desk: Opener, identity: Number, sent: Sent) -> Response:
    """Open a record of another unit for a while, with a reason that is logged and that the patient may read."""
    naming, reason = _naming(identity), text_in(sent, "reason")
    if not SHORTEST <= len(reason) <= LONGEST:
        return elsewhere(desk, naming, reason=reason, wrong=desk.t("finding.reason_wrong", most=LONGEST))
    hours = desk.request.app.state.settings.opened_hours
    try:
        opened = desk.record.writer.run(
            lambda change: open_with_reason(desk.user, naming, change, reason=reason, hours=hours)
        )
    except NoSuchPatient:
        return elsewhere(desk, naming, reason=reason, no_record=True)
    return desk.back_to(_first_page(desk, opened.person))


def elsewhere(
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
