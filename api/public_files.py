"""Styles, scripts and fonts: the same for everyone, so they alone are compressed, and kept by the browser.

A page is never compressed. It holds the token that its forms send back, beside names and what was found; how long a
compressed body is tells how much of what someone else had put in it is the same as the rest, and so a secret could be
guessed a letter at a time from outside (CVE-2013-3587, known as BREACH). A file holds nothing of anyone.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Scope

ASKED_AGAIN = "public, no-cache"
"""Kept, and asked about by its ETag each time: an upgrade is seen at once, and costs nothing where nothing changed."""

A_MONTH = "public, max-age=2592000"
KEPT: Mapping[str, str] = {".woff2": A_MONTH, ".ttf": A_MONTH}
"""A font is not mended overnight, and a page that waits for one is drawn twice."""


def files_in(folder: Path) -> ASGIApp:
    """Return what serves the files of a folder."""
    return GZipMiddleware(_Kept(directory=folder), compresslevel=6)


class _Kept(StaticFiles):
    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        answer = super().file_response(full_path, stat_result, scope, status_code)
        answer.headers["Cache-Control"] = KEPT.get(Path(full_path).suffix, ASKED_AGAIN)
        return answer
