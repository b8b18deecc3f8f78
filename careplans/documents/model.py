"""What every sheet is made of: a title and parts, and lines to read, to tick or to write on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line in words; `tick` gives it a box, who and when, `write` leaves room for an answer."""

    words: str
    tick: bool = False
    who: str = ""
    when: str = ""
    write: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with its lines."""

    heading: str
    lines: tuple[Line, ...]
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A sheet in words, ready to be laid out."""

    title: str
    lead: str
    parts: tuple[Part, ...]
    signatures: tuple[str, ...] = ()
    closing: str = ""
