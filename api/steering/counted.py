"""What a table was counted of, in words: which stays, in which months, and where those who lack what is needed are."""

from __future__ import annotations

from api.steering.words import categories, category, title
from engine.texts import Texts
from population.steering.disclosure import Row, Table
from population.steering.figures import ROOT, Figure, figures


def stays_counted(table: Table, t: Texts) -> str:
    """Return of which stays the rows are: a figure's own, or those of a figure above where its own are too few."""
    by = figures()[table.figure]
    while by.within != table.of:
        by = figures()[by.within]
    whole = title(figures()[table.of], t)
    if table.of == ROOT:
        return whole
    return t("figure_sheet.within", title=whole, categories=categories(figures()[table.of], by.of, t))


def months_counted(table: Table) -> str:
    """Return the months that were counted, in a form that sorts."""
    return " ".join(f"{month:%Y-%m}" for month in table.covers)


def spare(figure: Figure, row: Row, t: Texts) -> str | None:
    """Return the category that those who lack what is needed were counted with, None where they are told apart."""
    return category(figure, figure.spare, t) if row.unsure and figure.spare else None


def lacks(figure: Figure, row: Row, t: Texts) -> str | None:
    """Return what those who are lacking lack, None where nobody is."""
    return t(f"figure.{figure.words}.lacks") if row.unsure or row.lacking else None
