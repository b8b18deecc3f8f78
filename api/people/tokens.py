"""Tokens from the sign-in provider: who made one, for whom, with which key, and for how long.

The order matters: what a token says of itself is believed only after its signature, and a token never says which key or
which algorithm it is checked with.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jws import JWSRegistry, extract_compact
from joserfc.jwt import JWTClaimsRegistry

from api.people.keys import Keys
from api.people.refused import TokenRefused
from api.settings import Algorithm

LONGEST = 16_000
LONGEST_HEADER = 4_096
LEEWAY = 30
OWN_KEYS = frozenset({"jku", "x5u", "jwk", "crit", "b64"})
"""Headers with which a token would bring its own key, or be read in another way."""

OF_ID_TOKENS = frozenset({"nonce", "at_hash", "c_hash", "s_hash"})
WRONG = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError)
"""What reading a token that was made up may raise."""

Claims = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose tokens are accepted: the issuer, this client's id, the audiences, and how they may be signed."""

    issuer: str
    client_id: str
    audience: tuple[str, ...]
    algorithms: tuple[Algorithm, ...]
    token_types: tuple[Literal["at+jwt", "JWT"], ...] = ("at+jwt",)
    of_clients: bool = False
    """Whether a token may be a client's own, about nobody; it is then named by its `client_id`."""


class Tokens:
    """Checks access tokens and ID tokens of one issuer."""

    def __init__(self, trust: Trust, keys: Keys, now: Callable[[], float] = time.time) -> None:
        self.trust, self._keys, self._now = trust, keys, now

    async def access(self, token: str) -> Claims:
        """Return the claims of an access token that is meant for us; an ID token is none."""
        kinds = {kind.lower() for kind in self.trust.token_types}
        claims = await self._claims(token, kinds, self.trust.audience)
        if OF_ID_TOKENS & set(claims) or claims["aud"] in (self.trust.client_id, [self.trust.client_id]):
            raise TokenRefused("kind")
        return claims

    async def identity(self, token: str, nonce: str, *, kid_optional: bool = False) -> Claims:
        """Return the claims of the ID token that answers our question with this nonce.

        OpenID Connect lets a provider with one key leave out which one it is.
        """
        claims = await self._claims(token, {"jwt", ""}, (self.trust.client_id,), kid_optional=kid_optional)
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (
            claims.get("nonce") != nonce
            or claims.get("azp", None if several else self.trust.client_id) != self.trust.client_id
        ):
            raise TokenRefused("claims")
        return claims

    async def close(self) -> None:
        """Let go of the keys' renewal."""
        await self._keys.close()

    async def _claims(
        self, token: str, kinds: set[str], audience: tuple[str, ...], *, kid_optional: bool = False
    ) -> Claims:
        header = self._header(token, kinds)
        alone = kid_optional and "kid" not in header
        key = await (self._keys.only() if alone else self._keys.key(header.get("kid")))
        if key is None:
            raise TokenRefused("key")
        try:
            claims = jwt.decode(token, key, registry=self._registry()).claims
        except BadSignatureError:
            raise TokenRefused("signature") from None
        except WRONG:  # also a key of another kind than the algorithm's
            raise TokenRefused("key") from None
        client = claims.get("client_id")
        if self.trust.of_clients and "sub" not in claims and isinstance(client, str):
            claims = {**claims, "sub": client}
        self._check(claims, audience)
        return claims

    def _header(self, token: str, kinds: set[str]) -> Mapping[str, Any]:
        if len(token) > LONGEST:
            raise TokenRefused("too_long")
        try:
            header = extract_compact(token.encode("ascii"), registry=self._registry()).headers()
        except WRONG:
            raise TokenRefused("not_a_token") from None
        if OWN_KEYS & set(header):
            raise TokenRefused("header")
        if header.get("alg") not in self.trust.algorithms:
            raise TokenRefused("algorithm")
        kind = header.get("typ", "")
        if not isinstance(kind, str) or kind.lower().removeprefix("application/") not in kinds:
            raise TokenRefused("kind")
        return header

    def _check(self, claims: dict[str, Any], audience: tuple[str, ...]) -> None:
        registry = JWTClaimsRegistry(
            now=int(self._now()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self.trust.issuer},
            aud={"essential": True, "values": list(audience)},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            registry.validate(claims)
        except WRONG:
            raise TokenRefused("claims") from None

    def _registry(self) -> JWSRegistry:
        registry = JWSRegistry(algorithms=self.trust.algorithms, strict_check_header=False)
        registry.max_header_length = LONGEST_HEADER
        return registry
