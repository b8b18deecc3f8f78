"""The lists' own rows: what a list shows of a patient, written with every event and made anew by `rebuild`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from api.record.bases import Bases
from api.record.found import found_of
from api.record.streams import Stream, read_stream, standing_merges
from api.storage.tables import alias, clock, listing, person
from careplans.catalogue import read
from careplans.course.due import Basis, assessments_behind, clocks_of, measures_of, screening_in
from careplans.course.left import LEFT, in_pathway, left_undecided
from careplans.course.next_step import END_OF_TIME, next_step
from careplans.course.state import RECEIPT, ClockState, Course, NextStep, StepClock
from careplans.course.waits import end_of
from careplans.parts import Due

MEASURE = "measure"
"""The state of a row that is a plan's measure: it is counted where it is late, and makes nobody late by itself."""

LEAVING = "discharge"
"""What the clock of the expected day of discharge is called, as the next step is."""

DROP = tuple(delete(table).where(table.c.person == bindparam("of")) for table in (listing, clock, alias))
DROP_ALIASES = delete(alias).where(alias.c.leads_to == bindparam("of"))
ADD_LISTING, ADD_CLOCK, ADD_ALIAS = insert(listing), insert(clock), insert(alias)
AT_ONCE = 200


def project(
    connection: Connection, stream: Stream, bases: Bases, offsets: Mapping[str, int], *, is_new: bool = False
) -> None:
    """Write a patient's rows anew; a record with nothing in it, or merged into another, has none."""
    if not is_new:
        _drop(connection, stream.person)
    others = standing_merges(stream.recorded)
    for other in others:
        _drop(connection, other)
    if others:
        connection.execute(ADD_ALIAS, [{"person": other, "leads_to": stream.person} for other in others])
    if stream.course.empty:
        return
    basis = bases.of(connection, assessments_behind(stream.course))
    clocks = clocks_of(stream.course, basis, offsets)
    leaving = _leaving(stream.course)
    connection.execute(ADD_LISTING, _listing(stream, clocks, leaving, basis=basis))
    rows = [_clock(stream.person, each) for each in (*clocks, *leaving, *_receipt(stream.course))]
    rows += [_clock(stream.person, each) | {"state": MEASURE} for each in measures_of(stream.course, basis)]
    if rows:
        connection.execute(ADD_CLOCK, rows)


def rebuild(connection: Connection, bases: Bases, offsets: Mapping[str, int]) -> int:
    """Make every patient's rows anew, and return how many patients there are."""
    for table in (listing, clock, alias):
        connection.execute(delete(table))
    done, last = 0, ""
    while ids := _next_ids(connection, last):
        for each in ids:
            if connection.execute(select(alias.c.person).where(alias.c.person == each)).first() is None:
                stream = read_stream(connection, each)
                if stream:
                    project(connection, stream, bases, offsets)
        done, last = done + len(ids), ids[-1]
    return done


def _next_ids(connection: Connection, after: str) -> list[str]:
    query = select(person.c.id).where(person.c.id > after).order_by(person.c.id).limit(AT_ONCE)
    return list(connection.execute(query).scalars())


def _drop(connection: Connection, person_id: str) -> None:
    for statement in (*DROP, DROP_ALIASES):
        connection.execute(statement, {"of": person_id})


def _listing(
    stream: Stream, clocks: tuple[StepClock, ...], leaving: tuple[StepClock, ...], *, basis: Mapping[str, Basis]
) -> dict[str, Any]:
    course = stream.course
    coming = next_step(course, clocks, basis)
    return {
        "person": stream.person,
        **_who(course),
        **_where(course),
        **found_of(course, basis),
        "status": status_of(course, left=left_undecided(course, basis)),
        "listed": in_pathway(course, basis) and not course.blocked,
        "soonest": _soonest((*clocks, *leaving), coming),
        "next_what": coming.what if coming else None,
        "next_owner": coming.owner if coming else None,
        "next_about": coming.about if coming else None,
        "next_due": coming.due if coming else None,
    }


def _leaving(course: Course) -> tuple[StepClock, ...]:
    """Return the expected day of discharge as a clock: it is a date like the others, and one that passed is late."""
    if course.stay is None or not course.in_hospital or course.stay.expected is None or not course.in_pathway:
        return ()
    due = end_of(Due("discharge", on=course.stay.expected))
    return (StepClock(course.stay.id, LEAVING, str(read("next_step")["owners"][LEAVING]), due),)


def _soonest(clocks: tuple[StepClock, ...], coming: NextStep | None) -> datetime:
    """Return the first date that someone must keep, by which the lists are sorted."""
    waits = {each.step for each in clocks if each.state == "paused"}
    dates = [each.due for each in clocks if each.state == "open" and not each.expected]
    if coming and coming.what not in waits:
        dates.append(coming.due)
    return min((due for due in dates if due is not None), default=END_OF_TIME)


def status_of(course: Course, *, left: bool = False) -> str:
    """Return where a patient is in the course, in one word; `left` is of someone who went home undecided."""
    if course.died:
        return "died"
    if course.running:
        return "running"
    if any(plan.status == "paused" for plan in course.plans):
        return "paused"
    if course.in_hospital and course.stay:
        screening = screening_in(course, course.stay)
        return "screened" if screening and not screening.unjudged else "unscreened"
    if left:
        return LEFT
    return "discharged" if course.owes_epikrise else "closed"


def _who(course: Course) -> dict[str, Any]:
    return {
        "name": course.who.name,
        "born": course.who.born,
        "blocked": course.blocked,
        "protected": course.protected,
    }


def _where(course: Course) -> dict[str, Any]:
    stay = course.stay
    return {
        "hospital": stay.hospital if stay else None,
        "ward": stay.ward if stay else None,
        "room": stay.room if stay else None,
        "municipality": course.municipality,
        "shared": course.shared,
        "practice": course.practice,
        "admitted": stay.admitted if stay else None,
        "expected": stay.expected if stay else None,
        "ready": stay.ready if stay else None,
        "discharged": stay.discharged if stay else None,
    }


def _receipt(course: Course) -> tuple[StepClock, ...]:
    """Return the municipality's receipt, as a clock without a date: open once it is told, done once it has said so."""
    if course.stay is None or not (course.notified or course.received):
        return ()
    state: ClockState = "done" if course.received else "open"
    return (StepClock(course.stay.id, RECEIPT, "coordinating_unit", None, state, course.received),)


def _clock(person_id: str, each: StepClock) -> dict[str, Any]:
    return {
        "person": person_id,
        "course": each.course,
        "step": each.step,
        "owner": each.owner,
        "due": None if each.expected else each.due,
        "state": each.state,
        "done": each.done,
    }
