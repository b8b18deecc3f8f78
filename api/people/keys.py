"""The sign-in provider's public keys, kept here: asked for again at most once a minute, and used on when it is down."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key

from api.people.refused import ProviderAway

AGAIN_AFTER, AGAIN_AT_FIRST, STALE_AFTER = 60.0, 5.0, 600.0
SHORTEST_RSA = 342  # letters that 2,048 bits are written with
MOST_KEYS = 100
KINDS = ("EC", "RSA")
"""Kinds of key that a provider signs with; a shared secret (`oct`) is never taken from a key set."""
PUBLIC = frozenset({"kty", "kid", "use", "alg", "crv", "x", "y", "n", "e"})

Fetch = Callable[[], Awaitable[Sequence[Mapping[str, Any]]]]


class Keys:
    """Keys by their id; `fetch` asks the provider."""

    def __init__(self, fetch: Fetch, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._clock = fetch, clock
        self._keys: dict[str, Key] = {}
        self._tried: float | None = None
        self._fetched = float("-inf")
        self._turn = asyncio.Lock()
        self._renewal: asyncio.Task[None] | None = None

    async def key(self, kid: object) -> Key | None:
        """Return the key that a token names, asking the provider if it is new; None if there is no such key."""
        if not isinstance(kid, str):
            return None
        if kid not in self._keys:
            await self._renew()
        elif self._clock() - self._fetched > STALE_AFTER and (self._renewal is None or self._renewal.done()):
            self._renewal = asyncio.create_task(self._renew())  # nobody waits for it
        if not self._keys:
            raise ProviderAway
        return self._keys.get(kid)

    async def only(self) -> Key | None:
        """Return the provider's key where it has just one."""
        if self._clock() - self._fetched > STALE_AFTER:
            await self._renew()
        if not self._keys:
            raise ProviderAway
        return next(iter(self._keys.values())) if len(self._keys) == 1 else None

    async def close(self) -> None:
        """Let go of a renewal that is under way."""
        if self._renewal and not self._renewal.done():
            self._renewal.cancel()
            await asyncio.gather(self._renewal, return_exceptions=True)

    async def _renew(self) -> None:
        """Ask for the keys, unless that was done a moment ago; many who wait make one question.

        Where the provider is away, the keys that are here are good until it is back.
        """
        async with self._turn:
            wait = AGAIN_AFTER if self._keys else AGAIN_AT_FIRST
            if self._tried is not None and self._clock() - self._tried < wait:
                return
            self._tried = self._clock()
            try:
                found = await self._fetch()
            except ProviderAway:
                return
            self._keys = usable(found)
            self._fetched = self._clock()


def usable(found: Sequence[Mapping[str, Any]]) -> dict[str, Key]:
    """Return the public signing keys of a key set by their ids; one without is found by its thumbprint alone.

    What cannot be used is left out, and no error.
    """
    keys = ((data.get("kid"), _key(data)) for data in found[:MOST_KEYS])
    return {kid if isinstance(kid, str) else key.thumbprint(): key for kid, key in keys if key is not None}


def _key(data: Mapping[str, Any]) -> Key | None:
    if data.get("kty") not in KINDS or data.get("use", "sig") != "sig":
        return None
    if data["kty"] == "RSA" and len(str(data.get("n"))) < SHORTEST_RSA:
        return None
    try:
        return import_key({name: value for name, value in data.items() if name in PUBLIC})
    except (JoseError, ValueError, TypeError, KeyError):
        return None
