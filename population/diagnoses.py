"""The comorbidity scores over columns: each distinct code is looked up once, and a person is the union of its codes.

The tables and their meaning are those of `rules/scores/comorbidity.py`. HFRS is summed in whole tenths.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl

from population.by_person import Numbers, by_person, looked_up
from population.leaves import OPEN, UNKNOWN, WORD, WORD_BITS
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
CHARLSON = tuple(f"charlson.{name}" for name in categories())
CHRONIC = tuple(dict.fromkeys(f"chronic.{row['group']}" for row in rows("chronic_groups_icd10")))
KINDS = (*national().items["main_diagnosis"].codes, "unknown")
HFRS = tuple(hfrs_weights())
HFRS_WORDS = tuple(f"hfrs.{n}" for n in range(-(-len(HFRS) // WORD_BITS)))
MARKS = ("fall", "uncoded", *CHARLSON, *CHRONIC, *(f"kind.{kind}" for kind in KINDS))
OF_MAIN = ("has_main", *(f"main.{kind}" for kind in KINDS))
PLACES = {mark: place for place, mark in enumerate((*MARKS, *OF_MAIN))}
"""What a code counts as, each a bit of one word; what the main diagnosis is, a few bits more."""

EXACT = ("bidiagnoses", "chronic_groups", "charlson", "charlson_1987", "hfrs_tenths")


def code_table(codes: pl.DataFrame) -> pl.DataFrame:
    """Return what each distinct `code` of a `system` counts as; the number that a code goes by is its row here."""
    bare = [_bare(code, system) for code, system in codes.select("code", "system").iter_rows()]
    numbers = {code: place for place, code in enumerate(dict.fromkeys((None, *bare)))}
    kinds = [f"main.{_kind(each)}" for each in bare]
    return pl.DataFrame(
        {
            "bare": pl.Series([numbers[each] for each in bare], dtype=pl.UInt32),
            "marks": pl.Series([_bits(_marks(each)) for each in bare], dtype=WORD),
            "of_main": pl.Series([_bits(("has_main", kind)) for kind in kinds], dtype=WORD),
            **{name: pl.Series([_hfrs(each, n) for each in bare], dtype=WORD) for n, name in enumerate(HFRS_WORDS)},
        }
    )


def comorbidity(diagnoses: pl.DataFrame, codes: pl.DataFrame, people: int) -> pl.DataFrame:
    """Return what the diagnoses of each of the `people` add up to, in their order; the rows lie by person."""
    found = {**_of_all(diagnoses, codes, people), **_of_main(diagnoses.filter("main"), codes, people)}
    per_person = pl.DataFrame(found).with_columns(pl.col("marks") | pl.col("of_main")).with_columns(_counts())
    return per_person.select(*_scores(), _main_diagnosis(), _has("fall").cast(pl.Int8).alias("fall_coded"))


def where_not_known() -> Mapping[str, pl.Expr]:
    """Return what stands for whoever's list may be longer: more than is in it, any main diagnosis, and maybe a fall."""
    fall = pl.when(pl.col("fall_coded") == 1).then(1).otherwise(UNKNOWN).cast(pl.Int8)
    ends = {f"{score}.high": pl.lit(OPEN, NUMBER) for score in EXACT}
    return ends | {"main_diagnosis": pl.lit(UNKNOWN, pl.Int8), "fall_coded": fall}


def _of_all(rows: pl.DataFrame, codes: pl.DataFrame, people: int) -> Mapping[str, Any]:
    """Return what all of a person's codes are, how many, and the sums of their weights."""
    listed, counts = by_person(rows["person"], people), looked_up(codes, rows["code"])
    marks = listed.united(counts["marks"])
    tenths = [_tenths(n, listed.united(counts[name]).to_numpy()) for n, name in enumerate(HFRS_WORDS)]
    return {
        "marks": marks,
        "codes": listed.distinct(counts["bare"]),
        **_charlson(marks.to_numpy()),
        "hfrs_tenths": np.add.reduce(tenths),
    }


def _of_main(rows: pl.DataFrame, codes: pl.DataFrame, people: int) -> Mapping[str, Any]:
    """Return what the codes marked as main are, and how many; one in another system, number 0, is not counted."""
    counts = looked_up(codes, rows["code"])
    bare, coded = counts["bare"], counts["bare"] != 0
    return {
        "of_main": by_person(rows["person"], people).united(counts["of_main"]),
        "main_codes": by_person(rows["person"].filter(coded), people).distinct(bare.filter(coded)),
    }


def _counts() -> Iterator[pl.Expr]:
    """Yield how many codes there are besides the main ones, and how many groups of chronic conditions."""
    yield (pl.col("codes") - _has("uncoded").cast(NUMBER) - pl.col("main_codes")).alias("bidiagnoses")
    chronic = pl.col("marks") & pl.lit(_bits(CHRONIC), WORD)
    yield chronic.bitwise_count_ones().cast(NUMBER).alias("chronic_groups")


def _scores() -> Iterator[pl.Expr]:
    unmarked = (pl.col("bidiagnoses") > 0) & ~_has("has_main")
    less = {"bidiagnoses": unmarked.cast(NUMBER)}
    for name in EXACT:
        yield (pl.col(name) - less.get(name, pl.lit(0, NUMBER))).alias(f"{name}.low")
        yield _open_upwards(pl.col(name)).alias(f"{name}.high")


def _open_upwards(number: pl.Expr) -> pl.Expr:
    """Return the upper end: open while a diagnosis is coded in another system, for it may be anything."""
    return pl.when(_has("uncoded")).then(OPEN).otherwise(number).cast(NUMBER)


def _charlson(marks: Numbers) -> Mapping[str, Numbers]:
    """Return the sums of the categories' weights; where the severe form is there, the mild one is left out."""
    kept = marks.copy()
    for name, row in categories().items():
        if row["suppressed_by"]:
            mild, severe = (np.uint64(_bits((f"charlson.{each}",))) for each in (name, row["suppressed_by"]))
            kept[(marks & severe) != 0] &= ~mild
    return {
        score: _summed(kept, {_bits((f"charlson.{name}",)): int(row[weight]) for name, row in categories().items()})
        for score, weight in {"charlson": "weight_quan2011", "charlson_1987": "weight_1987"}.items()
    }


def _tenths(number: int, word: Numbers) -> Numbers:
    """Return the tenths of points of the codes whose bits are in one of the words of HFRS."""
    codes = HFRS[number * WORD_BITS : (number + 1) * WORD_BITS]
    return _summed(word, {1 << place: hfrs_weights()[code] for place, code in enumerate(codes)})


def _summed(word: Numbers, weights: Mapping[int, int]) -> Numbers:
    """Return the sum of the weights of the bits that are in a word: first all ones, then twos, fours and so on."""
    total = np.zeros(len(word), np.int32)
    for power in range(max(weights.values()).bit_length()):
        having = np.uint64(sum(bit for bit, weight in weights.items() if weight & (1 << power)))
        total += np.bitwise_count(word & having).astype(np.int32) << power
    return total


def _main_diagnosis() -> pl.Expr:
    """Return the kind of main diagnosis; without one marked, that of all where they are of one kind, or are none."""
    kinds = {
        side: pl.col("marks") & pl.lit(_bits([f"{side}.{kind}" for kind in KINDS]), WORD) for side in ("main", "kind")
    }
    found = pl.when(pl.col("marks") == 0).then(KINDS.index("other")).otherwise(UNKNOWN)
    for place, kind in enumerate(KINDS[:-1]):
        of_main, of_all = (kinds[side] == _bits([f"{side}.{kind}"]) for side in ("main", "kind"))
        found = pl.when(pl.when(_has("has_main")).then(of_main).otherwise(of_all)).then(place).otherwise(found)
    return found.cast(pl.Int8).alias("main_diagnosis")


def _has(mark: str) -> pl.Expr:
    return (pl.col("marks") & pl.lit(_bits((mark,)), WORD)) != 0


def _bits(marks: Iterable[str]) -> int:
    return sum(1 << PLACES[mark] for mark in marks)


def _bare(code: str, system: str) -> str | None:
    return code.replace(".", "").upper() if system == ICD10 else None


def _marks(code: str | None) -> Iterator[str]:
    yield f"kind.{_kind(code)}"
    if code is None:
        yield "uncoded"
        return
    yield from (f"charlson.{name}" for name in charlson_categories_of(code))
    group = chronic_group_of(code)
    if group:
        yield f"chronic.{group}"
    if code in CODE_SETS["fall_coded"]:
        yield "fall"


def _kind(code: str | None) -> str:
    return kind_of_main(code) or KINDS[-1]


def _hfrs(code: str | None, word: int) -> int:
    if not code or code[:3] not in hfrs_weights():
        return 0
    place = HFRS.index(code[:3])
    return 1 << (place - word * WORD_BITS) if place // WORD_BITS == word else 0
