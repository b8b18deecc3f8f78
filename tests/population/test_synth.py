"""A made-up population: the same seed gives the same bytes, and its faults are those that it says."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from population.files import checksum
from population.run import checked
from population.runners import local
from population.synth import synthetic, writing
from population.synth.model import model
from tests.population.extracts import asked, quietly, screened_to
from tests.spec.people import ON

PEOPLE = 6_000


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    synthetic(PEOPLE, 1, ON, form="parquet", into=folder)
    return folder


def sums(folder):
    return {path.name: checksum(path) for path in folder.iterdir()}


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path, form):
    for name, seed in (("one", 7), ("again", 7), ("other", 8)):
        synthetic(500, seed, ON, form=form, into=tmp_path / name)
    one, again, other = (sums(tmp_path / name) for name in ("one", "again", "other"))
    assert one == again
    assert not set(one.values()) & set(other.values())


def test_a_person_is_the_same_however_many_there_are_and_however_many_at_once(tmp_path, monkeypatch):
    synthetic(300, 7, ON, form="csv", into=tmp_path / "few")
    monkeypatch.setattr(writing, "AT_ONCE", 128)
    synthetic(600, 7, ON, form="csv", into=tmp_path / "many")
    for table in ("patients", "diagnoses", "prescriptions", "answers", "services", "stays"):
        few, many = (pl.read_csv(tmp_path / name / f"{table}.csv", infer_schema=False) for name in ("few", "many"))
        of_few = pl.col("person").cast(pl.Int64) % 10**9 <= 300
        assert few.equals(many.filter(of_few)), table


def test_it_says_that_nobody_in_it_exists(made):
    said = (made / "README.md").read_text("utf-8")
    assert "Nobody in these files exists" in said
    assert "Ingen i disse filene finnes" in said


def test_the_ages_have_the_shape_that_is_stated(made):
    people = pl.read_parquet(made / "patients.parquet").unique("person").filter(pl.col("birth_date") > date(1900, 1, 1))
    ages, shares = (pl.lit(ON) - pl.col("birth_date")).dt.total_days() / 365.2425, model()["ages"]["per_thousand"]
    old = people.select((ages >= 70).mean()).item()
    assert old == pytest.approx(sum(shares[14:]) / sum(shares), abs=0.015)


def test_who_has_one_illness_of_a_group_has_the_others_more_often(made):
    rows = pl.read_parquet(made / "diagnoses.parquet")
    having = {name: set(rows.filter(pl.col("code").str.starts_with(code))["person"]) for name, code in
              (("flutter", "I48"), ("failure", "I50"))}  # fmt: skip
    both, expected = (
        len(having["flutter"] & having["failure"]),
        len(having["flutter"]) * len(having["failure"]) / PEOPLE,
    )
    assert both > 2 * expected


def test_what_is_missing_hangs_on_what_it_would_say(made):
    rows = pl.read_parquet(made / "answers.parquet").with_columns(pl.col("value").cast(pl.Int32, strict=False))
    levels = rows.filter(pl.col("item") == "cfs_clinician").select("person", level="value")
    self_rated = rows.filter(pl.col("item") == "self_rated_health").select("person", rated=True)
    asked_of = levels.join(self_rated, on="person", how="left").with_columns(pl.col("rated").fill_null(value=False))
    fit, frail = (
        asked_of.select(pl.col("rated").filter(which).mean()).item()
        for which in (pl.col("level") < 4, pl.col("level") > 6)
    )
    assert fit > frail + 0.1


def test_its_faults_are_found_and_are_of_the_stated_kinds(made):
    found = checked(asked(made), local(1), quietly)
    kinds = set(found.faults["kind"])
    assert {"before_1900", "municipality_not_valid", "end_before_start", "overlapping", "unknown_code"} <= kinds
    assert kinds <= {
        "twice", "before_1900", "municipality_not_valid", "unknown_person", "unknown_code", "end_before_start",
        "out_of_range", "year_missing", "overlapping", "conflicting",
    }  # fmt: skip


def test_it_can_be_screened_and_everyone_has_a_row(made, tmp_path):
    everyone = screened_to(tmp_path / "out", made)
    assert everyone["person"].sort().to_list() == list(range(1, PEOPLE + 1))
    assert {"fired", "not_fired", "cannot_tell"} <= set(everyone["rule.cga_team"].cast(pl.String))
    assert everyone["in_hospital"].sum() > 0
