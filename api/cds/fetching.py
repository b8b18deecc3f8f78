"""Asks the caller's FHIR server for what was not sent along: servers on the list only, within two seconds in all.

An address that comes with a call is never trusted: it must lie under a server of the list, nothing is redirected, and a
page of a search is followed only on the server that the search was sent to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpx2

from api.intake.reading import read_json
from api.settings import LOOPBACK
from engine.errors import InputError

SECONDS = 2.0
LARGEST = 5_000_000
MOST_PAGES = 20
ACCEPT = "application/fhir+json, application/json;q=0.9"
STEPS_ELSEWHERE = re.compile(r"\.\.|%2e|%2f|%5c|\\|//", re.IGNORECASE)
DEFAULT_PORTS = {"http": 80, "https": 443}
FOUND = 200


@dataclass(frozen=True, slots=True)
class Server:
    """A FHIR server that may be asked, and the token it is asked with."""

    base: str
    token: str | None = None


class NotFetched(Exception):
    """The server did not answer with what was asked for; why is nobody's who called."""


class Fetcher:
    """Asks FHIR servers; `allowed` are base addresses, `own_machine` is for a demo alone."""

    def __init__(
        self,
        allowed: Sequence[str],
        *,
        own_machine: bool = False,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._allowed = tuple(filter(None, map(_plain, allowed)))
        self._own_machine = own_machine
        times = httpx2.Timeout(SECONDS, connect=1.0)
        self._client = httpx2.AsyncClient(timeout=times, follow_redirects=False, transport=transport)

    def server(self, said: str | None, token: str | None) -> Server | None:
        """Return the server that a call names, if it may be asked."""
        base = _plain(said) if said else None
        if base is None:
            return None
        listed = any(base == each or base.startswith(f"{each}/") for each in self._allowed)
        here = self._own_machine and urlsplit(base).hostname in LOOPBACK
        return Server(base, token) if listed or here else None

    async def get(self, server: Server, query: str) -> dict[str, Any]:
        """Return what the server answers to a query, a path below its base; raise `NotFetched` for anything else."""
        return await self._ask(server, f"{server.base}/{query}")

    async def next_page(self, server: Server, link: str) -> dict[str, Any]:
        """Return a later page of a search; a link that leads to another server is not followed."""
        url = urljoin(f"{server.base}/", link)
        if not _is_below(url, server.base):
            raise NotFetched
        return await self._ask(server, url)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _ask(self, server: Server, url: str) -> dict[str, Any]:
        headers = {"Accept": ACCEPT} | ({"Authorization": f"Bearer {server.token}"} if server.token else {})
        content = bytearray()
        try:
            async with self._client.stream("GET", url, headers=headers) as response:
                if response.status_code != FOUND:
                    raise NotFetched
                async for part in response.aiter_bytes():
                    content += part
                    if len(content) > LARGEST:
                        raise NotFetched
            return read_json(bytes(content))
        except (httpx2.HTTPError, httpx2.InvalidURL, InputError, ValueError):
            raise NotFetched from None


def same_server(one: str, other: str) -> bool:
    """Return whether two addresses are one server's, however they are written."""
    plain = _plain(one)
    return plain is not None and plain == _plain(other)


def filled(template: str, *, patient: str, encounter: str | None) -> str | None:
    """Return a prefetch template with its tokens filled in, ready to be asked for; None where a token has no value."""
    values = {"{{context.patientId}}": patient, "{{context.encounterId}}": encounter}
    for token, value in values.items():
        if token in template and value is None:
            return None
        template = template.replace(token, value or "")
    path, mark, query = template.partition("?")
    return f"{path}{mark}{quote(query, safe='=&-_.,')}"


def _plain(url: str) -> str | None:
    """Return a base address in one way of writing; None for what is none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").lower()
    if parts.scheme not in DEFAULT_PORTS or not host or parts.username is not None or parts.query or parts.fragment:
        return None
    if STEPS_ELSEWHERE.search(parts.path) or not url.isascii() or not url.isprintable() or " " in url:
        return None
    shown = f"[{host}]" if ":" in host else host
    at = f":{port}" if port and port != DEFAULT_PORTS[parts.scheme] else ""
    return f"{parts.scheme}://{shown}{at}{parts.path.rstrip('/')}"


def _is_below(url: str, base: str) -> bool:
    plain = _plain(url.partition("?")[0])
    return plain is not None and (plain == base or plain.startswith(f"{base}/"))
