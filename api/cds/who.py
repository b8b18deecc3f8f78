"""Who calls a service: a client of the settings by its token; in a demo also someone without one."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from api.cds.desk import Desk, desk_of
from api.observing.logs import logger
from api.people.entrance import entrance_of
from api.people.refused import NotSignedIn, TokenRefused
from api.people.user import Unit, User
from api.record.record import Record
from api.settings import CdsClient
from api.storage.writer import Change, Work

DEMO = "cds-hooks-demo"
LONGEST_ID = 200
REALM = 'Bearer realm="cds-services"'
ASKED, WRONG = {"WWW-Authenticate": REALM}, {"WWW-Authenticate": f'{REALM}, error="invalid_token"'}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as the hospital's record, and the work that notes the token's use, if there is one."""

    user: User
    unseen: Work[bool] | None = None

    def note(self, change: Change) -> None:
        """Note that the token was used, with what it was used for; raise `NotSignedIn` where it was used before."""
        if self.unseen and not self.unseen(change):
            raise NotSignedIn("token_refused", WRONG)

    async def alone(self, record: Record) -> Caller:
        """Note the token's use by itself, where nothing else is written or others are to be asked; return who calls."""
        if self.unseen:
            await record.writer(self.note)
        return Caller(self.user)


async def caller(request: Request) -> Caller:
    """Return who calls; raise `NotSignedIn`, or `TooMany` where they ask too often."""
    desk, limiter = desk_of(request), entrance_of(request).limiter
    try:
        client, unseen = await _client(request, desk) or (None, None)
    except TokenRefused as refused:
        logger().info("token_refused", why=refused.why)
        limiter.count_address(request, "wrong_token")
        raise NotSignedIn("token_refused", WRONG) from None
    if client is None and not desk.settings.demo:
        limiter.count_address(request, "wrong_token")
        said = "authorization" in request.headers
        raise NotSignedIn("token_refused", WRONG) if said else NotSignedIn("not_signed_in", ASKED)
    user = _user(client, desk)
    request.state.user = user
    limiter.count_user(user)
    return Caller(user, unseen)


async def _client(request: Request, desk: Desk) -> tuple[CdsClient, Work[bool]] | None:
    said = request.headers.getlist("authorization")
    if not said:
        return None
    scheme, _, token = said[0].partition(" ")
    if len(said) != 1 or scheme.lower() != "bearer":
        raise TokenRefused("not_a_token")
    return await desk.tokens.client(token.strip(), request.scope["path"])


def _user(client: CdsClient | None, desk: Desk) -> User:
    hospital = (client and client.hospital) or desk.settings.hospital
    id = client.issuer if client else DEMO
    return User(id[:LONGEST_ID], "system", frozenset({Unit("hospital", hospital)}))
