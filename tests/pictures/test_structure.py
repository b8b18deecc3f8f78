"""All nine prints can be read by ear: tags, language, headings in order, table headers, and words for every figure."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from api.screening import texts_in
from tests.pictures.prints import NAME, NINE, printed

TITLES = {"clinician": "plan.title", "municipality": "municipality.title", "patient": "patient.title"}
LEVELS = {f"/H{level}": level for level in range(1, 7)}
every_print = pytest.mark.parametrize(("audience", "language"), NINE)


@pytest.fixture(name="pdf")
def opened(audience: Any, language: str) -> Iterator[pikepdf.Pdf]:
    """One of the nine, opened."""
    with pikepdf.open(BytesIO(printed(audience, language))) as pdf:
        yield pdf


def elements(node: Any) -> Iterator[Any]:
    """Every element of the structure tree in the order it is read."""
    children: Any = node.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from elements(child)


def tags(pdf: pikepdf.Pdf) -> list[str]:
    """The tags of a print in the order they are read."""
    return [str(element.S) for element in elements(pdf.Root.StructTreeRoot)]


@every_print
def test_a_print_is_tagged_in_its_language_and_claims_pdf_ua(pdf, audience, language):
    assert bool(pdf.Root.MarkInfo.Marked)
    assert str(pdf.Root.Lang) == language
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == texts_in(language)(TITLES[audience])


@every_print
def test_the_headings_come_in_order_and_skip_no_level(pdf, audience, language):
    levels = [LEVELS[tag] for tag in tags(pdf) if tag in LEVELS]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert len(levels) >= 6
    assert [(one, other) for one, other in zip(levels, levels[1:], strict=False) if other > one + 1] == []  # noqa: RUF007


@every_print
def test_every_figure_has_words(pdf, audience, language):
    figures = [e for e in elements(pdf.Root.StructTreeRoot) if str(e.S) == "/Figure"]
    assert all(str(figure.get("/Alt", "")).strip() for figure in figures)
    said = {str(figure.Alt) for figure in figures}
    card = [words for words in said if "72 54 00 00" in words]
    assert len(card) == (0 if audience == "clinician" else 1)
    assert NAME not in " ".join(said)


@every_print
def test_every_cell_of_every_table_names_its_headers(pdf, audience, language):
    tables = [e for e in elements(pdf.Root.StructTreeRoot) if str(e.S) == "/Table"]
    assert tables
    for table in tables:
        heads = {bytes(e.ID) for e in elements(table) if str(e.S) == "/TH"}
        named = [{bytes(head) for head in e.A.get("/Headers", [])} for e in elements(table) if str(e.S) == "/TD"]
        assert len(heads) >= 2
        assert named
        assert all(names and names <= heads for names in named)


@every_print
def test_no_metadata_holds_patient_data(pdf, audience, language):
    told = str(dict(pdf.docinfo)) + bytes(pdf.Root.Metadata.read_bytes()).decode()
    for secret in (NAME, "Šuŋŋá", "15814512336", "158145", "1945", "GER2", "Ánne"):
        assert secret not in told


@every_print
def test_only_our_fonts_are_in_a_print(pdf, audience, language):
    fonts = {str(font.BaseFont) for sheet in pdf.pages for font in sheet.Resources.Font.values()}
    assert fonts
    assert all("SourceSans" in name.replace("-", "") for name in fonts), fonts


@pytest.mark.parametrize(("audience", "language"), [each for each in NINE if each[0] == "patient"])
def test_the_patients_print_is_two_a4_pages_in_large_type(pdf, audience, language):
    assert len(pdf.pages) == 2
    width, height = (float(value) * 25.4 / 72 for value in pdf.pages[0].MediaBox[2:])
    assert (round(width), round(height)) == (210, 297)
