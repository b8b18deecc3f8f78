"""With letters of double size on the same paper nothing is cut off or lies over anything else, and all is there."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from html import unescape

import pytest

from tests.pictures.prints import NINE, printed

LARGE = 2.0
PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')
HYPHENS = re.compile("[-\N{HYPHEN}]")
LOWEST, HIGHEST = 0.38, 0.72  # the part of a line's height where small letters are: lines may touch above and below
EDGE = 20  # points of white paper around everything
TOUCH = 1.0  # points


@dataclass(frozen=True)
class Box:
    """A word and where its small letters are."""

    word: str
    left: float
    top: float
    right: float
    bottom: float
    height: float

    def lies_over(self, other: Box) -> bool:
        """Whether the two words share more than an edge."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > TOUCH and down > TOUCH


def pages_of(pdf: bytes) -> list[tuple[float, float, list[Box]]]:
    """Each page's width, height and words."""
    told = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, check=True, capture_output=True).stdout.decode()
    return [(float(w), float(h), [_box(*found) for found in WORD.findall(page)]) for w, h, page in PAGE.findall(told)]


def _box(left: str, top: str, right: str, bottom: str, word: str) -> Box:
    high, height = float(top), float(bottom) - float(top)
    lines = high + LOWEST * height, high + HIGHEST * height
    return Box(unescape(word), float(left), lines[0], float(right), bottom=lines[1], height=height)


@pytest.mark.parametrize(("audience", "language"), NINE)
def test_no_word_is_outside_the_page_and_none_lies_over_another(audience, language):
    for width, height, boxes in pages_of(printed(audience, language, LARGE)):
        outside = [b.word for b in boxes if b.left < EDGE or b.right > width - EDGE or b.bottom > height - EDGE]
        assert outside == []
        over = [(a.word, b.word) for place, a in enumerate(boxes) for b in boxes[place + 1 :] if a.lies_over(b)]
        assert over == []


@pytest.mark.parametrize(("audience", "language"), NINE)
def test_the_letters_are_twice_as_large(audience, language):
    usual, large = (
        max(box.height for _, _, boxes in pages_of(printed(audience, language, size)) for box in boxes)
        for size in (1.0, LARGE)
    )
    assert large == pytest.approx(2 * usual, rel=0.01)


@pytest.mark.parametrize(("audience", "language"), NINE)
def test_nothing_is_lost_when_the_letters_grow(audience, language):
    usual, large = (pieces(printed(audience, language, size)) for size in (1.0, LARGE))
    assert [word for word in sorted(usual) if not is_there(word, large)] == []


def pieces(pdf: bytes) -> set[str]:
    """Every word or half of a word, without hyphens."""
    return {HYPHENS.sub("", box.word) for _, _, boxes in pages_of(pdf) for box in boxes}


def is_there(word: str, words: set[str]) -> bool:
    """Whether the word stands whole, or divided at the ends of lines in halves of two letters or more."""
    halves = ((word[:at], word[at:]) for at in range(2, len(word) - 1))
    return word in words or any(first in words and is_there(rest, words) for first, rest in halves)


def test_a_divided_word_is_there_and_a_lost_half_is_seen():
    assert is_there("hjemmetjenesten", {"hjem", "metje", "nesten"})
    assert not is_there("hjemmetjenesten", {"hjem", "nesten"})


def test_a_word_over_another_is_seen():
    one, other = Box("a", 10, 10, 20, 20, 10), Box("b", 15, 12, 25, 22, 10)
    assert one.lies_over(other)
    assert not one.lies_over(Box("c", 20, 10, 30, 20, 10))
