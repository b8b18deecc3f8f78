"""Where a person may be sent after signing in: a path of our own, and nothing that a browser reads as another host."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LONGEST = 500
HOME = "/"
OWN = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""One slash, then printable ASCII without a backslash, which browsers read as a slash, and without spaces."""

ENTRANCE = ("/signin", "/signed-out", "/signout", "/demo")


def own_path(said: str | None) -> str:
    """Return a path of ours as it was said, or the front page for anything else."""
    if not said or len(said) > LONGEST or not OWN.fullmatch(said):
        return HOME
    parts = urlsplit(said)
    leads_back = any(parts.path == start or parts.path.startswith(f"{start}/") for start in ENTRANCE)
    return HOME if parts.scheme or parts.netloc or leads_back else said
