"""Writes docs/population.md from the extract's tables: `python -m tests.population.extract_page`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from population.extract import Column, tables

PAGE = Path(__file__).parents[2] / "docs" / "population.md"
MARK = "<!-- The tables below are made from population/data/extract.toml by ./dev docs; what stands above is not. -->"
HEAD = "\n| column | holds | means |\n|---|---|---|\n"
HOLDS = {
    "person": "a whole number or a text",
    "day": "`2026-11-23`; in Parquet also a date or a moment",
    "yes_no": "`yes`, `no`; `true`, `false`; `1`, `0`",
    "municipality": "four digits",
    "amount": "a number, with a point or a comma",
    "item": "the id of an item",
}


def page() -> str:
    """Return the page: what is written by hand, then the tables."""
    return PAGE.read_text("utf-8").partition(MARK)[0] + MARK + "\n" + "".join(_sections())


def _sections() -> Iterator[str]:
    for table in tables().values():
        rows = "".join(f"| {_name(column)} | {_holds(column)} | {column.means} |\n" for column in table.columns)
        yield f"\n### {table.name}\n\n{table.means}\n{HEAD}{rows}"


def _name(column: Column) -> str:
    return f"**`{column.name}`**" if column.needed else f"`{column.name}`"


def _holds(column: Column) -> str:
    return ", ".join(f"`{code}`" for code in column.codes) or HOLDS.get(column.kind, "text")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
