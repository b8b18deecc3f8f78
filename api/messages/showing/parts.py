"""What is shown of a message: parts with a heading, and rows of words in them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """Words, and what they are about where that is no part of the heading; words may have several lines."""

    words: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and its rows; `id` is our own name for it."""

    id: str
    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A message's content as it is shown; `left_out` is how many values in it are not."""

    parts: tuple[Part, ...] = ()
    left_out: int = 0


@dataclass
class Gathered:
    """Rows as they are found, by part; those under an official heading by that heading."""

    rows: dict[tuple[str, str | None], list[Row]] = field(default_factory=dict)
    left_out: int = 0

    def add(self, part: str, words: str | None, label: str | None = None, *, heading: str | None = None) -> None:
        """Keep a row; what has no words is nothing to show."""
        if words:
            self.rows.setdefault((part, heading), []).append(Row(words, label))
