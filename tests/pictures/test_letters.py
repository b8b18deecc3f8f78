"""Names are drawn with the right letters: each is compared, as a picture, with the same letter drawn from its outline.

Text that is copied out of a PDF can be right while another letter is on the paper, so no text is compared here.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from html import unescape
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from careplans.print.pages import FOLDER
from tests.pictures.prints import AUDIENCES, NAME, full_plan, pdf_of

DPI, POINT = 600, 72
BLACK = [0] * 128 + [255] * 128
SHIFT = 5  # dots
HEIGHT = 1.326  # from the deepest descender to the highest ascender, as a share of the letters' size
ABOVE = 0.06  # the part of a line above its tallest letter, where the line before may reach in
# Two drawings of one letter differ by less than so many dots at an edge; a wrong stroke is thicker.
THIN, THIN_LARGE, LARGE = 3, 5, 12
SLACK = 0.7  # points by which two tools may place a letter differently; less than half a space
LETTERS = "čđŋšžæøåáČĐŊŠŽÆØÅÁ"
LIKE = {
    "č": "c", "đ": "d", "ŋ": "n", "š": "s", "ž": "z", "æ": "a", "ø": "o", "å": "a", "á": "à",
    "Č": "C", "Đ": "D", "Ŋ": "N", "Š": "S", "Ž": "Z", "Æ": "A", "Ø": "O", "Å": "A", "Á": "À",
}  # fmt: skip
FONTS = {"bold": "SourceSans3-Bold.ttf", "regular": "SourceSans3-Regular.ttf"}
WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')
GLYPH = re.compile(r'<use xlink:href="#[^"]+" x="([\d.]+)" y="([\d.]+)"')


@dataclass(frozen=True)
class Drawn:
    """A word on the paper: where each of its glyphs stands, and the picture around it."""

    word: str
    size: float
    places: tuple[tuple[float, float], ...]
    left: int
    top: int
    picture: Image.Image


def tool(*words: str, pdf: bytes) -> str:
    """What a tool of poppler writes about the first page."""
    with TemporaryDirectory() as folder:
        Path(folder, "print.pdf").write_bytes(pdf)
        subprocess.run([*words, "-f", "1", "-l", "1", f"{folder}/print.pdf", f"{folder}/out"], check=True)
        return Path(folder, "out").read_text("utf-8")


@cache
def words_of(audience: Any, name: str, said: str) -> tuple[Drawn, ...]:
    """Every word of the name and of what was said, on the first page of a print."""
    plan = full_plan(name)
    pdf = pdf_of(replace(plan, what_matters=replace(plan.what_matters, words=said)), audience, "nb")
    glyphs = [(float(x), float(y)) for x, y in GLYPH.findall(tool("pdftocairo", "-svg", pdf=pdf))]
    wanted = {*name.split(), *said.split()}
    return tuple(_words(tool("pdftotext", "-bbox", pdf=pdf), glyphs, wanted=wanted, pdf=pdf))


def _words(boxes: str, glyphs: list[tuple[float, float]], *, wanted: set[str], pdf: bytes) -> Iterator[Drawn]:
    for *edges, text in WORD.findall(boxes):
        left, top, right, bottom = map(float, edges)
        word = unescape(text).strip("«»")
        if word in wanted:
            inside = sorted(g for g in glyphs if left - SLACK <= g[0] < right - SLACK and top < g[1] < bottom)
            own = inside[1:] if unescape(text).startswith("«") else inside
            yield _drawn(word, (left, top, right, bottom), tuple(own[: len(word)]), pdf=pdf)


def _drawn(
    word: str, box: tuple[float, float, float, float], places: tuple[tuple[float, float], ...], *, pdf: bytes
) -> Drawn:
    assert len(places) == len(word), f"{len(places)} glyphs for the {len(word)} letters of {word}"
    left, top, right, bottom = (round(edge * DPI / POINT) for edge in box)
    crop = ["-x", str(left), "-y", str(top), "-W", str(right - left), "-H", str(bottom - top)]
    command = ["pdftoppm", "-r", str(DPI), "-gray", "-f", "1", "-l", "1", *crop, "-"]
    page = subprocess.run(command, input=pdf, check=True, capture_output=True).stdout
    picture = Image.open(BytesIO(page)).convert("L")
    return Drawn(word, (box[3] - box[1]) / HEIGHT, places, left, top, picture=picture)


def outlines(drawn: Drawn, letters: str, font: str) -> list[tuple[Image.Image, int, int]]:
    """Each letter drawn from the font's outline where the word's glyph stands, with the columns it takes."""
    face = ImageFont.truetype(str(FOLDER / "fonts" / FONTS[font]), drawn.size * DPI / POINT)
    found = []
    for place, letter in zip(drawn.places, letters, strict=True):
        x, y = (value * DPI / POINT - edge for value, edge in zip(place, (drawn.left, drawn.top), strict=True))
        picture = Image.new("L", drawn.picture.size, 255)
        ImageDraw.Draw(picture).text((x, y), letter, font=face, fill=0, anchor="ls")
        start, _, stop, _ = face.getbbox(letter, anchor="ls")
        found.append((picture.point(BLACK), round(x + start), round(x + stop)))
    return found


def laid_over(ink: Image.Image, expected: Image.Image) -> Image.Image:
    """The ink moved to where it covers the expected word best, for two tools do not agree on a point's fraction."""
    moves = [(across, down) for across in range(-SHIFT, SHIFT + 1) for down in range(-SHIFT, SHIFT + 1)]

    def apart(move: tuple[int, int]) -> int:
        return ImageChops.difference(ImageChops.offset(ink, *move), expected).histogram()[255]

    return ImageChops.offset(ink, *min(moves, key=apart))


def differs(ink: Image.Image, expected: Image.Image, *, columns: tuple[int, int], size: float) -> bool:
    """Whether more than the edges of a letter is another than its outline, however it is moved by a dot or two."""
    box = (columns[0] + 2, round(size * ABOVE * DPI / POINT), columns[1] - 2, ink.height)
    outline, thin = expected.crop(box), THIN if size < LARGE else THIN_LARGE

    def same(across: int) -> bool:
        apart = ImageChops.difference(ImageChops.offset(ink, across, 0).crop(box), outline)
        return apart.filter(ImageFilter.MinFilter(thin)).getbbox() is None

    return not any(same(across) for across in (0, 1, -1, 2, -2, 3, -3))


def hand_of(drawn: Drawn) -> str:
    """The font whose letters are as wide as the word's."""

    def off(font: str) -> float:
        face = ImageFont.truetype(str(FOLDER / "fonts" / FONTS[font]), 1000)
        advance = sum(face.getlength(letter) for letter in drawn.word[:-1]) / 1000
        return abs((drawn.places[-1][0] - drawn.places[0][0]) / advance - drawn.size)

    return min(FONTS, key=off)


def wrong_letters(words: tuple[Drawn, ...], expected: str | None = None) -> list[str]:
    """The letters that are not drawn as they should be; `expected` reads every word as another one."""
    found = []
    for drawn in words:
        font, letters = hand_of(drawn), expected or drawn.word
        single = outlines(drawn, letters, font)
        whole = single[0][0]
        for picture, _, _ in single[1:]:
            whole = ImageChops.darker(whole, picture)
        ink = laid_over(drawn.picture.point(BLACK), whole)
        places = [(letter, (start, stop)) for letter, (_, start, stop) in zip(letters, single, strict=True)]
        wrong = [letter for letter, columns in places if differs(ink, whole, columns=columns, size=drawn.size)]
        found += [f"{letter} of {drawn.word} ({font} {drawn.size:.1f})" for letter in wrong]
    return found


@pytest.mark.parametrize("audience", AUDIENCES)
def test_names_and_the_patients_words_are_drawn_with_the_right_letters(audience):
    words = words_of(audience, NAME, NAME)
    assert len(words) >= 2 * len(NAME.split())
    assert {hand_of(drawn) for drawn in words} == {"bold", "regular"}
    assert wrong_letters(words) == []


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_is_right_in_the_middle_of_a_name(letter):
    name = f"An{letter}n{letter}a"
    words = words_of("patient", name, name)
    assert len(words) == 2
    assert wrong_letters(words) == []


@pytest.mark.parametrize("letter", LETTERS)
def test_a_wrong_letter_in_a_name_is_seen(letter):
    """The paper says what the text does not: each letter stands where its look-alike was expected, and the reverse."""
    name, like = f"An{letter}n{letter}a", f"An{LIKE[letter]}n{LIKE[letter]}a"
    assert len(wrong_letters(words_of("patient", name, name), expected=like)) >= 4
    assert len(wrong_letters(words_of("patient", like, like), expected=name)) >= 4


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_letter_of_a_skolt_name_is_drawn_with_the_prints_own_font(audience):
    plan = full_plan("Ǩåǩǩ Ǯuäǩǩaž Ǥõǥǧ")
    pdf = pdf_of(replace(plan, what_matters=replace(plan.what_matters, words="Ǩeâllʼli ǩiõl")), audience, "nb")
    with pikepdf.open(BytesIO(pdf)) as document:
        fonts = {str(font.BaseFont) for page in document.pages for font in page.Resources.Font.values()}
    assert fonts
    assert [each for each in fonts if "Source-Sans" not in each] == []
