"""The second engine: the same clauses settled by durable_rules, in the narrow subset where it was measured right.

This is the only module that imports the extension; docs/decisions/0002-two-engines.md says why there are two engines.
Begin reading in `rails.py` (what a clause becomes), then here (how it is run), then `linter.py` (what is refused).
"""

from __future__ import annotations

import os
import threading
from types import ModuleType
from weakref import WeakSet

from engine.conditions import Compare, Has, Is, walk
from engine.durable.flat import flat
from engine.durable.linter import lint
from engine.durable.network import ALWAYS, Part, split
from engine.durable.rails import Compiler, Count, Fact, settled
from engine.errors import MachineLacks, RuleSetError
from engine.evaluation import Truth, World
from engine.rules import Clause, RuleSet

__all__ = ["DurableEngine", "lint"]

Opinion = Truth | str
ERROR = "error"
RUNS = 2
"""A run that went wrong is tried once more, in a new rule set."""
MOST_BUILT = 50
"""The extension gives little of a discarded rule set's memory back, so that after so many it stays in error."""

TOOLS = "apt install gcc libc6-dev python3-dev"
INSTALL = "pip install durable-rules==2.0.28"
_RETRACTED = '{"sid":"0","id":"p"}'


class DurableEngine:
    """The clauses of a rule set in durable_rules; it may be shared by threads, which take turns."""

    def __init__(self, ruleset: RuleSet, extension: ModuleType | None = None) -> None:
        lint(ruleset)
        self._ruleset = ruleset
        self._items = [ruleset.items[item] for item in _items(ruleset)]
        compiler, extension = Compiler(ruleset), extension or _extension()
        self._strata = [_Stratum(stratum, compiler, extension) for stratum in ruleset.strata]
        self._lock = threading.Lock()
        _ENGINES.add(self)

    def truths(self, world: World) -> dict[str, Opinion]:
        """Return each clause's truth in a world by durable_rules, or `error` where it could not say."""
        if world.ruleset is not self._ruleset:
            raise RuleSetError("This engine was built for another rule set. Build one for each rule set in force.")
        found: dict[str, Opinion] = {}
        try:
            fact = flat(world.values, self._items)
        except ValueError:
            return dict.fromkeys(self._ruleset.by_id, ERROR)
        with self._lock:
            for stratum in self._strata:
                now = stratum.truths(fact)
                found |= now
                fact |= {settled(id): int(held) for id, held in now.items() if held is True or held is False}
        return found

    def after_fork(self) -> None:
        """Begin anew in a forked process, where the thread that held the lock does not exist."""
        self._lock = threading.Lock()


class _Stratum:
    """Clauses that wait only for earlier strata: the counts they need, and the rule sets they run in."""

    def __init__(self, clauses: tuple[Clause, ...], compiler: Compiler, extension: ModuleType) -> None:
        earlier = len(compiler.counts)
        parts = split([compiler.pair(clause) for clause in clauses])
        self._counts: list[Count] = list(compiler.counts.values())[earlier:]
        self._runs = [_Run(part, extension) for part in parts]

    def truths(self, fact: dict[str, float]) -> dict[str, Opinion]:
        """Return the truths of the stratum's clauses, and write its counts into the fact."""
        for count in self._counts:
            fact |= count.within(fact)
        return {id: held for run in self._runs for id, held in run.truths(fact).items()}


class _Run:
    """One durable rule set with one session that is never deleted and holds at most one fact."""

    def __init__(self, part: Part, extension: ModuleType) -> None:
        self._part, self._extension = part, extension
        self._rails = [(pair.id, f"{pair.id}+", f"{pair.id}-") for pair in part.pairs]
        self._names = [(name, f',"{name}":') for name in part.attributes]
        self._json = part.as_json()
        self._built = 0
        self._handle = self._new()

    def truths(self, fact: Fact) -> dict[str, Opinion]:
        """Return the truths of its clauses in a fact; nothing of the fact is kept."""
        text = self._text(fact)
        for _ in range(RUNS):
            fired = self._fired(text)
            if fired is not None:
                return {clause: _opinion(yes in fired, no in fired) for clause, yes, no in self._rails}
        return {clause: ERROR for clause, _, _ in self._rails}

    def _text(self, fact: Fact) -> str:
        known = [f"{begun}{fact[name]}" for name, begun in self._names if name in fact]
        return f'{{"sid":"0","id":"p","{ALWAYS}":1{"".join(known)}}}'

    def _fired(self, fact: str) -> set[str] | None:
        # The handle is out of reach while it runs and comes back only after a clean run, whatever interrupts it.
        handle, self._handle = self._handle, None
        try:
            handle = handle or self._new()
            fired = self._asserted(handle, fact) if handle else set()
        except Exception:  # noqa: BLE001 - whatever it raises may carry the whole fact, so nothing of it is passed on
            return None
        if ALWAYS not in fired:
            return None
        self._handle = handle
        return fired

    def _asserted(self, handle: int, fact: str) -> set[str]:
        refused, session = self._extension.assert_fact(handle, fact)
        fired: set[str] = set()
        try:
            begun = self._extension.start_action_for_state(handle, session)
            result = begun and begun[1]
            while result:
                fired.add(result[2 : result.index('"', 2)])  # {"id+":{"m":the whole fact}}
                result = self._extension.complete_and_start_action(handle, session)
        finally:
            left, _ = self._extension.retract_fact(handle, _RETRACTED)
        return set() if refused or left else fired

    def _new(self) -> int | None:
        if self._built == MOST_BUILT:
            return None
        self._built += 1
        handle: int = self._extension.create_ruleset("r", self._json)
        return handle


def _opinion(holds: bool, fails: bool) -> Opinion:
    if holds and fails:
        return ERROR
    return True if holds else False if fails else None


def _items(ruleset: RuleSet) -> dict[str, None]:
    conditions = (condition for clause in ruleset.clauses for condition in walk(clause.when))
    return dict.fromkeys(condition.item for condition in conditions if isinstance(condition, Compare | Is | Has))


def _extension() -> ModuleType:
    try:
        import durable_rules_engine
    except ImportError:
        raise MachineLacks("lacks_durable_rules", tools=TOOLS, install=INSTALL) from None
    module: ModuleType = durable_rules_engine
    return module


_ENGINES: WeakSet[DurableEngine] = WeakSet()


def _unlock_all() -> None:
    for engine in _ENGINES:
        engine.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock_all)
