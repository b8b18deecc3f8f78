"""`retthjem population page`: one file that needs nothing else, says what it is not, and shows no small count."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from api.cli import main
from api.places.municipalities import municipalities
from api.population_page import in_alphabet
from api.screening import texts_in
from population.finished import finished
from population.hiding import FEWEST
from population.run import COMPLETE, MANIFEST
from population.synth import synthetic
from tests.population.extracts import screened_to

LANGUAGES = ("nb", "nn", "en")
ON = date(2026, 11, 23)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    synthetic(6_000, 4, ON, form="parquet", into=folder / "made")
    screened_to(folder / "out", folder / "made", on=ON)
    return folder / "out"


@pytest.fixture(scope="module")
def pages(out, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    for language in LANGUAGES:
        code = main(["population", "page", str(out), "-o", str(folder / f"{language}.html"), "--lang", language])
        assert code == 0
    return {language: (folder / f"{language}.html").read_text("utf-8") for language in LANGUAGES}


class Tags(HTMLParser):
    """What stands in a page: its tags with what is said of them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_needs_nothing_else_and_runs_nothing(pages, language):
    tags = Tags(pages[language]).found
    names = {tag for tag, _ in tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "form"}
    said = {name for _, attributes in tags for name in attributes}
    assert not {name for name in said if name.startswith("on")} | (said & {"src", "srcset", "style"})
    assert [attributes["href"] for tag, attributes in tags if tag == "a"] == ["#main"]
    assert "url(" not in pages[language]
    assert "@import" not in pages[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_in_its_language_and_says_what_it_is_not(pages, language):
    texts = texts_in(language)
    assert f'<html lang="{language}">' in pages[language]
    for key in ("title", "not_title", "not", "by_place", "unsure"):
        assert texts(f"population_page.{key}") in pages[language].replace("&#39;", "'")


def test_yes_and_cannot_tell_stand_beside_each_other_by_municipality(pages, out):
    counted = (
        pl.read_parquet(out / "persons.parquet")
        .filter(pl.col("municipality") == "0301")["rule.screening_indicated"]
        .cast(pl.String)
        .value_counts()
    )
    outcomes = dict(counted.iter_rows())
    row = next(row for row in pages["nb"].split("<tr>") if f">{municipalities()['0301']}<" in row)
    numbers = re.findall(r"</span>(\d+)</td>", row)
    assert numbers[:2] == [str(outcomes["fired"]), str(outcomes["cannot_tell"])]
    ET.fromstring(re.findall(r"<svg.*?</svg>", row)[0])


def test_no_small_count_is_shown_anywhere(pages):
    numbers = re.findall(r'<td class="count">.*?</span>([\d\u202f]+)</td>|<b>([\d\u202f]+)</b>', pages["en"])
    shown = [int("".join(each).replace("\u202f", "")) for each in numbers]
    assert len(shown) > 20
    assert min(shown) >= FEWEST


def test_it_names_the_day_the_rules_and_the_manifest(pages, out):
    run = finished(out)
    for language in LANGUAGES:
        assert run.digest in pages[language]
        assert "1.0.0" in pages[language]
    assert "23.11.2026" in pages["nb"]


def test_nothing_of_any_person_stands_on_it(pages, out):
    people = pl.read_parquet(out / "persons.parquet")["person"].cast(pl.String).to_list()
    words = set(re.findall(r"\d+", re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", pages["nb"], flags=re.DOTALL)))
    assert len(words & set(people)) < len(people) / 10, "counts may look like the number of somebody, a list cannot"


def test_names_are_in_the_order_of_a_norwegian_telephone_book():
    names = ["Ås", "Ørland", "Ærlig", "Zoo", "Áltá", "Alvdal", "Aa"]
    assert sorted(names, key=in_alphabet) == ["Aa", "Áltá", "Alvdal", "Zoo", "Ærlig", "Ørland", "Ås"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / COMPLETE).unlink(), "not finished"),
        (lambda folder: (folder / MANIFEST).write_text("{}"), "not the one that the run wrote"),
        (lambda folder: (folder / "persons.parquet").write_bytes(b"PAR1"), "not the one that the run wrote"),
        (lambda folder: (folder / "persons.parquet").unlink(), "missing"),
    ],
    ids=["unfinished", "manifest", "rows", "no rows"],
)
def test_of_a_run_that_is_not_whole_there_is_no_page(out, tmp_path, capsys, spoil, said):
    copy = tmp_path / "out"
    copy.mkdir()
    for path in out.iterdir():
        if path.is_file():
            (copy / path.name).write_bytes(path.read_bytes())
    spoil(copy)
    assert main(["population", "page", str(copy), "-o", str(tmp_path / "p.html"), "--lang", "en"]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert str(tmp_path) not in err
    assert not (tmp_path / "p.html").exists()
