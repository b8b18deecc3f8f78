"""A condition in words, read from the rule itself, so that what is shown can never differ from what is decided.

Every word is a text: `words.*` joins, `phrase.<item>` is compared, `yes.<id>` and `no.<id>` are whole statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.conditions import And, Compare, Condition, CountOf, Has, Holds, Is, Limit, Not, Or, Suggested
from engine.errors import RuleSetError
from engine.rules import Rule, RuleSet
from engine.texts import Texts


def in_words(condition: Condition, ruleset: RuleSet, texts: Texts) -> str:
    """Return a condition as a sentence without capital and full stop, with the limits in force."""
    return _Writer(ruleset, texts).written(condition)


def limit_in_words(name: str, ruleset: RuleSet, texts: Texts) -> str:
    """Return a limit in force as it is shown, `threshold.<name>` with its number."""
    return texts(f"threshold.{name}", limit=_number(ruleset, name, texts))


def number(value: float, texts: Texts) -> str:
    """Write a number with the language's decimal mark."""
    return f"{value:g}".replace(".", texts("words.decimal"))


@dataclass(frozen=True, slots=True)
class _Writer:
    ruleset: RuleSet
    texts: Texts

    def written(self, condition: Condition) -> str:
        match condition:
            case And(parts):
                return self._joined("and", parts, [self._part(part) for part in parts])
            case Or(parts):
                return self._joined("or", parts, [self._part(group) for group in _by_item(parts)])
            case CountOf(limit, parts):
                return self._count("count_of", limit, parts)
            case Not(inner):
                return self._denied(inner)
            case _:
                return self._leaf(condition, holds=True)

    def _denied(self, condition: Condition) -> str:
        match condition:
            case Or(parts) if members := _members(parts):
                return self._nothing_but(members)
            case CountOf(limit, parts):
                return self._count("count_of_not", limit, parts)
            case And() | Or():
                return self.texts("words.not", words=self._part(condition))
            case _:
                return self._leaf(condition, holds=False)

    def _leaf(self, condition: Condition, *, holds: bool) -> str:
        match condition:
            case Compare(item, operator, limit):
                return self._compared(item, operator, limit, holds=holds)
            case Is(item, bool(answer)):
                return self.texts(f"{'yes' if answer is holds else 'no'}.{item}")
            case Is(item, answer):
                return self._said("is", item, holds=holds, answer=self.texts(f"answer.{item}.{answer}"))
            case Has(item, member):
                return self._said("has", item, holds=holds, answer=self.texts(f"answer.{item}.{member}"))
            case Holds(id):
                return self._held(id, holds=holds)
            case Suggested(target):
                title = self.texts(target.replace(":", "."))
                return self.texts("words.suggested" if holds else "words.suggested_not", title=title)
        raise RuleSetError(f"{type(condition).__name__} has no words. Write them in engine/words.py.")

    def _compared(self, item: str, operator: str, limit: Limit, *, holds: bool) -> str:
        number = _number(self.ruleset, limit.name, self.texts)
        if operator == "==":
            said = self._said("exactly", item, limit=number)
            return said if holds else self.texts("words.not", words=said)
        return self._said("at_least" if (operator == ">=") is holds else "under", item, limit=number)

    def _said(self, key: str, item: str, *, holds: bool = True, **values: object) -> str:
        return self.texts(f"words.{key}" if holds else f"words.{key}_not", item=self.texts(f"phrase.{item}"), **values)

    def _held(self, clause: str, *, holds: bool) -> str:
        own = f"{'yes' if holds else 'no'}.{clause}"
        if own in self.texts:
            return self.texts(own)
        kind = "rule" if isinstance(self.ruleset.by_id[clause], Rule) else "definition"
        return self.texts("words.holds" if holds else "words.holds_not", title=self.texts(f"{kind}.{clause}"))

    def _count(self, key: str, limit: Limit, parts: Sequence[Condition]) -> str:
        words = "; ".join(map(self._part, parts))
        return self.texts(f"words.{key}", limit=_number(self.ruleset, limit.name, self.texts), words=words)

    def _part(self, condition: Condition | tuple[Condition, ...]) -> str:
        if isinstance(condition, tuple):
            return self._alternatives(condition)
        if isinstance(condition, Or) and len(groups := _by_item(condition.conditions)) == 1:
            return self._part(groups[0])
        words = self.written(condition)
        return self.texts("words.in_brackets", words=words) if isinstance(condition, And | Or) else words

    def _alternatives(self, same_item: tuple[Condition, ...]) -> str:
        """Return several answers to one item as one statement: "X is a or b"."""
        members = _members(same_item)
        item = members[0].item if members else ""
        if members and len(members) == len(self.ruleset.items[item].codes):
            return self._said("has_some", item)
        answers = [self.texts(f"answer.{p.item}.{_answer(p)}") for p in same_item if isinstance(p, Is | Has)]
        first = same_item[0]
        named = first.item if isinstance(first, Is | Has) else item
        return self._said("has" if members else "is", named, answer=self._listed("or", answers))

    def _nothing_but(self, members: Sequence[Has]) -> str:
        item, denied = members[0].item, {member.member for member in members}
        allowed = [code for code in self.ruleset.items[item].codes if code not in denied]
        if not allowed:
            return self._said("has_none", item)
        answers = [self.texts(f"answer.{item}.{code}") for code in allowed]
        return self._said("nothing_but", item, answer=self._listed("or", answers))

    def _joined(self, key: str, parts: Iterable[Condition], words: Sequence[str]) -> str:
        once = list(dict.fromkeys(reversed(words)))[::-1]
        if any(isinstance(part, And | Or | CountOf) for part in parts):
            return f", {self.texts(f'words.{key}')} ".join(once)
        return self._listed(key, once)

    def _listed(self, key: str, words: Sequence[str]) -> str:
        *first, last = words
        return f"{', '.join(first)} {self.texts(f'words.{key}')} {last}" if first else last


def _by_item(parts: Sequence[Condition]) -> list[Condition | tuple[Condition, ...]]:
    """Return alternatives with several answers to the same item gathered, in the order they are first written."""
    groups: dict[object, list[Condition]] = {}
    for part in parts:
        several = isinstance(part, Has) or (isinstance(part, Is) and not isinstance(part.answer, bool))
        groups.setdefault((type(part), part.item) if several and isinstance(part, Is | Has) else part, []).append(part)
    return [tuple(group) if len(group) > 1 else group[0] for group in groups.values()]


def _members(parts: Sequence[Condition]) -> list[Has]:
    """Return the parts when all of them ask the same set for a member, else none."""
    members = [part for part in parts if isinstance(part, Has)]
    return members if len(members) == len(parts) and len({member.item for member in members}) == 1 else []


def _answer(part: Is | Has) -> str:
    return part.member if isinstance(part, Has) else str(part.answer)


def _number(ruleset: RuleSet, limit: str, texts: Texts) -> str:
    return number(ruleset.limits[limit], texts)
