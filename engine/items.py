"""Items: the facts a person can be asked for, each defined once for the form, the API, FHIR and the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from engine.conditions import Compare, Condition, Has, Is, Limit, Operator
from engine.errors import RuleSetError

Kind = Literal["yes_no", "choice", "count", "set", "text", "list", "score"]
NUMBERS = ("count", "score")


@dataclass(frozen=True)
class Item:
    """A fact by its public id; `codes` are the answers of a choice or the members of a set.

    `low` and `high` bound a count, both included. `guard` is a condition that every comparison on it takes along.
    A `judgement` is made by whoever signs: never confirmed among others, never taken over from last time. What is
    `anew` holds for the day or the stay it was told in: never taken over either. No rule reads the two, so the digest
    leaves them out.
    """

    id: str
    kind: Kind
    codes: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    unit: str | None = None
    group: str | None = None
    coding: Mapping[str, str] | None = None
    guard: Condition | None = None
    judgement: bool = field(default=False, repr=False)
    anew: bool = field(default=False, repr=False)

    @property
    def carries(self) -> bool:
        """Return whether an answer from an earlier time can be taken over."""
        return not (self.judgement or self.anew)

    def at_least(self, limit: Limit) -> Condition:
        """Return the condition that the number is at or over the limit."""
        return self._compare(">=", limit)

    def below(self, limit: Limit) -> Condition:
        """Return the condition that the number is under the limit."""
        return self._compare("<", limit)

    def equals(self, limit: Limit) -> Condition:
        """Return the condition that the number is the limit."""
        return self._compare("==", limit)

    def is_yes(self) -> Condition:
        """Return the condition that the answer is yes."""
        return self._guarded(Is(self._of("yes_no", "is_yes").id, True))

    def is_no(self) -> Condition:
        """Return the condition that somebody answered no."""
        return self._guarded(Is(self._of("yes_no", "is_no").id, False))

    def is_(self, code: str) -> Condition:
        """Return the condition that the choice is `code`."""
        return self._guarded(Is(self._of("choice", "is_").id, self._known(code)))

    def is_any(self, *codes: str) -> Condition:
        """Return the condition that the choice is one of `codes`."""
        first, *others = [self.is_(code) for code in codes]
        for other in others:
            first = first | other
        return first

    def has(self, code: str) -> Condition:
        """Return the condition that the set holds `code`."""
        return self._guarded(Has(self._of("set", "has").id, self._known(code)))

    def has_any(self, *codes: str) -> Condition:
        """Return the condition that the set holds one of `codes`; with none named, that it is not empty."""
        first, *others = [self.has(code) for code in codes or self.codes]
        for other in others:
            first = first | other
        return first

    def has_nothing_but(self, *codes: str) -> Condition:
        """Return the condition that the set holds none but `codes`, or is empty."""
        return ~self.has_any(*(code for code in self.codes if code not in map(self._known, codes)))

    def guarded_by(self, guard: Condition) -> Item:
        """Return the item with a condition that every comparison on it takes along."""
        return replace(self, guard=guard)

    def _compare(self, operator: Operator, limit: Limit) -> Condition:
        if self.kind not in NUMBERS:
            raise RuleSetError(f"{self.id} is a {self.kind}, not a number. Write {_instead(self)}.")
        return self._guarded(Compare(self.id, operator, limit))

    def _of(self, kind: Kind, method: str) -> Item:
        if self.kind != kind:
            raise RuleSetError(f"{self.id} is a {self.kind}, so it has no {method}. Write {_instead(self)}.")
        return self

    def _known(self, code: str) -> str:
        if code not in self.codes:
            raise RuleSetError(f"{self.id} has no answer {code!r}. Choose one of {', '.join(self.codes)}.")
        return code

    def _guarded(self, condition: Condition) -> Condition:
        return condition if self.guard is None else condition & self.guard


def read_items(table: list[dict[str, Any]]) -> dict[str, Item]:
    """Return the items of an `items.toml`, in its order, which is the order in which they are asked."""
    items = [Item(**{**row, "codes": tuple(row.get("codes", ()))}) for row in table]
    if len({item.id for item in items}) < len(items):
        raise RuleSetError("items.toml: an id stands twice. Keep one.")
    return {item.id: item for item in items}


def _instead(item: Item) -> str:
    ways = {
        "yes_no": ".is_yes() or .is_no()",
        "choice": ".is_(code)",
        "set": ".has(code) or .has_nothing_but(code)",
        "count": ".at_least(LIMIT)",
        "score": ".at_least(LIMIT)",
    }
    return ways.get(item.kind, "a rule over another item: texts and lists are not compared")
