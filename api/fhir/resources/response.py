"""The answers of a screening as a QuestionnaireResponse to our own form: what was not answered is not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from api.fhir.about import About, Screening
from api.fhir.elements import Json, begun, instant, known, meta, narrative, person_words
from api.record.protected import OF_EVENTS
from careplans.course.case_now import TELLS_WHERE
from careplans.words import answer_words, label
from engine.facts import SetAnswer
from engine.items import Item
from engine.texts import Texts
from forms.model import ANSWERABLE
from forms.questionnaire import (
    CANONICAL,
    FROM_THE_PATIENT,
    NO,
    NONE_OF_THESE,
    YES,
    answer_system,
    group_link,
)
from rules.case import Answer, Case

Answers = Mapping[str, Answer]
PARTIAL = "urn:retthjem:partial-answer"
"""Marks a question of which only some answers are known: what is not ticked there is unknown, not "no"."""


def questionnaire_response(about: About, screening: Screening) -> Json:
    """Return the answers of a stored screening, and who gave them."""
    stored, texts, by = screening.stored, about.texts, screening.recorded.by
    head = begun("QuestionnaireResponse", screening.id, texts, meta(stored.version, stored.at))
    case, version = screening.basis.case, screening.basis.assessment.ruleset.version
    left_out = (*TELLS_WHERE, *OF_EVENTS) if about.course.protected else ()
    return (
        head
        | answered(case, texts, version=version, left_out=left_out)
        | {
            "status": "completed" if stored.version == 1 else "amended",
            "subject": about.patient,
            "authored": instant(stored.at),
            "author": {"display": person_words(by, texts)},
        }
    )


def answered(case: Case, texts: Texts, *, version: str, left_out: tuple[str, ...] = ()) -> Json:
    """Return what a response says of a case's answers."""
    given = {item: answer for item, answer in case.answers.items() if item not in left_out}
    lines = [f"{label(item, texts)}: {answer_words(item, answer, texts)}" for item, answer in given.items()]
    return known(
        {
            "text": narrative([texts("fhir.answers"), *lines]),
            "questionnaire": f"{CANONICAL}|{version}",
            "status": "completed",
            "item": list(_groups(given, texts)),
        }
    )


def _groups(given: Answers, texts: Texts) -> Iterator[Json]:
    asked = [item for item in ANSWERABLE if item.id not in FROM_THE_PATIENT]
    for name, items in groupby(asked, key=lambda item: item.group):
        of_group = list(items)
        questions = [found for item in of_group if (found := _question(item, given, texts))]
        if questions:
            yield {"linkId": group_link(name or "", of_group), "text": texts(f"group.{name}"), "item": questions}


def _question(item: Item, given: Answers, texts: Texts) -> Json | None:
    answer = given.get(item.id)
    answers = [] if answer is None else list(_values(item, answer, texts))
    if not answers:
        return None
    partial = isinstance(answer, SetAnswer) and len(answer.yes | answer.no) < len(item.codes)
    extension = [{"url": PARTIAL, "valueBoolean": True}] if partial else None
    question = {"linkId": item.id, "extension": extension, "text": texts(f"question.{item.id}"), "answer": answers}
    return known(question)


def _values(item: Item, answer: Answer, texts: Texts) -> Iterator[Json]:
    match answer:
        case bool():
            code = YES if answer else NO
            yield _coded(item, code, texts(f"answer.{code}"))
        case int():
            yield {"valueInteger": answer}
        case SetAnswer():
            codes = [code for code in item.codes if code in answer.yes]
            yield from (_coded(item, code, texts(f"answer.{item.id}.{code}")) for code in codes)
            if not codes and answer.no >= frozenset(item.codes):  # what is only partly known is not "none of these"
                yield _coded(item, NONE_OF_THESE, texts("answer.none_of_these"))
        case str() if item.kind == "choice":
            yield _coded(item, answer, texts(f"answer.{item.id}.{answer}"))
        case str() if answer.strip():
            yield {"valueString": answer}


def _coded(item: Item, code: str, display: str) -> dict[str, Any]:
    return {"valueCoding": {"system": answer_system(item), "code": code, "display": display}}
