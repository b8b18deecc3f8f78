"""What is shown of a message: parts with a heading, and rows of words in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

MARKS = ("- ", "– ")


@dataclass(frozen=True, slots=True)
class Block:
    """A run of lines: a list, or words of their own; `leads` is where they are the title of a list."""

    lines: tuple[str, ...]
    is_list: bool = False
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Words, and what they are about where that is no part of the heading; words may have several lines."""

    words: str
    label: str | None = None

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Return the words as runs of lines, so that what was written as a list is read as one."""
        lines = (line for line in self.words.splitlines() if line.strip())
        runs = [(marked, tuple(run)) for marked, run in groupby(lines, lambda line: line.startswith(MARKS))]
        found = []
        for place, (marked, run) in enumerate(runs):
            said = tuple(line[2:] for line in run) if marked else run
            if marked or place + 1 == len(runs):
                found.append(Block(said, is_list=marked))
            else:
                found.extend(Block((line,)) for line in said[:-1])
                found.append(Block(said[-1:], leads=True))
        return tuple(found)


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
