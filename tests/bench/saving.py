"""Storing a screening over HTTP, beside a route of the same application that only reads the body and answers."""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from socket import socket
from urllib.request import Request, urlopen

EXAMPLE = json.loads((Path(__file__).parents[2] / "api" / "examples" / "1-hoftebrudd.json").read_text("utf-8"))["case"]
NUMBERS = count(1)
STORE, PARSE = "/api/v1/screenings", "/bench/parse"


def saving(name: str, database: str, *, seconds: float = 6) -> None:
    """Print the figures of one database, the two routes in turn so that both meet the same machine."""
    with _served(database) as port:
        token = _token(port)
        asyncio.run(_load(port, token, STORE, 1, seconds=2))
        for connections in (1, 16):
            runs: dict[str, list[float]] = {route: [] for route in (PARSE, STORE)}
            for _ in range(3):
                for route in runs:
                    runs[route] += asyncio.run(_load(port, token, route, connections, seconds=seconds / 3))
            _tell(name, connections, runs, seconds)


def _tell(name: str, connections: int, runs: dict[str, list[float]], seconds: float) -> None:
    parse, store = runs[PARSE], runs[STORE]
    p50 = statistics.median(store) / statistics.median(parse)
    rate = len(store) / len(parse)
    p99 = sorted(store)[int(len(store) * 0.99)] * 1000
    print(
        f"{name}, {connections} connections: "
        f"parse p50 {statistics.median(parse) * 1000:.2f} ms {len(parse) / seconds:.0f}/s; "
        f"store p50 {statistics.median(store) * 1000:.2f} ms p99 {p99:.1f} ms {len(store) / seconds:.0f}/s; "
        f"p50 {p50:.2f} times (goal at one connection <= 3), "
        f"{rate:.2f} of its requests (goal at 16 >= 0.35, p99 <= 50 ms)"
    )


async def _load(port: int, token: str, route: str, connections: int, *, seconds: float) -> list[float]:
    until = time.perf_counter() + seconds
    found = await asyncio.gather(*(_client(port, token, route, until) for _ in range(connections)))
    return [each for spent in found for each in spent]


async def _client(port: int, token: str, route: str, until: float) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (
        f"POST {route} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    )
    spent = []
    while (began := time.perf_counter()) < until:
        body = json.dumps(EXAMPLE | {"patient": {**EXAMPLE["patient"], "id": None, "local_id": f"b{next(NUMBERS)}"}})
        data = body.encode()
        began = time.perf_counter()
        writer.write(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer[9:11] == b"20", answer[:200]
        length = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        spent.append(time.perf_counter() - began)
    writer.close()
    return spent


@contextmanager
def _served(database: str) -> Iterator[int]:
    with closing(socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.bench.bench_server", database, str(port)]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
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


def _token(port: int) -> str:
    with urlopen(Request(f"http://127.0.0.1:{port}/demo/token", data=b"person=epj")) as answer:
        return str(json.load(answer)["access_token"])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        saving("SQLite", str(Path(folder) / "bench.sqlite"))
