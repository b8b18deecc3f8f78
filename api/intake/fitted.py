"""What a message says, made to fit a case: a long text is shortened, and what no case holds is refused in place."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lxml import etree
from pydantic import ValidationError

from api.intake.mapped import Intake, Mapped, Values, count_note, to_intake
from api.intake.message_elements import Node
from api.intake.reading_xml import IN_ITS_PLACE
from api.messages.tables import messages_table, namespaces
from engine.errors import InputError
from forms.model import VISIBLE, Strict, read_case
from forms.questionnaire import LONGEST_TEXT
from forms.refusals import as_input_error
from rules.case import Note

MOST_NOTES = 400
"""Below what a case may hold, with room for what is noted when it is received."""

LONGEST_NAME = 300
HTML = messages_table()["namespaces"]["h"]


def checked(model: type[Strict], said: Values, node: Node) -> Values:
    """Return what an element says, or raise `InputError` with its line where no case can hold it."""
    try:
        model.model_validate(dict(said))
    except ValidationError as wrong:
        raise as_input_error(wrong).at(node.where) from None
    return said


def named(text: str | None) -> str | None:
    """Return a name that a case can hold; one without a sign that can be seen is none."""
    if text is None or not any(unicodedata.category(sign)[0] in VISIBLE for sign in text):
        return None
    return _cut(text, LONGEST_NAME)


def fitting(parts: Sequence[Mapped], body: Node) -> Intake:
    """Return the case that the parts of a message make, which can be stored."""
    every = [_shortened(each) for each in parts]
    odd = Mapped(
        notes=(
            *count_note("input_characters_replaced", body.said, _replaced(body.element)),
            *count_note("input_elements_foreign", body.said, _foreign(body.element)),
        )
    )
    intake = _few_notes(to_intake([*every, odd]), body)
    try:
        read_case(intake.case)
    except InputError as wrong:
        raise wrong.at(body.where) from None
    return intake


def _shortened(part: Mapped) -> Mapped:
    """Return a part whose texts a case can hold; the message itself is kept whole."""
    long = {item: said for item, said in part.answers.items() if isinstance(said, str) and len(said) > LONGEST_TEXT}
    cut = {item: _cut(said, LONGEST_TEXT) for item, said in long.items()}
    notes = (Note("input_text_shortened", item, {"count": LONGEST_TEXT}) for item in long)
    return replace(part, answers={**part.answers, **cut}, notes=(*part.notes, *notes)) if long else part


def _few_notes(intake: Intake, body: Node) -> Intake:
    more = len(intake.notes) - MOST_NOTES
    if more <= 0:
        return intake
    notes = (*intake.notes[:MOST_NOTES], *count_note("input_more_notes", body.said, more))
    said = [{"code": each.code, "where": each.where, "values": dict(each.values)} for each in notes]
    return Intake({**intake.case, "notes": said}, notes)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _replaced(element: etree._Element) -> int:
    return sum(said.count(IN_ITS_PLACE) for said in _said(element))


def _foreign(element: etree._Element) -> int:
    """Return how many elements are of no standard that we know; what stands in a text is a part of it."""
    spaces = {*namespaces(), HTML}
    return sum(1 for each in element.iter(etree.Element) if etree.QName(each).namespace not in spaces)


def _said(element: etree._Element) -> Iterator[str]:
    yield from map(str, element.itertext())
    for each in element.iter(etree.Element):
        yield from map(str, each.attrib.values())
