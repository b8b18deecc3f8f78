"""NORGEP and NORGEP-NH: explicit criteria for medicines that are often inappropriate in older people.

The mapping from criteria to ATC codes awaits a pharmacist's review.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from engine.facts import Facts, Interval, joined
from rules.knowledge import CodeSet, rows
from rules.scores.medicines import Line, counted, joined_facts, uncoded, whole

AT_HOME, IN_NURSING_HOME = "NORGEP", "NORGEP-NH"
NURSING_HOME_RESIDENCES = ("care_home", "short_term_care")
MILLIGRAMS = {"mg": 1.0, "g": 1000.0, "µg": 0.001, "mcg": 0.001, "ug": 0.001}


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion: every group must be met by a current medicine, or `count` distinct substances by the first."""

    list_name: str
    number: int
    label: str
    groups: tuple[CodeSet, ...]
    count: int = 1
    over_mg: float | None = None
    regular: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A criterion that is met, with the lines that meet it."""

    criterion: Criterion
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ListResult:
    """One list's hits, and how many of its criteria hang on a dose or a use that is not known."""

    hits: tuple[Hit, ...]
    undecided: int


@cache
def criteria(list_name: str) -> tuple[Criterion, ...]:
    """Return the criteria of a list, without those that only ask for a deprescribing review."""
    return tuple(
        _criterion(row)
        for row in rows("norgep_atc")
        if row["list"] == list_name and row["type"] != "deprescribing_review"
    )


def check(lines: Sequence[Line], list_name: str) -> ListResult:
    """Return which criteria of the list the current medicines meet, as needed ones included."""
    current = [line for line in lines if line.current and line.substance]
    named = dict.fromkeys(criterion for line in current for criterion in _naming(line.substance or "", list_name))
    found = [(criterion, _met(criterion, current)) for criterion in sorted(named, key=lambda each: each.number)]
    hits = tuple(Hit(criterion, met) for criterion, met in found if met)
    return ListResult(hits, sum(met is None for _, met in found))


def hits_interval(lines: Sequence[Line], result: ListResult, residence: Facts) -> Interval:
    """Return how many criteria of one list are met; open upwards while a medicine without a code is present."""
    low = len(result.hits)
    facts = joined((joined_facts(line for hit in result.hits for line in hit.lines), residence))
    high = None if uncoded(lines) else low + result.undecided
    return counted(low, high, "medicines", low_facts=facts, high_facts=joined((whole(lines), residence)))


def over_both_lists(at_home: Interval, in_nursing_home: Interval) -> Interval:
    """Return what is certain whichever list applies, for rules to settle on while the residence is unknown."""
    both = (at_home, in_nursing_home)
    ends = [each.high for each in both if each.high is not None]
    high = max(ends) if len(ends) == len(both) else None
    low = min(each.low for each in both)
    missing = () if low == high else tuple(dict.fromkeys((*at_home.missing, *in_nursing_home.missing, "residence")))
    return Interval(low, high, joined([b.low_facts for b in both]), joined([b.high_facts for b in both]), missing)


@lru_cache(maxsize=20_000)
def _naming(substance: str, list_name: str) -> tuple[Criterion, ...]:
    """Return the criteria that a substance has a part in; most have none, and there are few substances."""
    return tuple(each for each in criteria(list_name) if any(substance in group for group in each.groups))


def _met(criterion: Criterion, current: Sequence[Line]) -> tuple[Line, ...] | None:
    """Return the lines that meet the criterion, () when none do, None when that hangs on an unknown dose or use."""
    groups = [[line for line in current if line.substance and line.substance in group] for group in criterion.groups]
    if not all(groups):
        return ()
    if criterion.over_mg is not None:
        return _over_dose(groups[0], criterion.over_mg)
    if criterion.regular:
        return _in_regular_use(groups[0])
    if len({line.substance for line in groups[0]}) < criterion.count:
        return ()
    return tuple(dict.fromkeys(line for group in groups for line in group))


def _over_dose(lines: Sequence[Line], limit: float) -> tuple[Line, ...] | None:
    doses = [_milligrams(line) for line in lines]
    if sum(dose for dose in doses if dose is not None) > limit:
        return tuple(lines)
    return None if None in doses else ()


def _in_regular_use(lines: Sequence[Line]) -> tuple[Line, ...] | None:
    regular = tuple(line for line in lines if line.as_needed is False)
    return regular or (None if any(line.as_needed is None for line in lines) else ())


def _milligrams(line: Line) -> float | None:
    factor = MILLIGRAMS.get((line.medicine.unit or "").lower())
    return None if line.medicine.dose is None or factor is None else line.medicine.dose * factor


def _criterion(row: Mapping[str, str]) -> Criterion:
    groups = [row["atc_a"], *(part for part in row["atc_b"].split("&") if part)]
    dose = re.fullmatch(r"dose>([\d.]+)mg/d", row["condition"])
    count = re.fullmatch(r"count>=(\d+)", row["condition"])
    return Criterion(
        list_name=row["list"],
        number=int(row["item"]),
        label=row["label_en"],
        groups=tuple(CodeSet.parse(group) for group in groups),
        count=int(count[1]) if count else 1,
        over_mg=float(dose[1]) if dose else None,
        regular=row["condition"] == "regular",
    )
