"""The print of an access log looks as it was approved, can be read by ear, and stands out without colour."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import BytesIO

import pikepdf
import pytest
from PIL import Image

from api.log_print import log_as_pdf
from api.log_print.pages import SHEET
from api.screening import texts_in
from tests.pictures.access_log import ABOUT, NAME, PRINTED, log_lines, printed_log
from tests.pictures.prints import LANGUAGES, TOLERANCE, approved_pictures, difference, pictures
from tests.pictures.test_black_and_white import COLOUR, LEAST, RULE, contrast, light
from tests.pictures.test_prints import APPROVE
from tests.pictures.test_structure import LEVELS, elements, tags

each_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(name="pdf")
def opened(language: str) -> Iterator[pikepdf.Pdf]:
    """The print, opened."""
    with pikepdf.open(BytesIO(printed_log(language))) as pdf:
        yield pdf


@each_language
def test_the_log_looks_as_it_was_approved(language):
    pages, approved = pictures(printed_log(language)), approved_pictures("access_log", language)
    assert len(pages) == len(approved), APPROVE
    apart = [difference(page, Image.open(path).convert("L")) for page, path in zip(pages, approved, strict=True)]
    assert max(apart) <= TOLERANCE, f"{apart}: {APPROVE}"


@each_language
def test_the_log_is_a4_tagged_in_its_language_and_claims_pdf_ua(pdf, language):
    assert bool(pdf.Root.MarkInfo.Marked)
    assert str(pdf.Root.Lang) == language
    width, height = (float(value) * 25.4 / 72 for value in pdf.pages[0].MediaBox[2:])
    assert (round(width), round(height)) == (210, 297)
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == texts_in(language)("access_log.title")


@each_language
def test_the_headings_come_in_order_and_every_cell_names_its_header(pdf, language):
    levels = [LEVELS[tag] for tag in tags(pdf) if tag in LEVELS]
    assert levels == [1, *[2] * (len(levels) - 1)]
    tables = [each for each in elements(pdf.Root.StructTreeRoot) if str(each.S) == "/Table"]
    assert len(tables) == len(levels) - 3  # a table a day
    for table in tables:
        heads = {bytes(each.ID) for each in elements(table) if str(each.S) == "/TH"}
        named = [{bytes(head) for head in e.A.get("/Headers", [])} for e in elements(table) if str(e.S) == "/TD"]
        assert named
        assert all(names and names <= heads for names in named)


@each_language
def test_no_metadata_holds_the_patient_and_only_our_fonts_are_used(pdf, language):
    told = str(dict(pdf.docinfo)) + bytes(pdf.Root.Metadata.read_bytes()).decode()
    assert not [secret for secret in (NAME, "Šuŋŋá", "1945", "Ingrid") if secret in told]
    fonts = {str(font.BaseFont) for sheet in pdf.pages for font in sheet.Resources.Font.values()}
    assert all("SourceSans" in name.replace("-", "") for name in fonts), fonts


def test_the_same_log_gives_the_same_bytes_and_the_printer_says_nothing(caplog):
    with caplog.at_level(logging.DEBUG, "weasyprint"):
        again = log_as_pdf(log_lines(), ABOUT, texts_in("nb"), printed=PRINTED)
    assert again == printed_log("nb")
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_every_text_stands_out_from_its_ground_in_grey():
    found = [dict(COLOUR.findall(body)) for _, body in RULE.findall(SHEET.read_text("utf-8"))]
    texts = {each["color"] for each in found if "color" in each}
    assert len(texts) >= 3
    assert all(contrast(light(text), light("#ffffff")) >= LEAST for text in texts)
