"""What a browser sends of the form: every field by name, as text, kept just as it was written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

COUNTED = re.compile(r"[0-9]{1,9}")
LEFT_OUT = frozenset({"csrf", "do", "base", "seen", "window", "plain", "told"})
"""What goes with a sending and is no part of what someone wrote."""


@dataclass(frozen=True)
class Fields:
    """The fields; one that was not sent is empty, as one that was left empty is."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def one(self, name: str) -> str:
        """Return a field's text, without the spaces around it."""
        return next(iter(self.values.get(name, ())), "").strip()

    def all(self, name: str) -> tuple[str, ...]:
        """Return every text of a field that may be sent several times."""
        return self.values.get(name, ())

    def having(self, changed: Mapping[str, str | Iterable[str]]) -> Fields:
        """Return the fields with some of them changed."""
        new = {name: (text,) if isinstance(text, str) else tuple(text) for name, text in changed.items()}
        return Fields({**self.values, **new})

    def written(self) -> dict[str, list[str]]:
        """Return what someone wrote, to be kept as a draft."""
        kept = ((name, texts) for name, texts in self.values.items() if name not in LEFT_OUT)
        return {name: list(texts) for name, texts in kept if any(texts)}


def whole(text: str) -> int | None:
    """Return a place or a version that a form of ours wrote; None for anything else."""
    return int(text) if COUNTED.fullmatch(text) else None


async def sent(request: Request) -> Fields:
    """Return the fields of a form that was sent; a file is no field of ours."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str):
            # A browser writes line ends as in mail; the same text must read the same from anywhere.
            found[name] = (*found.get(name, ()), value.replace("\r\n", "\n").replace("\x00", ""))
    return Fields(found)


Sent = Annotated[Fields, Depends(sent)]
