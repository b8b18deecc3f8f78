"""The comorbidity scores over columns: each distinct code is looked up once, and a person is the union of its codes.

The tables and their meaning are those of `rules/scores/comorbidity.py`. HFRS is summed in whole tenths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from population.leaves import OPEN, UNKNOWN
from rules.knowledge import CODE_SETS, rows
from rules.ruleset import national
from rules.scores.comorbidity import (
    ICD10,
    categories,
    charlson_categories_of,
    chronic_group_of,
    hfrs_weights,
    kind_of_main,
)

NUMBER = pl.Int32
BITS = 64
CHRONIC = tuple(dict.fromkeys(row["group"] for row in rows("chronic_groups_icd10")))
KINDS = tuple(national().items["main_diagnosis"].codes)
NO_KIND = 1 << len(KINDS)
HFRS = tuple(sorted(hfrs_weights(), key=lambda code: hfrs_weights()[code]))
"""The three-character codes by weight, so that those of one weight lie together and are counted at once."""

HFRS_WORDS = tuple(f"hfrs.{n}" for n in range(-(-len(HFRS) // BITS)))


def code_table(codes: pl.DataFrame) -> pl.DataFrame:
    """Return what each distinct `code` of a `system` counts as; `id` is the number it goes by."""
    bare = [_bare(code, system) for code, system in codes.select("code", "system").iter_rows()]
    return codes.select("id").with_columns(
        pl.Series("bare", _numbered(bare), pl.UInt32),
        pl.Series("coded", [each is not None for each in bare], pl.Boolean),
        pl.Series("charlson", [_mask(charlson_categories_of(each), tuple(categories())) for each in bare], pl.UInt32),
        pl.Series("chronic", [_chronic(each) for each in bare], pl.UInt64),
        pl.Series("kind", [_kind(each) for each in bare], pl.UInt8),
        pl.Series("fall", [each is not None and each in CODE_SETS["fall_coded"] for each in bare], pl.Boolean),
        *(pl.Series(name, [_hfrs(each, n) for each in bare], pl.UInt64) for n, name in enumerate(HFRS_WORDS)),
    )


def comorbidity(diagnoses: pl.DataFrame, codes: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each `person` who has a diagnosis, with what they add up to."""
    masks = ("charlson", "chronic", *HFRS_WORDS)
    main = pl.col("main")
    per_person = (
        diagnoses.join(codes, left_on="code", right_on="id", how="left")
        .group_by("person")
        .agg(
            *(pl.col(mask).bitwise_or() for mask in masks),
            pl.col("fall").any(),
            pl.col("coded").all(),
            main.any().alias("has_main"),
            pl.col("kind").bitwise_or(),
            pl.col("kind").filter(main).bitwise_or().alias("kind_of_main"),
            pl.col("bare").filter(pl.col("coded")).n_unique().alias("distinct"),
            pl.col("bare").filter(pl.col("coded") & main).n_unique().alias("distinct_main"),
        )
    )
    return per_person.select("person", *_scores(), _main_diagnosis(), pl.col("fall").cast(pl.Int8).alias("fall_coded"))


def without_diagnoses(known: pl.Expr) -> Mapping[str, pl.Expr]:
    """Return what stands for a person without a row: none where the list is known, anything where it is not."""
    scores = ("bidiagnoses", "chronic_groups", "charlson", "charlson_1987", "hfrs_tenths")
    ends = {f"{score}.low": pl.lit(0, NUMBER) for score in scores}
    ends |= {f"{score}.high": pl.when(known).then(0).otherwise(OPEN).cast(NUMBER) for score in scores}
    other = pl.when(known).then(KINDS.index("other")).otherwise(UNKNOWN).cast(pl.Int8)
    return ends | {"main_diagnosis": other, "fall_coded": pl.when(known).then(0).otherwise(UNKNOWN).cast(pl.Int8)}


def _scores() -> list[pl.Expr]:
    bidiagnoses = (pl.col("distinct") - pl.col("distinct_main")).cast(NUMBER)
    unmarked = (bidiagnoses > 0) & ~pl.col("has_main")
    chronic = pl.col("chronic").bitwise_count_ones().cast(NUMBER)
    exact = {
        "chronic_groups": chronic,
        "charlson": _charlson("weight_quan2011"),
        "charlson_1987": _charlson("weight_1987"),
        "hfrs_tenths": _tenths(),
    }
    return [
        (bidiagnoses - unmarked.cast(NUMBER)).alias("bidiagnoses.low"),
        _open_upwards(bidiagnoses).alias("bidiagnoses.high"),
        *(each.alias(f"{name}.low") for name, each in exact.items()),
        *(_open_upwards(each).alias(f"{name}.high") for name, each in exact.items()),
    ]


def _open_upwards(number: pl.Expr) -> pl.Expr:
    """Return the upper end: open while a diagnosis is coded in another system, for it may be anything."""
    return pl.when(pl.col("coded")).then(number).otherwise(OPEN).cast(NUMBER)


def _charlson(weights: str) -> pl.Expr:
    names = tuple(categories())
    terms = []
    for name, row in categories().items():
        kept = pl.col("charlson") & (1 << names.index(name)) != 0
        if row["suppressed_by"]:
            kept &= pl.col("charlson") & (1 << names.index(row["suppressed_by"])) == 0
        terms.append(kept.cast(NUMBER) * int(row[weights]))
    return pl.sum_horizontal(terms)


def _tenths() -> pl.Expr:
    terms = []
    for n, name in enumerate(HFRS_WORDS):
        codes = HFRS[n * BITS : (n + 1) * BITS]
        for weight in dict.fromkeys(hfrs_weights()[code] for code in codes):
            of_weight = sum(1 << place for place, code in enumerate(codes) if hfrs_weights()[code] == weight)
            found = pl.col(name) & pl.lit(of_weight, pl.UInt64)
            terms.append(found.bitwise_count_ones().cast(NUMBER) * weight)
    return pl.sum_horizontal(terms)


def _main_diagnosis() -> pl.Expr:
    """Return the kind of main diagnosis; without one marked, that of all where they are of one kind."""
    kinds = pl.when(pl.col("has_main")).then(pl.col("kind_of_main")).otherwise(pl.col("kind"))
    found = pl.lit(UNKNOWN)
    for place in range(len(KINDS)):
        found = pl.when(kinds == 1 << place).then(place).otherwise(found)
    return found.cast(pl.Int8).alias("main_diagnosis")


def _bare(code: str, system: str) -> str | None:
    return code.replace(".", "").upper() if system == ICD10 else None


def _numbered(bare: Sequence[str | None]) -> list[int]:
    places = {code: place for place, code in enumerate(dict.fromkeys(bare))}
    return [places[code] for code in bare]


def _mask(found: Sequence[str], names: Sequence[str]) -> int:
    return sum(1 << names.index(name) for name in found)


def _chronic(code: str | None) -> int:
    group = chronic_group_of(code)
    return 0 if group is None else 1 << CHRONIC.index(group)


def _kind(code: str | None) -> int:
    kind = kind_of_main(code)
    return NO_KIND if kind is None else 1 << KINDS.index(kind)


def _hfrs(code: str | None, word: int) -> int:
    if not code or code[:3] not in hfrs_weights():
        return 0
    place = HFRS.index(code[:3])
    return 1 << (place - word * BITS) if place // BITS == word else 0
