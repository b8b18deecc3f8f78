"""What made-up people have answered, and what nobody asked them: who is not asked is not like those who are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from population.synth.draws import Draws
from population.synth.model import model
from rules.knowledge import ITEMS

DAYS_BACK = 25


def answers(drawn: pl.DataFrame, draw: Draws, *, on: date) -> pl.DataFrame:
    """Return the rows of answers, by person; of a set, one row a member."""
    asked = model()["answers"]
    met = pl.when("in_contact").then(asked["in_contact"]).otherwise(asked["not_in_contact"])
    old = drawn.filter((pl.col("age") >= asked["from_age"]) & draw.happens("met", met))
    rows = [
        old.filter(draw.happens(f"asked {item}", _line(*ends))).select(
            "person",
            item=pl.lit(item),
            member=pl.lit(member, pl.String),
            value=value,
            on=pl.lit(on) - pl.duration(days=draw.below("asked on", DAYS_BACK)),
        )
        for item, ends in asked["asked"].items()
        for member, value in _values(item, draw).items()
    ]
    return pl.concat(rows).sort("person", "item", "member", nulls_last=True)


def _values(item: str, draw: Draws) -> Mapping[str | None, pl.Expr]:
    """Return the answer to an item, or to each member of a set."""
    known, frail = ITEMS[item], pl.col("frail")
    if known.kind == "set":
        harder = {member: place / len(known.codes) for place, member in enumerate(known.codes)}
        return {m: _said(draw.happens(f"{item} {m}", frail - 0.25 + 0.3 * hard)) for m, hard in harder.items()}
    if known.kind == "yes_no":
        return {None: _said(draw.happens(item, YES[item](frail)))}
    noisy = (frail + 0.18 * draw.about_zero(item)).clip(0, 0.999)
    if known.kind == "choice":
        order = list(ORDER.get(item, known.codes))
        return {None: pl.lit(pl.Series(order)).gather((noisy * len(order)).cast(pl.UInt32))}
    low, high = SPAN[item]
    return {None: (low + noisy**2 * (high - low + 1)).cast(pl.Int32).clip(low, high).cast(pl.String)}


YES = {
    "living_alone": lambda frail: 0.3 + 0.35 * frail,
    "lifelong_disability": lambda frail: 0.01 + 0 * frail,
    "terminal_illness": lambda frail: 0.12 * frail**3,
    "recent_function_decline": lambda frail: 0.1 + 0.5 * frail,
    "weight_loss": lambda frail: 0.08 + 0.3 * frail,
    "vigorous_activity": lambda frail: 0.6 * (1 - frail),
    "surprised_if_died_within_12_months": lambda frail: 1 - 0.7 * frail,
    "spict_wish": lambda frail: 0.02 + 0.15 * frail,
}
"""How likely a yes is."""

SPAN = {
    "cfs_clinician": (2, 8),
    "falls_last_12_months": (0, 5),
    "four_at": (0, 9),
    "mst": (0, 4),
    "chronic_conditions": (0, 14),
}
"""The least and the most that is answered."""

ORDER = {
    "residence": ("home", "home", "home", "home", "home", "home", "adapted_housing", "short_term_care", "care_home"),
    "discharge_to": ("home", "home", "home", "home", "short_term_care", "short_term_care", "care_home"),
    "need_after_discharge": ("none", "unchanged", "increased"),
    "everything_is_an_effort": ("rarely", "sometimes", "all"),
    "can_coordinate": ("good", "good", "limited"),
    "dementia_stage": ("none", "none", "none", "none", "mild", "moderate", "severe"),
}
"""The answers from the least frail to the most."""


def _said(yes: pl.Expr) -> pl.Expr:
    return pl.when(yes).then(pl.lit("yes")).otherwise(pl.lit("no"))


def _line(least: float, most: float) -> pl.Expr:
    return least + (most - least) * pl.col("frail")
