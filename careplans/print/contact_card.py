"""The team's contact card as a QR code: organisation and telephone numbers, and never the patient."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import segno
from markupsafe import Markup

from careplans.catalogue import read
from careplans.parts import Plan
from engine.texts import Texts

NUMBER = re.compile(r"\+?\d(?: ?\d){2,}")
MIXED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
INK = "#16202a"


@dataclass(frozen=True, slots=True)
class Entry:
    """A role with its telephone number."""

    who: str
    phone: str


def contact_card(plan: Plan, texts: Texts) -> Markup | None:
    """Return the card as inline SVG with a title, or None where the overlay gives no number of the team."""
    entries = card_entries(plan, texts)
    if not entries:
        return None
    said = ", ".join(texts("card.who", role=entry.who, phone=entry.phone) for entry in entries)
    return _svg(_vcard(plan, entries, texts), title=texts("card.title", who=said))


def card_entries(plan: Plan, texts: Texts) -> tuple[Entry, ...]:
    """Return whom the card holds: the team's roles whose number is set locally."""
    roles = read("contacts")["card"]["roles"]
    known = {c.role: _number(c.phone) for c in plan.contingency.contacts if c.local and c.phone}
    return tuple(Entry(texts(f"owner.{role}"), phone) for role in roles if (phone := known.get(role)))


def _number(words: str) -> str | None:
    """Return the telephone number in a contact such as «Ranheim hjemmetjeneste 72 54 00 00»."""
    return max(NUMBER.findall(words), key=len, default=None)


def _vcard(plan: Plan, entries: tuple[Entry, ...], texts: Texts) -> str:
    name, organisation = texts("card.name"), plan.ruleset.overlay
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"N:{_safe(name)};;;;", f"FN:{_safe(name)}"]
    lines += [f"ORG:{_safe(organisation)}"] if organisation else []
    for place, entry in enumerate(entries, start=1):
        lines += [f"item{place}.TEL:{entry.phone.replace(' ', '')}", f"item{place}.X-ABLabel:{_safe(entry.who)}"]
    return "\r\n".join((*lines, "END:VCARD", ""))


def _safe(words: str) -> str:
    return words.translate(MIXED)


def _svg(content: str, *, title: str) -> Markup:
    code, drawn = segno.make(content, error="m", micro=False), io.BytesIO()
    code.save(drawn, kind="svg", xmldecl=False, omitsize=True, dark=INK, title=title, svgclass="qr", lineclass=None)
    svg = drawn.getvalue().decode().strip().replace("<svg ", '<svg role="img" ', 1)
    return Markup(svg)  # noqa: S704 drawn here; segno escapes the title
