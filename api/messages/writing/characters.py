"""Characters that a message cannot hold: XML has no place for them, or they turn the text around them.

Each becomes U+FFFD, so that a reader sees that something stood there, and the message says how many there were.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar

Value = TypeVar("Value")

IN_ITS_PLACE = "\N{REPLACEMENT CHARACTER}"
_NOT_SENT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


@dataclass(slots=True)
class Sieve:
    """Replaces, and counts what it replaced."""

    replaced: int = 0

    def text(self, text: str) -> str:
        """Return the text as it can be sent; a space that does not break may show as a sign, and becomes a space."""
        clean, count = _NOT_SENT.subn(IN_ITS_PLACE, text)
        self.replaced += count
        return clean.replace("\N{NO-BREAK SPACE}", " ")

    def all_of(self, value: Value) -> Value:
        """Return a value with every text in it as it can be sent."""
        return self._any(value)  # type: ignore[no-any-return] # the same kind comes out

    def _any(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, tuple):
            return tuple(map(self._any, value))
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{each.name: self._any(getattr(value, each.name)) for each in fields(value)})
        return value


def sendable(text: str) -> str:
    """Return a text as it can be sent."""
    return Sieve().text(text)
