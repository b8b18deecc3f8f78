"""The blank form: every item that a person is asked for, with boxes to tick, as HTML for the screen and as a PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from api.ward.form.questions import groups as on_screen
from careplans.print.document import to_pdf
from careplans.print.pages import FOLDER as PRINTS
from careplans.words import date_words
from engine.items import Item
from engine.rules import RuleSet, short_digest
from engine.texts import Texts
from forms.model import ANSWERABLE

API = Path(__file__).parents[2]
SHEET = API / "style" / "paper.css"
LINKED = "/style/paper.css"
CFS, LEVELS = "cfs_clinician", range(1, 10)
Kind = Literal["ticks", "set", "count", "text", "cfs"]
ON_THE_LABEL = frozenset({"room"})
"""What the top of the form has a place for."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the boxes that answer it, in words."""

    id: str
    words: str
    kind: Kind
    boxes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Questions under one heading."""

    id: str
    title: str
    questions: tuple[Question, ...]


def groups(texts: Texts) -> tuple[Group, ...]:
    """Return the questions in the groups and the order of the screen, so that they are typed in from the top down."""
    asked = {item.id: item for item in ANSWERABLE if item.id not in ON_THE_LABEL}
    found = ((group.id, [asked[each] for each in group.items if each in asked]) for group in on_screen(age_known=True))
    return tuple(
        Group(id, texts(f"screen.group.{id}"), tuple(_question(item, texts) for item in items))
        for id, items in found
        if items
    )


def paper_html(ruleset: RuleSet, texts: Texts, *, printed: date) -> str:
    """Return the form for the screen, with its style linked."""
    return _html(ruleset, texts, printed=printed, stylesheet=LINKED)


def paper_pdf(ruleset: RuleSet, texts: Texts, *, printed: date) -> bytes:
    """Return the form as a tagged PDF/UA; it takes processor time, so call it from a thread."""
    return to_pdf(_html(ruleset, texts, printed=printed, stylesheet=None), SHEET)


def _html(ruleset: RuleSet, texts: Texts, *, printed: date, stylesheet: str | None) -> str:
    return _template().render(
        t=texts,
        groups=groups(texts),
        levels=[(level, texts(f"cfs.{level}")) for level in LEVELS],
        ruleset=f"{ruleset.version} · {short_digest(ruleset.digest)}",
        printed=date_words(printed, texts),
        stylesheet=stylesheet,
        style=None,
    )


def _question(item: Item, texts: Texts) -> Question:
    words = texts(f"question.{item.id}")
    if item.id == CFS:
        return Question(item.id, words, "cfs")
    if item.kind == "yes_no":
        return Question(item.id, words, "ticks", (texts("answer.yes"), texts("answer.no")))
    boxes = tuple(texts(f"answer.{item.id}.{code}") for code in item.codes)
    kinds: dict[str, Kind] = {"choice": "ticks", "set": "set", "count": "count"}
    return Question(item.id, words, kinds.get(item.kind, "text"), boxes)


@cache
def _template() -> Template:
    loader = FileSystemLoader((API / "pages", PRINTS))
    pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return pages.get_template("ward/paper_form.html.jinja")
