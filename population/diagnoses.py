"""The comorbidity scores over columns: each distinct code is looked up once, and a person is the union of its codes.

The tables and their meaning are those of `rules/scores/comorbidity.py`. HFRS is summed in whole tenths.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from population.by_person import by_person
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
WORD = pl.UInt64
BITS = 64
CHARLSON = tuple(f"charlson.{name}" for name in categories())
CHRONIC = tuple(dict.fromkeys(f"chronic.{row['group']}" for row in rows("chronic_groups_icd10")))
KINDS = (*national().items["main_diagnosis"].codes, "unknown")
HFRS = tuple(hfrs_weights())
HFRS_WORDS = tuple(f"hfrs.{n}" for n in range(-(-len(HFRS) // BITS)))
MARKS = ("fall", "uncoded", *CHARLSON, *CHRONIC, *(f"kind.{kind}" for kind in KINDS))
OF_MAIN = ("has_main", *(f"main.{kind}" for kind in KINDS))
PLACES = {mark: place for place, mark in enumerate((*MARKS, *OF_MAIN))}
"""What a code counts as, each a bit of one word; what the main diagnosis is, a few bits more."""


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
    code, listed = diagnoses["code"], by_person(diagnoses["person"], people)
    main = diagnoses.filter("main")
    added_up = {name: listed.united(codes[name].gather(code)) for name in ("marks", *HFRS_WORDS)}
    of_main = by_person(main["person"], people).united(codes["of_main"].gather(main["code"]))
    per_person = pl.DataFrame(added_up).with_columns(
        pl.col("marks") | of_main,
        listed.distinct(codes["bare"].gather(code)).alias("codes"),
        _main_codes(main, codes, people).alias("main_codes"),
    )
    return (
        per_person.with_columns(_unsuppressed())
        .with_columns(_exact())
        .select(*_scores(), _main_diagnosis(), _has("fall").cast(pl.Int8).alias("fall_coded"))
    )


def _main_codes(main: pl.DataFrame, codes: pl.DataFrame, people: int) -> pl.Series:
    """Return how many of a person's codes are marked as main; one in another system, number 0, has no part in it."""
    bare = main.select("person", bare=codes["bare"].gather(main["code"])).filter(pl.col("bare") != 0)
    return by_person(bare["person"], people).distinct(bare["bare"])


def where_not_known() -> Mapping[str, pl.Expr]:
    """Return what stands for whoever's list may be longer: more than is in it, any main diagnosis, and maybe a fall."""
    fall = pl.when(pl.col("fall_coded") == 1).then(1).otherwise(UNKNOWN).cast(pl.Int8)
    ends = {f"{score}.high": pl.lit(OPEN, NUMBER) for score in EXACT}
    return ends | {"main_diagnosis": pl.lit(UNKNOWN, pl.Int8), "fall_coded": fall}


EXACT = ("bidiagnoses", "chronic_groups", "charlson", "charlson_1987", "hfrs_tenths")


def _exact() -> Iterator[pl.Expr]:
    """Yield the scores of the codes that are there."""
    yield (pl.col("codes") - _has("uncoded").cast(NUMBER) - pl.col("main_codes")).alias("bidiagnoses")
    chronic = pl.col("marks") & pl.lit(_bits(CHRONIC), WORD)
    yield chronic.bitwise_count_ones().cast(NUMBER).alias("chronic_groups")
    yield _charlson("weight_quan2011").alias("charlson")
    yield _charlson("weight_1987").alias("charlson_1987")
    yield _tenths().alias("hfrs_tenths")


def _scores() -> Iterator[pl.Expr]:
    unmarked = (pl.col("bidiagnoses") > 0) & ~_has("has_main")
    less = {"bidiagnoses": unmarked.cast(NUMBER)}
    for name in EXACT:
        yield (pl.col(name) - less.get(name, pl.lit(0, NUMBER))).alias(f"{name}.low")
        yield _open_upwards(pl.col(name)).alias(f"{name}.high")


def _open_upwards(number: pl.Expr) -> pl.Expr:
    """Return the upper end: open while a diagnosis is coded in another system, for it may be anything."""
    return pl.when(_has("uncoded")).then(OPEN).otherwise(number).cast(NUMBER)


def _charlson(weights: str) -> pl.Expr:
    """Return the sum of the categories' weights."""
    by_bit = {_bits((f"charlson.{name}",)): int(row[weights]) for name, row in categories().items()}
    return _summed(pl.col("unsuppressed"), by_bit)


def _unsuppressed() -> pl.Expr:
    """Return the marks without the mild form of what is there in its severe form."""
    kept = pl.col("marks")
    for name, row in categories().items():
        if row["suppressed_by"]:
            mild, severe = (_bits((f"charlson.{each}",)) for each in (name, row["suppressed_by"]))
            suppressed = pl.when((pl.col("marks") & pl.lit(severe, WORD)) != 0).then(pl.lit(mild, WORD))
            kept &= ~suppressed.otherwise(pl.lit(0, WORD))
    return kept.alias("unsuppressed")


def _tenths() -> pl.Expr:
    found = []
    for n, name in enumerate(HFRS_WORDS):
        codes = HFRS[n * BITS : (n + 1) * BITS]
        found.append(_summed(pl.col(name), {1 << place: hfrs_weights()[code] for place, code in enumerate(codes)}))
    return pl.sum_horizontal(found)


def _summed(word: pl.Expr, weights: Mapping[int, int]) -> pl.Expr:
    """Return the sum of the weights of the bits that are in a word: first all ones, then twos, fours and so on."""
    terms = []
    for power in range(max(weights.values()).bit_length()):
        having = sum(bit for bit, weight in weights.items() if weight & (1 << power))
        terms.append((word & pl.lit(having, WORD)).bitwise_count_ones().cast(NUMBER) * (1 << power))
    return pl.sum_horizontal(terms)


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
    return 1 << (place - word * BITS) if place // BITS == word else 0
