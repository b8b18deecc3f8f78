"""What a correction changes, in words: «Fall siste 12 måneder: 1 → 3», before it is signed and in the history after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from careplans.course.case_now import TELLS_WHERE
from careplans.words import answer_words, label
from engine.texts import Texts
from rules.case import Answer, Case
from rules.knowledge import ITEMS

LINES = ("diagnoses", "medicines")
Answers = Mapping[str, Answer]


def corrected(before: Case, now: Case, texts: Texts, *, protected: bool = False) -> tuple[str, ...]:
    """Return what a case says otherwise than the one before it; of a protected address, nothing that tells where."""
    return (*answers_corrected(before.answers, now.answers, texts, protected=protected), *_lines(before, now, texts))


def answers_corrected(before: Answers, now: Answers, texts: Texts, *, protected: bool = False) -> Iterator[str]:
    """Give each answer that is another one now, as it was and as it is."""
    for item in ITEMS:
        then, says = before.get(item), now.get(item)
        if then != says and not (protected and item in TELLS_WHERE):
            yield _change(item, _said(item, then, texts), _said(item, says, texts), texts)


def _lines(before: Case, now: Case, texts: Texts) -> Iterator[str]:
    for name in LINES:
        then, says = getattr(before, name), getattr(now, name)
        if then != says:
            yield _change(name, _count(then, texts), _count(says, texts), texts)


def _change(item: str, before: str, now: str, texts: Texts) -> str:
    return texts("correcting.change", item=label(item, texts), before=before, now=now)


def _said(item: str, answer: Answer | None, texts: Texts) -> str:
    return texts("correcting.unknown") if answer is None else answer_words(item, answer, texts)


def _count(lines: tuple[object, ...] | None, texts: Texts) -> str:
    return texts("correcting.unknown") if lines is None else texts("correcting.lines", count=len(lines))
