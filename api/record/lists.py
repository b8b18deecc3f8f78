"""The lists: patients of the user's own units, a page at a time, with as many statements for one as for two hundred.

A patient is on a list while `listing.listed` holds: alive, in the pathway, not blocked. A protected address takes place
and municipality with it. Each row that is read is a line in the access log, which the caller writes before it answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, func, literal, select, true, tuple_

from api.people.user import User
from api.record.cursors import Cursor, cursor_from_text, cursor_to_text
from api.record.list_kinds import (
    KINDS,
    Asker,
    Kind,
    ListName,
    OrderCode,
    high_cfs_first,
    in_hospital,
    late_for,
    name,
    to_screen,
)
from api.record.list_rows import ListedClock, Listing, OnBoard, to_board, to_clock, to_listing
from api.record.projection import MEASURE
from api.record.record import Record, by
from api.record.who_sees import of_ward, own_patients
from api.storage.access_log import Seen
from api.storage.tables import Moment, clock, listing
from careplans.course.events import By
from rules.limits import SCREENED_FROM_AGE
from rules.times import oslo_day

USUAL, MOST, MOST_COUNTED = 50, 200, 10_000
THEIRS = clock.c.person.in_(bindparam("people", expanding=True))
CLOCKS = select(clock).where(THEIRS, clock.c.state != MEASURE).order_by(clock.c.due, clock.c.step)
LATE_MEASURES = (
    select(clock.c.person, func.count().label("late"))
    .where(THEIRS, clock.c.state == MEASURE, clock.c.due < bindparam("now", type_=Moment()))
    .group_by(clock.c.person)
)
TIES = select(high_cfs_first.label("cfs"), name.label("name")).where(listing.c.person == bindparam("of"))
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; `ward` is named as `STO/GER2`, and `owner` has the next step or something late."""

    ward: str | None = None
    municipality: str | None = None
    track: str | None = None
    owner: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which list is asked for, and which page of it; `count` asks how many there are, up to 10,000."""

    list: ListName
    filters: Filters = Filters()
    cursor: str | None = None
    size: int = USUAL
    count: bool = False


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """A page of a list: its rows, the lines for the access log, where it goes on, and how many there are."""

    rows: tuple[T, ...]
    seen: tuple[Seen, ...]
    order: OrderCode | None = None
    next_cursor: str | None = None
    total: int | None = None


def listed(record: Record, connection: Connection, asked: Asked, *, user: User, now: datetime) -> Listed[Listing]:
    """Return a page of a list of the user's own patients."""
    cursor = cursor_from_text(asked.cursor, asked.list) if asked.cursor else None
    kind, asker = KINDS[asked.list], _asker(record, user, cursor.as_of if cursor else now)
    size = max(1, min(asked.size, MOST))
    found, total = _found(connection, asked, cursor, asker, size=size + 1)
    page = found[:size]
    clocks, late = _clocks(connection, page, now), _late_measures(connection, page, now)
    listings = (to_listing(row, asked.list, own, now=now) for row, own in zip(page, clocks, strict=True))
    rows = tuple(replace(each, late_measures=late.get(each.person, 0)) for each in listings)
    onward = cursor_to_text(_cursor(asked.list, page[-1], kind, asker.as_of)) if len(found) > size else None
    return Listed(rows, _seen(page, by(user)), kind.order, onward, total)


def board(record: Record, connection: Connection, ward: str, *, by: By, now: datetime) -> Listed[OnBoard]:
    """Return the patients in the beds of a ward, for its board; a protected one is not shown there at all."""
    here = and_(of_ward(ward), listing.c.listed, listing.c.protected.is_(False), in_hospital)
    order = (listing.c.room.is_(None), listing.c.room, listing.c.person)
    waits = to_screen(oslo_day(now), _from_age(record)).label("unscreened")
    page = connection.execute(select(listing, waits).where(here).order_by(*order).limit(MOST)).all()
    clocks = _clocks(connection, page, now)
    rows = tuple(to_board(row, own) for row, own in zip(page, clocks, strict=True))
    return Listed(rows, _seen(page, by))


def _asker(record: Record, user: User, as_of: datetime) -> Asker:
    return Asker(user, as_of, oslo_day(as_of), _from_age(record))


def _from_age(record: Record) -> int:
    return int(record.screening.ruleset.thresholds[SCREENED_FROM_AGE.name].value)


def _wanted(asked: Asked, kind: Kind, asker: Asker, *, whole: bool = False) -> Select[Any]:
    """Return the list from its beginning, in order; `whole` is for one that is read to its end."""
    begins = kind.begins(asker)
    query = select(listing, begins[0].label("list_rank"), begins[-1].label("list_at"))
    query = query.where(listing.c.listed, own_patients(asker.user), kind.holds(asker))
    query = query.where(*_narrowed(asked, asker, whole=whole))
    return query.order_by(*begins, high_cfs_first, name, listing.c.person)


def _found(
    connection: Connection, asked: Asked, cursor: Cursor | None, asker: Asker, *, size: int
) -> tuple[Sequence[Row[Any]], int | None]:
    """Return the rows of a page, and how many the list has, both of one statement where it is found whole anyway."""
    kind = KINDS[asked.list]
    wanted, after = _wanted(asked, kind, asker), _after(connection, cursor, kind, asker) if cursor else true()
    if asked.count and kind.order == "fetch_first":
        rows = connection.execute(_counted(wanted, after).limit(size)).all()
        if rows:
            return rows, rows[0].total
    whole = _count(_wanted(asked, kind, asker, whole=True))
    total = connection.execute(whole).scalar_one() if asked.count else None
    return connection.execute(wanted.where(after).limit(size)).all(), total


def _count(wanted: Select[Any]) -> Select[int]:
    """Return the count of a list, no further than anyone reads: beyond it, to count takes longer than to look."""
    ids = wanted.with_only_columns(listing.c.person).order_by(None).limit(MOST_COUNTED)
    return select(func.count()).select_from(ids.subquery())


def _counted(wanted: Select[Any], after: ColumnElement[bool]) -> Select[Any]:
    """Return what comes of a list with the count of all of it, for one that is found whole before its first row is."""
    rank, at = wanted.selected_columns.list_rank, wanted.selected_columns.list_at
    found = wanted.order_by(None).with_only_columns(listing.c.person, rank, at, after.label("after")).cte("found")
    total = select(func.count()).select_from(select(literal(1)).select_from(found).limit(MOST_COUNTED).subquery())
    rows = select(listing, found.c.list_rank, found.c.list_at, total.scalar_subquery().label("total"))
    place = (found.c.list_rank, found.c.list_at, high_cfs_first, name, listing.c.person)
    return rows.join(found, found.c.person == listing.c.person).where(found.c.after).order_by(*place)


def _narrowed(asked: Asked, asker: Asker, *, whole: bool) -> Iterable[ColumnElement[bool]]:
    """Give the filters' conditions; to narrow to a municipality must not tell where a protected person lives."""
    filters = asked.filters
    if filters.ward:
        yield of_ward(filters.ward)
    if filters.municipality:
        yield listing.c.municipality == filters.municipality
        if filters.municipality not in asker.user.of("municipality"):
            yield listing.c.protected.is_(False)
    if filters.owner:
        yield (
            late_for(filters.owner, asker, whole=whole)
            if asked.list == "late"
            else listing.c.next_owner == filters.owner
        )
    exactly = ((listing.c.track, filters.track), (listing.c.status, filters.status))
    yield from (column == wanted for column, wanted in exactly if wanted)


def _after(connection: Connection, cursor: Cursor, kind: Kind, asker: Asker) -> ColumnElement[bool]:
    """Return the condition for what comes after a row; where it is gone, some rows come twice rather than never."""
    begins = kind.begins(asker)
    at = (literal(cursor.rank), literal(cursor.at, Moment()))[-len(begins) :]
    ties = connection.execute(TIES, {"of": cursor.person}).one_or_none()
    if ties is None:
        return tuple_(*begins) >= tuple_(*at)
    place = (*begins, high_cfs_first, name, listing.c.person)
    return tuple_(*place) > tuple_(*at, literal(ties.cfs), literal(ties.name), literal(cursor.person))


def _cursor(of: ListName, row: Row[Any], kind: Kind, as_of: datetime) -> Cursor:
    return Cursor(of, as_of, row.list_rank if kind.order == "fetch_first" else 0, row.list_at, row.person)


def _clocks(connection: Connection, page: Sequence[Row[Any]], now: datetime) -> list[tuple[ListedClock, ...]]:
    """Return each patient's clocks, all read at once."""
    own: dict[str, list[ListedClock]] = {row.person: [] for row in page}
    for row in connection.execute(CLOCKS, {"people": list(own)}):
        own[row.person].append(to_clock(row, now))
    return [tuple(own[row.person]) for row in page]


def _late_measures(connection: Connection, page: Sequence[Row[Any]], now: datetime) -> dict[str, int]:
    """Return how many measures of each patient's plan are late."""
    asked = {"people": [row.person for row in page], "now": now}
    return {row.person: row.late for row in connection.execute(LATE_MEASURES, asked)}


def _seen(page: Sequence[Row[Any]], by: By) -> tuple[Seen, ...]:
    return tuple(Seen(person, "list", by) for person in dict.fromkeys(row.person for row in page))
