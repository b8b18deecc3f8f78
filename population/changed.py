"""What a change of rules does to a population: what each rule said of everyone before and says after, side by side.

Both rule sets are put to the same people on the same day. Whoever neither of them screens, by age, is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import polars as pl

from engine.errors import InputError
from engine.rules import RuleSet
from population.bucket import Bucket, read_bucket
from population.changed_facts import Fact, facts_for, looked_at, moved_items, unknown_for
from population.compiled import Compiled, compiled
from population.facts import facts_of
from population.leaves import OPEN
from population.outputs import persons
from population.routed import CANNOT_TELL, FIRED, NONE, UNDECIDED
from population.run import Request, room_told, split_into_jobs
from population.screened import screened
from population.task import PARTS, Job
from rules.frailty import CGA_TEAM, TRACKS
from rules.ruleset import national

EXAMPLES = 10
WEEKS_BACK = 52
WEEK = "%G-W%V"
ABSENT = "absent"
"""What a rule says in the rule set that lacks it."""

Side = Literal["before", "after"]
SIDES: tuple[Side, Side] = ("before", "after")
Pair = tuple[str, str]
REFERRALS, TEAM_LIST, REVIEWS = WORK = ("referrals", "team_list", "medication_reviews")


@dataclass(frozen=True, slots=True)
class Example:
    """Someone of whom a rule says otherwise than before, by the extract's own key, with the facts it does so by."""

    person: str
    before: str
    after: str
    facts: tuple[Fact, ...]


@dataclass
class Changed:
    """What was counted: people by rule, by tracks, by what there is to do; and stays by the week they began."""

    people: int = 0
    left_out: int = 0
    rules: dict[str, Counter[Pair]] = field(default_factory=dict)
    examples: dict[str, list[Example]] = field(default_factory=dict)
    tracks: Counter[Pair] = field(default_factory=Counter)
    work: Counter[tuple[str, Side]] = field(default_factory=Counter)
    stays: Counter[str] = field(default_factory=Counter)
    weeks: Counter[tuple[str, str, Side]] = field(default_factory=Counter)
    every_week: tuple[str, ...] = ()

    @property
    def changed_rules(self) -> tuple[str, ...]:
        """Return the rules that say something else of somebody."""
        return tuple(rule for rule, counts in self.rules.items() if any(old != new for old, new in counts))


def changed(request: Request, old: RuleSet, new: RuleSet) -> Changed:
    """Return what goes from one rule set to another do to the people of an extract."""
    for ruleset in (old, new):
        _refuse_other_questions(ruleset)
    pair = compiled(old), compiled(new)
    found = Changed(every_week=tuple(_weeks_before(request.on)))
    with TemporaryDirectory(prefix="retthjem-") as folder, room_told("TMPDIR", Path(folder)):
        for job in split_into_jobs(replace(request, overlay=None), Path(folder)):
            _count(job, pair, found)
    return found


def _refuse_other_questions(ruleset: RuleSet) -> None:
    """Refuse a kept rule set whose questions or routes are not those that an extract is read by now."""
    base = national()
    asked = {item: (each.kind, each.codes) for item, each in ruleset.items.items()}
    now = {item: (each.kind, each.codes) for item, each in base.items.items()}
    lacking = {each.id for each in base.clauses if each.id in ROUTING} - set(ruleset.by_id)
    if lacking or any(now.get(item) != answers for item, answers in asked.items()):
        raise InputError("rules diff", "rule_set_of_other_form")


ROUTING = frozenset(
    clause.id
    for clause in national().clauses
    if clause.id.startswith(("pathway_", "complex_", "many_", "limited_", "neither"))
    or clause.id in {"clinical_judgement", "shared_decision", "cga_team", "palliative_focus", "medication_review"}
)
"""What follows from the rules is read of these by name."""


def _count(job: Job, pair: tuple[Compiled, Compiled], found: Changed) -> None:
    bucket = read_bucket(job.folder / PARTS, job.bucket, job.on, faults_of=job.faults_of)
    sides, facts = _both(bucket, job, pair)
    from_age = min(rules.ruleset.limits["screened_from_age"] for rules in pair)
    looked_at = sides[0]["age"].fill_null(OPEN) >= from_age
    found.left_out += int((~looked_at).sum())
    found.people += int(looked_at.sum())
    before, after = (side.filter(looked_at) for side in sides)
    _count_rules((before, after), facts.filter(looked_at), found, pair=pair)
    tracks = pl.DataFrame({name: tracks_of(side) for name, side in zip(SIDES, (before, after), strict=True)})
    found.tracks.update(_pairs(tracks))
    place = pl.int_range(bucket.who.height, dtype=pl.UInt32, eager=True).filter(looked_at).rename("person")
    weeks = _weeks(bucket.stays.join(place.to_frame(), on="person", how="semi"), job)
    found.stays.update(dict(weeks["week"].value_counts().iter_rows()))
    for side, rows in zip(SIDES, (before, after), strict=True):
        _count_work(side, rows.select(work()).with_columns(place), found, weeks=weeks)


def _both(
    bucket: Bucket, job: Job, pair: tuple[Compiled, Compiled]
) -> tuple[tuple[pl.DataFrame, pl.DataFrame], pl.DataFrame]:
    """Return everyone's rows by the old rules and by the new, and their facts by the new."""
    limits = [rules.ruleset.limits for rules in pair]
    facts = [facts_of(bucket.tables, job.on, each) for each in limits]
    before, after = (
        persons(bucket, each, screened(each, rules), limits=limit)
        for each, rules, limit in zip(facts, pair, limits, strict=True)
    )
    return (before, after), facts[1]


def _count_rules(
    sides: tuple[pl.DataFrame, pl.DataFrame], facts: pl.DataFrame, found: Changed, *, pair: tuple[Compiled, Compiled]
) -> None:
    names = dict.fromkeys(rule.id for rules in reversed(pair) for rule in rules.ruleset.rules)
    for rule in names:
        said = pl.DataFrame({name: _outcome(rows, rule).alias(name) for name, rows in zip(SIDES, sides, strict=True)})
        found.rules.setdefault(rule, Counter()).update(_pairs(said))
        kept = found.examples.setdefault(rule, [])
        moved = (said["before"] != said["after"]).arg_true().head(EXAMPLES - len(kept)).to_list()
        items = moved_items(rule, *pair) if moved else ()
        for place in moved:
            outcomes = said["before"][place], said["after"][place]
            known = facts.row(place, named=True), sides[1].row(place, named=True)
            waits = [rules for rules, outcome in zip(pair, outcomes, strict=True) if outcome == CANNOT_TELL]
            rest = [item for item in looked_at(rule, waits) if item not in items]
            told = facts_for(items, *known) + unknown_for(rest, *known)
            kept.append(Example(sides[1]["person"][place], *outcomes, told))


def _outcome(rows: pl.DataFrame, rule: str) -> pl.Series:
    if f"rule.{rule}" not in rows.columns:
        return pl.Series([ABSENT], dtype=pl.String).new_from_index(0, rows.height)
    return rows[f"rule.{rule}"].cast(pl.String)


def _pairs(rows: pl.DataFrame) -> dict[Pair, int]:
    counts = rows.group_by(*SIDES).len().sort(*SIDES)
    return {(before, after): count for before, after, count in counts.iter_rows()}


def tracks_of(rows: pl.DataFrame) -> pl.Series:
    """Return the tracks suggested of each person as one word: `cga_team`, `a+b`, `none`, or that it cannot be told."""
    carried = pl.concat_str(list(_carried()), separator="+", ignore_nulls=True)
    undecided = pl.col("on_team_list") == UNDECIDED
    nothing = pl.when(undecided).then(pl.lit("cannot_tell")).otherwise(pl.lit(NONE))
    return rows.select(pl.when(carried == "").then(nothing).otherwise(carried).alias("tracks"))["tracks"]


def _carried() -> Iterator[pl.Expr]:
    for target in TRACKS:
        name, strength = target.removeprefix("track:"), pl.col(f"{target.replace(':', '.')}.strength").cast(pl.String)
        yield (
            pl.when(strength == "recommend")
            .then(pl.lit(name))
            .when(strength == "consider")
            .then(pl.lit(f"{name}:consider"))
        )


def work() -> Iterator[pl.Expr]:
    """Yield what the suggestions give someone to do."""
    yield (pl.col(f"{CGA_TEAM.replace(':', '.')}.strength") == "recommend").alias(REFERRALS)
    yield (~pl.col("on_team_list").is_in([NONE, UNDECIDED])).alias(TEAM_LIST)
    yield (pl.col("rule.medication_review") == FIRED).alias(REVIEWS)


def _weeks_before(on: date) -> Iterator[str]:
    """Yield the whole weeks before the day, also those in which nobody came."""
    monday = on - timedelta(days=on.weekday())
    for back in range(WEEKS_BACK, 0, -1):
        yield (monday - timedelta(weeks=back)).strftime(WEEK)


def _weeks(stays: pl.DataFrame, job: Job) -> pl.DataFrame:
    """Return whose stays began in which of the whole weeks before the day."""
    monday = job.on - timedelta(days=job.on.weekday())
    begun = stays.filter(pl.col("admitted").is_between(monday - timedelta(weeks=WEEKS_BACK), monday, closed="left"))
    return begun.select("person", week=pl.col("admitted").dt.to_string(WEEK))


def _count_work(side: Side, rows: pl.DataFrame, found: Changed, *, weeks: pl.DataFrame) -> None:
    by_week = weeks.join(rows, on="person", how="left").group_by("week").agg(pl.col(WORK).sum())
    for kind in WORK:
        found.work[kind, side] += int(rows[kind].sum())
        for week, count in by_week.select("week", kind).iter_rows():
            found.weeks[week, kind, side] += count


def as_json(found: Changed) -> Mapping[str, object]:
    """Return what was counted as JSON values."""
    return {
        "people": found.people,
        "left_out_by_age": found.left_out,
        "rules": {
            rule: {
                "people": [_told(pair, count) for pair, count in sorted(counts.items())],
                "changed": sum(count for (old, new), count in counts.items() if old != new),
                "examples": [
                    {"person": each.person, "before": each.before, "after": each.after, "facts": dict(each.facts)}
                    for each in found.examples[rule]
                ],
            }
            for rule, counts in found.rules.items()
        },
        "tracks": [_told(pair, count) for pair, count in sorted(found.tracks.items())],
        "workload": {kind: {side: found.work[kind, side] for side in SIDES} for kind in WORK},
        "weeks": [
            {
                "week": week,
                "stays": found.stays[week],
                **{kind: {side: found.weeks[week, kind, side] for side in SIDES} for kind in WORK},
            }
            for week in found.every_week
        ],
    }


def _told(pair: Pair, count: int) -> dict[str, object]:
    return {**dict(zip(SIDES, pair, strict=True)), "people": count}
