"""Any sheet as plain text, as a page and as paper; the page is one template for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from markupsafe import Markup

from careplans.documents.model import Document, Line, Part
from careplans.parts import Plan
from careplans.print.document import to_pdf
from careplans.print.pages import FOLDER, template
from careplans.print.sections import banner_section, ruleset_words
from careplans.words import date_words, one_line
from engine.texts import Texts

SHEET = FOLDER / "plan.css"
BOX, RULE = "[ ]", "_" * 40


def as_text(document: Document, plan: Plan, texts: Texts) -> str:
    """Return the sheet as text that can be pasted into any journal system."""
    banner = banner_section(plan, texts)
    name = one_line(banner["name"])
    who = f"{name} · {banner['id_label']} {banner['id']} · {texts('plan.banner.born')} {banner['born']}"
    head = (document.title.upper(), who, document.lead)
    parts = (_part(part, texts) for part in document.parts)
    signed = [f"{name} / {texts('plan.signature.date')}: {RULE}" for name in document.signatures]
    whole = "\n\n".join(("\n".join(head), *parts, *signed, document.closing)) + "\n"
    return whole.replace("\N{NO-BREAK SPACE}", " ")  # which a journal system may show as a sign of its own


def as_html(
    document: Document, plan: Plan, texts: Texts, *, printed: date, linked: bool = False, stylesheet: str | None = None
) -> str:
    """Return the sheet as one HTML page; `linked` leaves the style out, for a printer that brings its own.

    `stylesheet` is a link in place of the style in the page.
    """
    view = {
        "banner": banner_section(plan, texts),
        "ruleset": ruleset_words(plan, texts),
        "printed": texts("plan.printed", date=date_words(printed, texts)),
    }
    style = None if linked or stylesheet else Markup(SHEET.read_text("utf-8"))  # noqa: S704 our own
    return template("sheet.html.jinja").render(
        document=document, view=view, t=texts, stylesheet=stylesheet, style=style
    )


def as_pdf(document: Document, plan: Plan, texts: Texts, *, printed: date) -> bytes:
    """Return the sheet as a tagged PDF/UA."""
    return to_pdf(as_html(document, plan, texts, printed=printed, linked=True), SHEET)


def _part(part: Part, texts: Texts) -> str:
    return "\n".join((part.heading, *([part.lead] if part.lead else []), *_lines(part, texts)))


def _lines(part: Part, texts: Texts) -> Iterator[str]:
    for line in part.lines:
        if line.tick:
            yield f"{BOX} {one_line(line.words)}"
            yield f"    {_signed(line, texts)}"
        else:
            yield f"{one_line(line.words)} {RULE}" if line.write else f"- {one_line(line.words)}"


def _signed(line: Line, texts: Texts) -> str:
    """Say who and when, or leave lines to write them on."""
    who, when = line.who or RULE[:20], line.when or RULE[:12]
    return texts("sheet.who_when", who=who, when=when)
