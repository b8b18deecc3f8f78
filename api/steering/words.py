"""Figures in words: what they are called, their categories and parts, and the period that a table is of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from api.places.municipalities import municipality_in_words
from engine.texts import Texts
from engine.words import number
from population.steering.counting import UNKNOWN, months_of
from population.steering.disclosure import Table
from population.steering.figures import Chart, Figure, limit


def title(figure: Figure, t: Texts) -> str:
    """Return what a figure is called; one of many says which rule or step it is about."""
    return t(f"figure.{figure.words}.title", subject=subject(figure, t))


def definition(figure: Figure, t: Texts) -> str:
    """Return what a figure is, word for word."""
    return t(f"figure.{figure.words}.definition")


def category(figure: Figure, name: str, t: Texts) -> str:
    """Return a category: of a share its own two words, else those that figures have in common."""
    own = f"figure.{figure.words}.{name}"
    return t(own if own in t else f"figure_category.{name}")


def categories(figure: Figure, names: Iterable[str], t: Texts) -> str:
    """Return categories that are told as one."""
    return " + ".join(category(figure, each, t) for each in names)


def parts(breakdown: str, names: Iterable[str], t: Texts) -> str:
    """Return the parts of a row, which are told as one."""
    return ", ".join(_part(breakdown, each, t) for each in names)


def period(first: date, every: str, t: Texts) -> str:
    """Return a month with its year, or the first and the last of four."""
    if every == "month":
        return f"{t(f'calendar.month.{first.month}')} {first.year}"
    last = months_of(first)[-1]
    return f"{t(f'calendar.month.{first.month}')}–{t(f'calendar.month.{last.month}')} {first.year}"


def when(table: Table, t: Texts) -> str:
    """Return the period that a table is of."""
    return period(table.first, "month" if table.months == 1 else "tertial", t)


def percent(share: float, t: Texts) -> str:
    """Return a share in whole percent."""
    return t("steering.percent", number=round(share * 100))


def in_words(value: float | None, kind: Chart | None, t: Texts) -> str | None:
    """Return what a figure comes to: a number of days or stays, else a share."""
    if value is None:
        return None
    return number(value, t) if kind == "xmr" else percent(value, t)


def share_words(figure: Figure, kind: Chart | None, t: Texts) -> str:
    """Return what is counted of the share that a figure is about, nothing where it is days or there is none."""
    key = f"figure.{figure.words}.share"
    return t(key) if kind != "xmr" and key in t else ""


def hidden(t: Texts) -> str:
    """Say why a table shows nothing."""
    return t("figure_note.hidden", fewest=limit("fewest"))


def subject(figure: Figure, t: Texts) -> str:
    """Return the rule or step that a figure is about, nothing where it is about none."""
    if figure.subject is None:
        return ""
    return t(f"step.{figure.subject}" if figure.words == "clock" else f"rule.{figure.subject}")


def _part(breakdown: str, part: str, t: Texts) -> str:
    if part == UNKNOWN:
        return t("figure_part.unknown")
    if breakdown == "municipality":
        return municipality_in_words(part, t)
    if breakdown == "weekday":
        return t(f"figure_category.{part}")
    return t(f"figure_part.{part}") if breakdown in {"sex", "arrival"} else part
