"""A second rating that is under way: whoever scores blind sees no assessment until they have signed."""

from __future__ import annotations

from api.record.drafts import Place, read_draft
from api.ward.desk import Desk
from api.ward.form.saving import PAPER, SECOND
from api.ward.form.sitting import address, form_name
from api.ward.patient import Patient

WAYS = (frozenset({SECOND}), frozenset({SECOND, PAPER}))


def scores_blind(desk: Desk, patient: Patient) -> str | None:
    """Return the address of the second rating that the reader has begun and not signed, if there is one."""
    if not desk.may("form"):
        return None
    with desk.reading() as connection:
        for ways in WAYS:
            if read_draft(connection, desk.user, Place(patient.id, form_name(ways)), now=desk.now):
                return address(patient, ways)
    return None
