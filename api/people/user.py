"""A signed-in person or system: role and units, as the sign-in provider says them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

Role = Literal[
    "nurse",
    "doctor",
    "geriatric_team",
    "coordinator",
    "municipal_nurse",
    "gp",
    "reader",
    "analyst",
    "administrator",
    "system",
]
"""`system` is the hospital's record itself, which sends cases and stays; the others are people."""

ROLES: tuple[Role, ...] = get_args(Role)
UnitKind = Literal["hospital", "ward", "municipality", "practice"]


@dataclass(frozen=True, slots=True, order=True)
class Unit:
    """A hospital, a ward of one (`STO/GER2`), a municipality by its number, or a GP's practice."""

    kind: UnitKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Unit | None:
        """Return the unit that a claim names, or None if it names none."""
        kind, _, id = text.partition(":")
        return cls(kind, id) if kind in get_args(UnitKind) and id else None  # type: ignore[arg-type] # just looked up


@dataclass(frozen=True, slots=True)
class User:
    """Who asks; `units` are those the person works for, and `id` is the provider's name for the person.

    `hpr` is the number in the register of health personnel, where the provider says it.
    """

    id: str
    role: Role
    units: frozenset[Unit] = frozenset()
    name: str | None = None
    hpr: str | None = field(default=None, repr=False, compare=False)

    def of(self, kind: UnitKind) -> frozenset[str]:
        """Return the ids of the user's units of one kind."""
        return frozenset(unit.id for unit in self.units if unit.kind == kind)

    @property
    def organisations(self) -> frozenset[Unit]:
        """Return the hospitals, municipalities and practices that the user works for."""
        return frozenset(found for unit in self.units if (found := organisation(str(unit))))


def organisation(unit: str | None) -> Unit | None:
    """Return what a unit is part of: a ward's hospital, else itself; None where nobody has said the unit."""
    found = Unit.parse(unit or "")
    return Unit("hospital", found.id.partition("/")[0]) if found and found.kind == "ward" else found
