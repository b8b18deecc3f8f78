"""The Clinical Frailty Scale by its published classification tree (Theou 2021), with unknown answers kept unknown.

Every answer that is not known may be anything, so the tree gives the set of levels still possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from engine.facts import Facts, SetAnswer, Value
from rules.case import Answer
from rules.knowledge import ITEM_ORDER, ITEMS, table

Possible = frozenset[object]
Inputs = tuple[Possible, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """The tree's rows over its questions, each row the answers that fit it."""

    questions: tuple[str, ...]
    answers: tuple[tuple[object, ...], ...]
    rows: tuple[tuple[int, tuple[tuple[int, Possible], ...]], ...]


@dataclass(frozen=True, slots=True)
class TreeResult:
    """The levels still possible, the questions the tree looked at, and those of them that are still open."""

    levels: frozenset[int]
    asked: frozenset[str]
    open: frozenset[str]
    next_question: str | None


@cache
def tree() -> Tree:
    """Return the tree of `data/cfs_tree.toml`."""
    read = table("cfs_tree")
    questions = tuple(read["domain"])
    answers = tuple(tuple(values) for values in read["domain"].values())
    return Tree(questions, answers, tuple((row["level"], _fits(questions, row["when"])) for row in read["row"]))


def cfs_tree(answers: Mapping[str, Answer]) -> TreeResult:
    """Return the levels that the answers leave possible, and the next question that narrows them most."""
    return tree_result(tuple(possible(question, answers.get(question)) for question in tree().questions))


def tree_facts(answers: Mapping[str, Answer], asked: frozenset[str]) -> Facts:
    """Return the answers the tree looked at, a partial set by its members."""
    found: dict[tuple[str, str | int | None], object] = {}
    for question in sorted(asked & answers.keys(), key=lambda item: ITEM_ORDER[item]):
        found.update(answer_facts(question, answers[question]))
    return found


def answer_facts(item: str, answer: Value | int) -> Facts:
    """Return one answer as facts: a complete set as a list, a partial one member by member."""
    if not isinstance(answer, SetAnswer):
        return {(item, None): answer}
    codes = ITEMS[item].codes
    if len(answer.yes) + len(answer.no) == len(codes):
        return {(item, None): [code for code in codes if code in answer.yes]}
    return {(item, code): code in answer.yes for code in codes if code in answer.yes | answer.no}


@lru_cache(maxsize=8192)
def tree_result(inputs: Inputs) -> TreeResult:
    """Return what the tree says where each question, in its order, may still have these answers."""
    levels, asked = _walk(inputs)
    places = {name: place for place, name in enumerate(tree().questions)}
    still_open = frozenset(name for name in asked if len(inputs[places[name]]) > 1)
    return TreeResult(levels, asked, still_open, _next_question(inputs, levels, still_open))


@lru_cache(maxsize=65536)
def _walk(inputs: Inputs) -> tuple[frozenset[int], frozenset[str]]:
    asked: set[str] = set()
    for level, fits in tree().rows:
        for place, answers in fits:
            asked.add(tree().questions[place])
            agreeing = inputs[place] & answers
            if not agreeing:
                break
            if agreeing != inputs[place]:
                return _branched(inputs, place, agreeing, asked=frozenset(asked))
        else:
            return frozenset((level,)), frozenset(asked)
    raise AssertionError("The CFS tree has a row for every set of answers; a test holds it to that.")


def _branched(
    inputs: Inputs, place: int, agreeing: Possible, *, asked: frozenset[str]
) -> tuple[frozenset[int], frozenset[str]]:
    levels: frozenset[int] = frozenset()
    for possible in (agreeing, inputs[place] - agreeing):
        found, looked_at = _walk((*inputs[:place], possible, *inputs[place + 1 :]))
        levels, asked = levels | found, asked | looked_at
    return levels, asked


def _next_question(inputs: Inputs, levels: frozenset[int], still_open: frozenset[str]) -> str | None:
    if len(levels) == 1:
        return None

    def width_left(question: str) -> tuple[float, float, int]:
        place = tree().questions.index(question)
        widths = [_width(inputs, place, answer) for answer in inputs[place]]
        return max(widths), sum(widths) / len(widths), ITEM_ORDER[question]

    return min(still_open, key=width_left)


def _width(inputs: Inputs, place: int, answer: object) -> int:
    levels, _ = _walk((*inputs[:place], frozenset((answer,)), *inputs[place + 1 :]))
    return max(levels) - min(levels)


def possible(question: str, answer: Answer | None) -> Possible:
    """Return the answers that a question may still have; those that every row treats alike stand for each other."""
    place = tree().questions.index(question)
    return frozenset(_told_apart(place, each) for each in _answers_left(tree().answers[place], question, answer))


def _answers_left(domain: tuple[object, ...], question: str, answer: Answer | None) -> Iterable[object]:
    if answer is None:
        return domain
    if isinstance(answer, SetAnswer):
        return range(len(answer.yes), len(ITEMS[question].codes) - len(answer.no) + 1)
    if isinstance(answer, int) and not isinstance(answer, bool):
        return (min(answer, len(domain) - 1),)
    return (answer,)


@cache
def _told_apart(place: int, answer: object) -> object:
    """Return the first answer that every row of the tree treats as it does this one: three BADLs stand for five."""
    rows = [answers for _, fits in tree().rows for asked, answers in fits if asked == place]
    alike = [each for each in tree().answers[place] if all((each in row) == (answer in row) for row in rows)]
    return alike[0]


def _fits(questions: tuple[str, ...], when: Mapping[str, Any]) -> tuple[tuple[int, Possible], ...]:
    return tuple((questions.index(name), frozenset(answers)) for name, answers in when.items())
