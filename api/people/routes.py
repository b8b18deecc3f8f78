"""Signing in and out, and who one is; the demo's own pages are there in a demo alone."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from api.people import demo_routes, device_routes
from api.people.access import ACTIONS, Action, may
from api.people.answers import answer_denied, page
from api.people.cookies import forget, remember
from api.people.demo_issuer import BACK
from api.people.entrance import Entrance, entrance_of
from api.people.paths import own_path
from api.people.refused import RoleUnknown, SignInFailed, TokenRefused
from api.people.sign_ins import LASTS
from api.people.user import Role, User
from api.people.who import SESSION, check_forgery, needs, session_of
from api.people.words import DENIED
from api.v1.languages import texts_for

STATE = "signin"
START, SIGNED_OUT = "/signin/start", "/signed-out"
pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["people"])
Way = Annotated[Entrance, Depends(entrance_of)]


class Me(BaseModel):
    """The caller, as the sign-in provider says it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "demo-ingrid",
                    "name": "Ingrid Nes",
                    "role": "nurse",
                    "units": ["ward:demo/GER2"],
                    "may": ["me", "screen", "read"],
                }
            ]
        }
    )
    id: str = Field(description="The provider's name for the caller.")
    name: str | None = Field(description="The name to show.")
    role: Role = Field(description="The caller's role.")
    units: list[str] = Field(description="The units that the caller works for.")
    may: list[Action] = Field(description="What the role may do with the patients of these units.")


def register(app: FastAPI, entrance: Entrance) -> None:
    """Add sign-in, devices, and the answers to those turned away; the demo's pages only where it is a demo."""
    app.state.entrance = entrance
    answer_denied(app)
    for router in (pages, api, device_routes.pages, device_routes.api):
        app.include_router(router)
    if entrance.demo:
        app.include_router(demo_routes.pages)


@api.get("/me", responses=DENIED)
def me(user: Annotated[User, Depends(needs("me"))]) -> Me:
    """Return who is signed in, and what the role may do."""
    units = sorted(str(unit) for unit in user.units)
    actions = [action for action in ACTIONS if may(user.role, action)]
    return Me(id=user.id, name=user.name, role=user.role, units=units, may=actions)


@pages.get("/signin")
async def sign_in(
    request: Request,
    way: Way,
    next: Annotated[str | None, Query()] = None,  # noqa: A002 # the word of the address
    ended: bool = False,
) -> Response:
    """Show the way in; someone who is in already goes on."""
    to = own_path(next)
    if await session_of(request):
        return RedirectResponse(to, 303)
    return page(
        "sign_in.html.jinja", t=texts_for(request.headers), next=to, ended=ended, start=START, demo=bool(way.demo)
    )


@pages.get(START)
async def start(request: Request, way: Way, next: Annotated[str | None, Query()] = None) -> Response:  # noqa: A002 # as above
    """Send the person to the provider, with a state that only this browser can bring back."""
    way.limiter.count_address(request, "sign_in")
    asked = await way.sign_ins.begin(_back(way), own_path(next))
    answer = RedirectResponse(await way.provider.address(asked), 303)
    remember(answer, way, STATE, asked.state, seconds=int(LASTS.total_seconds()))
    return answer


@pages.get(BACK)
async def callback(
    request: Request,
    way: Way,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=4_000)] = "",
    iss: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """Take a person back from the provider: the state is this browser's and good once, as is the code."""
    mine = request.cookies.get(way.cookie(STATE), "")
    if not state or not secrets.compare_digest(mine.encode(), state.encode()):
        raise SignInFailed
    begun = await way.sign_ins.take(state)
    if not code or iss not in {None, way.tokens.trust.issuer}:
        raise SignInFailed
    user = await _user(way, await way.provider.redeem(code, begun.verifier, _back(way)), begun.nonce)
    answer = RedirectResponse(begun.next, 303)
    cookie = await way.sessions.begin(user, instead_of=request.cookies.get(way.cookie(SESSION)))
    remember(answer, way, SESSION, cookie)
    forget(answer, way, STATE)
    return answer


@pages.post("/signout")
async def sign_out(request: Request, way: Way) -> Response:
    """End the session, here and in the browser."""
    found = await session_of(request)
    if found:
        await check_forgery(request, found.csrf)
        await way.sessions.end(request.cookies[way.cookie(SESSION)])
    answer = RedirectResponse(SIGNED_OUT, 303)
    forget(answer, way, SESSION, framed=bool(found and found.launched and found.launched.framed_by))
    return answer


@pages.get(SIGNED_OUT)
async def signed_out(request: Request, way: Way) -> Response:
    """Say that one is signed out, and where the provider's own sign-out is."""
    farewell = await way.provider.farewell(way.settings.address + SIGNED_OUT)
    return page("signed_out.html.jinja", t=texts_for(request.headers), farewell=farewell, demo=bool(way.demo))


async def _user(way: Entrance, token: str, nonce: str) -> User:
    try:
        return way.reading.user(await way.tokens.identity(token, nonce))
    except TokenRefused as refused:
        raise (RoleUnknown if refused.why == "role" else SignInFailed) from None


def _back(way: Entrance) -> str:
    """Return where the provider sends people back to."""
    return BACK if way.demo else way.settings.address + BACK
