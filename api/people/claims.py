"""A token's claims as a user, in our words for role and units; a role that is not known is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.people.refused import ScopeMissing, TokenRefused
from api.people.user import ROLES, Role, Unit, User
from api.settings import Claims, Issuer, Organisation

LONGEST_ID, LONGEST_NAME, LONGEST_UNIT, MOST_UNITS = 200, 300, 200, 200
MOST_WORDS = 1_000
HPR_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a token beside its role; a system has no person, and so no level and no HPR number."""

    scopes: tuple[str, ...] = ()
    scope_roles: Mapping[str, Role] = field(default_factory=dict)
    level: str | None = None
    hpr_roles: tuple[Role, ...] = ()
    organisations: Mapping[str, Organisation] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a provider's claims are read; `hospital` is the one meant where a ward is named alone."""

    hospital: str
    names: Claims = field(default_factory=Claims)
    roles: Mapping[str, Role] = field(default_factory=dict)
    asked: Asked = field(default_factory=Asked)

    @classmethod
    def of(cls, issuer: Issuer, hospital: str) -> Reading:
        """Return how the settings say that an issuer's claims are read."""
        asked = Asked(
            issuer.required_scopes, issuer.scope_roles, issuer.security_level, issuer.hpr_roles, issuer.organisations
        )
        return cls(hospital, issuer.claims, issuer.role_names, asked)

    def user(self, claims: Mapping[str, Any]) -> User:
        """Return who the claims are about."""
        id, name = claims["sub"], _named(claims, self.names.name)
        if not id.isprintable() or len(id) > LONGEST_ID:
            raise TokenRefused("claims")
        works_at = self._organisation(claims)
        role = self._role(claims, works_at)
        self._check_person(claims, role)
        shown = name[:LONGEST_NAME] if isinstance(name, str) and name.isprintable() else None
        return User(id, role, frozenset(self._units(claims, works_at)), shown or None, self._hpr(claims, role))

    def check_scopes(self, claims: Mapping[str, Any]) -> None:
        """Raise `ScopeMissing` unless an access token has each scope that is asked for."""
        if not set(self.asked.scopes) <= _scopes(claims):
            raise ScopeMissing

    def _organisation(self, claims: Mapping[str, Any]) -> Organisation | None:
        """Return where the person works, by the narrowest number that we know; nobody else's people come in."""
        if not self.asked.organisations:
            return None
        numbers = filter(None, (_text(_named(claims, name)) for name in self.names.organisation))
        found = next((self.asked.organisations[each] for each in numbers if each in self.asked.organisations), None)
        if found is None:
            raise TokenRefused("organisation")
        return found

    def _role(self, claims: Mapping[str, Any], works_at: Organisation | None) -> Role:
        """Return the one role that is said; a list may hold other systems' roles too, but only one of ours.

        A person is never a system, whatever a claim says: of a system neither level nor HPR number is asked.
        """
        said = _named(claims, self.names.role)
        words = {word for word in (said if isinstance(said, list) else [said]) if isinstance(word, str)}
        ours: Mapping[str, Role] = self.roles or {role: role for role in ROLES}
        names = {**ours, **works_at.role_names} if works_at else ours
        said_roles = {names[word] for word in words if word in names}
        found = (said_roles if _is_clients_own(claims) else said_roles - {"system"}) or self._by_scope(claims)
        if len(found) != 1:
            raise TokenRefused("role")
        return found.pop()

    def _by_scope(self, claims: Mapping[str, Any]) -> set[Role]:
        """Return the roles that scopes give; none makes a person into a system, or a client into a person."""
        roles = {self.asked.scope_roles[scope] for scope in _scopes(claims) if scope in self.asked.scope_roles}
        return {role for role in roles if (role == "system") is _is_clients_own(claims)}

    def _check_person(self, claims: Mapping[str, Any], role: Role) -> None:
        """Ask how safely a person was known, and that who says to be health personnel is in the register."""
        if role == "system":
            return
        if self.asked.level is not None and _text(_named(claims, self.names.security_level)) != self.asked.level:
            raise TokenRefused("level")
        if role in self.asked.hpr_roles and self._hpr(claims, role) is None:
            raise TokenRefused("hpr_number")

    def _hpr(self, claims: Mapping[str, Any], role: Role) -> str | None:
        """Return the number in the register of health personnel; a system has none."""
        number = _text(_named(claims, self.names.hpr_number)) or ""
        return number if role != "system" and HPR_NUMBER.fullmatch(number) else None

    def _units(self, claims: Mapping[str, Any], works_at: Organisation | None) -> Iterable[Unit]:
        """Return the units that are said, and of whoever works at an organisation of ours that one's and no other's.

        What names none gives access to none.
        """
        said = works_at.units if works_at else _named(claims, self.names.units)
        words: Iterable[object] = said.split() if isinstance(said, str) else said
        for word in list(words)[:MOST_UNITS] if isinstance(words, list | tuple) else ():
            unit = Unit.parse(word) if isinstance(word, str) and word.isprintable() else None
            if unit and len(unit.id) <= LONGEST_UNIT:
                yield self._whole(unit)

    def _whole(self, unit: Unit) -> Unit:
        return Unit("ward", f"{self.hospital}/{unit.id}") if unit.kind == "ward" and "/" not in unit.id else unit


def _is_clients_own(claims: Mapping[str, Any]) -> bool:
    """Return whether a token is a client's, given on its own behalf: its subject is the client (RFC 9068)."""
    return bool(claims["sub"] == claims.get("client_id"))


def _named(claims: Mapping[str, Any], name: str) -> Any:
    """Return a claim by its name, else by its path (`realm_access.roles`), which takes each of a list on the way."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        if isinstance(found, list):
            found = [each.get(part) for each in found[:MOST_WORDS] if isinstance(each, Mapping)]
        else:
            found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _scopes(claims: Mapping[str, Any]) -> set[str]:
    """Return the scopes of a token, which are one text or a list."""
    said = claims.get("scope")
    words = said.split(" ") if isinstance(said, str) else said if isinstance(said, list) else []
    return {word for word in words if isinstance(word, str) and word}


def _text(said: Any) -> str | None:
    """Return a claim that is a text or a whole number, also where it is the one of a list."""
    one = said[0] if isinstance(said, list) and len(said) == 1 else said
    return str(one) if isinstance(one, str | int) and not isinstance(one, bool) else None
