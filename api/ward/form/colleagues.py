"""A form that a colleague has begun: it is taken over as it stands, or one begins one's own."""

from __future__ import annotations

from contextlib import suppress

from fastapi.responses import Response

from api.record.courses import Changed
from api.record.drafts import Begun, begun, take_draft
from api.ward.form.saving import PAPER, SECOND
from api.ward.form.sitting import Sitting, address, form_name
from api.ward.patient import patient_page

BY_FORM = {form_name(ways): ways for ways in (frozenset[str](), frozenset({PAPER}))}
"""The forms that a colleague may take over; a second rater's is nobody else's."""


def begun_by_colleague(sitting: Sitting) -> Begun | None:
    """Return the form that a colleague has begun since the last one was signed; a second rater is told of none."""
    if SECOND in sitting.ways:
        return None
    desk, newest = sitting.desk, sitting.known.newest
    with desk.reading() as connection:
        found = begun(connection, desk.user, [sitting.patient.id], BY_FORM).get(sitting.patient.id)
    mine = found is not None and found.by == desk.user.id
    signed_since = found is not None and newest is not None and newest.at > found.at
    return None if mine or signed_since else found


def ask_whose(sitting: Sitting, found: Begun) -> Response:
    """Ask whether a colleague's draft is taken over, once it is logged that someone looks."""
    sitting.desk.saw(sitting.patient.id)
    return patient_page(sitting.desk, "form/begun", sitting.patient, begun=found, action=sitting.path)


def take_over(sitting: Sitting, whose: str) -> Response:
    """Make a colleague's draft one's own and lead to it; where it is gone, the form shows what there is."""
    found = begun_by_colleague(sitting)
    if found is None or found.by != whose:
        return sitting.desk.back_to(sitting.path)
    with suppress(Changed):
        sitting.desk.record.writer.run(lambda change: take_draft(sitting.desk.user, found.place, whose, change))
    return sitting.desk.back_to(address(sitting.patient, BY_FORM[found.place.form]))
