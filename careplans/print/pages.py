"""A plan as HTML, for the screen and as the ground for paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from careplans.parts import Plan
from careplans.print.municipality import municipality_view
from careplans.print.patient import patient_view
from careplans.print.reasons import View
from careplans.print.view import clinician_view
from engine.texts import Texts

FOLDER = Path(__file__).parent
Audience = Literal["clinician", "municipality", "patient"]
SHEETS: Mapping[Audience, str] = {"clinician": "plan.css", "municipality": "plan.css", "patient": "patient.css"}


def render_html(
    plan: Plan,
    texts: Texts,
    *,
    printed: date,
    limits: Mapping[str, str] | None = None,
    audience: Audience = "clinician",
    stylesheet: str | None = None,
) -> str:
    """Return the plan as one HTML page.

    `limits` is `limits_in_words` of the rule set in force; `stylesheet` is a link in place of the style in the page.
    """
    style = None if stylesheet is not None else Markup((FOLDER / SHEETS[audience]).read_text("utf-8"))  # noqa: S704 our own
    view = _view(plan, texts, audience, printed=printed, limits=limits or {})
    return template(f"{audience}.html.jinja").render(view=view, t=texts, stylesheet=stylesheet, style=style)


def _view(plan: Plan, texts: Texts, audience: Audience, *, printed: date, limits: Mapping[str, str]) -> View:
    if audience == "municipality":
        return municipality_view(plan, texts, printed=printed)
    if audience == "patient":
        return patient_view(plan, texts, printed=printed)
    return clinician_view(plan, texts, printed=printed, limits=limits)


@cache
def template(name: str) -> Template:
    """Return one of the prints' own templates, read once."""
    loader = FileSystemLoader(FOLDER)
    pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return pages.get_template(name)
