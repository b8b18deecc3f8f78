"""The embedded sign-in of the demo: real tokens by the real way, from a key that is new at every start.

Outside a demo it is never made, its pages are not there, and its tokens are another issuer's.
"""

from __future__ import annotations

import secrets
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import ECKey

from api.people.oidc import Asked, secret
from api.people.refused import SignInFailed
from api.people.sign_ins import challenge_of
from api.people.tokens import Trust
from api.people.user import Role, Unit

PEOPLE = Path(__file__).parent / "data" / "demo.toml"
ISSUER = "https://demo.invalid"
CLIENT, AUDIENCE = "retthjem-demo", "retthjem-api"
CODE_SECONDS, TOKEN_SECONDS = 60, 8 * 3600
MOST_CODES = 1_000
SIGN_IN = "/demo/signin"
BACK = "/signin/callback"  # a path, so that the demo runs under any host name


@dataclass(frozen=True, slots=True)
class Person:
    """Someone of the demo."""

    id: str
    name: str
    role: Role
    units: tuple[str, ...]

    @property
    def places(self) -> tuple[Unit, ...]:
        """Return the units."""
        return tuple(unit for unit in map(Unit.parse, self.units) if unit)


@cache
def people() -> Mapping[str, Person]:
    """Return the people of the demo by id."""
    rows = tomllib.loads(PEOPLE.read_text("utf-8"))["people"]
    return {row["id"]: Person(row["id"], row["name"], row["role"], tuple(row["units"])) for row in rows}


@dataclass(frozen=True, slots=True)
class _Code:
    person: Person
    nonce: str
    challenge: str
    until: float


class DemoIssuer:
    """An OpenID provider within the process, whose people need no password."""

    trust = Trust(ISSUER, CLIENT, (AUDIENCE,), ("ES256",))

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
        self._codes: dict[str, _Code] = {}

    async def address(self, asked: Asked) -> str:
        """Return our own page, with the question that any provider is asked."""
        return f"{SIGN_IN}?{urlencode(asked.parameters(CLIENT, ('openid',)))}"

    def choose(self, person: str, question: Mapping[str, str]) -> str:
        """Return where to go back to as this person, with a code that is worth a token once."""
        chosen = people().get(person)
        if chosen is None or chosen.role == "system" or question["code_challenge_method"] != "S256":
            raise SignInFailed
        if question["redirect_uri"] != BACK:
            raise SignInFailed
        self._forget()
        code = secret()
        until = self._now() + CODE_SECONDS
        self._codes[code] = _Code(chosen, question["nonce"], question["code_challenge"], until)
        return f"{BACK}?{urlencode({'code': code, 'state': question['state'], 'iss': ISSUER})}"

    async def redeem(self, code: str, verifier: str, back: str) -> str:
        """Return the ID token of a code, once, to the one who has its verifier."""
        found = self._codes.pop(code, None)
        if found is None or found.until < self._now() or back != BACK:
            raise SignInFailed
        if not secrets.compare_digest(found.challenge, challenge_of(verifier)):
            raise SignInFailed
        return self._signed(found.person, "JWT", {"aud": CLIENT, "nonce": found.nonce})

    def access_token(self, person: str, bound: str | None = None) -> str:
        """Return an access token for trying the API; `bound` is the thumbprint of the key that it is good with."""
        confirmed = {"cnf": {"jkt": bound}} if bound else {}
        return self._signed(people()[person], "at+jwt", {"aud": AUDIENCE, **confirmed})

    async def key_set(self) -> Sequence[Mapping[str, Any]]:
        """Return the public key."""
        return [dict(self._key.as_dict(private=False))]

    async def farewell(self, back: str) -> str | None:  # noqa: ARG002 # another provider comes back from its own page
        """Return nothing: there is no sign-out beside ours."""
        return None

    async def close(self) -> None:
        """Do nothing: there is no connection."""

    def _signed(self, person: Person, kind: str, extra: Mapping[str, Any]) -> str:
        now = int(self._now())
        who = {"sub": f"demo-{person.id}", "name": person.name, "role": person.role, "units": list(person.units)}
        own = {"client_id": who["sub"]} if person.role == "system" else {}
        claims = {"iss": ISSUER, "iat": now, "exp": now + TOKEN_SECONDS, **who, **own, **extra}
        return jwt.encode({"alg": "ES256", "kid": self._key.kid, "typ": kind}, claims, self._key)

    def _forget(self) -> None:
        """Forget codes that ran out, and the oldest where there are too many."""
        kept = [(code, each) for code, each in self._codes.items() if each.until >= self._now()]
        self._codes = dict(kept[-MOST_CODES + 1 :])
