"""Elements of a message, made one by one in the order of the schema: never a string that is pasted together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from lxml import etree

from api.messages.tables import code, oid_of, qualified
from api.messages.writing.characters import sendable

TRUTH = {True: "true", False: "false"}


def root(name: str, **namespaces: str) -> etree._Element:
    """Return an element of its own, with the prefixes it declares; `own` is the namespace without a prefix."""
    return etree.Element(qualified(name), nsmap=_declared(namespaces))


def rooted(parent: etree._Element, name: str, namespace: str) -> etree._Element:
    """Return a new last child that declares its namespace, so that what is in it needs no prefix."""
    return etree.SubElement(parent, qualified(name), nsmap=_declared({"own": namespace}))


def _declared(namespaces: Mapping[str, str]) -> Mapping[str, str]:
    names = {None if prefix == "own" else prefix: namespace for prefix, namespace in namespaces.items()}
    return cast(Mapping[str, str], names)  # the types of lxml know of no namespace without a prefix


def child(parent: etree._Element, name: str, text: str | None = None, **attributes: str | None) -> etree._Element:
    """Return a new last child; attributes that are None are left out."""
    given = {key: sendable(value) for key, value in attributes.items() if value is not None}
    element = etree.SubElement(parent, qualified(name), given)
    if text is not None:
        element.text = sendable(text)
    return element


def coded(parent: etree._Element, name: str, code_set: str, value: str) -> etree._Element:
    """Return a child with one of our codes, where the element has no place for the set (CS)."""
    found = code(code_set, value)
    return child(parent, name, V=found.value, DN=found.name)


def coded_with_set(parent: etree._Element, name: str, code_set: str, value: str) -> etree._Element:
    """Return a child with one of our codes and the OID of its set (CV)."""
    found = code(code_set, value)
    return child(parent, name, V=found.value, DN=found.name, S=oid_of(code_set))


def boolean(parent: etree._Element, name: str, value: bool) -> etree._Element:  # it is the value
    """Return a child that says true or false."""
    return child(parent, name, TRUTH[value])


def family_and_given(name: str | None) -> tuple[str, str | None]:
    """Return the last word of a name, and the words before it."""
    *given, family = (name or "").split() or [""]
    return family, " ".join(given) or None
