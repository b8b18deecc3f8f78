"""The answers of a bucket on a day: those that were given, and those that decisions on services and stays give.

The newest on or before the day counts. Where its row is set aside, or two of one day say different things, the answer
is unknown; an older one does not stand in for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import polars as pl

from population.answer_columns import EVERY_MEMBER, ITEM
from population.facts import ANSWERED
from population.faults import Fault
from rules.knowledge import ITEMS

PERSON, NUMBER = pl.UInt32, pl.Int32
PLACES = {item.id: place for place, item in enumerate(ANSWERED)}
SETS = tuple(PLACES[item.id] for item in ANSWERED if item.kind == "set")
SERVICES, ADMISSIONS = "municipal_services", "admissions_last_12_months"
CONFLICTING = Fault("value", "conflicting", "row")
EMPTY = pl.DataFrame(schema={"person": PERSON, "item": ITEM, "value": NUMBER, "other": NUMBER})
Tell = Callable[[str, Fault, pl.DataFrame], None]


def answers_of(
    listed: Mapping[str, pl.DataFrame | None],
    complete: pl.DataFrame,
    on: date,
    *,
    tell: Tell,
) -> pl.DataFrame:
    """Return person, item, value and other as `facts.Tables` has them; what is unknown has no row."""
    given = _newest(listed.get("answers"), on, tell)
    plain = given.filter(~pl.col("item").is_in(SETS))
    services = _from_services(listed.get("services"), complete, on)
    stays = _from_stays(listed.get("stays"), complete, on)
    counted = stays.join(plain.select("person", "item"), on=("person", "item"), how="anti")
    alone = plain.filter(pl.col("value").is_not_null()).select("person", "item", "value", other=pl.lit(0, NUMBER))
    return pl.concat([alone, counted, _sets(given.filter(pl.col("item").is_in(SETS)), services)])


def _newest(answers: pl.DataFrame | None, on: date, tell: Tell) -> pl.DataFrame:
    """Return what was last said of each item and member; null where it was set aside, or where it is not agreed on."""
    if answers is None:
        return pl.DataFrame(schema={"person": PERSON, "item": ITEM, "member": pl.Int8, "value": NUMBER})
    # A row whose day was set aside may be the newest, so it counts as that.
    when = (
        pl.when(pl.col("aside") & pl.col("on").is_null()).then(pl.lit(date.max)).otherwise(pl.col("on").fill_null(on))
    )
    rows = answers.filter(pl.col("item").is_not_null()).with_columns(when=when)
    rows = rows.filter((pl.col("when") <= on) | (pl.col("when") == date.max))
    keys = ("person", "item", "member")
    last = rows.filter(pl.col("when") == pl.col("when").max().over(keys))
    agreed = last.group_by(keys, maintain_order=True).agg(
        pl.col("value").first(), pl.col("value").n_unique().alias("said"), pl.col("aside").any()
    )
    apart = agreed.filter((pl.col("said") > 1) & ~pl.col("aside"))
    tell("answers", CONFLICTING, last.join(apart, on=keys, how="semi"))
    unknown = (pl.col("said") > 1) | pl.col("aside")
    return agreed.select(*keys, pl.when(~unknown).then("value"))


def _sets(given: pl.DataFrame, services: pl.DataFrame) -> pl.DataFrame:
    """Return sets as masks of the members that are in them and not; services fill in what nobody has answered of."""
    bit = (pl.lit(2, NUMBER) ** pl.col("member").cast(NUMBER).clip(0)).cast(NUMBER)
    own, every = pl.col("member") != EVERY_MEMBER, pl.col("member") == EVERY_MEMBER
    said = given.group_by("person", "item", maintain_order=True).agg(
        yes=bit.filter(own & (pl.col("value") == 1)).sum().cast(NUMBER),
        no=bit.filter(own & (pl.col("value") == 0)).sum().cast(NUMBER),
        named=bit.filter(own).sum().cast(NUMBER),
        no_other=(pl.col("value") == 0).filter(every).any(),
        others_said=every.any(),
    )
    both = said.join(services, on=("person", "item"), how="full", coalesce=True).with_columns(
        pl.col("yes", "no", "named", "service", "no_service").fill_null(0),
        pl.col("no_other", "others_said").fill_null(value=False),
    )
    whole = _whole()
    rest = whole - pl.col("named")
    open_ = pl.when(pl.col("others_said")).then(0).otherwise(rest).cast(NUMBER)
    return both.select(
        "person",
        "item",
        value=pl.col("yes") | (pl.col("service") & open_),
        other=pl.col("no")
        | (pl.col("no_service") & open_)
        | pl.when(pl.col("no_other")).then(rest).otherwise(0).cast(NUMBER),
    )


def _whole() -> pl.Expr:
    """Return the mask of every member of the row's set."""
    masks = [
        pl.when(pl.col("item") == PLACES[item.id]).then(pl.lit((1 << len(item.codes)) - 1, NUMBER))
        for item in ANSWERED
        if item.kind == "set"
    ]
    return pl.coalesce(masks)


def _from_services(services: pl.DataFrame | None, complete: pl.DataFrame, on: date) -> pl.DataFrame:
    """Return which services a person has on the day; no other only where the list is complete."""
    whole = (1 << len(ITEMS[SERVICES].codes)) - 1
    people = complete.select("person", known="services_known")
    held = people.with_columns(service=pl.lit(0, NUMBER))
    if services is not None:
        now = (pl.col("from").fill_null(on) <= on) & (pl.col("to").fill_null(on) >= on)
        bits = (pl.lit(2, NUMBER) ** pl.col("service").cast(NUMBER)).cast(NUMBER)
        masks = services.filter(~pl.col("aside") & now).group_by("person").agg(bits.bitwise_or().alias("service"))
        held = people.join(masks, on="person", how="left", maintain_order="left").with_columns(
            pl.col("service").fill_null(0)
        )
    none = pl.when("known").then(pl.lit(whole, NUMBER) - pl.col("service")).otherwise(0).cast(NUMBER)
    found = held.select("person", pl.lit(PLACES[SERVICES], ITEM).alias("item"), "service", none.alias("no_service"))
    return found.filter((pl.col("service") != 0) | (pl.col("no_service") != 0))


def _from_stays(stays: pl.DataFrame | None, complete: pl.DataFrame, on: date) -> pl.DataFrame:
    """Return how many stays began in the twelve months up to the day, where the list of stays is complete."""
    known = complete.filter("stays_known").select("person")
    counts = pl.DataFrame(schema={"person": PERSON, "value": NUMBER})
    if stays is not None:
        within = (pl.col("admitted") > pl.lit(on).dt.offset_by("-1y")) & (pl.col("admitted") <= on)
        counts = stays.filter(within).group_by("person").agg(pl.len().cast(NUMBER).alias("value"))
    most = ITEMS[ADMISSIONS].high or 0
    return known.join(counts, on="person", how="left", maintain_order="left").select(
        "person",
        pl.lit(PLACES[ADMISSIONS], ITEM).alias("item"),
        pl.col("value").fill_null(0).clip(0, most),
        other=pl.lit(0, NUMBER),
    )
