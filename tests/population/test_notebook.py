"""The notebook runs from made-up people to the picture, and is kept without what a run of it has shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

NOTEBOOK = Path(__file__).parents[2] / "docs" / "population.ipynb"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def cells() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    return found


@pytest.fixture(scope="module")
def ran(cells):
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
    yield names
    names["folder"].cleanup()


def test_no_output_is_kept_and_no_place_on_anyones_machine(cells):
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)
    text = NOTEBOOK.read_text("utf-8")
    assert not [place for place in ("/home/", "/tmp/", "/work", "/Users/", "C:\\") if place in text]


def test_every_cell_can_be_told_apart(cells):
    assert len({cell["id"] for cell in cells}) == len(cells)


def test_it_ends_in_a_picture_with_cannot_tell_beside_yes(ran):
    picture = ET.fromstring(ran["picture"]._repr_svg_())
    rows = ran["by_place"].head(15)
    assert len(picture.findall(f"{SVG}rect")) == 2 * rows.height > 2
    said = [each.text for each in picture.findall(f"{SVG}text")]
    first = rows.row(0, named=True)
    assert said[:2] == ["Oslo", f"{first['yes']} yes, {first['cannot_tell']} cannot tell"]


def test_it_shows_no_small_count_and_every_outcome(ran):
    assert ran["by_place"]["yes"].min() >= ran["FEWEST"]
    assert ran["by_place"]["cannot_tell"].min() >= ran["FEWEST"]
    assert {"fired", "not_fired", "cannot_tell"} == set(ran["outcomes"]["outcome"])
    assert ran["outcomes"]["outcome"].null_count() == 0


def test_its_page_is_the_page(ran):
    assert "Who should be screened" in ran["page"].read_text("utf-8")
