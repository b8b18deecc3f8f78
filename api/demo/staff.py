"""Who records what in the demo's past: the people who can be signed in as, and a few colleagues of theirs."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from api.people.demo_issuer import Person, people
from api.people.user import Role, User

COLLEAGUES = Path(__file__).parent / "data" / "colleagues.toml"


def user_of(person: Person) -> User:
    """Return someone of the demo as the sign-in names one."""
    return User(f"demo-{person.id}", person.role, frozenset(person.places), person.name)


def epj() -> User:
    """Return the hospital's record."""
    return user_of(people()["epj"])


def team() -> User:
    """Return the geriatrician of the team."""
    return _first("geriatric_team", "hospital:demo")


def on_ward(role: Role, ward: str) -> User:
    """Return the nurse or doctor of a ward."""
    return _first(role, f"ward:demo/{ward}")


def in_municipality(role: Role, municipality: str) -> User:
    """Return the coordinator or nurse of a municipality."""
    return _first(role, f"municipality:{municipality}")


def gp_of(practice: str | None) -> User:
    """Return the doctor of a practice; of one that nobody signs in to, a colleague."""
    return _first("gp", f"practice:{practice or 'Fjellsiden'}")


def _first(role: Role, unit: str) -> User:
    return next(user for user in everyone() if user.role == role and unit in {str(each) for each in user.units})


@cache
def everyone() -> tuple[User, ...]:
    """Return all who work in the demo."""
    rows = tomllib.loads(COLLEAGUES.read_text("utf-8"))["people"]
    colleagues: Mapping[str, Person] = {
        row["id"]: Person(row["id"], row["name"], row["role"], tuple(row["units"])) for row in rows
    }
    return tuple(map(user_of, (*people().values(), *colleagues.values())))
