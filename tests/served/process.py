"""`retthjem serve --demo` as its own process, asked over HTTP as the hospital's record asks."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from socket import socket
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import Request, urlopen

EXAMPLES = Path(__file__).parents[2] / "api" / "examples"
CASE: dict[str, Any] = json.loads((EXAMPLES / "1-hoftebrudd.json").read_text("utf-8"))["case"]
RETTHJEM = Path(sys.executable).parent / "retthjem"


@dataclass
class Answered:
    """The ids of the screenings and plans that were answered as stored."""

    screenings: list[str] = field(default_factory=list)
    plans: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Told:
    """What the server answered."""

    status: int
    etag: str
    content: dict[str, Any]


@dataclass
class Served:
    """A server over a database, begun again as often as a test needs."""

    database: str
    port: int = 0
    token: str = ""
    doctor: str = ""
    process: subprocess.Popen[bytes] = field(init=False)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start the server, and wait until it can serve."""
        with closing(socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [str(RETTHJEM), "serve", "--demo", "--database", self.database, "--port", str(self.port)]
        environment = os.environ | {
            **{f"RETTHJEM_LIMITS__{each}": "1000000" for each in ("SYSTEM", "PERSON", "ADDRESS")}
        }
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.until(200)
        self.token, self.doctor = self._token("epj"), self._token("henrik")

    def _token(self, person: str) -> str:
        with urlopen(Request(self.url("/demo/token"), data=f"person={person}".encode())) as answer:
            return str(json.load(answer)["access_token"])

    def kill(self) -> None:
        """End the server at once, with no chance to finish anything."""
        self.process.kill()
        self.process.wait()

    def url(self, path: str) -> str:
        """Return an address on the server."""
        return f"http://127.0.0.1:{self.port}{path}"

    def health(self) -> int:
        """Return the status of `/health`, 0 where nobody answers."""
        try:
            with urlopen(self.url("/health"), timeout=10) as answer:
                return int(answer.status)
        except HTTPError as refused:
            with refused:
                return refused.code
        except OSError:
            return 0

    def until(self, status: int, seconds: float = 40) -> None:
        """Wait until `/health` answers with a status."""
        deadline = time.monotonic() + seconds
        while self.health() != status:
            assert self.process.poll() is None, "the server has ended"
            assert time.monotonic() < deadline, f"/health never answered {status}"
            time.sleep(0.1)

    def save(self, local_id: str) -> tuple[int, dict[str, Any]]:
        """Store a screening, and return the status and the answer."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            with urlopen(Request(self.url("/api/v1/screenings"), case_of(local_id), headers), timeout=60) as answer:
                return int(answer.status), json.load(answer)
        except HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    async def save_many(self, start: str, count: int, answered: Answered) -> None:
        """Store screenings all at once, start a plan from every third, and note the id of each that is answered."""
        await asyncio.gather(*(self._save(f"{start}-{number}", answered, number % 3 == 0) for number in range(count)))

    async def _save(self, local_id: str, answered: Answered, with_plan: bool) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            told = await self._ask("POST /api/v1/screenings", self.token, body=case_of(local_id))
            if told.status == 201:
                answered.screenings.append(told.content["screening"]["id"])
                if with_plan:
                    await self._start_plan(told.content, answered)

    async def _start_plan(self, screened: dict[str, Any], answered: Answered) -> None:
        path = f"/api/v1/patients/{screened['screening']['patient']}"
        version = (await self._ask(f"GET {path}", self.doctor)).etag
        event = plan_from(screened)
        told = await self._ask(f"POST {path}/events", self.doctor, if_match=version, body=json.dumps(event).encode())
        if told.status == 201:
            answered.plans.append(event["plan"])

    async def _ask(self, what: str, token: str, *, if_match: str = "*", body: bytes = b"") -> Told:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            head = (
                f"{what} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {token}\r\nIf-Match: {if_match}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            return await _told(reader)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


async def _told(reader: asyncio.StreamReader) -> Told:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    content = json.loads(await reader.readexactly(int(headers["content-length"])))
    return Told(int(first.split()[1]), headers.get("etag", ""), content)


def plan_from(screened: dict[str, Any]) -> dict[str, Any]:
    """Return the event that starts a plan from the modules that were suggested."""
    rules = [each["rule"] for each in screened["findings"] if each["suggests"].startswith("module:")]
    place = screened["screening"]
    on = datetime.now(UTC).date().isoformat()
    return {"kind": "plan_started", "plan": place["id"], "assessment": place["assessment"], "on": on, "rules": rules}


def case_of(local_id: str) -> bytes:
    """Return a case of another patient."""
    patient = {**CASE["patient"], "local_id": local_id}
    patient.pop("id", None)
    return json.dumps(CASE | {"patient": patient}).encode()
