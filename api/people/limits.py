"""How often one may ask: in a window that moves, for each person and system, and for each address before signing in."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network
from math import ceil
from typing import Literal

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request

from api.people.refused import TooMany
from api.people.user import User
from api.settings import Limits

Kind = Literal["person", "system", "address", "sign_in", "wrong_token"]
Networks = Sequence[IPv4Network | IPv6Network]
NEIGHBOURS = 64  # one subscriber has so many bits of an IPv6 address, and may change within them
LONGEST_CHAIN = 20


class Limiter:
    """Counts in memory, so each server process counts its own."""

    def __init__(self, limits: Limits, trusted: Networks = ()) -> None:
        kinds: tuple[Kind, ...] = ("person", "system", "address", "sign_in", "wrong_token")
        self._limits = {kind: RateLimitItemPerMinute(getattr(limits, kind), namespace=kind) for kind in kinds}
        self._counted = MovingWindowRateLimiter(MemoryStorage())
        self._trusted = trusted

    def count_user(self, user: User) -> None:
        """Count a request of someone who is signed in; raise `TooMany` above the limit."""
        self._count("system" if user.role == "system" else "person", user.id)

    def count_address(self, request: Request, kind: Kind = "address") -> None:
        """Count a request by its address; raise `TooMany` above the limit."""
        self._count(kind, self.address(request))

    def address(self, request: Request) -> str:
        """Return where a request comes from: what our own proxies say, and nobody else's word."""
        here = request.client.host if request.client else ""
        chain = [here, *reversed(",".join(request.headers.getlist("x-forwarded-for")).split(","))][:LONGEST_CHAIN]
        came = here
        for said in chain:
            if (address := _parsed(said)) is None:
                break
            came = _neighbourhood(address)
            if not any(address in network for network in self._trusted):
                break
        return came

    def _count(self, kind: Kind, who: str) -> None:
        if not self._counted.hit(self._limits[kind], who):
            raise TooMany(self._wait(kind, who))

    def _wait(self, kind: Kind, who: str) -> int:
        reset, _ = self._counted.get_window_stats(self._limits[kind], who)
        return max(1, ceil(reset - time.time()))


def _parsed(said: str) -> ipaddress.IPv4Address | IPv6Address | None:
    try:
        address = ipaddress.ip_address(said.strip())
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _neighbourhood(address: ipaddress.IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, NEIGHBOURS), strict=False))
    return str(address)
