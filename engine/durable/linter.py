"""What durable_rules gets wrong, refused when the rules are loaded rather than found at a bedside."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.conditions import And, Compare, Condition, CountOf, Has, Is, Or, parts, walk
from engine.durable.flat import writable
from engine.durable.network import ALWAYS, check_size
from engine.durable.rails import Compiler, high, low, member, settled
from engine.errors import RuleSetError
from engine.items import NUMBERS, Item
from engine.rules import RuleSet

PLAIN = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
# fmt: off
RESERVED = (
    "id", "sid", "m", "name", "all", "any", "none", "count", "cap", "pri", "dist", "run", "to", "label", "chart",
    "chart_context", "$m", "$s", "$i", "$l", "$r", "$lt", "$lte", "$gt", "$gte", "$eq", "$neq", "$ex", "$nex", "$mt",
    "$imt", "$iall", "$iany", "$and", "$or", "$not", "$all", "$any", "$add", "$sub", "$mul", "$div", "$forward",
    "$time", "$pulse", "$timerName", "$baseTime", ALWAYS,
)
# fmt: on
FNV_BASIS, FNV_PRIME = 0x811C9DC5, 16777619


def lint(ruleset: RuleSet) -> None:
    """Raise `RuleSetError` for the first thing in a rule set that durable_rules would get wrong."""
    for clause in ruleset.clauses:
        for condition in walk(clause.when):
            _check(ruleset, clause.id, condition)
    _check_names(ruleset)
    compiler = Compiler(ruleset)
    for clause in ruleset.clauses:
        check_size(compiler.pair(clause))


def name_hash(name: str) -> int:
    """Return the hash by which the extension knows a name (FNV-1a, 32 bits): it never compares the names themselves."""
    found = FNV_BASIS
    for byte in name.encode():
        found = (found ^ byte) * FNV_PRIME & 0xFFFFFFFF
    return found


def _check(ruleset: RuleSet, place: str, condition: Condition) -> None:
    match condition:
        case Compare(item, _, limit):
            if ruleset.items[item].kind not in NUMBERS:
                reason = f"it is a {ruleset.items[item].kind}, and only numbers are ordered"
                raise _refused(f"{place}: {item}", reason, "Compare a count or a score; ask a choice with .is_(code).")
            _check_limit(ruleset, place, limit.name)
        case CountOf(limit, _):
            _check_limit(ruleset, place, limit.name)
        case Is(item, answer):
            if not _answers(ruleset.items[item], answer):
                raise _refused(f"{place}: {item}", f"it has no answer {answer!r}", "Choose one of its answers.")
        case Has(item, code):
            if ruleset.items[item].kind != "set" or code not in ruleset.items[item].codes:
                raise _refused(f"{place}: {item}", f"it has no member {code!r}", "Choose one of its members.")
    if isinstance(condition, And | Or | CountOf) and not parts(condition):
        raise _refused(place, "a group has nothing in it", "Write its conditions or drop it.")


def _check_limit(ruleset: RuleSet, place: str, name: str) -> None:
    if not writable(ruleset.limits[name]):
        reason = "durable_rules reads only finite numbers that are written without an exponent"
        raise _refused(f"{place}: the limit {name}", reason, "Give it a plain number.")


def _answers(item: Item, answer: str | bool) -> bool:
    return isinstance(answer, bool) if item.kind == "yes_no" else item.kind == "choice" and answer in item.codes


def _check_names(ruleset: RuleSet) -> None:
    taken = {name_hash(word): (word, "durable_rules itself") for word in RESERVED}
    for attribute, origin in _attributes(ruleset):
        if not PLAIN.fullmatch(attribute):
            reason = f"durable_rules takes signs such as a dot in {attribute} for its own"
            raise _refused(origin, reason, "Write a-z, 0-9 and _, a letter first.")
        other = taken.setdefault(name_hash(attribute), (attribute, origin))
        if other != (attribute, origin):
            reason = (
                f"durable_rules cannot tell {attribute} from {other[0]} of {other[1]} (the same name or 32-bit hash)"
            )
            raise _refused(origin, reason, "Call it something else.")


def _attributes(ruleset: RuleSet) -> Iterator[tuple[str, str]]:
    """Yield each attribute that a fact may hold, with what it comes from."""
    compiler = Compiler(ruleset)
    for clause in ruleset.clauses:
        yield settled(clause.id), f"rule {clause.id}"
        compiler.pair(clause)
        for condition in walk(clause.when):
            match condition:
                case Compare(item=item):
                    yield from ((low(item), f"item {item}"), (high(item), f"item {item}"))
                case Is(item=item):
                    yield item, f"item {item}"
                case Has(item, code):
                    yield member(item, code), f"item {item}"
    for count in compiler.counts.values():
        yield from ((low(count.name), "a count"), (high(count.name), "a count"))


def _refused(place: str, reason: str, remedy: str) -> RuleSetError:
    return RuleSetError(f"{place}: {reason}. {remedy}")
