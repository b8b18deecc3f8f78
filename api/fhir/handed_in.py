"""A filled-in form that is handed in: read strictly by our own Questionnaire, and made a case about one patient.

Who answered is the token's, whose record it is the request's, and which version of the form ours: Helsenorge's renderer
sends none of the three. It also leaves the status at `in-progress`; that the form is sent is what hands it in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api.fhir.elements import Json
from api.fhir.forms import BY_ID
from api.fhir.references import own_reference
from api.intake.fhir_answers import as_answered
from api.intake.fhir_bundle import Resource, refuse_modified
from api.intake.fhir_elements import Element
from api.intake.times import Moment
from api.v1.languages import LANGUAGES, texts_of
from engine.errors import InputError
from engine.items import Item
from forms.model import ANSWERABLE
from forms.questionnaire import (
    ANSWER_SYSTEM,
    CANONICAL,
    FROM_THE_PATIENT,
    NO,
    NONE_OF_THESE,
    SCREENING,
    YES,
    answer_system,
)

HANDED_IN = frozenset({"in-progress", "completed", "amended"})
ASKED: Mapping[str, Item] = {item.id: item for item in ANSWERABLE if item.id not in FROM_THE_PATIENT}
VALUES: Mapping[str, tuple[str, ...]] = {
    "yes_no": ("valueCoding", "valueBoolean"),
    "choice": ("valueCoding",),
    "set": ("valueCoding",),
    "count": ("valueInteger",),
    "text": ("valueString",),
}
"""How an item of each kind may be answered."""

FORM = "QuestionnaireResponse"
VERSION, FIRST = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){0,2}", re.ASCII), (1, 0, 0)
READ_AT = frozenset({SCREENING, *BY_ID})


@dataclass(frozen=True, slots=True)
class HandedIn:
    """The answers of a form, how it and its wrapping name the patient, and when and in which stay it was filled in."""

    answers: Mapping[str, Any]
    named: tuple[Element, ...]
    authored: Moment | None = None
    encounter: str | None = None


def handed_in(content: Json, base: str, version: str) -> HandedIn:
    """Return what a form says, by itself or in Parameters with the patient beside it; refuse what is not ours.

    `base` is the address of this server, where the form may have been read; `version` is the newest there has been.
    """
    form, beside = _parts(Element(content, str(content["resourceType"])))
    refuse_modified(Resource(FORM, form, 0))
    _refuse_other_forms(form, base, version)
    subject = form.one("subject")
    answers: dict[str, Any] = {}
    for question in _questions(form):
        _take(answers, question)
    answers = {item: _ticked(answer) if ASKED[item].kind == "set" else answer for item, answer in answers.items()}
    if not answers:
        raise InputError(f"{FORM}.item", "response_without_answers")
    named = (*beside, *([subject] if subject else []))
    return HandedIn(answers, named, form.moment("authored"), _encounter(form))


def _encounter(form: Element) -> str | None:
    """Return the id of the stay that a form says it is of, on whichever server it is."""
    encounter = form.one("encounter")
    said = encounter.text("reference") if encounter else None
    return said.partition("/_history/")[0].rpartition("/")[2] if said else None


def _parts(sent: Element) -> tuple[Element, tuple[Element, ...]]:
    """Return the form, and the patient that Parameters name beside it."""
    if sent.content["resourceType"] == FORM:
        return sent, ()
    if sent.content["resourceType"] != "Parameters":
        raise InputError("resourceType", "not_a_response")
    forms, named = [], []
    for parameter in sent.many("parameter"):
        resource = parameter.one("resource")
        reference, identifier = parameter.one("valueReference"), parameter.one("valueIdentifier")
        if resource and resource.text("resourceType") == FORM:
            forms.append(Element(resource.content, FORM))
        elif reference:
            named.append(reference)
        elif identifier:
            named.append(Element({"identifier": identifier.content}, parameter.where))
        else:
            raise InputError(parameter.where, "parameter_not_used")
    if len(forms) != 1:
        raise InputError("Parameters.parameter", "not_a_response")
    return forms[0], tuple(named)


def _refuse_other_forms(form: Element, base: str, version: str) -> None:
    if form.text("status") not in HANDED_IN:
        raise InputError(f"{FORM}.status", "response_not_handed_in", allowed=sorted(HANDED_IN))
    of, _, said = (form.text("questionnaire") or CANONICAL).partition("|")
    if (of != CANONICAL and not _is_ours(of, base)) or not _has_been(said or version, version):
        raise InputError(f"{FORM}.questionnaire", "response_of_another_form")


def _has_been(said: str, version: str) -> bool:
    """Return whether there has been such a version, which may be said by its first numbers."""
    if not VERSION.fullmatch(said):
        return False
    numbers, newest = (tuple(map(int, each.split("."))) for each in (said, version))
    return FIRST[: len(numbers)] <= numbers <= newest[: len(numbers)]


def _is_ours(said: str, base: str) -> bool:
    """Return whether a form is named by where it is read, and not by its canonical name."""
    found = own_reference(said, base)
    return found is not None and found["kind"] in {None, "Questionnaire"} and found["id"] in READ_AT


def _questions(element: Element) -> Iterator[Element]:
    """Yield every question, also inside groups and under answers; reading bounds how deep they can lie."""
    for item in element.many("item"):
        yield item
        yield from _questions(item)
        for answer in item.many("answer"):
            yield from _questions(answer)


def _take(answers: dict[str, Any], question: Element) -> None:
    """Add a question's answer; one that was left alone says nothing."""
    given = [each for each in question.many("answer") if _says(each)]
    if not given:
        return
    link = question.text("linkId")
    item = ASKED.get(link or "")
    if item is None:
        raise InputError(question.place("linkId"), "question_unknown")
    values = [_value(item, each) for each in given]
    if item.kind == "set":  # Helsenorge's renderer can draw such a question once more, and its ticks belong together
        answers[item.id] = [*answers.get(item.id, ()), *values]
        _refuse_none_and_some(answers[item.id], question)
        return
    if item.id in answers:
        raise InputError(question.place("linkId"), "question_twice")
    if len(values) > 1:
        raise InputError(question.place("answer"), "several_answers")
    answers[item.id] = values[0]


def _says(answer: Element) -> bool:
    """Return whether there is a value: renderers keep an empty answer where somebody has wiped one out."""
    values = [value for name, value in answer.content.items() if name.startswith("value")]
    return any(
        value is not None and value != {} and not (isinstance(value, str) and not value.strip()) for value in values
    )


def _refuse_none_and_some(values: list[Any], question: Element) -> None:
    if NONE_OF_THESE in values and len(set(values)) > 1:
        raise InputError(question.place("answer"), "none_and_some")


def _ticked(values: list[Any]) -> list[Any]:
    """Return the codes of a set, each once; "none of these" is an empty one."""
    return [value for value in dict.fromkeys(values) if value != NONE_OF_THESE]


def _value(item: Item, answer: Element) -> Any:
    names = [name for name in answer.content if name.startswith("value")]
    if len(names) != 1:
        raise InputError(answer.where, "several_answers")
    if names[0] not in VALUES[item.kind]:
        raise InputError(answer.where, "kind_of_answer")
    match names[0]:
        case "valueCoding":
            return as_answered(item, _code(item, answer))
        case "valueBoolean":
            return answer.truth("valueBoolean")
        case "valueInteger":
            return answer.whole("valueInteger")
    return answer.text("valueString")


def _code(item: Item, answer: Element) -> str:
    """Return which of the offered answers is meant: by its code in our system, else by exactly what it is called."""
    coding = answer.one("valueCoding")
    system, code, display = (coding.text(name) for name in ("system", "code", "display")) if coding else (None,) * 3
    offered = _offered(item)
    found = code if code is not None else _by_display(item, offered, display)
    if found not in offered or system not in {None, answer_system(item), f"{ANSWER_SYSTEM}:{item.id}"}:
        raise InputError(answer.place("valueCoding"), "answer_not_offered", allowed=list(offered))
    return str(found)


def _offered(item: Item) -> tuple[str, ...]:
    if item.kind == "yes_no":
        return YES, NO
    return (*item.codes, NONE_OF_THESE) if item.kind == "set" else item.codes


def _by_display(item: Item, offered: tuple[str, ...], display: str | None) -> str | None:
    for texts in map(texts_of, LANGUAGES):
        for code in offered:
            key = {YES: "answer.yes", NO: "answer.no"}.get(code) if item.kind == "yes_no" else None
            key = key or ("answer.none_of_these" if code == NONE_OF_THESE else f"answer.{item.id}.{code}")
            if texts(key) == display:
                return code
    return None
