"""All scores of a case on a date: what is shown, and the values that the rules are given (section 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from engine.facts import Facts, Interval, SetAnswer, Value, because, joined
from engine.lockstep import Ways
from rules.assessment import ScoreResult
from rules.case import Answer, Case, Note
from rules.knowledge import ITEMS
from rules.scores import comorbidity, norgep
from rules.scores.cfs import TreeResult, cfs_tree, tree_facts
from rules.scores.medicines import (
    Line,
    counted_lines,
    fall_risk_medicines,
    lines_on,
    medicine_notes,
    unknown_list,
)
from rules.times import age_on

Limits = Mapping[str, float]
CFS_LEVELS = range(int(ITEMS["cfs_clinician"].low or 0), int(ITEMS["cfs_clinician"].high or 0) + 1)
TAKEN_AS_IT_IS = bool | str | SetAnswer
NOT_APPLICABLE = ScoreResult(None, None, None, {})
SPICT = tuple(item for item in ITEMS if item.startswith("spict_"))
NORGEP_BY_DEFAULT = Note("norgep_list_by_default", "scores.norgep_hits")


@dataclass(frozen=True, slots=True)
class Scoring:
    """Scores as shown; the rules' values, once for each CFS level; notes; medicine lines."""

    results: dict[str, ScoreResult]
    ways: Ways
    notes: tuple[Note, ...]
    lines: Sequence[Line] | None


@dataclass(frozen=True, slots=True)
class NorgepHits:
    """How many criteria are met, and which."""

    interval: Interval
    details: tuple[Mapping[str, object], ...] = ()


def score(case: Case, index_date: date, limits: Limits) -> Scoring:
    """Return every score of the case on the index date."""
    answers = {**case.answers, **_person(case, index_date)}
    tree = cfs_tree(answers)
    lines = None if case.medicines is None else lines_on(case.medicines, index_date, limits["course_days"])
    diagnoses = None if case.diagnoses is None else comorbidity.coded(case.diagnoses)
    hits, norgep_for_rules = _norgep(lines, answers)
    counts = {
        "regular_medicines": counted_lines(lines, "regular"),
        "as_needed_medicines": counted_lines(lines, "as_needed"),
        "norgep_hits": hits.interval,
        "fall_risk_medicines": fall_risk_medicines(lines),
        "bidiagnoses": comorbidity.bidiagnoses(diagnoses),
        "chronic_groups": comorbidity.chronic_groups(diagnoses),
        "spict_count": _spict_count(answers),
    }
    results = {
        **_cfs_results(answers, tree),
        **{name: shown(interval) for name, interval in counts.items()},
        **_charlson(diagnoses, answers.get("age"), limits),
        "hfrs": _hfrs(diagnoses, answers.get("age"), limits),
    }
    results["norgep_hits"] = replace(results["norgep_hits"], details=hits.details)
    rule_values = {**_rule_values(answers, diagnoses), **counts, "norgep_hits": norgep_for_rules}
    notes = (
        *(medicine_notes(lines) if lines else ()),
        *((NORGEP_BY_DEFAULT,) if lines and "residence" not in answers else ()),
        *(comorbidity.diagnosis_notes(diagnoses) if diagnoses else ()),
    )
    return Scoring(results, _ways(rule_values, answers, tree), notes, lines)


def shown(interval: Interval) -> ScoreResult:
    """Return an interval as it is shown: its value when exact, and the facts that carry it."""
    value = interval.low if interval.exact else None
    return ScoreResult(value, interval.low, interval.high, because(interval.low_facts))


def _person(case: Case, index_date: date) -> dict[str, Answer]:
    patient, found = case.patient, dict[str, Answer]()
    if patient.birth_date is not None:
        found["age"] = age_on(patient.birth_date, index_date)
    if patient.sex is not None:
        found["sex"] = patient.sex
    return found


def _rule_values(answers: Mapping[str, Answer], diagnoses: Sequence[comorbidity.Coded] | None) -> dict[str, Value]:
    values: dict[str, Value] = {item: _value(item, answer) for item, answer in answers.items()}
    derived = {
        "main_diagnosis": comorbidity.main_diagnosis(diagnoses),
        "fall_coded": comorbidity.fall_coded(diagnoses),
    }
    return values | {name: value for name, value in derived.items() if value is not None}


def _value(item: str, answer: Answer) -> Value:
    return answer if isinstance(answer, TAKEN_AS_IT_IS) else Interval.answer(item, answer)


def _ways(values: Mapping[str, Value], answers: Mapping[str, Answer], tree: TreeResult) -> Ways:
    """Return the rules' values at each CFS level: the clinician's, or those the tree leaves possible.

    Without a clinician's score the other levels stay conceivable, since a clinician may still set them.
    """
    values = {**values, "cfs_tree_distance": _tree_distance(answers, tree)}
    clinician = answers.get("cfs_clinician")
    if isinstance(clinician, int):
        level = Interval.answer("cfs_clinician", clinician)
        rated = Interval(1, 1, level.low_facts, level.high_facts)
        return Ways(({**values, "cfs_level": level, "clinician_ratings": rated},))
    facts = tree_facts(answers, tree.asked)
    replaced_by = tuple(item for item in ("cfs_clinician", tree.next_question) if item)
    at_level = {
        level: {
            **values,
            "cfs_level": Interval(level, level, facts, facts, provisional=replaced_by),
            "clinician_ratings": Interval(0, 0),
        }
        for level in CFS_LEVELS
    }
    return Ways(
        [at_level[level] for level in CFS_LEVELS if level in tree.levels],
        [at_level[level] for level in CFS_LEVELS if level not in tree.levels],
    )


def _tree_distance(answers: Mapping[str, Answer], tree: TreeResult) -> Interval:
    """Return how many levels the tree is from the clinician; none apart where no clinician has scored."""
    clinician = answers.get("cfs_clinician")
    if not isinstance(clinician, int):
        return Interval(0, 0)
    apart = [abs(clinician - level) for level in tree.levels]
    facts = joined(({("cfs_clinician", None): clinician}, tree_facts(answers, tree.asked)))
    return Interval(min(apart), max(apart), facts, facts, tuple(sorted(tree.open)))


def _cfs_results(answers: Mapping[str, Answer], tree: TreeResult) -> dict[str, ScoreResult]:
    low, high = min(tree.levels), max(tree.levels)
    by_tree = ScoreResult(
        value=low if low == high else None,
        low=low,
        high=high,
        because=because(tree_facts(answers, tree.asked)),
        next_question=tree.next_question,
        levels=tuple(sorted(tree.levels)),
    )
    clinician = answers.get("cfs_clinician")
    if not isinstance(clinician, int):
        return {"cfs": by_tree, "cfs_tree": by_tree}
    by_clinician = ScoreResult(clinician, clinician, clinician, {"cfs_clinician": clinician}, levels=(clinician,))
    return {"cfs": by_clinician, "cfs_tree": by_tree}


def _norgep(lines: Sequence[Line] | None, answers: Mapping[str, Answer]) -> tuple[NorgepHits, Interval]:
    """Return the hits as shown, by the list of the residence, and the interval that rules settle on."""
    residence = answers.get("residence")
    if lines is None:
        unknown = unknown_list("medicines")
        return NorgepHits(unknown), unknown if residence else replace(unknown, missing=("residence", "medicines"))
    if residence is None:
        at_home, in_nursing_home = (_hits(lines, name, {}) for name in (norgep.AT_HOME, norgep.IN_NURSING_HOME))
        return at_home, norgep.over_both_lists(at_home.interval, in_nursing_home.interval)
    name = norgep.IN_NURSING_HOME if residence in norgep.NURSING_HOME_RESIDENCES else norgep.AT_HOME
    hits = _hits(lines, name, {("residence", None): residence})
    return hits, hits.interval


def _hits(lines: Sequence[Line], list_name: str, residence: Facts) -> NorgepHits:
    result = norgep.check(lines, list_name)
    details = tuple(
        {
            "list": hit.criterion.list_name,
            "item": hit.criterion.number,
            "criterion": hit.criterion.label,
            "medicines": [line.substance for line in hit.lines],
        }
        for hit in result.hits
    )
    return NorgepHits(norgep.hits_interval(lines, result, residence), details)


def _spict_count(answers: Mapping[str, Answer]) -> Interval:
    yes = [item for item in SPICT if answers.get(item) is True]
    no = [item for item in SPICT if answers.get(item) is False]
    unknown = tuple(item for item in SPICT if item not in answers)
    return Interval(
        len(yes),
        len(SPICT) - len(no),
        {(item, None): True for item in yes},
        {(item, None): False for item in no},
        unknown,
    )


def _charlson(
    diagnoses: Sequence[comorbidity.Coded] | None, age: Answer | None, limits: Limits
) -> dict[str, ScoreResult]:
    by_2011 = comorbidity.charlson(diagnoses, "weight_quan2011")
    by_1987 = comorbidity.charlson(diagnoses, "weight_1987")
    return {
        "charlson": shown(by_2011),
        "charlson_1987": shown(by_1987),
        "charlson_age_adjusted": _age_adjusted(by_1987, age, limits),
    }


def _age_adjusted(by_1987: Interval, age: Answer | None, limits: Limits) -> ScoreResult:
    most = int(limits["charlson_age_most"])
    if not isinstance(age, int):
        high = None if by_1987.high is None else by_1987.high + most
        return ScoreResult(None, by_1987.low, high, because(by_1987.low_facts))
    steps = (age - limits["charlson_age_from"]) // limits["charlson_age_step"] + 1
    points = int(min(max(steps, 0), most))
    high = None if by_1987.high is None else by_1987.high + points
    low = by_1987.low + points
    return ScoreResult(low if low == high else None, low, high, {"age": age, **because(by_1987.low_facts)})


def _hfrs(diagnoses: Sequence[comorbidity.Coded] | None, age: Answer | None, limits: Limits) -> ScoreResult:
    if isinstance(age, int) and age < limits["hfrs_from_age"]:
        return NOT_APPLICABLE
    tenths = comorbidity.hfrs_tenths(diagnoses)
    low, high = tenths.low / 10, None if tenths.high is None else tenths.high / 10
    value = low if tenths.exact and age is not None else None
    band = None if value is None else _hfrs_band(value, limits)
    return ScoreResult(value, low, high, because(tenths.low_facts), band=band)


def _hfrs_band(value: float, limits: Limits) -> str:
    """Return the band as Gilbert 2018 has it: low under 5, high over 15."""
    if value < limits["hfrs_intermediate"]:
        return "low"
    return "high" if value > limits["hfrs_high"] else "intermediate"
