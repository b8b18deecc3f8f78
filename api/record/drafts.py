"""Unfinished forms, each its writer's own: the end of a session, or another's change of the record, loses nothing.

Colleagues see that a form is begun, and by whom; what stands in it they see once they have taken it over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from api.people.user import Unit, User
from api.record.courses import Changed, visible
from api.record.record import by
from api.storage.tables import draft
from api.storage.writer import Change

MINE = (draft.c.by == bindparam("who"), draft.c.person == bindparam("of"), draft.c.form == bindparam("called"))
FIND, ADD, DROP = select(draft).where(*MINE), insert(draft), delete(draft).where(*MINE)
SAVE = update(draft).where(*MINE).values(version=bindparam("next"), body=bindparam("text"), at=bindparam("moment"))
OTHERS = select(draft).where(
    draft.c.by != bindparam("who"), draft.c.person == bindparam("of"), draft.c.form == bindparam("called")
)
TAKE = update(draft).where(*MINE)
BEGUN = (
    select(draft.c.by, draft.c.person, draft.c.form, draft.c.at, draft.c.name, draft.c.role, draft.c.units)
    .where(draft.c.person.in_(bindparam("of", expanding=True)), draft.c.form.in_(bindparam("called", expanding=True)))
    .order_by(draft.c.at)
)


@dataclass(frozen=True, slots=True)
class Place:
    """Which draft: whose record it is about, and the form."""

    person: str
    form: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it was saved last."""

    version: int
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Begun:
    """A form that someone began: whose it is, and when it was saved last."""

    place: Place
    by: str
    name: str | None
    role: str
    at: datetime


def begun(connection: Connection, user: User, persons: Iterable[str], forms: Iterable[str]) -> Mapping[str, Begun]:
    """Return the newest draft of a colleague or of one's own, by patient; the patients are some that the user sees."""
    named = {"of": list(persons), "called": list(forms)}
    rows = connection.execute(BEGUN, named) if named["of"] else ()
    return {
        row.person: Begun(Place(row.person, row.form), row.by, row.name, row.role, row.at)
        for row in rows
        if row.by == user.id or _colleague(user, row.units)
    }


def beside(connection: Connection, user: User, place: Place) -> tuple[Begun, Draft] | None:
    """Return the newest draft that a colleague has of the same form, of a patient whom the user sees."""
    rows = connection.execute(OTHERS.order_by(draft.c.at.desc()), _key(user, place))
    found = next((row for row in rows if _colleague(user, row.units)), None)
    if found is None:
        return None
    return Begun(place, found.by, found.name, found.role, found.at), Draft(found.version, found.body, found.at)


def take_draft(user: User, place: Place, whose: str, change: Change) -> None:
    """Make a colleague's draft one's own; raise `Changed` where it is gone, or where one has a draft oneself."""
    here = Place(visible(change.connection, user, place.person, now=change.now), place.form)
    mine = _found(change.connection, user, here)
    found = begun(change.connection, user, [here.person], [here.form]).get(here.person)
    if mine or found is None or found.by != whose:
        raise Changed(mine.version if mine else 0)
    theirs = {"who": whose, "of": here.person, "called": here.form}
    change.connection.execute(TAKE.values(**_writer(user)), theirs)
    change.saw(here.person, "draft_taken", by(user))


def read_draft(connection: Connection, user: User, place: Place, *, now: datetime) -> Draft | None:
    """Return the user's own draft, if there is one; the patient must be one that the user may see."""
    person = visible(connection, user, place.person, now=now)
    return _found(connection, user, Place(person, place.form))


def save_draft(user: User, place: Place, text: str, *, change: Change, expected: int | None) -> Draft:
    """Save a draft from the version it was made from, None for the first; raise `Changed` where it has moved on."""
    here = Place(visible(change.connection, user, place.person, now=change.now), place.form)
    held = _found(change.connection, user, here)
    now_at = held.version if held else 0
    if now_at != (expected or 0):
        raise Changed(now_at)
    saved = Draft(now_at + 1, text, change.now)
    if held:
        change.connection.execute(SAVE, _key(user, here) | {"next": saved.version, "text": text, "moment": saved.at})
    else:
        row = {"person": here.person, "form": here.form, **_writer(user)}
        change.connection.execute(ADD, row | {"version": saved.version, "body": text, "at": saved.at})
    change.saw(here.person, "draft_saved", by(user))
    return saved


def drop_draft(user: User, place: Place, change: Change) -> None:
    """Drop the user's draft, if there is one."""
    here = Place(visible(change.connection, user, place.person, now=change.now), place.form)
    change.connection.execute(DROP, _key(user, here))
    change.saw(here.person, "draft_dropped", by(user))


def _found(connection: Connection, user: User, place: Place) -> Draft | None:
    row = connection.execute(FIND, _key(user, place)).one_or_none()
    return Draft(row.version, row.body, row.at) if row else None


def _writer(user: User) -> dict[str, str | None]:
    return {"by": user.id, "name": user.name, "role": user.role, "units": "\n".join(sorted(map(str, user.units)))}


def _colleague(user: User, units: str | None) -> bool:
    """Return whether someone works in the same house; a draft from before houses were kept is its writer's alone."""
    theirs = (Unit.parse(each) for each in (units or "").splitlines())
    return bool({_house(each) for each in theirs if each} & {_house(each) for each in user.units})


def _house(unit: Unit) -> tuple[str, str]:
    """Return the hospital that a ward is of; any other unit is a house itself."""
    return ("hospital", unit.id.partition("/")[0]) if unit.kind == "ward" else (unit.kind, unit.id)


def _key(user: User, place: Place) -> dict[str, str]:
    return {"who": user.id, "of": place.person, "called": place.form}
