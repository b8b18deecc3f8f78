"""Asks a record system's servers: in little time, for little, and never redirected."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx2

from api.intake.reading import read_json
from api.people.refused import LaunchFailed, LaunchUnavailable
from api.settings import is_closed_line
from engine.errors import InputError

SECONDS, LARGEST = 5.0, 300_000
REFUSED = range(400, 500)
OK = 200


class Asker:
    """One way out, shared by all launches."""

    def __init__(self, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        times = httpx2.Timeout(SECONDS, connect=2.0)
        self._client = httpx2.AsyncClient(timeout=times, follow_redirects=False, transport=transport)

    async def find(self, url: str) -> Mapping[str, Any] | None:
        """Return the JSON object at an address, or None where the server says that there is none."""
        status, content = await self._ask("GET", url)
        return None if status in REFUSED else _object(status, content)

    async def get(self, url: str) -> Mapping[str, Any]:
        """Return the JSON object at an address; raise `LaunchUnavailable` where there is none."""
        status, content = await self._ask("GET", url)
        return _object(status, content)

    async def post(self, url: str, form: Mapping[str, str], **given: Any) -> Mapping[str, Any]:
        """Return the JSON object that answers a form; raise `LaunchFailed` where it is refused."""
        status, content = await self._ask("POST", url, data=dict(form), **given)
        if status in REFUSED:
            raise LaunchFailed
        return _object(status, content)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _ask(self, method: str, url: str, **given: Any) -> tuple[int, bytes]:
        if not is_closed_line(url):
            raise LaunchUnavailable
        headers, content = {"Accept": "application/json"}, bytearray()
        try:
            async with (
                asyncio.timeout(SECONDS),
                self._client.stream(method, url, headers=headers, **given) as response,
            ):
                async for part in response.aiter_bytes():
                    content += part
                    if len(content) > LARGEST:
                        raise LaunchUnavailable
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, ValueError):
            raise LaunchUnavailable from None
        return response.status_code, bytes(content)


def _object(status: int, content: bytes) -> Mapping[str, Any]:
    if status != OK:
        raise LaunchUnavailable
    try:
        return read_json(content)
    except InputError:
        raise LaunchUnavailable from None
