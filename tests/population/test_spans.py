"""An extract that lies in the order of its people is read where it is, and comes to the same as any other."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from engine.errors import InputError
from population import splitting, words
from population.extract import tables
from population.opening import opened
from population.run import checked, screen
from population.runners import local
from population.spans import bounds_of, spans_of
from population.splitting import how_to_split
from population.synth import synthetic
from tests.population.extracts import asked, quietly
from tests.spec.people import ON

PEOPLE, A_BUCKET = 600, 250


@pytest.fixture(scope="module")
def extract(tmp_path_factory):
    """Return an extract with every kind of fault, in the order of its people."""
    folder = tmp_path_factory.mktemp("ordered")
    synthetic(PEOPLE, 5, ON, form="parquet", into=folder)
    for name in tables():
        path = folder / f"{name}.parquet"
        pl.read_parquet(path).sort("person", maintain_order=True, nulls_last=False).write_parquet(path)
    return folder


def rewritten(extract, folder, *, change, names):
    folder.mkdir()
    for path in extract.glob("*.parquet"):
        rows = pl.read_parquet(path)
        (change(rows) if path.stem in names else rows).write_parquet(folder / path.name)
    return folder


def in_another_order(rows):
    """Return the rows so that neighbours are apart, and those of one person still come in their own order."""
    return rows.with_columns(other=pl.col("person").hash(3)).sort("other", maintain_order=True).drop("other")


def as_text(rows):
    return rows.with_columns(pl.col("person").cast(pl.String))


def found_of(extract, out):
    request = asked(extract, people_a_bucket=A_BUCKET)
    found = screen(request, out, local(1), tell=quietly, dictionary="")
    assert found is not None
    persons = pl.read_parquet(out / "persons.parquet").with_columns(pl.col("person").cast(pl.Int64))
    faults = found.faults.drop("first").sort(pl.exclude("rows"))
    return persons.sort("person"), faults, request


@pytest.fixture(scope="module")
def in_order(extract, tmp_path_factory):
    return found_of(extract, tmp_path_factory.mktemp("out"))


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (in_another_order, ("patients",)),
        (in_another_order, ("diagnoses", "answers")),
        (in_another_order, tuple(tables())),
        (as_text, tuple(tables())),
    ],
)
def test_an_extract_in_order_comes_to_what_it_comes_to_in_any_order(extract, in_order, tmp_path, change, names):
    persons, faults, request = in_order
    assert how_to_split(request.sources, ON, key=None, people_a_bucket=A_BUCKET).bounds
    other = found_of(rewritten(extract, tmp_path / "in", change=change, names=names), tmp_path / "out")
    assert other[0].equals(persons)
    assert other[1].equals(faults)
    assert faults.height > 3


def test_an_extract_in_order_is_in_the_order_of_its_people_when_screened(extract, tmp_path):
    request = asked(extract, people_a_bucket=A_BUCKET)
    screen(request, tmp_path, local(1), tell=quietly, dictionary="")
    assert pl.read_parquet(tmp_path / "persons.parquet")["person"].is_sorted()


def ordered(folder, name, persons):
    pl.DataFrame({"person": persons, **({} if name == "patients" else {"code": "I10"})}).write_parquet(
        folder / f"{name}.parquet"
    )


def test_no_person_is_parted_and_whoever_is_not_among_the_patients_falls_between_them(tmp_path):
    ordered(tmp_path, "patients", [1, 2, 2, 2, 5, 9])
    ordered(tmp_path, "diagnoses", [-4, 1, 2, 2, 3, 5, 5, 9, 12])
    sources = opened(tmp_path)
    assert bounds_of(sources["patients"], 2) == (2, 5)
    assert spans_of(sources["patients"], (2, 5)) == [0, 1, 4, 6]
    assert spans_of(sources["diagnoses"], (2, 5)) == [0, 2, 5, 9]


@pytest.mark.parametrize("persons", [[2, 1], [1, None, 2], [None, 1]])
def test_a_table_with_a_person_out_of_order_or_missing_lies_in_no_order(tmp_path, persons):
    ordered(tmp_path, "patients", persons)
    assert bounds_of(opened(tmp_path)["patients"], 2) is None
    assert spans_of(opened(tmp_path)["patients"], (1,)) is None


def listed(folder, patients, **tables):
    """Write an extract of Parquet files by what each person has."""
    rows = {"patients": [(each, date(1940, 1, 1)) for each in patients], **tables}
    names = {"patients": ("person", "birth_date"), "diagnoses": ("person", "code"), "prescriptions": ("person", "atc")}
    folder.mkdir()
    for table, said in rows.items():
        pl.DataFrame(said, names[table], orient="row").write_parquet(folder / f"{table}.parquet")
    return folder


@pytest.mark.parametrize("patients", [[-5, -2, 3], [10**17, 10**17 + 3], [-5, 2**62]])
def test_a_row_beside_a_person_is_nobodys_however_near_the_numbers_are(tmp_path, patients):
    beside = patients[0] + 1
    extract = listed(tmp_path / "in", patients, diagnoses=[(beside, "I50"), (patients[1], "I50")])
    found = screen(asked(extract), tmp_path / "out", local(1), tell=quietly, dictionary="")
    assert found is not None
    assert found.faults.select("column", "kind", "rows").rows() == [("person", "unknown_person", 1)]
    persons = pl.read_parquet(tmp_path / "out" / "persons.parquet")
    assert dict(persons.select("person", "charlson.low").rows()) == {
        each: 2 * (each == patients[1]) for each in patients
    }


def test_people_in_no_order_are_all_there_also_where_a_bucket_has_nobody(tmp_path):
    patients = [3, 1, 2, 9, 7, 5]
    extract = listed(tmp_path / "in", patients)
    request = asked(extract, people_a_bucket=1)
    screen(request, tmp_path / "out", local(1), tell=quietly, dictionary="")
    assert sorted(pl.read_parquet(tmp_path / "out" / "persons.parquet")["person"]) == sorted(patients)


def test_the_more_rows_there_are_the_fewer_people_a_bucket_has(tmp_path, monkeypatch):
    extract = listed(tmp_path / "in", range(100), diagnoses=[(each, "I10") for each in range(100) for _ in range(9)])
    sources = opened(extract)
    buckets = []
    for rows in (1000, 500, 100, 1):
        monkeypatch.setattr(splitting, "ROWS_A_BUCKET", rows)
        buckets.append(how_to_split(sources, ON, key=None).buckets)
    assert buckets == [1, 2, 10, 100]


def test_a_file_that_is_damaged_in_the_middle_is_refused_by_whichever_process_comes_to_it(tmp_path):
    patients = pl.DataFrame({"person": range(60_000), "municipality": [f"{n:04}" for n in range(60_000)]})
    path = tmp_path / "patients.parquet"
    patients.write_parquet(path, compression="zstd", row_group_size=20_000)
    whole = path.read_bytes()
    middle = len(whole) - 30_000
    path.write_bytes(whole[:middle] + bytes(20_000) + whole[middle + 20_000 :])
    with pytest.raises(InputError) as refused:
        checked(asked(tmp_path, people_a_bucket=20_000), local(2), quietly)
    assert (refused.value.where, refused.value.code) == ("patients.parquet", "table_damaged")


def test_words_are_the_texts_whether_they_were_met_before_or_are_too_many_to_keep(monkeypatch):
    monkeypatch.setattr(words, "_MET", {})
    monkeypatch.setattr(words, "MOST_KEPT", 3)
    for texts in (["I10", None, "E11"], ["E11", "I50"], ["A", "B", "C", "D", None], ["D", "I10"], []):
        series = pl.Series(texts, dtype=pl.String)
        assert words.as_words(series, ("diagnoses", "code")).cast(pl.String).to_list() == texts
        assert all(met.len() <= 3 for met in words._MET.values())
