"""The rules' conditions as Polars expressions: three-valued, and at all nine CFS levels at once.

A condition becomes two columns of masks over the levels, `t` where it holds and `f` where it fails; at a level in
neither it cannot be told. `m` is where it waits for an item, `ne` where it waits for any. The authority is
`engine/evaluation.py`; this says the same of columns, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from engine.conditions import And, Compare, Condition, CountOf, Has, Holds, Is, Not, Or, parts
from engine.rules import RuleSet
from population.levels import EVERY_LEVEL, NOWHERE, all_of, any_of, at_least, everywhere, literal, mask_of, others
from rules.scores.cfs import tree
from rules.scoring import CFS_LEVELS, SPICT

LEVEL = "cfs_level"
Leaf = Compare | Is | Has

HOLDS, FAILS = 1, 2
"""A comparison's state in a pattern; 0 is unknown."""

WAITS_FOR: Mapping[str, tuple[str, ...]] = {
    LEVEL: ("cfs_clinician", *tree().questions),
    "cfs_tree_distance": tree().questions,
    "clinician_ratings": (),
    "regular_medicines": ("medicines",),
    "fall_risk_medicines": ("medicines",),
    "norgep_hits": ("medicines", "residence"),
    "bidiagnoses": ("conditions",),
    "chronic_groups": ("conditions",),
    "spict_count": SPICT,
}
"""The answers that could narrow a score; any other item waits for its own answer."""

FLAGGED = (LEVEL, "cfs_tree_distance", "norgep_hits", "spict_count")
"""Scores that wait for some of those answers only: which, stands in the columns `asks.<score>.<item>`."""


DECIDED_ON = {And: "f", Or: "t"}
"""The side on which one part decides the whole."""


@dataclass(frozen=True, slots=True)
class Node:
    """A condition under the name of its columns, with the items that it may wait for."""

    condition: Condition
    name: str
    parts: tuple[str, ...]
    items: tuple[str, ...]
    depth: int

    def at(self, side: str) -> pl.Expr:
        """Return where it holds (`t`), fails (`f`), waits for something (`ne`); a comparison's state (`leaf`)."""
        return pl.col(f"{side}.{self.name}")

    def waits_for(self, item: str) -> pl.Expr:
        """Return the levels where it waits for an item."""
        return pl.col(f"m.{self.name}.{item}") if item in self.items else NOWHERE


@dataclass(frozen=True)
class Compiled:
    """A rule set as columns: the comparisons to read, and each condition in the order it is settled.

    `met` is at most one table: the patterns that are settled already, with what the rules say of them.
    """

    ruleset: RuleSet
    leaves: tuple[Node, ...]
    clauses: Mapping[str, Node]
    by_name: Mapping[str, Node] = field(repr=False)
    met: list[pl.DataFrame] = field(default_factory=list, repr=False, compare=False)

    def settled(self, patterns: pl.DataFrame) -> pl.DataFrame:
        """Return patterns of comparisons with every condition's columns beside them."""
        for step in self.steps:
            patterns = patterns.with_columns(step)
        return patterns

    @cached_property
    def steps(self) -> tuple[list[pl.Expr], ...]:
        """Return the columns to add, step by step; made once, for they are thousands of expressions."""
        layers = list(self._layers())
        truths = ([each for node in layer for each in self._truths(node)] for layer in layers)
        waits = (step for layer in layers for step in self._waiting_steps(layer))
        return tuple(step for step in (*truths, *waits) if step)

    def _layers(self) -> Iterator[list[Node]]:
        for depth in range(1 + max(node.depth for node in self.by_name.values())):
            yield [node for node in self.by_name.values() if node.depth == depth]

    def _truths(self, node: Node) -> tuple[pl.Expr, pl.Expr]:
        held, failed = self._both(node)
        return held.alias(f"t.{node.name}"), failed.alias(f"f.{node.name}")

    def _both(self, node: Node) -> tuple[pl.Expr, pl.Expr]:
        held, failed = ([part.at(side) for part in self._parts(node)] for side in "tf")
        match node.condition:
            case And():
                return all_of(held), any_of(failed)
            case Or():
                return any_of(held), all_of(failed)
            case Not():
                return failed[0], held[0]
            case CountOf():
                return self._counted(node.condition, held, failed)
            case Compare(item=item) as compare if item == LEVEL:
                levels = mask_of(each for each in CFS_LEVELS if self._so_at(compare, each))
                return literal(levels), literal(EVERY_LEVEL ^ levels)
        state = node.at("leaf")
        return everywhere(state == HOLDS), everywhere(state == FAILS)

    def _counted(
        self, condition: CountOf, held: Sequence[pl.Expr], failed: Sequence[pl.Expr]
    ) -> tuple[pl.Expr, pl.Expr]:
        limit = self.ruleset.limits[condition.limit.name]
        return at_least(held, limit), others(at_least([others(each) for each in failed], limit))

    def _so_at(self, compare: Compare, level: int) -> bool:
        limit = self.ruleset.limits[compare.limit.name]
        return {">=": level >= limit, "<": level < limit, "==": level == limit}[compare.operator]

    def _waiting_steps(self, layer: Sequence[Node]) -> Iterator[list[pl.Expr]]:
        yield [each for node in layer for each in self._lets_through(node)]
        yield [self._waits(node, item).alias(f"m.{node.name}.{item}") for node in layer for item in node.items]
        yield [_waits_at_all(node) for node in layer]

    def _lets_through(self, node: Node) -> Iterator[pl.Expr]:
        """Yield, for each part, the levels where what it waits for is what the whole waits for.

        Where parts decide it, that is so of those parts alone, and only where every one of them waits.
        """
        children, side = self._parts(node), DECIDED_ON.get(type(node.condition))
        if side:
            all_wait = all_of([others(child.at(side)) | child.at("ne") for child in children])
            through = [others(node.at(side)) | (child.at(side) & all_wait) for child in children]
        else:
            through = [others(self._firm(node, children))] * len(children)
        named = dict(zip((_through(node, child) for child in children), through, strict=True))
        yield from (levels.alias(name) for name, levels in named.items())

    def _waits(self, node: Node, item: str) -> pl.Expr:
        if not node.parts:
            return _leaf_waits(node, item)
        asking = [child for child in self._parts(node) if item in child.items]
        return any_of([child.waits_for(item) & pl.col(_through(node, child)) for child in asking])

    def _firm(self, node: Node, children: Sequence[Node]) -> pl.Expr:
        """Return where a count stands by the parts alone that wait for nothing."""
        if not isinstance(node.condition, CountOf):
            return NOWHERE
        held, failed = ([child.at(side) & others(child.at("ne")) for child in children] for side in "tf")
        still_held, still_failed = self._counted(node.condition, held, failed)
        return (still_held & node.at("t")) | (still_failed & node.at("f"))

    def _parts(self, node: Node) -> list[Node]:
        return [self.by_name[name] for name in node.parts]


def compiled(ruleset: RuleSet) -> Compiled:
    """Return a rule set as columns."""
    nodes: dict[Condition, Node] = {}

    def node_of(condition: Condition) -> Node:
        if isinstance(condition, Holds):
            return node_of(ruleset.by_id[condition.id].when)
        if condition not in nodes:
            children = [node_of(part) for part in parts(condition)]
            nodes[condition] = _node(condition, str(len(nodes)), children)
        return nodes[condition]

    clauses = {clause.id: node_of(clause.when) for clause in ruleset.clauses}
    # Comparisons with the CFS level are not read of anyone: they are known beforehand, level by level.
    leaves = tuple(n for c, n in nodes.items() if isinstance(c, Leaf) and c.item != LEVEL)
    return Compiled(ruleset, leaves, clauses, {node.name: node for node in nodes.values()})


def _node(condition: Condition, name: str, children: Sequence[Node]) -> Node:
    items = _own_items(condition) if isinstance(condition, Leaf) else _joined(child.items for child in children)
    depth = 1 + max((child.depth for child in children), default=-1)
    return Node(condition, name, tuple(child.name for child in children), items, depth)


def _own_items(leaf: Leaf) -> tuple[str, ...]:
    return WAITS_FOR.get(leaf.item, (leaf.item,))


def _joined(many: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for items in many for item in items))


def _through(node: Node, child: Node) -> str:
    """Return the column of what a part lets through; the parts of a count let all the same through."""
    return f"through.{node.name}.{child.name}" if type(node.condition) in DECIDED_ON else f"through.{node.name}"


def _waits_at_all(node: Node) -> pl.Expr:
    return any_of([node.waits_for(item) for item in node.items]).alias(f"ne.{node.name}")


def _leaf_waits(node: Node, item: str) -> pl.Expr:
    """Return where a comparison waits for an item: `asks.<item of the comparison>.<item>` says so of the score."""
    leaf = node.condition
    if not isinstance(leaf, Leaf):
        return NOWHERE
    if leaf.item == LEVEL:  # a level by the tree is settled, and waits all the same for a clinician's
        return everywhere(pl.col(f"asks.{LEVEL}.{item}"))
    unsettled = node.at("leaf") == 0
    return everywhere(unsettled & pl.col(f"asks.{leaf.item}.{item}") if leaf.item in FLAGGED else unsettled)
