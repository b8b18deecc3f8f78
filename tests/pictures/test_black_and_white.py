"""On a printer without colour every text stands out from its ground, and no colour says anything by itself."""

from __future__ import annotations

import re

import pytest
from PIL import Image

from careplans.print.pages import FOLDER, SHEETS
from tests.pictures.prints import NINE, drawn, printed
from tests.pictures.test_large_text import Box, pages_of

LEAST = 4.5  # WCAG 2.2, 1.4.3
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
COLOUR = re.compile(r"(?<![\w-])(color|background(?:-color)?):\s*(#[0-9a-f]{3,6})\b")
WHITE, GREY_OF = 1.0, (0.2126, 0.7152, 0.0722)
SHEETS_OF_PRINTS = sorted({*SHEETS.values(), "large.css"})
FINE = 250


def light(colour: str) -> float:
    """How light a colour is, from 0 to 1, which is all that a printer without colour keeps of it."""
    digits = colour.lstrip("#")
    full = digits if len(digits) == 6 else "".join(each * 2 for each in digits)
    parts = (int(full[at : at + 2], 16) / 255 for at in (0, 2, 4))
    straight = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return sum(share * part for share, part in zip(GREY_OF, straight, strict=True))


def contrast(one: float, other: float) -> float:
    """The contrast of two lightnesses after WCAG."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def colours(sheet: str) -> list[tuple[str, dict[str, str]]]:
    """Each rule on paper with its text colour and its ground."""
    style = re.sub(r"/\*.*?\*/", "", (FOLDER / sheet).read_text("utf-8"), flags=re.DOTALL).split("@media screen")[0]
    return [(selector.strip(), dict(COLOUR.findall(body))) for selector, body in RULE.findall(style)]


@pytest.mark.parametrize("sheet", SHEETS_OF_PRINTS)
def test_every_text_stands_out_from_its_ground_in_grey(sheet):
    for selector, found in colours(sheet):
        ground = light(found.get("background", "#ffffff"))
        text = light(found.get("color", "#16202a"))
        assert contrast(text, ground) >= LEAST, selector


def test_a_pale_text_is_seen():
    assert contrast(light("#9aa5ad"), WHITE) < LEAST < contrast(light("#52606b"), WHITE)


@pytest.mark.parametrize(("audience", "language"), NINE)
def test_every_word_on_paper_stands_out_from_its_ground(audience, language):
    pdf = printed(audience, language)
    weak = []
    for page, (_, _, boxes) in zip(drawn(pdf, dpi=FINE), pages_of(pdf), strict=True):
        weak += [box.word for box in boxes if any(map(str.isalnum, box.word)) and stands_out(page, box) < LEAST]
    assert weak == []


def stands_out(page: Image.Image, box: Box) -> float:
    """The contrast between the darkest and the lightest dot where a word's small letters are."""
    left, top, right, bottom = (round(edge * FINE / 72) for edge in (box.left, box.top, box.right, box.bottom))
    shades = page.crop((left, top, right, bottom)).tobytes()
    dark, pale = (light(f"#{value:02x}{value:02x}{value:02x}") for value in (min(shades), max(shades)))
    return contrast(dark, pale)


@pytest.mark.parametrize("sheet", SHEETS_OF_PRINTS)
def test_no_two_marks_differ_in_colour_alone(sheet):
    """All text has one of three inks; a rule that changes the ink also changes size, weight or frame."""
    inks = {found["color"] for _, found in colours(sheet) if "color" in found}
    assert inks <= {"#16202a", "#0b4a56", "#52606b", "#45525c", "#fff"}
    for selector, body in RULE.findall((FOLDER / sheet).read_text("utf-8")):
        if re.search(r"(?<![\w-])color: #0b4a56", body):
            heading = selector.strip().split()[-1] in {"h1", "h2", "h3"}
            assert heading or re.search(r"font-size|font-weight", body), selector
