"""Launching from a record system: out to its sign-in with a state that only this browser can bring back, and in."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Annotated
from urllib.parse import urlencode

import httpx2
from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from api.cds.fetching import Fetcher, Server
from api.people.access import may
from api.people.cookies import forget, remember
from api.people.entrance import Entrance, entrance_of
from api.people.refused import EhrUnknown, LaunchFailed, LaunchUnavailable, ProviderAway
from api.people.sessions import Launched
from api.people.user import User
from api.people.who import SESSION, carry
from api.record.record import Record
from api.refusals import refusal_in_words
from api.settings import Ehr, Settings
from api.smart.asking import Asker
from api.smart.ehrs import Ehrs, Known
from api.smart.granting import Granted, person, redeem
from api.smart.launches import LASTS, Begun, Launches
from api.smart.patients import Elsewhere, content_of, facts_of, found_or_told, name_of
from api.v1.languages import chosen_texts
from api.ward.desk import Desk
from api.ward.finding import elsewhere
from engine.errors import InputError

LAUNCH, BACK = "/smart/launch", "/smart/callback"
LONGEST = 8_000
FRAMES = frozenset({"iframe", "frame"})
HOME = "/"
PAGES: Mapping[str, str] = {"assessment": "assessment", "plan": "plan", "history": "history", "screening": "screen"}
"""What a system may ask for in `intent`, and the page of the patient that shows it."""

LISTS = "lists"
router = APIRouter(include_in_schema=False)
Way = Annotated[Entrance, Depends(entrance_of)]


@dataclass(frozen=True)
class Launching:
    """What launches share; made once, when the server starts."""

    ehrs: Ehrs
    asker: Asker
    launches: Launches
    fetcher: Fetcher

    @classmethod
    def start(cls, settings: Settings, record: Record, transport: httpx2.AsyncBaseTransport | None = None) -> Launching:
        """Return what the settings ask for."""
        asker = Asker(transport)
        listed = [each.iss for each in settings.smart]
        fetcher = Fetcher(listed, own_machine=settings.demo, transport=transport)
        ehrs = Ehrs(settings.smart, asker, in_demo=_in_demo(settings) if settings.demo else None)
        return cls(ehrs, asker, Launches(record.writer), fetcher)

    async def close(self) -> None:
        """Close the connections."""
        await self.ehrs.close()
        await self.fetcher.close()


def launching_of(request: Request) -> Launching:
    """Return the application's."""
    found: Launching = request.app.state.launching
    return found


ThisLaunching = Annotated[Launching, Depends(launching_of)]


def register(app: FastAPI, launching: Launching) -> None:
    """Put the two addresses on the application."""
    app.state.launching = launching
    app.include_router(router)


@router.get(LAUNCH)
async def launch(request: Request, way: Way, launching: ThisLaunching) -> Response:
    """Send the browser to the record system's sign-in, with the launch it began and nothing else that it said."""
    way.limiter.count_address(request)
    iss, handle = _one(request, "iss"), _one(request, "launch")
    if not iss:
        raise EhrUnknown
    known = await launching.ehrs.known(iss)
    framed = bool(launching.ehrs.framed_by(known.settings)) and request.headers.get("sec-fetch-dest") in FRAMES
    asked = await launching.launches.begin(iss, way.settings.address + BACK, framed=framed)
    said = asked.parameters(known.settings.client_id, known.scopes(by_ehr=bool(handle))) | {"aud": iss}
    said |= {"launch": handle} if handle else {}
    endpoint = known.endpoints.authorize
    answer = RedirectResponse(f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(said)}", 303)
    remember(answer, way, _cookie(asked.state), asked.state, seconds=int(LASTS.total_seconds()), framed=framed)
    return answer


@router.get(BACK)
async def callback(
    request: Request,
    way: Way,
    launching: ThisLaunching,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=LONGEST)] = "",
    iss: Annotated[str | None, Query(max_length=LONGEST)] = None,
) -> Response:
    """Take the browser back: the state is its own and good once, and the patient is the one that the system says."""
    mine = request.cookies.get(way.cookie(_cookie(state)), "")
    if not state or not secrets.compare_digest(mine.encode(), state.encode()):
        raise LaunchFailed
    begun = await launching.launches.take(state)
    known = await launching.ehrs.known(begun.iss)
    if not code or not _is_from(known, iss):
        raise LaunchFailed
    record: Record = request.app.state.record
    back = way.settings.address + BACK
    try:
        granted = await redeem(launching.asker, known, code, verifier=begun.verifier, back=back)
        user, place = await person(known, granted, begun.nonce, record.hospital)
    except ProviderAway:
        raise LaunchUnavailable from None
    server = launching.fetcher.server(begun.iss, granted.token)
    if server is None:
        raise LaunchUnavailable
    user = user if user.name else replace(user, name=await name_of(launching.fetcher, server, place))
    return await _signed_in(request, user, granted, begun=begun, server=server, known=known)


async def _signed_in(
    request: Request, user: User, granted: Granted, *, begun: Begun, server: Server, known: Known
) -> Response:
    """Begin the session, and open what was asked for in it."""
    way, launching = entrance_of(request), launching_of(request)
    framed_by = launching.ehrs.framed_by(known.settings) if begun.framed else None
    old = request.cookies.get(way.cookie(SESSION))
    cookie = await way.sessions.begin(user, old, Launched(framed_by, granted.has_banner))
    session = await run_in_threadpool(way.sessions.find, cookie)
    if session is None:
        raise LaunchFailed
    carry(request, session)
    request.state.user = user
    record: Record = request.app.state.record
    desk = Desk(request, user, record, chosen_texts(request), datetime.now(UTC))
    answer = await _opened(desk, granted, server=server, launching=launching)
    remember(answer, way, SESSION, cookie, framed=begun.framed)
    forget(answer, way, _cookie(request.query_params["state"]), framed=begun.framed)
    return answer


async def _opened(desk: Desk, granted: Granted, *, server: Server, launching: Launching) -> Response:
    """Return the way to the patient's page, or to the lists where the system has no patient on its screen."""
    if granted.patient is None or granted.intent == LISTS:
        return desk.back_to(HOME)
    call, gathered = await facts_of(launching.fetcher, server, granted)
    try:
        content = await run_in_threadpool(content_of, call, gathered, desk.now)
        tell = partial(found_or_told, desk.record, desk.user, content, texts=desk.t, now=desk.now)
        found = await run_in_threadpool(tell)
    except InputError as wrong:
        return desk.page("launch_unread", status=422, said=refusal_in_words(wrong, desk.t))
    if isinstance(found, Elsewhere):
        return await run_in_threadpool(elsewhere, desk, found.naming)
    page = PAGES.get(granted.intent or "", "screen" if may(desk.user.role, "form") else "assessment")
    return desk.back_to(f"/patients/{found}/{page}")


def _is_from(known: Known, said: str | None) -> bool:
    """Return whether an answer is from whom we asked, where it says so (RFC 9207)."""
    return said == known.endpoints.issuer if said is not None else not known.endpoints.says_issuer


def _one(request: Request, name: str) -> str:
    """Return a parameter that stands once; one that stands twice could mean two things."""
    said = request.query_params.getlist(name)
    if len(said) > 1 or len("".join(said)) > LONGEST:
        raise LaunchFailed
    return said[0] if said else ""


def _cookie(state: str) -> str:
    """Return the name of a launch's own cookie, so that two that are under way do not end each other."""
    return f"launch-{hashlib.sha256(state.encode('utf-8', 'replace')).hexdigest()[:12]}"


def _in_demo(settings: Settings) -> Ehr:
    """Return what a system on this machine is to the demo."""
    return Ehr(
        iss="http://127.0.0.1", client_id="retthjem-demo", role="doctor", units=(f"hospital:{settings.hospital}",)
    )
