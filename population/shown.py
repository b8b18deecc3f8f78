"""What is told of a whole run: by municipality and by rule, yes with cannot tell beside it, and no small count."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from population.faults import Aside
from population.finished import Finished
from population.hiding import Counts, Hidden, among, enough, with_hidden
from population.routed import CANNOT_TELL, ERROR, FIRED, NONE, NOT_FIRED, UNDECIDED
from rules.frailty import screening_indicated

SCREENED = f"rule.{screening_indicated.id}"
NEEDED = ("municipality", "on_team_list", SCREENED)
may_be_screened = pl.col(SCREENED).cast(pl.String) != NOT_FIRED
COUNTS = ("screened_yes", "screened_unsure", "team_yes", "team_unsure")


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality by its number, None where it is unknown: to be screened and for the team, yes and cannot tell."""

    municipality: str | None
    counts: Hidden


@dataclass(frozen=True, slots=True)
class OfRule:
    """Of how many who may need screening a rule says yes, and of how many it cannot tell, as one that failed cannot."""

    rule: str
    yes: int | None
    unsure: int | None


@dataclass(frozen=True, slots=True)
class SetAside:
    """A kind of fault, and in how many rows."""

    table: str
    column: str
    kind: str
    aside: Aside
    rows: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """A run as it is shown to people; a count that is None is hidden."""

    run: Finished
    places: tuple[Place, ...]
    totals: Hidden
    rules: tuple[OfRule, ...]
    aside: tuple[SetAside, ...]


def result_of(run: Finished) -> Result:
    """Return what is told of a run; the team and the other rules are for those who may need screening."""
    everyone = run.persons(*NEEDED)
    by_place = _by_place(everyone)
    table = with_hidden([counts for _, counts in by_place])
    places = tuple(Place(place, row) for (place, _), row in zip(by_place, table.rows, strict=True))
    faults = tuple(SetAside(f.table, f.column, f.kind, f.aside, enough(f.rows)) for f in run.faults())
    return Result(run, places, table.totals, _of_rules(everyone.filter(may_be_screened), table.totals), faults)


def _by_place(everyone: pl.LazyFrame) -> list[tuple[str | None, Counts]]:
    screened = pl.col(SCREENED).cast(pl.String)
    team = pl.col("on_team_list").cast(pl.String)
    held = (
        screened == FIRED,
        screened.is_in([CANNOT_TELL, ERROR]),
        may_be_screened & ~team.is_in([NONE, UNDECIDED]),
        may_be_screened & (team == UNDECIDED),
    )
    counts = [each.sum().alias(name) for name, each in zip(COUNTS, held, strict=True)]
    found = everyone.group_by("municipality").agg(counts).sort("municipality", nulls_last=True)
    return [(place, (a, b, c, d)) for place, a, b, c, d in found.collect(engine="streaming").iter_rows()]


def _of_rules(people: pl.LazyFrame, totals: Hidden) -> tuple[OfRule, ...]:
    """Return the counts of each rule but the one that the totals are of, among which they are."""
    names = [name for name in people.collect_schema() if name.startswith("rule.") and name != SCREENED]
    words = {name: pl.col(name).cast(pl.String) for name in names}
    yes = [(word == FIRED).sum().alias(f"yes.{name}") for name, word in words.items()]
    unsure = [word.is_in([CANNOT_TELL, ERROR]).sum().alias(f"unsure.{name}") for name, word in words.items()]
    found = people.select(*yes, *unsure).collect(engine="streaming").row(0, named=True)
    return tuple(
        OfRule(name.removeprefix("rule."), *among(totals, (found[f"yes.{name}"], found[f"unsure.{name}"])))
        for name in names
    )
