"""What a reference names on this server: a resource by its type and id, written alone or after our own address."""

from __future__ import annotations

import re

OWN = re.compile(
    r"(?:(?P<kind>[A-Z][A-Za-z]{1,63})/)?(?P<id>[A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?", re.ASCII
)


def own_reference(said: str, base: str) -> re.Match[str] | None:
    """Return the type, if it is said, and the id; None for what is on another server, or no reference at all."""
    return OWN.fullmatch(said.removeprefix(f"{base}/"))
