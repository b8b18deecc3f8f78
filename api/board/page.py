"""The board as a page, and the pages in its place where there is nothing to show."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from api.board.view import Board
from engine.texts import Texts

PAGES = Path(__file__).parent.parent / "pages"
EVERY = 60
"""Seconds between two fetches of the board."""


def board_page(board: Board, texts: Texts) -> str:
    """Return the board of a ward as HTML."""
    return _template("board.html.jinja").render(board=board, t=texts, every=EVERY)


def away_page(texts: Texts) -> str:
    """Return what hangs on the wall while the store does not answer; it tries again by itself."""
    return _template("board_away.html.jinja").render(t=texts, every=EVERY)


def choose_page(wards: Sequence[str], texts: Texts) -> str:
    """Return the choice for someone who works on several wards."""
    return _template("board_choose.html.jinja").render(wards=wards, t=texts)


@cache
def _template(name: str) -> Template:
    loader = FileSystemLoader(PAGES)
    pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return pages.get_template(name)
