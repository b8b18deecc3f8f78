"""The medicine scores over columns, from lines with use and dates; their meaning is `rules/scores/medicines.py`'s."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from population import norgep
from population.by_person import ByPerson, LookedUp, Numbers, by_person, looked_up
from population.leaves import OPEN, UNKNOWN, WORD, WORD_BITS
from rules.knowledge import CODE_SETS
from rules.scores.medicines import SUBSTANCE, raises_fall_risk

NUMBER = pl.Int32
YES, NO = 1, 0
ANSWERS = (NO, YES, UNKNOWN)
SCORES = ("regular_medicines", "as_needed_medicines", "fall_risk_medicines", *norgep.LISTS)


def atc_table(codes: pl.Series) -> pl.DataFrame:
    """Return what each distinct ATC code counts as, None being a line without one; a code's number is its row here."""
    substances = [_substance(atc) for atc in codes]
    numbers = {substance: place for place, substance in enumerate(dict.fromkeys((None, *substances)))}
    return pl.DataFrame(
        {
            "substance": pl.Series([numbers[each] for each in substances], dtype=pl.UInt32),
            "left_out": _flags(substances, lambda each: each in CODE_SETS["left_out"]),
            "fall_risk": _flags(substances, raises_fall_risk),
            **norgep.group_table(substances),
        }
    )


def medicine_scores(
    lines: pl.DataFrame, codes: pl.DataFrame, on: date, *, people: int, course_days: float
) -> pl.DataFrame:
    """Return what the medicines of each of so many people add up to on the day, in order; `lines` lie by person."""
    current = _current(lines, on)
    listed = by_person(current["person"], people)
    places = _Places(_most(listed).bit_length())
    counts = looked_up(_of_each_kind(codes, places), _kinds(current, codes.height, course_days=course_days))
    groups = listed.united(counts["groups"])
    numbers = places.read(_added_up(counts, listed, places.words))
    conditions = norgep.conditions(groups, numbers, _dosed(current, counts))
    high = np.where(norgep.is_uncoded(groups), np.int32(OPEN), numbers["fall_risk_medicines.low"])
    scores = {**numbers, "fall_risk_medicines.high": high, **dict(norgep.hits(groups, conditions))}
    return pl.DataFrame({f"{score}.{end}": scores[f"{score}.{end}"] for score in SCORES for end in ("low", "high")})


def where_not_known() -> Mapping[str, pl.Expr]:
    """Return what stands for whoever's list may be longer: more than is in it."""
    return {f"{score}.high": pl.lit(OPEN, NUMBER) for score in SCORES}


COUNTED: Mapping[str, pl.Expr] = {
    "regular_medicines.low": pl.col("regular") == YES,
    "regular_medicines.high": pl.col("regular") != NO,
    "as_needed_medicines.low": pl.col("as_needed") == YES,
    "as_needed_medicines.high": pl.col("as_needed") != NO,
    "fall_risk_medicines.low": pl.col("fall_risk"),
    **norgep.counted(),
}
"""Which current lines each number counts the substances of."""

SUBSTANCE_BITS = np.uint64(32)
"""How wide a substance is beside its person."""


@dataclass(frozen=True, slots=True)
class _Places:
    """How a word adds up several numbers at once: each has so many bits that nobody's outgrows its place."""

    bits: int

    @property
    def words(self) -> Mapping[str, Sequence[str]]:
        """Return which numbers each word adds up, in the order of their places."""
        names, of_a_word = list(COUNTED), WORD_BITS // self.bits
        return {f"counts.{start}": names[start : start + of_a_word] for start in range(0, len(names), of_a_word)}

    def written(self) -> Iterator[pl.Expr]:
        """Yield what a line counts as: a one at the place of each number that counts it."""
        for word, names in self.words.items():
            ones = [COUNTED[name].cast(WORD) * (1 << self.bits * place) for place, name in enumerate(names)]
            yield pl.sum_horizontal(ones).alias(word)

    def read(self, words: Mapping[str, pl.Series]) -> Mapping[str, Numbers]:
        """Return the numbers that words hold."""
        of_a_place = np.uint64((1 << self.bits) - 1)
        return {
            name: (words[word].to_numpy() >> np.uint64(self.bits * place) & of_a_place).astype(np.int32)
            for word, names in self.words.items()
            for place, name in enumerate(names)
        }


def _kinds(lines: pl.DataFrame, codes: int, *, course_days: float) -> pl.Series:
    """Return each line's kind: what it counts as hangs on its code, its use and its course alone."""
    use, course = _place(pl.col("use") == "as_needed"), _place(_is_course(lines, course_days))
    kind = use * (len(ANSWERS) * codes) + course * codes + pl.col("atc")
    return lines.select(kind).to_series()


def _place(said: pl.Expr) -> pl.Expr:
    return said.cast(pl.UInt32).fill_null(ANSWERS.index(UNKNOWN))


def _of_each_kind(codes: pl.DataFrame, places: _Places) -> pl.DataFrame:
    """Return what a line counts as: for each use and each course in turn, by code."""
    kinds = [codes.with_columns(as_needed=pl.lit(use), course=pl.lit(course)) for use in ANSWERS for course in ANSWERS]
    marks = norgep.groups_met(), norgep.is_dosed()
    return pl.concat(kinds).with_columns(_regular()).select("substance", *places.written(), *marks)


def _told_apart(counts: LookedUp, most: int) -> pl.Series:
    """Return the lines' substances; each of a person's lines without a code counts as one by itself."""
    substances = counts["substance"]
    uncoded = (substances == 0).arg_true()
    return substances.scatter(uncoded, counts.table["substance"].n_unique() + uncoded % most)


def _most(listed: ByPerson) -> int:
    """Return the most lines that anyone has, or one."""
    return int(listed.rows.max(initial=1))


def _dosed(lines: pl.DataFrame, counts: LookedUp) -> pl.DataFrame:
    """Return the few lines whose dose a criterion asks for."""
    dosed = np.flatnonzero(counts["dosed"].to_numpy())
    return lines.select("person", "dose", "unit")[dosed].with_columns(counts.of(dosed)["groups"].alias("groups"))


def _added_up(counts: LookedUp, listed: ByPerson, words: Iterable[str]) -> Mapping[str, pl.Series]:
    """Return each person's counts; where a substance is listed twice, its lines count as one."""
    added = {name: listed.summed(counts[name]) for name in words}
    substances = _told_apart(counts, _most(listed))
    has_twice = listed.distinct(substances).to_numpy()[listed.persons] < listed.rows
    whose, lines = listed.persons[has_twice], np.flatnonzero(np.repeat(has_twice, listed.rows))
    if not len(lines):
        return added
    keys = np.repeat(whose, listed.rows[has_twice]).astype(np.uint64) << SUBSTANCE_BITS | substances.to_numpy()[lines]
    again = dict(_joined(counts.of(lines), keys, words, people=listed.people))
    return {name: sums.scatter(whose, again[name].gather(whose)) for name, sums in added.items()}


def _joined(counts: LookedUp, keys: Numbers, words: Iterable[str], *, people: int) -> Iterator[tuple[str, pl.Series]]:
    """Yield each person's counts where the lines of a key, which is a person and a substance, count as one."""
    order = np.argsort(keys)
    ordered, counts = keys[order], counts.of(order)
    number = pl.Series(ordered).rle_id()
    alike = by_person(number, number[-1] + 1)
    listed = by_person(pl.Series(ordered[alike.starts] >> SUBSTANCE_BITS), people)
    yield from ((name, listed.summed(alike.united(counts[name]))) for name in words)


def _current(lines: pl.DataFrame, on: date) -> pl.DataFrame:
    """Return the lines of medicines that are taken on the day; without a day of beginning or end, that is all."""
    dated = [name for name in ("from", "to") if lines[name].null_count() < lines.height]
    begun, not_ended = pl.col("from") <= on, pl.col("to") >= on
    taken = begun.fill_null(value=True) & not_ended.fill_null(value=True)
    return lines.filter(taken) if dated else lines


def _is_course(lines: pl.DataFrame, course_days: float) -> pl.Expr:
    """Return whether a line is a short course, null where that hangs on a beginning that is not known."""
    if lines["to"].null_count() == lines.height:
        return pl.lit(value=False)
    days = (pl.col("to") - pl.col("from")).dt.total_days() + 1
    return pl.when(pl.col("to").is_null()).then(pl.lit(value=False)).otherwise(days < course_days)


def _regular() -> pl.Expr:
    """Return whether a line is in regular use: not a short course, not as needed, not one that the count leaves out."""
    out = pl.col("left_out") | (pl.col("as_needed") == YES) | (pl.col("course") == YES)
    open_ = (pl.col("as_needed") == UNKNOWN) | (pl.col("course") == UNKNOWN)
    return pl.when(out).then(NO).when(open_).then(UNKNOWN).otherwise(YES).alias("regular")


def _flags(substances: Sequence[str | None], holds: Callable[[str], bool]) -> pl.Series:
    return pl.Series([each is not None and holds(each) for each in substances], dtype=pl.Boolean)


def _substance(atc: str | None) -> str | None:
    code = (atc or "").strip().upper()
    return code if SUBSTANCE.fullmatch(code) else None
