"""The content of a message under headings, by our own list of elements: what is not on it is counted and not shown."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from api.messages.showing.elements import Element, children, name_of, value
from api.messages.showing.groups import SAID
from api.messages.showing.parts import Gathered, Part, Shown
from engine.texts import Texts

FILE = Path(__file__).parents[1] / "data" / "shown.toml"
TELLS_WHERE = frozenset({"people", "services"})
"""Parts that tell where someone is to be found, whose address may be protected."""


@cache
def shown_table() -> Mapping[str, Any]:
    """Return which elements are shown, and in which part."""
    return tomllib.loads(FILE.read_text("utf-8"))


def shown(root: Element, texts: Texts, *, protected: bool = False) -> Shown:
    """Return what people are shown of a message; of someone whose address is protected, nothing that tells where."""
    found = Gathered()
    for each in _contents(root):
        _walk(each, found, texts)
    parts = (part for part in _parts(found, texts) if not (protected and part.id in TELLS_WHERE))
    return Shown(tuple(parts), found.left_out)


def _contents(root: Element) -> Iterable[Element]:
    inside = children(root, "Document", "RefDoc", "Content")
    if inside:
        return (each for content in inside for each in content.iterchildren(etree.Element))
    return children(root, "ServRprt") or (root,)


def _walk(element: Element, found: Gathered, texts: Texts) -> None:
    name, table = name_of(element), shown_table()
    if name in SAID:
        SAID[name](element, found, texts)
    elif name in table["values"]:
        found.add(table["values"][name], value(element, texts), texts(f"message_shown.label.{name}"))
    elif name not in table["silent"]:
        inner = list(element.iterchildren(etree.Element))
        for each in inner:
            _walk(each, found, texts)
        found.left_out += not inner and _says_something(element)


def _says_something(element: Element) -> bool:
    return bool((element.text or "").strip() or element.get("V") or element.get("DN"))


def _parts(found: Gathered, texts: Texts) -> Iterator[Part]:
    """Give the parts in our order; those under official headings in the order of the message."""
    for part in shown_table()["parts"]["order"]:
        for (id, heading), rows in found.rows.items():
            if id == part:
                yield Part(id, heading or texts(f"message_shown.part.{id}"), tuple(rows))
