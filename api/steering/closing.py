"""Months closed: every stay of a month counted once, forty-five days after its end, and the counts kept for good.

By then thirty days have shown who came back, and the epikrise is sent. What is corrected later changes no number that
was published: the difference of two downloads could else point to one patient.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib.metadata import version

from sqlalchemy import Connection, Engine, insert, select

from api.record.bases import Bases
from api.record.record import Record
from api.record.streams import Stream, read_stream
from api.steering.besides import counted_besides
from api.steering.stays import Reading, assessments_needed, stays_of
from api.storage.engine import reading
from api.storage.tables import alias, figure_cell, figure_month, person
from api.storage.writer import Change, Writer
from careplans.course.state import Course
from population.steering.counting import Cell, cells
from population.steering.figures import limit
from rules.limits import SCREENED_FROM_AGE
from rules.times import oslo_day

AT_ONCE = 100
REMEMBERED = 300
ROWS_AT_ONCE = 1_000
ADD_MONTH, ADD_CELL = insert(figure_month), insert(figure_cell)
IDS = select(person.c.id).outerjoin(alias, alias.c.person == person.c.id).where(alias.c.person.is_(None))

KEY = ("hospital", "breakdown", "figure", "part", "category")
Key = tuple[str, str, str, str, str]
Counts = dict[date, Counter[Key]]


@dataclass(frozen=True, slots=True)
class Closing:
    """What months are closed with; `rest` is called between some patients and the next, so that others get a turn."""

    engine: Engine
    writer: Writer
    hospital: str
    reading: Reading
    rest: Callable[[], object] = lambda: None

    @classmethod
    def of(cls, record: Record, *, now: datetime, rest: Callable[[], object] = lambda: None) -> Closing:
        """Return what the months of a record are closed with."""
        from_age = int(record.screening.ruleset.thresholds[SCREENED_FROM_AGE.name].value)
        asked = Reading(record.offsets, from_age, now)
        return cls(record.engine, record.writer, record.hospital, asked, rest)


def close(closing: Closing, *, whole: bool = False) -> tuple[date, ...]:
    """Close the months that are over and not closed, and return those that this call closed.

    While the newest of them is closed there is nothing to look for, unless `whole`: then the record is gone through for
    stays that were told of later, of months that nobody has counted.
    """
    last = last_closable(closing.reading.now)
    with reading(closing.engine) as connection:
        closed = closed_months(connection)
    if last in closed and not whole:
        return ()
    counts = count(closing, lambda month: month <= last and month not in closed)
    months = [month for month in _until(counts, last) if month not in closed]
    return tuple(month for month in months if closing.writer.run(_keep(month, _whole(closing, counts, month))))


def count(closing: Closing, wanted: Callable[[date], bool]) -> Counts:
    """Return what there is of each wanted month; nothing is held of a patient once the next ones are read."""
    counting = _Counting(wanted, closing.reading)
    for some in _batches(closing.engine):
        with reading(closing.engine) as connection:
            _count_stays(connection, _streams(connection, some), counting)
        closing.rest()
    return counting.counts


@dataclass(frozen=True, slots=True)
class _Counting:
    """The counts so far, of the months that are wanted."""

    wanted: Callable[[date], bool]
    reading: Reading
    bases: Bases = field(default_factory=lambda: Bases(most=REMEMBERED))
    counts: Counts = field(default_factory=dict)

    def add(self, month: date, found: Iterable[Cell]) -> None:
        """Add what was found in a month."""
        counter = self.counts.setdefault(month, Counter())
        for each in found:
            counter[each.hospital, each.breakdown, each.figure, each.part, each.category] += each.count


def last_closable(now: datetime) -> date:
    """Return the newest month that has been over for forty-five days."""
    day = oslo_day(now) - timedelta(days=limit("close_after_days"))
    return month_before(month_of(day))


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def month_before(month: date) -> date:
    """Return the month before."""
    return month_of(month - timedelta(days=1))


def month_after(month: date) -> date:
    """Return the month after."""
    return month_of(month + timedelta(days=31))


def closed_months(connection: Connection) -> frozenset[date]:
    """Return the months that are closed."""
    return frozenset(connection.scalars(select(figure_month.c.month)))


def _batches(engine: Engine) -> Iterator[list[str]]:
    """Give every patient's id, some at a time; a record that is told as part of another is not one."""
    last = ""
    while True:
        with reading(engine) as connection:
            some = list(connection.scalars(IDS.where(person.c.id > last).order_by(person.c.id).limit(AT_ONCE)))
        if not some:
            return
        yield some
        last = some[-1]


def _streams(connection: Connection, ids: list[str]) -> Iterator[Stream]:
    for each in ids:
        stream = read_stream(connection, each)
        if stream is not None:
            yield stream


def _count_stays(connection: Connection, streams: Iterable[Stream], counting: _Counting) -> None:
    """Add the stays of some patients to the counts; of those who left in no wanted month, nothing more is read."""
    for stream in streams:
        months = {month for month in _left_in(stream.course) if counting.wanted(month)}
        if not months:
            continue
        basis = counting.bases.of(connection, assessments_needed(stream.course))
        stays = stays_of(stream, basis, counting.reading)
        for month in months:
            counting.add(month, cells(stays, month))


def _left_in(course: Course) -> Iterator[date]:
    """Give the months in which a patient's stays ended."""
    for stay in course.stays:
        if stay.discharged is not None:
            yield month_of(oslo_day(stay.discharged))
    if course.died:
        yield month_of(course.died)


def _until(counts: Mapping[date, object], last: date) -> Iterator[date]:
    """Give every month from the first that has anything to the last, also those that have nothing."""
    month = min(counts, default=month_after(last))
    while month <= last:
        yield month
        month = month_after(month)


def _whole(closing: Closing, counts: Counts, month: date) -> Counter[Key]:
    """Return all that there is of a month, of stays and beside them."""
    with reading(closing.engine) as connection:
        beside = counted_besides(connection, month, month_after(month), hospital=closing.hospital)
    return counts.get(month, Counter()) + beside


def _keep(month: date, counts: Mapping[Key, int]) -> Callable[[Change], bool]:
    """Return the work that keeps a month, unless another server has closed it meanwhile."""

    def keep(change: Change) -> bool:
        if change.connection.scalar(select(figure_month.c.month).where(figure_month.c.month == month)):
            return False
        change.connection.execute(ADD_MONTH, {"month": month, "at": change.now, "program": version("retthjem")})
        rows = [dict(zip(KEY, key, strict=True)) | {"month": month, "count": n} for key, n in sorted(counts.items())]
        for place in range(0, len(rows), ROWS_AT_ONCE):
            change.connection.execute(ADD_CELL, rows[place : place + ROWS_AT_ONCE])
        return True

    return keep
