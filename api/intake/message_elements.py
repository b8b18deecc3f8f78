"""Elements of a KITH message, read strictly: at most one where the schema has one, and its own types."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from api.intake.times import Moment, parse_moment, parse_xs_date
from api.messages.tables import qualified
from engine.errors import InputError
from forms.code_systems import system_id

_FILE = Path(__file__).parent / "data" / "innleggelsesrapport.toml"
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


@cache
def report_table() -> Mapping[str, Any]:
    """Return the code lists by which the facts in a message are read."""
    return tomllib.loads(_FILE.read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Code:
    """A coded value: `value` is its code, `system` our id of its system where we know it, `name` the sender's words."""

    value: str | None
    system: str | None
    oid: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Node:
    """An element found by its name, so that the name is the schema's and can be shown."""

    element: etree._Element = field(repr=False)
    name: str

    @property
    def where(self) -> str:
        """Return the line and the element's name."""
        return f"line {self.element.sourceline} {self.said}"

    @property
    def said(self) -> str:
        """Return the element's name as the schema has it."""
        return self.name.partition(":")[2]

    def many(self, *path: str) -> tuple[Node, ...]:
        """Return every element at the end of the path, such as `po:BorAlene`, in the order of the document."""
        found = [self.element]
        for step in path:
            found = [child for parent in found for child in parent.iterchildren(qualified(step))]
        return tuple(Node(element, path[-1]) for element in found)

    def one(self, *path: str) -> Node | None:
        """Return the element at the end of the path, or None; two of them are refused."""
        found = self.many(*path)
        if len(found) > 1:
            raise InputError(found[1].where, "element_twice")
        return found[0] if found else None

    def text(self, *path: str) -> str | None:
        """Return the words of an element, each line without surrounding spaces, or None where there are none."""
        node = self.one(*path)
        lines = "".join(map(str, node.element.itertext())).splitlines() if node else []
        return "\n".join(line.strip() for line in lines).strip() or None

    def truth(self, *path: str) -> bool | None:
        """Return an XML Schema boolean, or None where it is absent or empty."""
        text = self.text(*path)
        if text is None:
            return None
        if text not in _BOOLEANS:
            raise InputError(self._where(path), "neither_true_nor_false")
        return _BOOLEANS[text]

    def code(self, *path: str) -> Code | None:
        """Return a coded value (CS or CV), or None where it is absent."""
        node = self.one(*path)
        return node.coded if node else None

    @property
    def coded(self) -> Code:
        """Return what this element codes."""
        oid = self.attribute("S")
        return Code(self.attribute("V"), system_id(oid), oid, self.attribute("DN") or self.attribute("OT"))

    def day(self, *path: str) -> date | None:
        """Return an XML Schema date, or None where it is absent."""
        text = self.text(*path)
        return parse_xs_date(text, self._where(path)) if text else None

    def moment(self, *path: str) -> Moment | None:
        """Return a point in time (TS, in the attribute V), or None; a time without zone is Norwegian."""
        node = self.one(*path)
        text = node.attribute("V") if node else None
        return parse_moment(text, self._where(path), zone_may_lack=True) if text else None

    def attribute(self, name: str) -> str | None:
        """Return an attribute without surrounding spaces, or None where it is absent or empty."""
        return str(self.element.get(name, "")).strip() or None

    def _where(self, path: tuple[str, ...]) -> str:
        node = self.one(*path)
        return node.where if node else self.where
