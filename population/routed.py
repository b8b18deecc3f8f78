"""From settled conditions to what is suggested: outcomes, tracks, pathway, the team's list, what to ask next.

The same as `rules/assess.py` says of one person, in masks over the CFS levels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from engine.rules import STRONGEST_FIRST, Rule
from population.compiled import Compiled, Node
from population.levels import all_of, any_of, others
from population.patterns import CONCEIVABLE, POSSIBLE
from rules.assess import PATHWAYS
from rules.discharge import COORDINATION_GROUPS
from rules.frailty import CGA_TEAM, PALLIATIVE_FOCUS, TRACKS, clinical_judgement, shared_decision
from rules.knowledge import in_form_order

FIRED, NOT_FIRED, CANNOT_TELL, ERROR = OUTCOMES = ("fired", "not_fired", "cannot_tell", "error")
NONE, UNDECIDED = "none", "undecided"
TEAM_LIST = (clinical_judgement.id, shared_decision.id, CGA_TEAM, PALLIATIVE_FOCUS)

OUTCOME = pl.Enum(OUTCOMES)
STRENGTH = pl.Enum((NONE, *STRONGEST_FIRST))
STATUS = pl.Enum((NONE, "preliminary", "final"))
PATHWAY = pl.Enum((NONE, *PATHWAYS))
ON_TEAM_LIST = pl.Enum((NONE, *(each.removeprefix("track:") for each in TEAM_LIST), UNDECIDED))


def routed(settled: pl.DataFrame, rules: Compiled) -> pl.DataFrame:
    """Return, for each settled pattern, every rule's outcome and what follows from them."""
    known = settled.with_columns(_outcomes(rules)).with_columns(*_tracks(rules), *_waiting(rules))
    known = known.with_columns(_most(rules)).with_columns(_on_team_list(rules), _ask_next(rules), _pathway())
    return known.select(
        *(pl.col(f"rule.{rule.id}").cat.to(OUTCOME) for rule in rules.ruleset.rules),
        *(pl.col(name) for target in TRACKS for name in _track_columns(target)),
        "pathway",
        _coordination_group(),
        "on_team_list",
        pl.sum_horizontal([_cannot_tell(rule).cast(pl.UInt8) for rule in rules.ruleset.rules]).alias(UNDECIDED),
        "ask_next",
    )


def _outcomes(rules: Compiled) -> Iterator[pl.Expr]:
    """Yield each clause's outcome by its place among the outcomes."""
    for clause, node in rules.clauses.items():
        held, failed = _throughout(node.at("t")), _throughout(node.at("f"))
        settled = pl.when(held).then(OUTCOMES.index(FIRED)).when(failed).then(OUTCOMES.index(NOT_FIRED))
        yield settled.otherwise(OUTCOMES.index(CANNOT_TELL)).cast(pl.UInt8).alias(f"rule.{clause}")


def _throughout(mask: pl.Expr) -> pl.Expr:
    return (mask & pl.col(POSSIBLE)) == pl.col(POSSIBLE)


def _is(rule: str, outcome: str) -> pl.Expr:
    return pl.col(f"rule.{rule}") == OUTCOMES.index(outcome)


def _settled(rule: str) -> pl.Expr:
    return _is(rule, FIRED) | _is(rule, NOT_FIRED)


def _cannot_tell(rule: Rule) -> pl.Expr:
    return _is(rule.id, CANNOT_TELL)


# Tracks


def _track_columns(target: str) -> tuple[str, str]:
    return f"{target.replace(':', '.')}.strength", f"{target.replace(':', '.')}.status"


def _tracks(rules: Compiled) -> Iterator[pl.Expr]:
    for target in TRACKS:
        offering = rules.ruleset.offering(target)
        nodes = _nodes(rules, offering)
        carried = _throughout(any_of([node.at("t") for node in nodes]))
        final = _settled(shared_decision.id) & ~_rests_on_tree(nodes)
        strength, status = _track_columns(target)
        yield _first_of([(~carried, NONE), *_weakest(rules, offering)], STRENGTH, STRONGEST_FIRST[-1]).alias(strength)
        yield _first_of([(~carried, NONE), (final, "final")], STATUS, "preliminary").alias(status)


def _weakest(rules: Compiled, offering: Sequence[Rule]) -> Iterator[tuple[pl.Expr, str]]:
    """Yield the strengths that a track is carried with at every possible level, the strongest first."""
    for place, strength in enumerate(STRONGEST_FIRST[:-1]):
        strong = [rule for rule in offering if STRONGEST_FIRST.index(rule.suggest.strength) <= place]
        yield _throughout(any_of([node.at("t") for node in _nodes(rules, strong)])), strength


def _rests_on_tree(nodes: Sequence[Node]) -> pl.Expr:
    """Return whether at some level no rule fires but by what only the tree proposes."""
    proposed = all_of([others(node.at("t")) | node.at("ne") for node in nodes])
    return (proposed & pl.col(POSSIBLE)) != 0


def _nodes(rules: Compiled, found: Sequence[Rule]) -> list[Node]:
    return [rules.clauses[rule.id] for rule in found]


# What follows


def _pathway() -> pl.Expr:
    found = [(_is(f"pathway_{pathway.lower()}", FIRED), pathway) for pathway in PATHWAYS]
    return _first_of(found, PATHWAY, NONE).alias("pathway")


def _coordination_group() -> pl.Expr:
    """Return the first group that holds, 0 where it cannot be told."""
    found: pl.Expr = pl.lit(0)
    for group, definition in reversed(COORDINATION_GROUPS.rungs):
        held = pl.when(_is(definition, FIRED)).then(group).otherwise(0)
        found = pl.when(_is(definition, NOT_FIRED)).then(found).otherwise(held)
    return found.cast(pl.UInt8).alias("coordination_group")


def _on_team_list(rules: Compiled) -> pl.Expr:
    routing = (clinical_judgement, *(rule for target in TRACKS for rule in rules.ruleset.suggesting(target)))
    settled = pl.all_horizontal([_settled(rule.id) for rule in routing])
    somewhere = pl.any_horizontal([_suggested(target) for target in TRACKS])
    reasons = [(_suggested(each) if each in TRACKS else _is(each, FIRED), each) for each in TEAM_LIST]
    named = [(holds, reason.removeprefix("track:")) for holds, reason in reasons]
    return _first_of([*named, (somewhere & settled, NONE)], ON_TEAM_LIST, UNDECIDED).alias("on_team_list")


def _suggested(target: str) -> pl.Expr:
    return pl.col(_track_columns(target)[1]) != pl.lit(NONE, STATUS)


# What to ask next


def _waiting(rules: Compiled) -> Iterator[pl.Expr]:
    """Yield, for each item, how many undecided rules wait for it."""
    for item in _items(rules):
        nodes = [(rule, rules.clauses[rule.id]) for rule in rules.ruleset.rules if item in rules.clauses[rule.id].items]
        asked = [_cannot_tell(rule) & ((node.waits_for(item) & pl.col(CONCEIVABLE)) != 0) for rule, node in nodes]
        yield pl.sum_horizontal([each.cast(pl.UInt8) for each in asked]).alias(f"waiting.{item}")


def _most(rules: Compiled) -> pl.Expr:
    return pl.max_horizontal([f"waiting.{item}" for item in _items(rules)]).alias("waiting")


def _ask_next(rules: Compiled) -> pl.Expr:
    """Return the item that most undecided rules wait for, the first on the form among equals."""
    items = _items(rules)
    found = [(pl.col(f"waiting.{item}") == pl.col("waiting"), item) for item in items]
    return _first_of([(pl.col("waiting") == 0, NONE), *found], pl.Enum((NONE, *items)), NONE).alias("ask_next")


def _items(rules: Compiled) -> tuple[str, ...]:
    asked = {item for rule in rules.ruleset.rules for item in rules.clauses[rule.id].items}
    return in_form_order(asked)


def _first_of(choices: Sequence[tuple[pl.Expr, str]], kind: pl.Enum, otherwise: str) -> pl.Expr:
    """Return the first word whose condition holds."""
    names = kind.categories.to_list()
    found: pl.Expr = pl.lit(names.index(otherwise), pl.UInt8)
    for holds, word in reversed(choices):
        found = pl.when(holds).then(pl.lit(names.index(word), pl.UInt8)).otherwise(found)
    return found.cat.to(kind)
