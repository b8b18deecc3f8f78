"""The kinds of messages and their code sets, as `data/messages.toml` has them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args

from api.messages.model import Kind

FILE = Path(__file__).parent / "data" / "messages.toml"
VOLVEN = "2.16.578.1.12.4.1.1."
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Code:
    """A code with its name, and the OID of its set where we know it."""

    value: str
    name: str
    oid: str | None


@cache
def messages_table() -> Mapping[str, Any]:
    """Return the whole table."""
    return tomllib.loads(FILE.read_text("utf-8"))


def kind_table(kind: Kind) -> Mapping[str, Any]:
    """Return what a kind of message is called, and where its schema has it."""
    table: Mapping[str, Any] = messages_table()["kinds"][kind]
    return table


def oid_of(code_set: str) -> str | None:
    """Return the OID of a code set, or None where its number is not known."""
    number = messages_table()["code_sets"][code_set].get("number")
    return VOLVEN + number if number else None


def code(code_set: str, name: str) -> Code:
    """Return the code that we call by this name."""
    entry = messages_table()["code_sets"][code_set][name]
    return Code(entry["code"], entry["name"], oid_of(code_set))


def name_of(code_set: str, value: str | None) -> str | None:
    """Return our own name for a code, or None where the set has no such code."""
    entries = messages_table()["code_sets"][code_set].items()
    return next((name for name, entry in entries if isinstance(entry, dict) and entry["code"] == value), None)


@cache
def qualified(name: str) -> str:
    """Return `po:BorAlene` as lxml names it; a kind's own prefix stands for its namespace."""
    prefix, _, local = name.partition(":")
    table = messages_table()
    own = {kind["prefix"]: kind["namespace"] for kind in table["kinds"].values()}
    return f"{{{(table['namespaces'] | own)[prefix]}}}{local}"


@cache
def namespaces() -> frozenset[str]:
    """Return the namespaces of the messages and their parts; what stands in another is not ours to know."""
    table = messages_table()
    own = {str(kind["namespace"]) for kind in table["kinds"].values()}
    return frozenset(own | {space for prefix, space in table["namespaces"].items() if prefix != "h"})
