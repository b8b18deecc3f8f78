"""Files that are whole or not there, also where the machine stops in the middle."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from errno import EDQUOT, EFBIG, ENOSPC
from fcntl import LOCK_EX, LOCK_NB, flock
from hashlib import sha256
from pathlib import Path

import polars as pl

OWNER_ONLY = 0o600
CHUNK = 1 << 18
"""How much is read at a time; much more is new memory each time, and takes half as long again."""

PROBE = 1 << 18
FULL = (EFBIG, ENOSPC, EDQUOT)
"""No room: over the largest size a file may have, over the disk's, over one's own share."""

CUT_OFF = "transport error"
"""What Polars says where the file it writes takes no more."""


def is_full(wrong: Exception) -> bool:
    """Return whether an error says that there is no room to write."""
    return getattr(wrong, "errno", None) in FULL or any(f"os error {number})" in str(wrong) for number in FULL)


def has_room(folder: Path) -> bool:
    """Return whether there is room for a little more in a folder."""
    probe = folder / f".{os.getpid()}.probe"
    try:
        probe.write_bytes(bytes(PROBE))
    except OSError:
        return False
    finally:
        probe.unlink(missing_ok=True)
    return True


def written_whole(path: Path, data: bytes) -> None:
    """Write a file under its name only once all of it is on the disk."""

    def write(unfinished: Path) -> None:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "wb") as file:
            file.write(data)

    made_whole(path, write)


def made_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let a file be written beside its place, and put it there once all of it is on the disk."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        write(unfinished)
        unfinished.chmod(OWNER_ONLY)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(path)
    except pl.exceptions.PolarsError as wrong:
        if is_full(wrong) or CUT_OFF in str(wrong):
            raise OSError(ENOSPC, "") from None
        raise
    finally:
        unfinished.unlink(missing_ok=True)


def checksum(path: Path) -> str:
    """Return a file's SHA-256."""
    digest = sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def checksums(paths: Sequence[Path]) -> list[str]:
    """Return the SHA-256 of each of some files; they are read at once, for the sums let other threads run."""
    with ThreadPoolExecutor() as at_once:
        return list(at_once.map(checksum, paths))


@contextmanager
def held_alone(path: Path) -> Iterator[None]:
    """Hold a file that one process can hold at a time, else `BlockingIOError`; it lets go however it ends."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, OWNER_ONLY)
    try:
        flock(handle, LOCK_EX | LOCK_NB)
        # Whoever held it before may have taken it away between the two lines above.
        if not (path.exists() and os.path.samestat(path.stat(), os.fstat(handle))):
            raise BlockingIOError
        yield
    finally:
        os.close(handle)
