"""Who calls, by a client's signed token (CDS Hooks 2.0.1, "Trusting CDS Clients").

A token never brings its own key: what it says of itself only chooses among the clients, keys and addresses in the
settings. ES384 and RS384, and nothing else.
"""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, RSAKey
from joserfc.jws import JWSRegistry, extract_compact

from api.intake.reading import read_json
from api.people.keys import Keys, usable
from api.people.once import Once
from api.people.refused import ProviderAway, TokenRefused
from api.settings import Cds, CdsClient
from api.storage.writer import Work
from engine.errors import InputError

ALGORITHMS = ("ES384", "RS384")
CURVE = "P-384"
LONGEST, LONGEST_HEADER, LONGEST_JTI = 16_000, 4_096, 500
LEEWAY, LONGEST_LIFE, OLDEST = 30, 300, 86_400
OWN_KEYS = frozenset({"x5u", "x5c", "jwk", "crit", "b64"})
LARGEST_KEY_SET = 1_000_000
TIMES = httpx2.Timeout(3.0, connect=2.0)
FOUND = 200
WRONG = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError)
"""What reading a token that was made up may raise."""

Header = Mapping[str, Any]


class ClientTokens:
    """Checks the tokens of the clients in the settings; keys at an address are fetched and kept."""

    def __init__(
        self,
        settings: Cds,
        address: str,
        once: Once,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._clients = {each.issuer: each for each in settings.clients}
        self._bases = tuple(each.rstrip("/") for each in (address, *settings.audience))
        self._named = frozenset(settings.audience)
        self._once, self._now = once, now
        self._http = httpx2.AsyncClient(timeout=TIMES, follow_redirects=False, transport=transport)
        self._own = {each.issuer: usable(each.keys) for each in settings.clients}
        urls = {url for each in settings.clients for url in each.key_sets}
        self._sets = {url: Keys(self._fetching(url)) for url in urls}

    async def client(self, token: str, path: str) -> tuple[CdsClient, Work[bool]] | None:
        """Return the client whose token this is, and the work that notes its use: true where it was not used before.

        None is for a token that is well formed and of nobody in the settings.
        """
        header = _header(token)
        said = self._clients.get(_issuer(token))
        if said is None:
            return None
        key = await self._key(said, header)
        claims = _verified(token, key, header["alg"])
        until = self._check(claims, said.issuer, path)
        return said, self._once.noting("cds", f"{said.issuer}\n{claims['jti']}", until)

    async def close(self) -> None:
        """Close the connections."""
        for keys in self._sets.values():
            await keys.close()
        await self._http.aclose()

    async def _key(self, client: CdsClient, header: Header) -> Key:
        """Return the key that the token names: one in the settings, or one of an address that stands there."""
        kid, jku = header.get("kid"), header.get("jku")
        if not isinstance(kid, str) or (jku is not None and jku not in client.key_sets):
            raise TokenRefused("key")
        if jku is None and (own := self._own[client.issuer].get(kid)):
            return own
        for url in client.key_sets if jku is None else (str(jku),):
            if found := await self._sets[url].key(kid):
                return found
        raise TokenRefused("key")

    def _check(self, claims: Mapping[str, Any], issuer: str, path: str) -> datetime:
        """Return until when the token must be remembered; raise `TokenRefused` for a claim that is wrong."""
        now, id = self._now(), claims.get("jti")
        ends, made, begins = (_time(claims.get(name)) for name in ("exp", "iat", "nbf"))
        aud = claims.get("aud")
        meant = [aud] if isinstance(aud, str) else aud
        right = (
            claims.get("iss") == issuer
            and isinstance(meant, list)
            and any(isinstance(each, str) and self._is_here(each, path) for each in meant)
            and now - LEEWAY < ends <= now + LONGEST_LIFE + LEEWAY
            and now - OLDEST <= made <= now + LEEWAY
            and ("nbf" not in claims or begins <= now + LEEWAY)
            and isinstance(id, str)
            and 0 < len(id) <= LONGEST_JTI
        )
        if not right:
            raise TokenRefused("claims")
        return datetime.fromtimestamp(ends + LEEWAY + 1, UTC)

    def _is_here(self, audience: str, path: str) -> bool:
        return audience in self._named or audience.rstrip("/") in {f"{base}{path}" for base in self._bases}

    def _fetching(self, url: str) -> Callable[[], Any]:
        async def fetch() -> Sequence[Mapping[str, Any]]:
            content = bytearray()
            try:
                async with self._http.stream("GET", url, headers={"Accept": "application/json"}) as response:
                    async for part in response.aiter_bytes():
                        content += part
                        if len(content) > LARGEST_KEY_SET:
                            raise ProviderAway
                found = read_json(bytes(content)).get("keys") if response.status_code == FOUND else None
            except (httpx2.HTTPError, InputError, ValueError):
                raise ProviderAway from None
            if not isinstance(found, list):
                raise ProviderAway
            return [key for key in found if isinstance(key, dict)]

        return fetch


def _header(token: str) -> Header:
    """Return a token's header where it may be read on; what it says is not believed yet."""
    if len(token) > LONGEST:
        raise TokenRefused("too_long")
    try:
        header = extract_compact(token.encode("ascii"), registry=_registry()).headers()
    except WRONG:
        raise TokenRefused("not_a_token") from None
    if OWN_KEYS & set(header):
        raise TokenRefused("header")
    if header.get("alg") not in ALGORITHMS:
        raise TokenRefused("algorithm")
    if str(header.get("typ", "JWT")).upper() != "JWT":
        raise TokenRefused("kind")
    return header


def _issuer(token: str) -> str:
    """Return who the token says has made it, which only chooses whose keys it is checked with."""
    body = token.split(".")[1]
    try:
        issuer = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4))).get("iss")
    except WRONG:
        raise TokenRefused("not_a_token") from None
    if not isinstance(issuer, str):
        raise TokenRefused("claims")
    return issuer


def _verified(token: str, key: Key, algorithm: str) -> Mapping[str, Any]:
    fits = isinstance(key, RSAKey) if algorithm == "RS384" else isinstance(key, ECKey) and key.curve_name == CURVE
    if not fits or key.get("alg", algorithm) != algorithm:
        raise TokenRefused("key")
    try:
        return jwt.decode(token, key, registry=_registry()).claims
    except WRONG:
        raise TokenRefused("signature") from None


def _time(value: object) -> float:
    """Return a time as a token says it; what is none compares with nothing, and so fits nowhere."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")


def _registry() -> JWSRegistry:
    registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
    registry.max_header_length = LONGEST_HEADER
    return registry
