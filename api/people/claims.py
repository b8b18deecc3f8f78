"""A token's claims as a user, in our words for role and units; a role that is not known is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.people.refused import TokenRefused
from api.people.user import ROLES, Role, Unit, User
from api.settings import Claims

LONGEST_ID, LONGEST_NAME, LONGEST_UNIT, MOST_UNITS = 200, 300, 200, 200


@dataclass(frozen=True, slots=True)
class Reading:
    """How a provider's claims are read; `hospital` is the one meant where a ward is named alone."""

    hospital: str
    names: Claims = field(default_factory=Claims)
    roles: Mapping[str, Role] = field(default_factory=dict)

    def user(self, claims: Mapping[str, Any]) -> User:
        """Return who the claims are about."""
        id, name = claims["sub"], _named(claims, self.names.name)
        if not id.isprintable() or len(id) > LONGEST_ID:
            raise TokenRefused("claims")
        shown = name[:LONGEST_NAME] if isinstance(name, str) and name.isprintable() else None
        return User(id, self._role(claims), frozenset(self._units(claims)), shown or None)

    def _role(self, claims: Mapping[str, Any]) -> Role:
        """Return the one role that is said; a list may hold other systems' roles too, but only one of ours."""
        said = _named(claims, self.names.role)
        words = said if isinstance(said, list) else [said]
        ours: Mapping[str, Role] = self.roles or {role: role for role in ROLES}
        found = {ours[word] for word in words if isinstance(word, str) and word in ours}
        if len(found) != 1:
            raise TokenRefused("role")
        return found.pop()

    def _units(self, claims: Mapping[str, Any]) -> Iterable[Unit]:
        """Return the units that are said; what names none gives access to none."""
        said = _named(claims, self.names.units)
        words = said.split() if isinstance(said, str) else said if isinstance(said, list) else []
        for word in words[:MOST_UNITS]:
            unit = Unit.parse(word) if isinstance(word, str) and word.isprintable() else None
            if unit and len(unit.id) <= LONGEST_UNIT:
                yield self._whole(unit)

    def _whole(self, unit: Unit) -> Unit:
        return Unit("ward", f"{self.hospital}/{unit.id}") if unit.kind == "ward" and "/" not in unit.id else unit


def _named(claims: Mapping[str, Any], name: str) -> Any:
    """Return a claim by its name, else by its path (`realm_access.roles`)."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
