"""What is known about a person, as the rules see it: answers, intervals, and the facts that carry them.

Unknown is never written down: what is not in a world's values is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

# A fact's place: the item, and within a list or a set which entry (None: the answer as a whole).
FactKey: TypeAlias = tuple[str, str | int | None]
Facts: TypeAlias = Mapping[FactKey, object]

WHOLE_LIST = -1
"""The entry that says "and the list is complete", so that an empty list can be a reason too."""


@dataclass(frozen=True, slots=True)
class SetAnswer:
    """An answer to an item with several choices: what is certainly in it and what certainly is not."""

    yes: frozenset[str]
    no: frozenset[str]


@dataclass(frozen=True, slots=True)
class Interval:
    """A number known to lie in [low, high]; `high` None is open upwards.

    `low_facts` carry the lower end and `high_facts` the upper, `missing` are the answers that could narrow it, and
    `provisional` those that would replace it even where it is a single number.
    """

    low: float
    high: float | None
    low_facts: Facts = field(default_factory=dict)
    high_facts: Facts = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    provisional: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """Return whether the number is known."""
        return self.low == self.high

    @classmethod
    def answer(cls, item: str, value: float) -> Interval:
        """Return the interval of a number somebody answered."""
        fact: Facts = {(item, None): value}
        return cls(value, value, fact, fact)


Value: TypeAlias = bool | str | Interval | SetAnswer


def because(facts: Facts) -> dict[str, object]:
    """Return facts as `{item: value}` as a case writes them: list entries as a list, a partial set as an object."""
    found: dict[str, object] = {}
    for (item, entry), value in sorted(facts.items(), key=_by_entry):
        if entry is None:
            found[item] = value
        elif isinstance(entry, int):
            entries = found.setdefault(item, [])
            if entry != WHOLE_LIST and isinstance(entries, list):
                entries.append(value)
        else:
            members = found.setdefault(item, {})
            if isinstance(members, dict):
                members[entry] = value
    return found


def joined(many: Sequence[Facts]) -> Facts:
    """Return all facts of several reasons as one."""
    if len(many) == 1:
        return many[0]
    found: dict[FactKey, object] = {}
    for facts in many:
        found.update(facts)
    return found


def _by_entry(fact: tuple[FactKey, object]) -> tuple[str, int, str]:
    item, entry = fact[0]
    return (item, entry, "") if isinstance(entry, int) else (item, 0, entry or "")
