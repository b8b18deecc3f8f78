"""Texts keyed by role (`item.cfs`, `suggest.medication_review`), one folder a language, with no silent fall-back."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from engine.errors import RuleSetError

LANGUAGES = ("nb", "nn", "en")
"""The first is what the texts are written in, and what is spoken where nobody has asked for another."""


class Texts:
    """The texts of one language: `texts("item.four_at")`, with placeholders filled by keyword."""

    def __init__(self, language: str, entries: Mapping[str, str]) -> None:
        self.language = language
        self._entries = dict(entries)

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text under `key`; raise `RuleSetError` if it is missing or a placeholder is not filled."""
        try:
            return self._entries[key].format(**values)
        except KeyError as missing:
            raise RuleSetError(f"texts/{self.language}: {key} lacks {missing}. Write it in every language.") from None

    def unfilled(self, key: str) -> str:
        """Return a text as it is written, its placeholders open."""
        return self._entries[key]

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def keys(self) -> tuple[str, ...]:
        """Return every key, sorted."""
        return tuple(sorted(self._entries))

    def plus(self, entries: Mapping[str, str]) -> Texts:
        """Return the texts with entries that are alike in every language, such as the titles of sources."""
        return Texts(self.language, {**self._entries, **entries})

    @classmethod
    def load(cls, language: str, *folders: Path) -> Texts:
        """Read every `*.toml` under each folder's `language` subfolder; the same key twice is an error."""
        entries: dict[str, str] = {}
        for path in (p for folder in folders for p in sorted((folder / language).glob("*.toml"))):
            for key, text in _flatten(_read(path)):
                if key in entries:
                    raise RuleSetError(f"{path.name}: {key} is written twice. Keep one.")
                entries[key] = text
        return cls(language, entries)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise RuleSetError(f"texts/{path.parent.name}/{path.name}: {wrong}. Mend the file.") from None


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value).strip()
