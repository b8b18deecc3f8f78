"""A CDS Hooks call with 17 kB of prefetch, at a steady pace, beside a route that only reads the same body."""

from __future__ import annotations

import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from socket import socket
from typing import Any
from urllib.request import urlopen

from tests.cds.hooks import KEY, at, call, found, level, medicine, patient, token

RATE, SIZE = 50, 17_000
PARSE, SOMEONE = "/bench/read", "someone"
NUMBERS = count(1)
CODES = ("C03CA01", "C07AB02", "A10BA02", "N02BE01", "R03AC13", "B01AF02", "C10AA05", "N06AB10", "A02BC02", "H03AA01")


def hooks(*, seconds: float = 8) -> None:
    """Print the figures: with storing and without, with a token and without, each beside only reading the body."""
    for signed in (False, True):
        with tempfile.TemporaryDirectory() as folder, _served(str(Path(folder) / "hooks.sqlite"), signed) as port:
            base = f"http://127.0.0.1:{port}"
            asyncio.run(_paced(port, PARSE, "patient-view", None, seconds=1))
            for hook in ("patient-view", "encounter-start"):
                audience = f"{base}{at(hook)}" if signed else None
                asyncio.run(_paced(port, at(hook), hook, audience, seconds=2))
                runs: dict[str, list[float]] = {PARSE: [], at(hook): []}
                for _ in range(2):
                    for path in runs:
                        runs[path] += asyncio.run(_paced(port, path, hook, audience, seconds=seconds / 2))
                _tell(hook, runs[PARSE], runs[at(hook)], signed=signed)


def _tell(hook: str, read: list[float], called: list[float], *, signed: bool) -> None:
    how = f"{hook}, {'a token' if signed else 'no token'}, {'stored' if hook == 'encounter-start' else 'not stored'}"
    p50, only = statistics.median(called), statistics.median(read)
    p99 = sorted(called)[int(len(called) * 0.99)]
    print(
        f"{how}, {SIZE // 1000} kB at {RATE}/s: p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms (goal p99 <= 50 ms); "
        f"p50 {p50 / only:.1f} times only reading the body ({only * 1000:.1f} ms)"
    )


@cache
def _prefetch() -> dict[str, Any]:
    """Return as much prefetch as a real list has, of a patient whose id is to be filled in."""
    listed = [medicine(f"m{n}", code, f"legemiddel {n}", of=SOMEONE) for n, code in enumerate(CODES)]
    said = {"patient": patient(SOMEONE), "medicines": found(*listed), "cfs": found(level(5, of=SOMEONE))}
    rows: list[dict[str, Any]] = []
    while len(json.dumps({**said, "conditions": found(*rows)})) < SIZE:
        code = {"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.7110", "code": f"I{10 + len(rows)}.9"}]}
        about = {"subject": {"reference": f"Patient/{SOMEONE}"}, "code": code}
        rows.append({"resourceType": "Condition", "id": f"c{len(rows)}", **about})
    return {**said, "conditions": found(*rows)}


def body(hook: str, number: int) -> bytes:
    """Return a call of a patient and a stay of its own."""
    said = json.dumps(call(hook, _prefetch(), patientId=SOMEONE, encounterId=f"e{number}"))
    return said.replace(SOMEONE, f"b{number}").encode()


async def _paced(port: int, path: str, hook: str, audience: str | None, *, seconds: float) -> list[float]:
    """Send a call every fiftieth of a second, whether the one before is answered or not."""
    calls = [body(hook, next(NUMBERS)) for _ in range(int(seconds * RATE))]
    tokens = [token(audience, key=KEY) if audience else "" for _ in calls]
    waiting: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _ in range(20):
        waiting.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    began = asyncio.get_running_loop().time()
    sent = [
        _sent(waiting, path, data, said, at_time=began + n / RATE)
        for n, (data, said) in enumerate(zip(calls, tokens, strict=True))
    ]
    spent = await asyncio.gather(*sent)
    while not waiting.empty():
        waiting.get_nowait()[1].close()
    return list(spent)


async def _sent(waiting: Any, path: str, data: bytes, said: str, *, at_time: float) -> float:
    await asyncio.sleep(max(0, at_time - asyncio.get_running_loop().time()))
    began = time.perf_counter()
    reader, writer = await waiting.get()
    allowed = f"Authorization: Bearer {said}\r\n" if said else ""
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\n{allowed}Content-Type: application/json\r\n"
    writer.write(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)
    answer = await reader.readuntil(b"\r\n\r\n")
    length = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    content = await reader.readexactly(length)
    assert answer[9:12] == b"200", content[:300]
    waiting.put_nowait((reader, writer))
    return time.perf_counter() - began


@contextmanager
def _served(database: str, signed: bool) -> Iterator[int]:
    with closing(socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    client = (
        json.dumps([{"issuer": "https://epj.example", "keys": [dict(KEY.as_dict(private=False))]}]) if signed else ""
    )
    command = [sys.executable, "-m", "tests.bench.bench_server", database, str(port), client]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                urlopen(f"http://127.0.0.1:{port}/health").close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    hooks()
    print(f"the caller's own CPU: {resource.getrusage(resource.RUSAGE_SELF).ru_utime:.0f} s")
