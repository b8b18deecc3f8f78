"""Who asks, for FastAPI: by a bearer token or a session's cookie; nobody else gets further."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Security
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.heads import SAID
from api.observing.logs import logger
from api.people.access import Action, may
from api.people.entrance import Entrance, entrance_of
from api.people.proofs import Sent
from api.people.refused import MayNot, NotFromHere, NotSignedIn, ProofRefused, ScopeMissing, TokenRefused
from api.people.sessions import Session
from api.people.targets import targets
from api.people.tokens import Claims
from api.people.user import User

SESSION, DEVICE = "retthjem", "tavle"
CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf-token"
BEARER, DPOP = "bearer", "dpop"
HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

# These two stand in the API's description; what they find in a request is not used.
TOKEN = HTTPBearer(
    scheme_name="token",
    bearerFormat="JWT",
    description="An access token of the sign-in provider; one that is bound to a key comes as `DPoP`, with its proof.",
    auto_error=False,
)
COOKIE = APIKeyCookie(
    name=SESSION, scheme_name="session", description="The session of someone who signed in.", auto_error=False
)
ByToken = Annotated[object, Security(TOKEN)]
ByCookie = Annotated[object, Security(COOKIE)]


async def signed(request: Request, _token: ByToken = None, _cookie: ByCookie = None) -> User:
    """Return who asks; raise `NotSignedIn`, or `TooMany` where they ask too often."""
    return await _asking(request, present=True)


Signed = Annotated[User, Depends(signed)]


async def watching(request: Request) -> User:
    """Return who looks at a board: a ward's screen, or someone signed in who may see boards."""
    entrance = entrance_of(request)
    token = request.cookies.get(entrance.cookie(DEVICE))
    screen = await run_in_threadpool(entrance.devices.find, token) if token and request.method in HARMLESS else None
    if screen is None:
        # The page asks again by itself each minute, which does not tell that anyone is there.
        return await needs("board")(await _asking(request, present=False))
    request.state.user = screen
    entrance.limiter.count_user(screen)
    return screen


Watching = Annotated[User, Depends(watching)]
"""For the board alone: nothing else takes a screen's token."""


def needs(action: Action) -> Callable[[User], Awaitable[User]]:
    """Return the dependency that gives the user where the role may do this, and raises `MayNot` where not."""

    async def allowed(user: Signed) -> User:
        if not may(user.role, action):
            raise MayNot
        return user

    return allowed


def csrf_of(request: Request) -> str:
    """Return what a form must send back in `csrf`; empty where the caller has no session."""
    found: Session | None = getattr(request.state, "session", None)
    return found.csrf if found else ""


async def session_of(request: Request) -> Session | None:
    """Return the session of the browser that asks, if it has one that lasts."""
    entrance = entrance_of(request)
    cookie = request.cookies.get(entrance.cookie(SESSION))
    return await run_in_threadpool(entrance.sessions.find, cookie) if cookie else None


async def check_forgery(request: Request, csrf: str) -> None:
    """Raise `NotFromHere` unless a change comes from our own page and carries the session's token."""
    said = request.headers.get(CSRF_HEADER)
    if said is None and request.headers.get("content-type", "").startswith(FORMS):
        field = (await request.form()).get(CSRF_FIELD)
        said = field if isinstance(field, str) else None
    if not from_here(request) or not secrets.compare_digest((said or "").encode(), csrf.encode()):
        raise NotFromHere


def from_here(request: Request) -> bool:
    """Return whether the browser says that one of our own pages asks."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "")
    if site is not None:
        return site == "same-origin"
    own = {request.headers.get("host"), urlsplit(entrance_of(request).settings.address).netloc}
    scheme, _, host = origin.partition("://")
    return scheme in {"https", "http"} and host in own


async def _asking(request: Request, *, present: bool) -> User:
    """Return who asks; a session is kept only where asking tells that the person is present."""
    entrance = entrance_of(request)
    if "authorization" in request.headers:
        user = await _by_token(request, entrance)
    else:
        found = await _by_session(request, entrance)
        user = found.user
        if present:
            await entrance.sessions.keep(found)
    request.state.user = user
    entrance.limiter.count_user(user)
    return user


async def _by_token(request: Request, entrance: Entrance) -> User:
    said = request.headers.getlist("authorization")
    scheme, _, token = said[0].partition(" ")
    with_proof = scheme.lower() == DPOP
    try:
        if len(said) != 1 or scheme.lower() not in {BEARER, DPOP}:
            raise TokenRefused("not_a_token")
        return await _named_by(request, entrance, token.strip(), with_proof=with_proof)
    except TokenRefused as refused:
        logger().info("token_refused", why=refused.why)
        if refused.why != "nonce":  # a good proof that is to be made again, as was agreed
            entrance.limiter.count_address(request, "wrong_token")
        raise entrance.challenges.refuse(refused, with_proof=with_proof) from None
    except ScopeMissing:
        raise entrance.challenges.lacks_scope(with_proof=with_proof) from None


async def _named_by(request: Request, entrance: Entrance, token: str, *, with_proof: bool) -> User:
    """Return whom an access token is about, once whoever sends it has proved to be the one it was given to."""
    claims = await entrance.tokens.access(token)
    bound = _bound_to(claims)
    if not with_proof and (bound or entrance.challenges.dpop.required):
        raise TokenRefused("unproved")  # also a stolen token, sent as if it needed no proof
    if with_proof:
        if bound is None:
            raise TokenRefused("unproved")
        sent = Sent(
            request.scope.get(SAID, request.method), targets(request, entrance.settings, entrance.limiter), token
        )
        if not secrets.compare_digest(await entrance.proofs.check(request.headers.getlist("dpop"), sent), bound):
            raise ProofRefused("proof_key")
    entrance.reading.check_scopes(claims)
    return entrance.reading.user(claims)


def _bound_to(claims: Claims) -> str | None:
    """Return the thumbprint of the key that a token is bound to; a binding that we cannot check is refused."""
    if "cnf" not in claims:
        return None
    confirmed = claims["cnf"]
    bound = confirmed.get("jkt") if isinstance(confirmed, dict) and set(confirmed) == {"jkt"} else None
    if not isinstance(bound, str) or not bound.isascii():
        raise TokenRefused("unproved")
    return bound


async def _by_session(request: Request, entrance: Entrance) -> Session:
    found = await session_of(request)
    if found is None:
        entrance.limiter.count_address(request)
        ended = entrance.cookie(SESSION) in request.cookies
        raise NotSignedIn("session_ended" if ended else "not_signed_in", entrance.challenges.ask())
    if request.method not in HARMLESS:
        await check_forgery(request, found.csrf)
    carry(request, found)
    return found


def carry(request: Request, found: Session) -> None:
    """Let what answers a request know its session, and who may frame the answer."""
    request.state.session = found
    if found.launched and found.launched.framed_by:
        request.state.framed_by = found.launched.framed_by
