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
from pathlib import Path
from socket import socket
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import Request, urlopen

EXAMPLES = Path(__file__).parents[2] / "api" / "examples"
CASE: dict[str, Any] = json.loads((EXAMPLES / "1-hoftebrudd.json").read_text("utf-8"))["case"]
RETTHJEM = Path(sys.executable).parent / "retthjem"


@dataclass
class Served:
    """A server over a database, begun again as often as a test needs."""

    database: str
    port: int = 0
    token: str = ""
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
        environment = os.environ | {"RETTHJEM_LIMITS__SYSTEM": "1000000", "RETTHJEM_LIMITS__ADDRESS": "1000000"}
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.until(200)
        with urlopen(Request(self.url("/demo/token"), data=b"person=epj")) as answer:
            self.token = json.load(answer)["access_token"]

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

    async def save_many(self, start: str, count: int, answered: list[str]) -> None:
        """Store screenings all at once, and note the id of each that is answered."""
        await asyncio.gather(*(self._save(f"{start}-{number}", answered) for number in range(count)))

    async def _save(self, local_id: str, answered: list[str]) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            try:
                await self._exchange(local_id, answered, streams=(reader, writer))
            finally:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()

    async def _exchange(
        self, local_id: str, answered: list[str], *, streams: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    ) -> None:
        reader, writer = streams
        body = case_of(local_id)
        head = (
            f"POST /api/v1/screenings HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {self.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        told = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(told.lower().split("content-length: ")[1].split("\r\n")[0])
        said = json.loads(await reader.readexactly(length))
        if told.startswith("HTTP/1.1 201"):
            answered.append(said["screening"]["id"])


def case_of(local_id: str) -> bytes:
    """Return a case of another patient."""
    patient = {**CASE["patient"], "local_id": local_id}
    patient.pop("id", None)
    return json.dumps(CASE | {"patient": patient}).encode()
