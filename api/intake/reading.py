"""Documents from outside, read strictly: JSON or XML, bounded in size and depth, and never quoted in an error.

The bounds are checked before anything is parsed, so that a hostile file costs little and gives one clear line.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeAlias

from api.intake.reading_xml import FORBIDDEN, as_utf8, read_xml
from engine.errors import InputError
from rules.knowledge import ITEMS

Kind = Literal["case", "bundle", "message"]
Steps: TypeAlias = tuple[str | int, ...]

MAX_BYTES = 20_000_000
MAX_DEPTH = 64
MAX_PARTS = 1_000_000  # brackets and commas; 20 MB of a real Bundle has about this many

_NAMES = Path(__file__).parent / "data" / "known_names.toml"
_BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n"
# A string, also one that never ends. The quantifiers are possessive, so that no input makes the search go back.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_NO_MARKS = bytes(set(range(256)) - set(b"[]{},"))
_STEPS = bytes.maketrans(b"[{]}", b"\x02\x02\x00\x00")
# Escapes that may stand for a character that is forbidden below, and those that no text people read holds.
_SUSPECT_ESCAPE = re.compile(r"\\(?:u(?:[dD][89a-fA-F]|00[0189]|007[fF]|20[26])|[bf])")


@dataclass(frozen=True, slots=True)
class Document:
    """A document that is well formed: a case, a FHIR Bundle (both dicts) or a message (an lxml element)."""

    kind: Kind
    content: Any = field(repr=False)
    written: str = field(default="", repr=False)
    """A message as it stood, before signs that must not be shown were replaced."""


def read_document(data: bytes) -> Document:
    """Return the document in `data`, or raise `InputError` saying where it is wrong, without quoting it."""
    _refuse_too_large(data)
    body = as_utf8(data).removeprefix(_BOM).strip(_SPACE)
    if body.startswith(b"<"):
        found = read_xml(body, known_names())
        return Document("message", found.root, found.written)
    content = read_json(data)
    return Document(_kind(content), content)


def read_json(data: bytes, *, parts: int = MAX_PARTS) -> dict[str, Any]:
    """Return the JSON object in `data`; every name stands once, and every number and text can be stored.

    `parts` is how many it may have: whoever takes smaller documents has less to wait for.
    """
    _refuse_too_large(data)
    body = data.removeprefix(_BOM).strip(_SPACE)
    if not body:
        raise InputError("document", "empty")
    _refuse_too_complex(body, parts)
    return _read_json(body, first_line=data[: data.find(body[:1])].count(b"\n") + 1)


def _refuse_too_large(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise InputError("document", "too_large", most=MAX_BYTES // 1_000_000)


def _kind(content: Mapping[str, Any]) -> Kind:
    if "resourceType" not in content:
        return "case"
    if content["resourceType"] != "Bundle":
        raise InputError("resourceType", "not_a_bundle")
    return "bundle"


# JSON


def _read_json(body: bytes, *, first_line: int) -> dict[str, Any]:
    text = _decode(body)
    repeated: list[tuple[dict[str, Any], str]] = []
    try:
        content = json.loads(
            text,
            object_pairs_hook=lambda pairs: _object(pairs, repeated),
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_whole,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno + first_line - 1} column {error.colno}"
        raise InputError(where, "json_damaged") from None
    if repeated:
        _refuse_repeated(content, *repeated[0])
    if _SUSPECT_ESCAPE.search(text) or FORBIDDEN.search(text):
        _refuse_forbidden_characters(content)
    if not isinstance(content, dict):
        raise InputError("document", "not_json_object")
    return content


def _refuse_too_complex(body: bytes, most: int) -> None:
    """Refuse what would cost much memory or time to parse, by counting in bytes what lies outside the strings."""
    if body.count(b'"') > 4 * most:  # a name and a text for each part: the strings alone would take long
        raise _too_many_parts(most)
    marks = _STRING.sub(b"", body).translate(None, delete=_NO_MARKS)
    if len(marks) > most:
        raise _too_many_parts(most)
    depths = accumulate(map((-1).__add__, marks.translate(_STEPS, delete=b",")))
    if any(map(MAX_DEPTH.__lt__, depths)):
        raise InputError("document", "nested_too_deep", most=MAX_DEPTH)


def _too_many_parts(most: int) -> InputError:
    return InputError("document", "too_many_parts", most=most)


def _decode(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError("document", "not_utf8") from None


def _object(pairs: list[tuple[str, Any]], repeated: list[tuple[dict[str, Any], str]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        times = Counter(key for key, _ in pairs)
        repeated.append((found, next(key for key in times if times[key] > 1)))
    return found


def _refuse_repeated(content: Any, owner: dict[str, Any], key: str) -> NoReturn:
    # An owner that was itself overwritten by a repeated name is nowhere any more.
    path = next((path for path, value in walk(content) if value is owner), None)
    raise InputError("document" if path is None else place((*path, key)), "name_twice")


def _refuse_forbidden_characters(content: Any) -> None:
    for path, value in walk(content):
        if isinstance(value, str) and FORBIDDEN.search(value):
            raise InputError(place(path), "control_character")


def _refuse_constant(_: str) -> NoReturn:
    raise InputError("document", "not_finite")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in {float("inf"), float("-inf")}:
        raise InputError("document", "number_too_large")
    return number


def _whole(digits: str) -> int:
    if len(digits) > MAX_DEPTH:  # int() is slow on thousands of digits, and no fact needs them
        raise InputError("document", "too_many_digits")
    return int(digits)


def walk(content: Any, path: Steps = ()) -> Iterator[tuple[Steps, Any]]:
    """Yield every value and key with its path; the depth is bounded before this is called."""
    yield path, content
    if isinstance(content, dict):
        for key, value in content.items():
            yield (*path, key), key
            yield from walk(value, (*path, key))
    elif isinstance(content, list):
        for index, value in enumerate(content):
            yield from walk(value, (*path, index))


def place(path: Steps) -> str:
    """Return a path in words that are safe to show: a name that is not ours or FHIR's becomes `…`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part if part in known_names() else '…'}" for part in path)
    return "".join(parts).removeprefix(".") or "document"


@cache
def known_names() -> frozenset[str]:
    """Return the names that an error message may repeat from a document."""
    return frozenset(chain(_names()["case"], _names()["fhir"], _names()["message"], ITEMS))


@cache
def names_in_messages() -> frozenset[str]:
    """Return the names of the elements that a national message may have."""
    return frozenset(_names()["message"])


@cache
def _names() -> Mapping[str, list[str]]:
    return tomllib.loads(_NAMES.read_text("utf-8"))
