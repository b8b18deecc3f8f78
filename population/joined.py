"""Parquet files of the same columns put end to end as one, as they are encoded: no library does, and encoding is dear.

A Parquet file is row groups and a footer that says where they lie, in Thrift's compact protocol. The row groups are
copied, and of the footers is made one that says where they lie now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MARK = b"PAR1"
ENDING = 8
"""How many bytes the footer's length and the mark after it are."""

Field = tuple[int, ...]
"""A field of the footer, by the numbers that Parquet's definition gives it and those that it lies in."""

ROWS, GROUPS = (3,), (4,)
COLUMN, ORDINAL = (*GROUPS, 1), (*GROUPS, 7)
PLACES = frozenset({
    (*GROUPS, 5), (*COLUMN, 2), (*COLUMN, 4), (*COLUMN, 6),
    (*COLUMN, 3, 9), (*COLUMN, 3, 10), (*COLUMN, 3, 11), (*COLUMN, 3, 14),
})  # fmt: skip
"""The numbers that are places in the file."""

FOUND = PLACES | {ROWS, GROUPS, ORDINAL}
BOOLEANS, BYTE, INTEGERS, DOUBLE, BINARY, LISTS, STRUCT = (1, 2), 3, (4, 5, 6), 7, 8, (9, 10), 12
SEVEN_BITS, MORE = 0x7F, 0x80
LONG = 15
"""What stands for the length of a list that is too long to share a byte with its kind."""


@dataclass(frozen=True, slots=True)
class Footer:
    """A file's footer in the order it is written: its number of rows and its row groups, and what stands about them."""

    before: bytes
    rows: int
    between: bytes
    count: int
    groups: bytes
    after: bytes

    def about(self) -> tuple[bytes, bytes, bytes]:
        """Return what is the same in files of the same columns."""
        return self.before, self.between, self.after


class UnlikeError(ValueError):
    """Files that cannot be one: their columns are others, or other programs wrote them."""


def join(paths: Iterable[Path], into: Path) -> None:
    """Write files of the same columns as one, with their rows in order; of others, raise `UnlikeError`.

    Of a file without rows nothing is kept, and its columns do not matter.
    """
    footers: list[Footer] = []
    count = 0
    with into.open("wb") as out:
        out.write(MARK)
        for path in paths:
            footers.append(_appended(path.read_bytes(), out, before=count))
            count += footers[-1].count
        footer = b"".join(_as_one([each for each in footers if each.rows] or footers[:1], count))
        out.write(footer + len(footer).to_bytes(4, "little") + MARK)


def _appended(data: bytes, out: BinaryIO, *, before: int) -> Footer:
    """Write a file's row groups after those before, and return its footer with their new places."""
    end = len(data) - ENDING
    start = end - int.from_bytes(data[end : end + 4], "little")
    moved = out.tell() - len(MARK)
    out.write(memoryview(data)[len(MARK) : start])
    return _footer(data[start:end], dict.fromkeys(PLACES, moved) | {ORDINAL: before})


def _footer(data: bytes, more: dict[Field, int]) -> Footer:
    walk = _Walk(data)
    walk.struct(())
    where = {field: (start, end) for field, start, end in walk.found}
    (rows, rows_end), (groups, end) = where[ROWS], where[GROUPS]
    list_ = _Walk(data, groups)
    count, _ = list_.list_begun()
    numbers = [each for each in walk.found if each[0] in more]
    moved = b"".join(_added_to(data, numbers, more, begin=list_.at, end=end))
    return Footer(data[:rows], _Walk(data, rows).signed(), data[rows_end:groups], count, moved, data[end:])


def _as_one(footers: Sequence[Footer], count: int) -> Iterator[bytes]:
    if len({each.about() for each in footers}) != 1:
        raise UnlikeError("Only files of the same columns can be one.")
    before, between, after = footers[0].about()
    yield before
    yield _signed(sum(each.rows for each in footers))
    yield between
    yield bytes([count << 4 | STRUCT]) if count < LONG else bytes([LONG << 4 | STRUCT]) + _unsigned(count)
    yield from (each.groups for each in footers)
    yield after


def _added_to(
    data: bytes, numbers: Iterable[tuple[Field, int, int]], more: dict[Field, int], *, begin: int, end: int
) -> Iterator[bytes]:
    """Yield a part of a footer with more added to its numbers."""
    for field, start, after in numbers:
        yield data[begin:start]
        number = _Walk(data, start).signed()
        # A place that is zero is none.
        yield _signed(number + more[field] if number or field == ORDINAL else 0)
        begin = after
    yield data[begin:end]


def _signed(number: int) -> bytes:
    """Return a number that is not below zero, in the writing that has the sign in the lowest bit."""
    return _unsigned(number << 1)


def _unsigned(number: int) -> bytes:
    """Return a number as seven bits a byte, the lowest first."""
    written = bytearray()
    while number > SEVEN_BITS:
        written.append(number & SEVEN_BITS | MORE)
        number >>= 7
    return bytes([*written, number])


class _Walk:
    """A footer read from a place in it onwards, and where the numbers stand that are looked for."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data, self.at = data, at
        self.found: list[tuple[Field, int, int]] = []

    def struct(self, within: Field) -> None:
        number = 0
        while head := self.byte():
            number = number + (head >> 4) if head >> 4 else self.signed()
            field, start = (*within, number), self.at
            self.value(head & 15, field)
            if field in FOUND:
                self.found.append((field, start, self.at))

    def value(self, kind: int, field: Field) -> None:
        if kind in INTEGERS:
            self.unsigned()
        elif kind == BINARY:
            self.at = self.unsigned() + self.at
        elif kind in LISTS:
            count, each = self.list_begun()
            for _ in range(count):
                self.value(BYTE if each in BOOLEANS else each, field)
        elif kind == STRUCT:
            self.struct(field)
        elif kind not in BOOLEANS:  # which stand in the kind itself
            self.at += {BYTE: 1, DOUBLE: 8}[kind]

    def list_begun(self) -> tuple[int, int]:
        """Read how long a list is, and of what kind."""
        head = self.byte()
        return (self.unsigned() if head >> 4 == LONG else head >> 4), head & 15

    def byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def unsigned(self) -> int:
        number = shift = 0
        while (byte := self.byte()) & MORE:
            number |= (byte & SEVEN_BITS) << shift
            shift += 7
        return number | byte << shift

    def signed(self) -> int:
        number = self.unsigned()
        return number >> 1 ^ -(number & 1)
