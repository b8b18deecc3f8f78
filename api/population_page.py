"""A whole run as people read it: a page of its own, without script and with nothing from elsewhere, and the app's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unicodedata import normalize

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from api.places.municipalities import municipality_in_words
from careplans.words import date_words
from engine.rules import short_digest
from engine.texts import Texts
from population.hiding import FEWEST
from population.shown import OfRule, Place, Result, SetAside

API = Path(__file__).parent
SHEET = API / "style" / "population.css"
NARROW_SPACE, LONGEST_BAR = "\u202f", 100
LAST_LETTERS = str.maketrans("æøåäö", "{|}{|")
"""Where the last letters of the alphabet belong among the others, in Norwegian."""


@dataclass(frozen=True, slots=True)
class Pair:
    """How many yes and cannot tell, in words and as the widths of two bars; one that is hidden has none."""

    yes: str | None
    unsure: str | None
    yes_wide: float
    unsure_wide: float


@dataclass(frozen=True, slots=True)
class Row:
    """A municipality or a rule, with its pairs."""

    name: str
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class View:
    """The page in words."""

    day: str
    total: Row
    places: tuple[Row, ...]
    hidden_places: tuple[str, ...]
    """Municipalities of which every count is hidden."""

    rules: tuple[Row, ...]
    aside: tuple[tuple[str, ...], ...]
    facts: tuple[tuple[str, str], ...]
    fewest: int = FEWEST


def page(result: Result, texts: Texts) -> str:
    """Return a run as one HTML file that needs nothing else."""
    style = Markup(SHEET.read_text("utf-8"))  # noqa: S704 # our own style sheet
    return _template().render(view=view_of(result, texts), t=texts, style=style)


def view_of(result: Result, texts: Texts) -> View:
    """Return what the page says."""
    rows = [_of_place(place, _most(result.places), texts) for place in _in_order(result.places, texts)]
    told = [row for row in rows if any(pair.yes or pair.unsure for pair in row.pairs)]
    return View(
        day=date_words(result.run.day, texts),
        total=Row(texts("population_page.all"), _pairs(result.totals, (0, 0))),
        places=tuple(told),
        hidden_places=tuple(row.name for row in rows if row not in told),
        rules=tuple(_rules(result.rules, texts)),
        aside=tuple(_aside(each, texts) for each in result.aside),
        facts=_facts(result, texts),
    )


def _in_order(places: Sequence[Place], texts: Texts) -> list[Place]:
    """Return the places by name as in a Norwegian telephone book, the unknown one last."""
    return sorted(places, key=lambda each: (each.municipality is None, in_alphabet(_name(each, texts))))


def in_alphabet(name: str) -> str:
    """Return what a name is sorted by in Norwegian; letters of Sami with the ones they are made of."""
    plain = "".join(
        each if each in "æøåäö" else normalize("NFD", each)[0] for each in normalize("NFC", name.casefold())
    )
    return plain.translate(LAST_LETTERS)


def _name(place: Place, texts: Texts) -> str:
    if place.municipality is None:
        return texts("population_page.unknown_place")
    return municipality_in_words(place.municipality, texts)


def _most(places: Iterable[Place]) -> tuple[int, int]:
    """Return the largest yes and cannot tell together, of each of the two pairs."""
    found = [place.counts for place in places]
    first = max(((a or 0) + (b or 0) for a, b, _, _ in found), default=0)
    return first, max(((c or 0) + (d or 0) for _, _, c, d in found), default=0)


def _of_place(place: Place, most: tuple[int, int], texts: Texts) -> Row:
    return Row(_name(place, texts), _pairs(place.counts, most))


def _pairs(counts: Sequence[int | None], most: Sequence[int]) -> tuple[Pair, ...]:
    both = zip(counts[::2], counts[1::2], most, strict=True)
    return tuple(_pair(yes, unsure, longest) for yes, unsure, longest in both)


def _pair(yes: int | None, unsure: int | None, most: int) -> Pair:
    wide = [round(LONGEST_BAR * (each or 0) / most, 1) if most else 0.0 for each in (yes, unsure)]
    return Pair(_count(yes), _count(unsure), *wide)


def _rules(rules: Sequence[OfRule], texts: Texts) -> Iterable[Row]:
    most = max(((each.yes or 0) + (each.unsure or 0) for each in rules), default=0)
    for each in rules:
        name = texts(f"rule.{each.rule}") if f"rule.{each.rule}" in texts else each.rule
        yield Row(name, (_pair(each.yes, each.unsure, most),))


def _aside(each: SetAside, texts: Texts) -> tuple[str, ...]:
    kind, aside = texts(f"population.fault.{each.kind}"), texts(f"population.aside.{each.aside}")
    rows = _count(each.rows) or texts("population_page.few", fewest=FEWEST)
    return f"{each.table}, {each.column}", kind, aside, rows


def _facts(result: Result, texts: Texts) -> tuple[tuple[str, str], ...]:
    run = result.run
    found = {
        "day": date_words(run.day, texts),
        "rules": f"{run.rules} ({short_digest(run.rules_digest)})",
        "overlay": run.overlay or texts("population_page.no_overlay"),
        "programs": ", ".join(f"{name} {version}" for name, version in run.programs.items()),
        "manifest": run.digest,
    }
    return tuple((texts(f"population_page.fact.{name}"), words) for name, words in found.items())


def _count(number: int | None) -> str | None:
    return f"{number:,}".replace(",", NARROW_SPACE) if number is not None else None


@cache
def _template() -> Template:
    pages = Environment(
        loader=FileSystemLoader(API / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return pages.get_template("population.html.jinja")
