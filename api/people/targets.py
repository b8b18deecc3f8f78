"""The address that a request was sent to, in the one form that a proof's `htu` is compared in (RFC 9449, RFC 3986)."""

from __future__ import annotations

import re
from string import ascii_letters, digits
from urllib.parse import urlsplit

from starlette.requests import Request

from api.people.limits import Limiter
from api.settings import LOOPBACK, Settings

LONGEST = 4_000
PORTS = {"https": 443, "http": 80}
UNRESERVED = frozenset(ascii_letters + digits + "-._~")
WRITTEN = re.compile(r"[!-~]+")
PREFIX = re.compile(r"(?:/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._~-]+)+/?")
ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")


def targets(request: Request, settings: Settings, limiter: Limiter) -> frozenset[str]:
    """Return what the request's address may be called: by our public name, or by the name our own proxy was asked for.

    The `Host` of a request is the sender's word and names nothing, but for other names of this machine itself.
    """
    path = request.scope.get("raw_path") or request.url.path.encode()
    origins = {
        settings.address,
        _forwarded(request) if limiter.is_from_proxy(request) else None,
        _here(request, settings),
    }
    said = (f"{origin}{path.decode('latin-1')}" for origin in origins if origin)
    return frozenset(filter(None, map(normal, said)))


def normal(uri: str) -> str | None:
    """Return an address without query and fragment as all its spellings have in common; None for one that is none."""
    if len(uri) > LONGEST or not WRITTEN.fullmatch(uri):
        return None
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    named = "" if port in {None, PORTS[parts.scheme]} else f":{port}"
    return f"{parts.scheme}://{host}{named}{_path(parts.path)}"


def _path(said: str) -> str:
    """Return a path with needless escapes undone, the others in capitals, and no dot segments."""
    found: list[str] = []
    segments = ESCAPED.sub(_letter, said).split("/")[1:] or [""]
    for segment in segments:
        if segment == "..":
            found[-1:] = []
        elif segment != ".":
            found.append(segment)
    if segments[-1] in {".", ".."}:
        found.append("")
    return f"/{'/'.join(found)}"


def _letter(escaped: re.Match[str]) -> str:
    letter = chr(int(escaped[1], 16))
    return letter if letter in UNRESERVED else escaped[0].upper()


def _forwarded(request: Request) -> str | None:
    """Return the origin that the nearest proxy says it was asked for, and the path it puts us under, if it does."""
    scheme, host, port, prefix = (_last(request, f"x-forwarded-{name}") for name in ("proto", "host", "port", "prefix"))
    if not scheme or not host:
        return None
    has_port = bool(re.search(r":\d+\Z", host)) and not host.endswith("]")
    under = prefix.rstrip("/") if PREFIX.fullmatch(prefix) else ""
    return f"{scheme.lower()}://{host}{f':{port}' if port.isdigit() and not has_port else ''}{under}"


def _last(request: Request, name: str) -> str:
    return ",".join(request.headers.getlist(name)).rpartition(",")[2].strip()


def _here(request: Request, settings: Settings) -> str | None:
    """Return another name of this machine, where it has no public one."""
    found = normal(f"http://{request.headers.get('host', '')}")
    parts = urlsplit(found or "")
    is_here = settings.public_url is None and parts.hostname in LOOPBACK and (parts.port or 80) == settings.port
    return f"{parts.scheme}://{parts.netloc}" if is_here else None
