"""Cue phrases as a clinician can read them, made into patterns.

In a phrase `*` is the rest of a word, `#` a number, `…` a few words between, `(a|b)` either, `(a)?` perhaps,
`<name>` a list of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from careplans.catalogue import read
from engine.errors import RuleSetError

FEW_WORDS = r"(?!\w).{0,60}?(?<!\w)"
PARTS = re.compile(r"\s*…\s*|\s+|[*#()|?]")
NAMED = re.compile(r"<(\w+)>")
SIGNS = {"*": r"\w*", "(": "(?:", ")": ")", "|": "|", "?": "?"}


def cue(table: str, *keys: str) -> re.Pattern[str]:
    """Return the phrases under `keys` of a data file of the check as one pattern, both written languages together."""
    return _cue(table, keys)


def words_of(table: str, *keys: str) -> Any:
    """Return what a data file of the check holds under `keys`."""
    found: Any = read(f"check/{table}")
    for key in keys:
        found = found[key]
    return found


def compiled(phrases: Iterable[str], lists: Mapping[str, Iterable[str]]) -> re.Pattern[str]:
    """Return one pattern for any of the phrases, whole words only."""
    either = "|".join(_expression(phrase, lists) for phrase in phrases)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)" if either else r"(?!)", re.IGNORECASE)


@cache
def _cue(table: str, keys: tuple[str, ...]) -> re.Pattern[str]:
    return compiled(_flat(words_of(table, *keys)), lists())


@cache
def lists() -> Mapping[str, tuple[str, ...]]:
    """Return the named lists of words that phrases point to."""
    return {name: tuple(_flat(found)) for name, found in read("check/words").items()}


def _flat(found: Any) -> list[str]:
    return [phrase for part in found.values() for phrase in _flat(part)] if isinstance(found, Mapping) else list(found)


def _expression(phrase: str, named: Mapping[str, Iterable[str]]) -> str:
    whole = _named(phrase, named)
    pieces = PARTS.split(whole)
    signs = [*(_sign(sign) for sign in PARTS.findall(whole)), ""]
    return "".join(re.escape(piece) + sign for piece, sign in zip(pieces, signs, strict=True))


def _named(phrase: str, named: Mapping[str, Iterable[str]]) -> str:
    """Put each named list in its place; a list may point to another."""
    while found := NAMED.search(phrase):
        phrase = f"{phrase[: found.start()]}({'|'.join(_words(found[1], named))}){phrase[found.end() :]}"
    return phrase


def _words(name: str, named: Mapping[str, Iterable[str]]) -> Iterable[str]:
    if name not in named:
        raise RuleSetError(f"careplans/data/check/words.toml: there is no list {name}. Write it, or mend the phrase.")
    return named[name]


def _sign(sign: str) -> str:
    if "…" in sign:
        return FEW_WORDS
    if sign == "#":
        return _number()
    return SIGNS.get(sign, r"\s+")


@cache
def _number() -> str:
    said = "|".join(map(re.escape, read("check/words")["number"]))
    return rf"(?:\d+(?:\s?[-–]\s?\d+)?|{said})"
