"""A second answer to the rules over columns: three-valued SQL made of the same conditions, run by DuckDB.

It shares nothing with `population/compiled.py`. There every CFS level is a bit of a mask, and true and false are masks
of their own; here each level is a row, a condition is SQL's `AND`, `OR` and `NOT` with NULL for what cannot be told,
and a rule has fired where it is true in all rows of a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from engine.conditions import And, Compare, Condition, CountOf, Has, Holds, Is, Not, Or
from engine.rules import RuleSet
from population.leaves import OPEN

LEVEL = "cfs_level"
LEVELS = """(
    SELECT *, unnest(CASE WHEN "cfs_clinician.low" > 0 THEN [CAST("cfs_clinician.low" AS INTEGER)] ELSE
        [each FOR each IN range(1, 10) IF ("tree.levels" >> (each - 1)) & 1 = 1] END) AS level
    FROM read_parquet($facts)
)"""


def outcomes(facts: pl.DataFrame, ruleset: RuleSet, folder: Path) -> pl.DataFrame:
    """Return each rule's outcome for each row of facts, as DuckDB says it."""
    path = folder / "facts.parquet"
    facts.with_row_index("place").write_parquet(path)
    with duckdb.connect() as database:
        found = database.execute(question(ruleset), {"facts": str(path)})
        names = [column[0] for column in found.description or ()]
        return pl.DataFrame(
            found.fetchall(), dict.fromkeys(names, pl.String) | {"place": pl.UInt32}, orient="row"
        ).drop("place")


def question(ruleset: RuleSet) -> str:
    """Return one query for all rules: their truths at each level of each person, and then each person's outcomes."""
    truths = ", ".join(f'{_sql(ruleset.by_id[rule.id].when, ruleset)} AS "{rule.id}"' for rule in ruleset.rules)
    outcome = ", ".join(f'{_over_levels(rule.id)} AS "rule.{rule.id}"' for rule in ruleset.rules)
    return f"SELECT place, {outcome} FROM (SELECT place, {truths} FROM {LEVELS}) GROUP BY place ORDER BY place"


def _over_levels(rule: str) -> str:
    fired, ruled_out = (f'bool_and("{rule}" IS {truth})' for truth in ("TRUE", "FALSE"))
    return f"CASE WHEN {fired} THEN 'fired' WHEN {ruled_out} THEN 'not_fired' ELSE 'cannot_tell' END"


def _sql(condition: Condition, ruleset: RuleSet) -> str:
    return f"({SQL[type(condition)](condition, ruleset)})"


def _compared(condition: Compare, ruleset: RuleSet) -> str:
    limit, item = ruleset.limits[condition.limit.name], condition.item
    low, high = ("level", "level") if item == LEVEL else (f'"{item}.low"', f'NULLIF("{item}.high", {OPEN})')
    if condition.operator == "==":
        outside = f"{low} > {limit} OR {high} < {limit}"
        return f"CASE WHEN {low} = {limit} AND {high} = {limit} THEN TRUE WHEN {outside} THEN FALSE END"
    at_least, below = ("TRUE", "FALSE") if condition.operator == ">=" else ("FALSE", "TRUE")
    return f"CASE WHEN {low} >= {limit} THEN {at_least} WHEN {high} < {limit} THEN {below} END"


def _answered(condition: Is, ruleset: RuleSet) -> str:
    answer = condition.answer
    place = int(answer) if isinstance(answer, bool) else ruleset.items[condition.item].codes.index(answer)
    return f'NULLIF("{condition.item}", -1) = {place}'


def _held(condition: Has, ruleset: RuleSet) -> str:
    place = ruleset.items[condition.item].codes.index(condition.member)
    is_in, is_out = (f'("{condition.item}.{side}" >> {place}) & 1 = 1' for side in ("yes", "no"))
    return f"CASE WHEN {is_in} THEN TRUE WHEN {is_out} THEN FALSE END"


def _counted(condition: CountOf, ruleset: RuleSet) -> str:
    limit, parts = ruleset.limits[condition.limit.name], [_sql(part, ruleset) for part in condition.conditions]
    certain = " + ".join(f"CAST({part} IS TRUE AS INTEGER)" for part in parts)
    possible = " + ".join(f"CAST({part} IS NOT FALSE AS INTEGER)" for part in parts)
    return f"CASE WHEN {certain} >= {limit} THEN TRUE WHEN {possible} < {limit} THEN FALSE END"


SQL: Mapping[type[Condition], Callable[[Any, RuleSet], str]] = {
    And: lambda condition, ruleset: " AND ".join(_sql(part, ruleset) for part in condition.conditions),
    Or: lambda condition, ruleset: " OR ".join(_sql(part, ruleset) for part in condition.conditions),
    Not: lambda condition, ruleset: f"NOT {_sql(condition.condition, ruleset)}",
    Holds: lambda condition, ruleset: _sql(ruleset.by_id[condition.id].when, ruleset),
    CountOf: _counted,
    Compare: _compared,
    Is: _answered,
    Has: _held,
}
