"""The small parts that resources are made of: codings, references, instants, narrative, as plain dicts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from careplans.course.events import By
from engine.texts import Texts
from forms.questionnaire import LANGUAGE_TAGS

Json = dict[str, Any]
FILE = Path(__file__).parent / "data" / "codes.toml"
OURS = "urn:retthjem"
"""The beginning of our own systems: rules, steps, owners, roles, events, accesses, plans, local ids."""

XHTML = "http://www.w3.org/1999/xhtml"


@cache
def code_table(name: str) -> Mapping[str, Any]:
    """Return a table of the codes that others have given things."""
    table: Mapping[str, Any] = tomllib.loads(FILE.read_text("utf-8"))[name]
    return table


@dataclass(frozen=True, slots=True)
class Place:
    """Where resources live: under ids that can be read again, or in one Bundle under names made for it."""

    names: Mapping[str, str] | None = None

    def reference(self, kind: str, id: str) -> Json:
        """Return a reference to a resource of ours."""
        name = f"{kind}/{id}"
        return {"reference": self.names.get(name, name) if self.names else name}


def known(element: Mapping[str, Any]) -> Json:
    """Return an element without what is unknown: FHIR has no null and nothing empty."""
    return {name: value for name, value in element.items() if value is not None and value not in ("", [], {})}


def coding(part: Mapping[str, Any]) -> Json:
    """Return a code of another's system."""
    return {name: part[name] for name in ("system", "code", "display") if name in part}


def concept(*codings: Json, text: str | None = None) -> Json:
    """Return what something is, by codes and in words."""
    return known({"coding": list(codings), "text": text})


def own(kind: str, code: str, text: str | None = None) -> Json:
    """Return a code of ours, such as a rule's id, with its words."""
    return concept({"system": f"{OURS}:{kind}", "code": code} | ({"display": text} if text else {}), text=text)


def instant(moment: datetime) -> str:
    """Return a moment as FHIR writes one: exact, with its zone."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def meta(version: int | str, updated: datetime) -> Json:
    """Return which version of a resource this is, and since when."""
    return {"versionId": str(version), "lastUpdated": instant(updated)}


def person_words(by: By, texts: Texts) -> str:
    """Return who wrote something, by name, else by role."""
    return by.name or texts(f"role.{by.role}")


def narrative(lines: Iterable[str]) -> Json:
    """Return what a person reads where a program does not understand the rest; nothing in it is ever markup."""
    said = "".join(f"<p>{escape(line)}</p>" for line in lines if line.strip()) or "<p>–</p>"
    return {"status": "generated", "div": f'<div xmlns="{XHTML}">{said}</div>'}


def begun(kind: str, id: str | None, texts: Texts, stamp: Json | None = None) -> Json:
    """Return the head of a resource: its type, id, version and language."""
    return known({"resourceType": kind, "id": id, "meta": stamp, "language": LANGUAGE_TAGS[texts.language]})
