"""The items as a FHIR R4 Questionnaire: the same ids, kinds, ranges and answers as the form and the rules.

Yes or no is a choice of two and not FHIR's boolean: Helsenorge's renderer draws a boolean as one box to tick, and sends
`false` for a box that nobody has touched. Left alone is unknown here, and never "no".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from engine.items import Item
from engine.texts import Texts
from forms.model import ANSWERABLE

SCREENING = "screening"
CANONICAL = "urn:retthjem:questionnaire:screening"
ANSWER_SYSTEM = "urn:retthjem:answers"
MIN_VALUE = "http://hl7.org/fhir/StructureDefinition/minValue"
MAX_VALUE = "http://hl7.org/fhir/StructureDefinition/maxValue"
ITEM_CONTROL = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl"
CONTROLS = "http://hl7.org/fhir/questionnaire-item-control"
ONE, SEVERAL = "radio-button", "check-box"
TYPES = {"yes_no": "choice", "count": "integer", "choice": "choice", "set": "choice", "text": "text"}
FROM_THE_PATIENT = frozenset({"age", "sex", "municipality"})
"""Read from Patient, so the form does not ask for them again."""

NONE_OF_THESE = "none"
YES, NO = "yes", "no"
YES_NO = f"{ANSWER_SYSTEM}:yes_no"
LONGEST_TEXT = 20_000

LANGUAGE_TAGS = {"nb": "nb-NO", "nn": "nn-NO", "en": "en"}


def questionnaire(texts: Texts, version: str) -> dict[str, Any]:
    """Return the screening form as a Questionnaire in the language of the texts."""
    asked = [item for item in ANSWERABLE if item.id not in FROM_THE_PATIENT]
    return {
        "resourceType": "Questionnaire",
        "id": f"{SCREENING}-{texts.language}",
        "url": CANONICAL,
        "version": version,
        "name": "RettHjemScreening",
        "title": texts("form.title"),
        "language": LANGUAGE_TAGS[texts.language],
        "status": "active",
        "publisher": texts("form.publisher"),
        "description": texts("form.description"),
        "subjectType": ["Patient"],
        "item": [_group(name or "", items, texts) for name, items in groupby(asked, key=lambda item: item.group)],
    }


def _group(name: str, items: Iterable[Item], texts: Texts) -> dict[str, Any]:
    asked = list(items)
    return {
        "linkId": group_link(name, asked),
        "type": "group",
        "text": texts(f"group.{name}"),
        "item": [_question(item, texts) for item in asked],
    }


def group_link(name: str, asked: Sequence[Item]) -> str:
    """Return the id of a group; a group may be asked in more than one place."""
    return f"group-{name}-{asked[0].id}"


def _question(item: Item, texts: Texts) -> dict[str, Any]:
    question: dict[str, Any] = {"linkId": item.id, "type": TYPES[item.kind], "text": texts(f"question.{item.id}")}
    if item.coding:
        question["code"] = [dict(item.coding)]
    if item.kind == "set":
        question["repeats"] = True
    if item.kind == "text":
        question["maxLength"] = LONGEST_TEXT
    if TYPES[item.kind] == "choice":
        question["extension"] = [_control(SEVERAL if item.kind == "set" else ONE)]
        question["answerOption"] = [{"valueCoding": coding} for coding in _codings(item, texts)]
    if item.kind == "count":
        question["extension"] = [
            {"url": MIN_VALUE, "valueInteger": item.low},
            {"url": MAX_VALUE, "valueInteger": item.high},
        ]
    return question


def _control(code: str) -> dict[str, Any]:
    """Return how a choice is drawn; without it, some renderers take one answer where several are meant."""
    return {"url": ITEM_CONTROL, "valueCodeableConcept": {"coding": [{"system": CONTROLS, "code": code}]}}


def answer_system(item: Item) -> str:
    """Return the code system of an item's answers."""
    return YES_NO if item.kind == "yes_no" else f"{ANSWER_SYSTEM}:{item.id}"


def _codings(item: Item, texts: Texts) -> Iterable[Mapping[str, str]]:
    """Yield the answers; a set also offers "none of these", since leaving all unticked says nothing."""
    if item.kind == "yes_no":
        yield from ({"system": YES_NO, "code": code, "display": texts(f"answer.{code}")} for code in (YES, NO))
    system = answer_system(item)
    for code in item.codes:
        yield {"system": system, "code": code, "display": texts(f"answer.{item.id}.{code}")}
    if item.kind == "set":
        yield {"system": system, "code": NONE_OF_THESE, "display": texts("answer.none_of_these")}
