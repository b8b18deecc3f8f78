"""The log as HTML for the screen and as a tagged PDF, from one template."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from api.log_print.view import About, log_view
from api.storage.access_log import AccessLine
from careplans.print.document import to_pdf
from careplans.print.pages import FOLDER as PRINTS
from engine.texts import Texts

API = Path(__file__).parent.parent
SHEET = API / "style" / "access_log.css"
LINKED = "/style/access_log.css"


def log_as_pdf(lines: Sequence[AccessLine], about: About, texts: Texts, *, printed: datetime) -> bytes:
    """Return the log as a tagged PDF/UA; it takes processor time, so call it from a thread."""
    return to_pdf(_html(lines, about, texts, printed=printed, stylesheet=None), SHEET)


def log_as_html(lines: Sequence[AccessLine], about: About, texts: Texts, *, printed: datetime) -> str:
    """Return the log as a page for the screen, in the same words."""
    return _html(lines, about, texts, printed=printed, stylesheet=LINKED)


def _html(lines: Sequence[AccessLine], about: About, texts: Texts, *, printed: datetime, stylesheet: str | None) -> str:
    view = log_view(lines, about, texts, printed=printed)
    return _template().render(view=view, t=texts, stylesheet=stylesheet, style=None)


@cache
def _template() -> Template:
    loader = FileSystemLoader((API / "pages", PRINTS))
    pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return pages.get_template("access_log.html.jinja")
