"""The items as a FHIR R4 Questionnaire: the same ids, kinds, ranges and answers as the form and the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from engine.items import Item
from engine.texts import Texts
from forms.model import ANSWERABLE

CANONICAL = "urn:retthjem:questionnaire:screening"
ANSWER_SYSTEM = "urn:retthjem:answers"
MIN_VALUE = "http://hl7.org/fhir/StructureDefinition/minValue"
MAX_VALUE = "http://hl7.org/fhir/StructureDefinition/maxValue"
TYPES = {"yes_no": "boolean", "count": "integer", "choice": "choice", "set": "choice", "text": "text"}
FROM_THE_PATIENT = frozenset({"age", "sex", "municipality"})
"""Read from Patient, so the form does not ask for them again."""

NONE_OF_THESE = "none"

LANGUAGE_TAGS = {"nb": "nb-NO", "nn": "nn-NO", "en": "en"}


def questionnaire(texts: Texts, version: str) -> dict[str, Any]:
    """Return the screening form as a Questionnaire in the language of the texts."""
    asked = [item for item in ANSWERABLE if item.id not in FROM_THE_PATIENT]
    return {
        "resourceType": "Questionnaire",
        "url": CANONICAL,
        "version": version,
        "name": "RettHjemScreening",
        "title": texts("form.title"),
        "language": LANGUAGE_TAGS[texts.language],
        "status": "active",
        "subjectType": ["Patient"],
        "item": [_group(name or "", items, texts) for name, items in groupby(asked, key=lambda item: item.group)],
    }


def _group(name: str, items: Iterable[Item], texts: Texts) -> dict[str, Any]:
    asked = list(items)
    return {
        "linkId": f"group-{name}-{asked[0].id}",
        "type": "group",
        "text": texts(f"group.{name}"),
        "item": [_question(item, texts) for item in asked],
    }


def _question(item: Item, texts: Texts) -> dict[str, Any]:
    question: dict[str, Any] = {"linkId": item.id, "type": TYPES[item.kind], "text": texts(f"question.{item.id}")}
    if item.coding:
        question["code"] = [dict(item.coding)]
    if item.kind == "set":
        question["repeats"] = True
    if item.kind in ("choice", "set"):
        question["answerOption"] = [{"valueCoding": coding} for coding in _codings(item, texts)]
    if item.kind == "count":
        question["extension"] = [
            {"url": MIN_VALUE, "valueInteger": item.low},
            {"url": MAX_VALUE, "valueInteger": item.high},
        ]
    return question


def _codings(item: Item, texts: Texts) -> Iterable[Mapping[str, str]]:
    """Yield the answers; a set also offers "none of these", since leaving all unticked says nothing."""
    system = f"{ANSWER_SYSTEM}:{item.id}"
    for code in item.codes:
        yield {"system": system, "code": code, "display": texts(f"answer.{item.id}.{code}")}
    if item.kind == "set":
        yield {"system": system, "code": NONE_OF_THESE, "display": texts("answer.none_of_these")}
