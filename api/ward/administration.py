"""The administrator's pages: screens on wards, and what was recorded on the wrong patient; nothing of any record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException
from fastapi.responses import Response

from api.people.device_routes import CONNECT
from api.people.devices import Devices, in_groups
from api.people.entrance import entrance_of
from api.record.record import by
from api.record.retractions import restore, standing_retractions
from api.storage.access_log import Seen
from api.storage.writer import Change
from api.ward.desk import Desk, desk_for

router = APIRouter(include_in_schema=False)
ScreensDesk = Annotated[Desk, Depends(desk_for("devices"))]
RestoringDesk = Annotated[Desk, Depends(desk_for("restore"))]
Short = Annotated[str, Form(min_length=1, max_length=90, pattern=r"^[^/\s][^/]*$")]
Reason = Annotated[str, Form(min_length=3, max_length=500)]
MOST = 200


@router.get("/devices")
def screens(desk: ScreensDesk) -> Response:
    """Show the hospital's screens, and a form for one more."""
    return _screens(desk)


@router.post("/devices")
async def make(desk: ScreensDesk, ward: Short, label: Short) -> Response:
    """Make a screen, and show its token this once."""
    hospital = desk.record.hospital_of(desk.user)
    _, token = await _devices(desk).make(f"{hospital}/{ward.strip()}", label.strip(), by(desk.user))
    address = f"{entrance_of(desk.request).settings.address}{CONNECT}"
    return _screens(desk, made={"token": in_groups(token), "address": address})


@router.post("/devices/{id}/revoke")
async def revoke(desk: ScreensDesk, id: str) -> Response:
    """Close a screen out from now on."""
    if id not in {device.id for device in _devices(desk).of_wards(desk.user.of("hospital"))}:
        raise HTTPException(404)
    await _devices(desk).revoke(id, by(desk.user))
    return desk.back_to("/devices")


@router.get("/retractions")
def retractions(desk: RestoringDesk) -> Response:
    """Show that something was retracted, when and by whom, and never what."""
    with desk.reading() as connection:
        found = [each for each, _ in zip(standing_retractions(connection, desk.user), range(MOST), strict=False)]
    desk.record.writer.run_log([Seen(each.person, "retraction_listed", by(desk.user)) for each in found])
    return desk.page("retractions", retractions=found)


@router.post("/retractions/{event}/restore")
def bring_back(desk: RestoringDesk, event: str, reason: Reason) -> Response:
    """Bring back what was retracted by mistake."""

    def work(change: Change) -> None:
        restore(desk.record, desk.user, event, reason=reason, change=change)

    desk.record.writer.run(work)
    return desk.back_to("/retractions")


def _screens(desk: Desk, made: Mapping[str, str] | None = None) -> Response:
    return desk.page("devices", devices=_devices(desk).of_wards(desk.user.of("hospital")), made=made)


def _devices(desk: Desk) -> Devices:
    return entrance_of(desk.request).devices
