"""Screens on wards: an administrator makes and revokes them, and a screen is let in by typing or opening its token."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from api.people.answers import PAGES, page
from api.people.cookies import remember
from api.people.devices import Device, in_groups, normal
from api.people.entrance import Entrance, entrance_of
from api.people.refused import MayNot, NotFromHere
from api.people.user import User
from api.people.who import DEVICE, from_here, needs
from api.people.words import DENIED
from api.v1.languages import texts_for
from careplans.course.events import By

CONNECT, BOARD = "/tavle/device", "/tavle"
COOKIE_SECONDS = 400 * 24 * 3600  # the longest that browsers keep one
SCRIPT: Path = PAGES / "device.js"
pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["devices"])
Way = Annotated[Entrance, Depends(entrance_of)]
Administrator = Annotated[User, Depends(needs("devices"))]


class NewDevice(BaseModel):
    """A screen to be made."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"ward": "demo/GER2", "label": "Vaktrommet"}]}
    )
    ward: str = Field(pattern=r"^[^/\s]{1,90}/[^/\s]{1,90}$", description="The ward, as `hospital/ward`.")
    label: str = Field(min_length=1, max_length=100, description="Where the screen hangs.")


class ShownDevice(BaseModel):
    """A screen."""

    id: str = Field(description="The screen's id.")
    ward: str = Field(description="The ward whose board it shows.")
    label: str = Field(description="Where it hangs.")
    at: datetime = Field(description="When it was made.")
    revoked: datetime | None = Field(description="When it was closed out.")


class MadeDevice(ShownDevice):
    """A screen that was just made; its token is told this once."""

    token: str = Field(description="What is typed on the screen.")
    link: str = Field(description="What is opened on the screen instead; the token is after `#`, which no server sees.")


@api.post("/devices", status_code=201, responses=DENIED)
async def make(asked: NewDevice, user: Administrator, way: Way) -> MadeDevice:
    """Make a screen for a ward of one's own hospital, and tell its token once."""
    if asked.ward.partition("/")[0] not in user.of("hospital"):
        raise MayNot
    made, token = await way.devices.make(asked.ward, asked.label, _by(user))
    link = f"{way.settings.address}{CONNECT}#{token}"
    return MadeDevice(**_shown(made).model_dump(), token=in_groups(token), link=link)


@api.get("/devices", responses=DENIED)
async def all_devices(user: Administrator, way: Way) -> list[ShownDevice]:
    """Return the screens of one's own hospital, the newest first."""
    return [_shown(device) for device in await run_in_threadpool(way.devices.of_wards, user.of("hospital"))]


@api.delete("/devices/{id}", status_code=204, responses={**DENIED, 404: {"description": "There is no such screen."}})
async def revoke(id: str, user: Administrator, way: Way) -> None:
    """Close a screen out from now on."""
    mine = await run_in_threadpool(way.devices.of_wards, user.of("hospital"))
    if id not in {device.id for device in mine}:
        raise HTTPException(404)
    await way.devices.revoke(id, _by(user))


@pages.get(CONNECT)
async def connect(request: Request) -> Response:
    """Show where to type a screen's token; a script takes it from the link's end instead."""
    return page("device.html.jinja", t=texts_for(request.headers), here=CONNECT, wrong=False)


@pages.get(f"{CONNECT}.js")
async def script() -> Response:
    """Return the script that hands in the token of a link."""
    return FileResponse(SCRIPT, media_type="text/javascript")


@pages.post(CONNECT)
async def connected(token: Annotated[str, Form(max_length=100)], request: Request, way: Way) -> Response:
    """Let a screen in for as long as its token lasts."""
    if not from_here(request):
        raise NotFromHere
    if await run_in_threadpool(way.devices.find, token) is None:
        way.limiter.count_address(request, "wrong_token")
        return page("device.html.jinja", status=403, t=texts_for(request.headers), here=CONNECT, wrong=True)
    answer = RedirectResponse(BOARD, 303)
    remember(answer, way, DEVICE, normal(token), seconds=COOKIE_SECONDS)
    return answer


def _shown(device: Device) -> ShownDevice:
    return ShownDevice(id=device.id, ward=device.ward, label=device.label, at=device.at, revoked=device.revoked)


def _by(user: User) -> By:
    return By(user.id, user.role, next((str(unit) for unit in sorted(user.units)), None), user.name)
