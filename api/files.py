"""Files and the terminal: what is read is bounded; what is written is whole or not there, and its owner's alone."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from engine.errors import InputError

LARGEST = 20_000_000
OWNER_ONLY = 0o600
UNREADABLE: dict[type[Exception], str] = {
    FileNotFoundError: "file_missing",
    IsADirectoryError: "file_is_folder",
    PermissionError: "file_closed",
}


def read_bytes(name: str) -> bytes:
    """Return a file's bytes, or standard input's for `-`; a larger file than any document of ours is refused unread."""
    try:
        if name == "-":
            return _bounded(_standard_input())
        with Path(name).open("rb") as file:
            return _bounded(file)
    except (OSError, ValueError) as wrong:
        raise InputError("FILE", UNREADABLE.get(type(wrong), "file_unreadable")) from None


def write_whole(path: Path, data: bytes, *, read_from: str) -> None:
    """Write a file whole or not at all, never over the file that was read."""
    unfinished = path.with_name(f".retthjem-{os.getpid()}.unfinished")
    try:
        if read_from != "-" and path.exists() and path.samefile(read_from):
            raise InputError("-o", "out_is_input")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb") as file:
            file.write(data)
        unfinished.replace(path.resolve())
    except (OSError, ValueError):
        with suppress(OSError):
            unfinished.unlink()
        raise InputError("-o", "not_writable") from None


def speak_utf8() -> None:
    """Let the terminal have UTF-8 whatever its locale says, since names are not ASCII."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")


def print_out(text: str) -> None:
    """Print to standard output now, so that a closed or full one is known before the command ends."""
    try:
        if sys.stdout is None:
            raise OSError
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except (OSError, ValueError):
        with suppress(OSError, ValueError, AttributeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise InputError("stdout", "not_printable") from None


def _bounded(file: BinaryIO) -> bytes:
    data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError("FILE", "too_large", most=LARGEST // 1_000_000)
    return data


def _standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise OSError
    return sys.stdin.buffer
