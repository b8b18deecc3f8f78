"""Where national messages go: the names and HER-ids of houses and their units, as the operator has listed them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self
from zlib import crc32

from api.settings import MessageParty, Settings


@dataclass(frozen=True, slots=True)
class Address:
    """A house or a ward in the address register, and the part of it that takes messages, where there is one."""

    name: str
    her_id: str
    sub_unit: str | None = None
    sub_unit_her_id: str | None = None

    @property
    def her_ids(self) -> tuple[str, ...]:
        """Return its own HER-id and that of its part, as far as there are any."""
        return tuple(filter(None, (self.her_id, self.sub_unit_her_id)))


@dataclass(frozen=True, slots=True)
class Addresses:
    """Every address that is known; in a demo, whose messages nobody sends, the others are `made_up`."""

    listed: Mapping[str, Address] = field(default_factory=dict)
    hospital_names: Mapping[str, str] = field(default_factory=dict)
    made_up: bool = False

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the addresses that the settings list."""
        return cls(_by_unit(settings.messages.parties), settings.hospital_names, settings.demo)

    def at(self, unit: str, name: str | None) -> Address | None:
        """Return the address of a unit, or None where nobody has listed it."""
        found = self.listed.get(unit)
        return found or (Address(name, _made_up(unit)) if self.made_up and name else None)

    def of_practice(self, called: str) -> Address | None:
        """Return the address of a practice by its id or its name, which is all that a case may say of it."""
        wanted = called.casefold()
        mine = (each for unit, each in self.listed.items() if unit.startswith("practice:"))
        found = next((each for each in mine if each.name.casefold() == wanted), None)
        return found or self.at(f"practice:{called}", called)


def _by_unit(parties: Iterable[MessageParty]) -> Mapping[str, Address]:
    return {each.unit: Address(each.name, each.her_id, each.sub_unit, each.sub_unit_her_id) for each in parties}


def _made_up(unit: str) -> str:
    """Return a HER-id that is longer than those in use, so that nobody takes it for one."""
    return f"99{crc32(unit.encode()) % 1_000_000:06d}"
