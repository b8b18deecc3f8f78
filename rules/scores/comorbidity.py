"""Comorbidity: secondary diagnoses, Charlson (Quan 2005 codes), Hospital Frailty Risk Score, chronic groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from engine.facts import WHOLE_LIST, Facts, Interval, joined
from rules.case import Diagnosis, Note
from rules.knowledge import CODE_SETS, CodeSet, rows

ICD10 = "icd-10"


@dataclass(frozen=True, slots=True)
class Coded:
    """A diagnosis by its place in the list, its ICD-10 code without the dot, or None where it is coded otherwise.

    `fact` is the diagnosis as a fact that alone says the same.
    """

    place: int
    diagnosis: Diagnosis
    code: str | None
    fact: Facts = field(compare=False)


def coded(diagnoses: Sequence[Diagnosis]) -> list[Coded]:
    """Return the diagnoses with their codes as the tables write them."""
    return [
        Coded(place, each, _bare(each) if each.system == ICD10 else None, {("conditions", place): _entry(each)})
        for place, each in enumerate(diagnoses)
    ]


def bidiagnoses(diagnoses: Sequence[Coded] | None) -> Interval:
    """Return how many distinct ICD-10 codes there are less the main one; one more is possible when none is marked."""
    if diagnoses is None:
        return _unknown()
    main = [each for each in diagnoses if each.diagnosis.main]
    codes = {each.code for each in diagnoses if each.code} - {each.code for each in main}
    low = len(codes) - (1 if codes and not main else 0)
    return _counted((low, len(codes)), (each for each in diagnoses if each.code or each.diagnosis.main), diagnoses)


def charlson(diagnoses: Sequence[Coded] | None, weights: str) -> Interval:
    """Return the Charlson sum by one set of weights, `weight_1987` or `weight_quan2011`; severe suppresses mild."""
    if diagnoses is None:
        return _unknown()
    found = {category: each for each in reversed(diagnoses) for category in charlson_categories_of(each.code)}
    kept = [name for name in found if categories()[name]["suppressed_by"] not in found]
    low = sum(int(categories()[name][weights]) for name in kept)
    return _counted((low, low), [found[name] for name in kept], diagnoses)


def hfrs_tenths(diagnoses: Sequence[Coded] | None) -> Interval:
    """Return the Hospital Frailty Risk Score in whole tenths, so that 5.0 is 5.0; each three-character code once."""
    if diagnoses is None:
        return _unknown()
    first = {each.code[:3]: each for each in reversed(diagnoses) if each.code and each.code[:3] in hfrs_weights()}
    low = sum(hfrs_weights()[code] for code in first)
    return _counted((low, low), first.values(), diagnoses)


def chronic_groups(diagnoses: Sequence[Coded] | None) -> Interval:
    """Return how many groups of chronic conditions there are; a code counts for the first group it is listed in."""
    if diagnoses is None:
        return _unknown()
    first = {group: each for each in reversed(diagnoses) if (group := chronic_group_of(each.code))}
    return _counted((len(first), len(first)), first.values(), diagnoses)


def main_diagnosis(diagnoses: Sequence[Coded] | None) -> str | None:
    """Return `stroke`, `injury` or `other` for the main diagnosis, None when the list does not tell.

    With none marked it is one of those listed: where all of them are of one kind, so is the main one.
    """
    if diagnoses is None:
        return None
    main = [each for each in diagnoses if each.diagnosis.main] or diagnoses
    kinds = {kind_of_main(each.code) for each in main}
    return kinds.pop() if len(kinds) == 1 else None if kinds else "other"


def fall_coded(diagnoses: Sequence[Coded] | None) -> bool | None:
    """Return whether a code says that the injury came of a fall; None when there is no list."""
    return None if diagnoses is None else any(each.code in CODE_SETS["fall_coded"] for each in diagnoses if each.code)


def diagnosis_notes(diagnoses: Sequence[Coded]) -> list[Note]:
    """Return what a person should know of the list: codes that are not scored, and no main diagnosis."""
    notes = [Note("diagnosis_not_icd10", f"conditions[{each.place}]") for each in diagnoses if each.code is None]
    if diagnoses and not any(each.diagnosis.main for each in diagnoses):
        notes.append(Note("no_main_diagnosis", "conditions"))
    return notes


def kind_of_main(code: str | None) -> str | None:
    """Return what kind of main diagnosis a bare ICD-10 code is, None for one that is coded otherwise."""
    if code is None:
        return None
    return next((name for name in ("stroke", "injury") if code in CODE_SETS[name]), "other")


def _counted(ends: tuple[int, int], carrying: Iterable[Coded], diagnoses: Sequence[Coded]) -> Interval:
    low, high = ends
    open_upwards = any(each.code is None for each in diagnoses)
    low_facts: Facts = {**_facts(carrying), ("conditions", WHOLE_LIST): None}
    high_facts: Facts = {**_facts(diagnoses), ("conditions", WHOLE_LIST): None}
    exact = low == high and not open_upwards
    return Interval(low, None if open_upwards else high, low_facts, high_facts, () if exact else ("conditions",))


def _facts(diagnoses: Iterable[Coded]) -> Facts:
    return joined([each.fact for each in diagnoses])


def _unknown() -> Interval:
    return Interval(0, None, missing=("conditions",))


def _bare(diagnosis: Diagnosis) -> str:
    return diagnosis.code.replace(".", "").upper()


def _entry(diagnosis: Diagnosis) -> object:
    if diagnosis.system == ICD10 and not diagnosis.main:
        return diagnosis.code
    entry: dict[str, object] = {"code": diagnosis.code, "system": diagnosis.system}
    return entry | {"main": True} if diagnosis.main else entry


@cache
def categories() -> dict[str, Mapping[str, str]]:
    """Return the Charlson categories with their weights, and which category suppresses each."""
    return {row["category"]: row for row in rows("charlson_categories")}


@cache
def hfrs_weights() -> dict[str, int]:
    """Return the weight of each three-character code, in whole tenths."""
    return {row["icd10_3char"]: round(float(row["weight"]) * 10) for row in rows("hfrs_icd10_weights")}


@cache
def _by_prefix(name: str, key: str) -> tuple[tuple[str, CodeSet], ...]:
    prefixes: dict[str, list[str]] = {}
    for row in rows(name):
        prefixes.setdefault(row[key], []).append(row["code_prefix_nodot"])
    return tuple((group, CodeSet(tuple(codes))) for group, codes in prefixes.items())


@lru_cache(maxsize=8192)
def charlson_categories_of(code: str | None) -> tuple[str, ...]:
    """Return the Charlson categories that a bare code belongs to."""
    return tuple(name for name, codes in _by_prefix("charlson_quan2005_icd10", "category") if code and code in codes)


@lru_cache(maxsize=8192)
def chronic_group_of(code: str | None) -> str | None:
    """Return the first group of chronic conditions that lists a bare code."""
    return next((name for name, codes in _by_prefix("chronic_groups_icd10", "group") if code and code in codes), None)
