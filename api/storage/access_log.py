"""The access log: a line for each read and change of a patient, chained by hash in batches.

A batch is what one commit of the writer logged. Its hash covers the batch before it and its own lines, so that a line
that is changed, taken out or moved is found; that the end was cut off is found with a head that was noted elsewhere.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, select

from api.storage.tables import access, access_batch, alias
from careplans.course.events import By

BEGINNING = "0" * 64
"""What the first batch has as its previous one."""

WORDS = ("by", "by_name", "role", "unit", "person", "action", "reason")
LAST_BATCH = (
    select(access_batch.c.id, access_batch.c.last, access_batch.c.hash).order_by(access_batch.c.id.desc()).limit(1)
)
MERGED_INTO = (
    select(alias.c.person, alias.c.leads_to)
    .where(alias.c.leads_to.in_(bindparam("people", expanding=True)))
    .order_by(alias.c.person)
)
INSERT_LINE = access.insert()
INSERT_BATCH = access_batch.insert()
AT_A_TIME = 1000
canonical = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Seen:
    """That someone read or changed a patient's record, or a list of many; a reason where one was asked for."""

    person: str | None
    action: str
    by: By
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AccessLine:
    """A line of the log as it is handed out."""

    seq: int
    at: datetime
    person: str | None
    action: str
    by: By
    reason: str | None


@dataclass(frozen=True, slots=True)
class LogReport:
    """What a check of the log found: how much there is, its head, and the first batch where something is wrong."""

    lines: int
    batches: int
    head: str
    fault: tuple[int, str] | None


class Batch:
    """The lines that one transaction logs; `close` seals them with a hash."""

    def __init__(self, connection: Connection, at: datetime) -> None:
        before = connection.execute(LAST_BATCH).one_or_none()
        self.id: int = before.id + 1 if before else 1
        self.last: int = before.last if before else 0
        self.head: str = before.hash if before else BEGINNING
        self.at, self.first = at, self.last + 1
        self._connection = connection
        self._lines: list[str] = []

    def add(self, entries: Sequence[Seen]) -> None:
        """Log what was seen."""
        if entries:
            entries = _under_every_id(self._connection, entries)
            rows = [self._row(seq, entry) for seq, entry in enumerate(entries, self.last + 1)]
            self._connection.execute(INSERT_LINE, rows)
            self._lines += map(_line, rows)
            self.last += len(rows)

    def close(self) -> str:
        """Seal the lines, if there are any, and return the log's head."""
        if not self._lines:
            return self.head
        row = {"id": self.id, "at": self.at, "first": self.first, "last": self.last, "previous": self.head}
        digest = _begin_hash(row)
        digest.update("".join(self._lines).encode())
        self.head = digest.hexdigest()
        self._connection.execute(INSERT_BATCH, row | {"hash": self.head})
        return self.head

    def _row(self, seq: int, entry: Seen) -> dict[str, Any]:
        by = entry.by
        return {
            "seq": seq,
            "batch": self.id,
            "at": self.at,
            "by": by.id,
            "by_name": by.name,
            "role": by.role,
            "unit": by.unit,
            "person": entry.person,
            "action": entry.action,
            "reason": entry.reason,
        }


def head_of(connection: Connection) -> str:
    """Return the hash of the last batch, which stands for the whole log; note it where the database cannot reach."""
    last = connection.execute(LAST_BATCH).one_or_none()
    return str(last.hash) if last else BEGINNING


def _under_every_id(connection: Connection, entries: Sequence[Seen]) -> list[Seen]:
    """Give what was seen of a record to the logs of those merged into it too: they may be parted again."""
    people = sorted({each.person for each in entries if each.person})
    others: dict[str | None, list[str]] = {}
    for row in connection.execute(MERGED_INTO, {"people": people}) if people else ():
        others.setdefault(row.leads_to, []).append(row.person)
    return [
        one for each in entries for one in (each, *(replace(each, person=id) for id in others.get(each.person, ())))
    ]


def person_of_line(connection: Connection, seq: int) -> str | None:
    """Return whose a line of the log is; None for one about nobody, and where there is no such line."""
    found: str | None = connection.execute(select(access.c.person).where(access.c.seq == seq)).scalar()
    return found


def lines_about(connection: Connection, *people: str) -> tuple[AccessLine, ...]:
    """Return who has seen or changed a patient's record, oldest first; give every id of one that was merged.

    What was seen of merged records stands in the log of each, and is told once.
    """
    found = connection.execute(select(access).where(access.c.person.in_(people)).order_by(access.c.seq))
    of_one: Counter[tuple[Any, ...]] = Counter()
    told: Counter[tuple[Any, ...]] = Counter()
    lines = []
    for row in found:
        act = (row.batch, row.by, row.role, row.unit, row.action, row.reason)
        of_one[row.person, *act] += 1
        if of_one[row.person, *act] > told[act]:
            told[act] += 1
            by = By(row.by, row.role, row.unit, row.by_name)
            lines.append(AccessLine(row.seq, row.at, row.person, row.action, by, row.reason))
    return tuple(lines)


def verify_log(connection: Connection, known_head: str | None = None) -> LogReport:
    """Check every batch and line in order, in constant memory, and that the log holds a head that was noted earlier."""
    batches = select(access_batch).order_by(access_batch.c.id)
    lines = select(access).order_by(access.c.seq)
    with _streamed(connection, batches) as batch_rows, _streamed(connection, lines) as line_rows:
        return _Check(batch_rows, line_rows, known_head).report()


class _Check:
    """One walk through batches and lines side by side."""

    def __init__(self, batches: Iterator[RowMapping], lines: Iterator[RowMapping], known_head: str | None) -> None:
        self._batches, self._lines = batches, lines
        self._known, self._known_found = known_head, known_head in {None, BEGINNING}
        self._seen_lines, self._seen_batches, self._head = 0, 0, BEGINNING

    def report(self) -> LogReport:
        """Walk to the end or the first fault."""
        fault = self._fault()
        return LogReport(self._seen_lines, self._seen_batches, self._head, fault)

    def _fault(self) -> tuple[int, str] | None:
        for batch in self._batches:
            if code := self._of_place(batch) or self._of_lines(batch):
                return self._seen_batches + 1, code
            self._seen_batches, self._head = batch["id"], batch["hash"]
            self._known_found = self._known_found or batch["hash"] == self._known
        if (line := next(self._lines, None)) is not None:
            return line["batch"], "line_outside"
        return None if self._known_found else (self._seen_batches + 1, "log_cut_off")

    def _of_place(self, batch: RowMapping) -> str | None:
        if batch["id"] != self._seen_batches + 1:
            return "batch_missing"
        if batch["previous"] != self._head:
            return "batch_moved"
        return "line_missing" if batch["first"] != self._seen_lines + 1 or batch["last"] < batch["first"] else None

    def _of_lines(self, batch: RowMapping) -> str | None:
        digest = _begin_hash(batch)
        for seq in range(batch["first"], batch["last"] + 1):
            line = next(self._lines, None)
            if line is None or line["seq"] != seq:
                return "line_missing"
            if line["batch"] != batch["id"]:
                return "line_changed"
            digest.update(_line(line).encode())
            self._seen_lines = seq
        return None if digest.hexdigest() == batch["hash"] else "line_changed"


@contextmanager
def _streamed(connection: Connection, query: Select[Any]) -> Iterator[Iterator[RowMapping]]:
    """Give the rows of a query some at a time; PostgreSQL holds a cursor open until it is told otherwise."""
    with connection.execute(query.execution_options(yield_per=AT_A_TIME)) as found:
        yield iter(found.mappings())


def _begin_hash(batch: Mapping[Any, Any]) -> Any:
    """Return a hash that covers the batch before and what a batch says of itself."""
    place = canonical([batch["previous"], batch["id"], _time(batch["at"]), batch["first"], batch["last"]])
    return sha256(f"{place}\n".encode())


def _line(row: Mapping[Any, Any]) -> str:
    return canonical([row["seq"], _time(row["at"]), *(row[name] for name in WORDS)]) + "\n"


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
