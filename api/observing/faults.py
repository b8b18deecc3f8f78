"""An error as it may be logged: its kind and its place in our code, never its message, which may hold an answer."""

from __future__ import annotations

import errno
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parents[2]
OURS = ("engine", "rules", "forms", "careplans", "population", "api")
CODES = ("sqlite_errorname", "sqlstate")
"""What database drivers call an error's code: fixed words such as SQLITE_FULL, or 53100."""


def fault(error: BaseException) -> dict[str, str]:
    """Return what may be logged of an error."""
    told = {"error": type(error).__name__, "at": place(error.__traceback__)}
    cause = error.__cause__ or error.__context__ or getattr(error, "orig", None)
    if isinstance(error, BaseExceptionGroup):
        cause = error.exceptions[0]
    if cause is not None:
        told["cause"] = type(cause).__name__
    code = _code(error) or _code(cause)
    return told | {"code": code} if code else told


def place(traceback: TracebackType | None) -> str:
    """Return the innermost line of our own code, else the innermost line there is, as `api/app.py:12`."""
    found = "-"
    is_ours = False
    while traceback is not None:
        named = source(traceback.tb_frame.f_code.co_filename)
        if named.split("/")[0] in OURS or not is_ours:
            found, is_ours = f"{named}:{traceback.tb_lineno}", named.split("/")[0] in OURS
        traceback = traceback.tb_next
    return found


def source(filename: str) -> str:
    """Return a source file inside the project, or the last two parts of any other, so that no machine path is told."""
    path = Path(filename)
    return path.relative_to(ROOT).as_posix() if _is_ours(path) else "/".join(path.parts[-2:])


def _is_ours(path: Path) -> bool:
    return path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in OURS


def _code(error: BaseException | None) -> str | None:
    if isinstance(error, OSError) and error.errno:
        return errno.errorcode.get(error.errno)
    found = (getattr(error, name, None) for name in CODES)
    return next((code for code in found if isinstance(code, str) and code.isascii() and code.isidentifier()), None)
