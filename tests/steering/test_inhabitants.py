"""Stays per thousand inhabitants: of a file that the hospital gives, and lacking until then."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from api.screening import texts_in
from api.settings import Figures, read_settings
from api.steering.one_view import FigurePage, by_part
from api.steering.reading import Shelves
from api.steering.shown import Shown
from engine.errors import InputError
from population.steering.disclosure import Block, Published, Row, Table
from population.steering.figures import figure
from population.steering.samdata import Inhabitants

ROWS = tuple(Row(parts, (Block(("stay",), 60),)) for parts in (("4601",), ("5001", "")))
TABLE = Table("STO", "stays", "municipality", date(2026, 1, 1), 4, rows=ROWS)
SHOWN = Shown(("STO",), "STO", published=Published((TABLE,)))
BERGEN = {"4601": Inhabitants(290_000, 2025, "SSB")}


def page(live: dict[str, Inhabitants], breakdown: str = "municipality") -> FigurePage:
    return by_part(SHOWN, figure("stays"), breakdown, first=None, texts=texts_in("nb"), live=live)


def test_a_municipality_is_told_per_thousand_with_the_source_and_others_are_not() -> None:
    told = [note for note in page(BERGEN).notes if "per 1000" in note]
    assert told == ["Bergen: 0,2 per 1000 innbyggere (SSB, 2025)"]


def test_without_a_file_the_page_says_that_it_lacks_and_elsewhere_nothing() -> None:
    assert page({}).notes[-1].startswith("Per 1000 innbyggere: mangler.")
    assert not any("innbyggere" in note for note in page({}, "ward").notes)


@pytest.mark.parametrize(
    "content", ["municipality,inhabitants\n4601,290000\n", "municipality,year,inhabitants,source\n4601,x,1,SSB\n", None]
)
def test_a_file_that_is_not_so_is_refused_when_the_server_starts(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "inhabitants.csv"
    if content is not None:
        file.write_text(content)
    with pytest.raises(InputError) as refused:
        Shelves.of_settings(read_settings(demo=True, figures=Figures(inhabitants=file)))
    assert refused.value.where == "figures.inhabitants"
