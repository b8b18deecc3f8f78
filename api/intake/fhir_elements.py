"""FHIR elements that can be read only with the JSON type FHIR gives them; anything else is an `InputError`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from api.intake.times import Moment, parse_moment
from engine.errors import InputError
from forms.code_systems import system_id

# No dose, frequency or level comes near. Larger integers cannot even become a float; to divide by less may overflow.
_LARGEST, _SMALLEST = 1e9, 1e-9


@dataclass(frozen=True, slots=True)
class Element:
    """A JSON object and its place, such as `entry[3] Condition.code`; its content stays out of `repr` and logs."""

    content: Mapping[str, Any] = field(repr=False)
    where: str

    def has(self, name: str) -> bool:
        """Return whether the element is there, whatever it holds."""
        return name in self.content

    def text(self, name: str) -> str | None:
        """Return a text without surrounding spaces, or None where it is absent or empty."""
        value = self.content.get(name, "")
        if not isinstance(value, str):
            raise InputError(self.place(name), "fhir_not_text")
        return value.strip() or None

    def truth(self, name: str) -> bool | None:
        """Return true or false, or None where it is absent."""
        if not self.has(name):
            return None
        value = self.content[name]
        if not isinstance(value, bool):
            raise InputError(self.place(name), "fhir_not_true_or_false")
        return value

    def number(self, name: str) -> float | None:
        """Return a number, whole or not, or None where it is absent."""
        if not self.has(name):
            return None
        value = self.content[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not _reasonable(value):
            raise InputError(self.place(name), "fhir_not_number")
        return value

    def whole(self, name: str) -> int | None:
        """Return a whole number, or None where it is absent; `6.0` is not written as one."""
        if self.has(name) and not isinstance(self.content[name], int):
            raise InputError(self.place(name), "fhir_not_whole_number")
        number = self.number(name)
        return None if number is None else int(number)

    def moment(self, name: str) -> Moment | None:
        """Return a date or time, or None where it is absent."""
        written = self.text(name)
        return parse_moment(written, self.place(name)) if written else None

    def one(self, name: str) -> Element | None:
        """Return the element inside, or None where it is absent."""
        return self._inside(self.content[name], name) if self.has(name) else None

    def many(self, name: str) -> tuple[Element, ...]:
        """Return the elements of a list, in their order; none where it is absent."""
        return tuple(self._inside(value, f"{name}[{n}]") for n, value in enumerate(self._list(name)))

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, such as given names."""
        found = self._list(name)
        if not all(isinstance(value, str) for value in found):
            raise InputError(self.place(name), "fhir_not_list_of_texts")
        return tuple(value.strip() for value in found if value.strip())

    def place(self, name: str) -> str:
        """Return where an element inside stands."""
        return f"{self.where}.{name}"

    def _list(self, name: str) -> list[Any]:
        value = self.content.get(name, [])
        if not isinstance(value, list):
            raise InputError(self.place(name), "fhir_not_list")
        return value

    def _inside(self, value: object, name: str) -> Element:
        if not isinstance(value, dict):
            raise InputError(self.place(name), "fhir_not_object")
        return Element(value, self.place(name))


def _reasonable(number: float) -> bool:
    return number == 0 or _SMALLEST <= abs(number) <= _LARGEST


@dataclass(frozen=True, slots=True)
class Coding:
    """A code; `system` is our id of its system where we know it, `uri` what the sender calls it."""

    code: str
    system: str | None
    uri: str | None
    display: str | None


def codings(concept: Element | None) -> tuple[Coding, ...]:
    """Return the codes of a CodeableConcept in their order."""
    return tuple(filter(None, map(coding, concept.many("coding")))) if concept else ()


def coding(element: Element) -> Coding | None:
    """Return the code of a Coding, or None where it has only a display."""
    code, uri = element.text("code"), element.text("system")
    return Coding(code, system_id(uri), uri, element.text("display")) if code else None


def codes(concept: Element | None) -> frozenset[str]:
    """Return the bare codes of a CodeableConcept whose system FHIR itself fixes, such as a status."""
    return frozenset(found.code for found in codings(concept))


def words(concept: Element | None) -> str | None:
    """Return the text of a CodeableConcept, else the display of its first code that has one."""
    if concept is None:
        return None
    displays = (found.text("display") for found in concept.many("coding"))
    return concept.text("text") or next(filter(None, displays), None)
