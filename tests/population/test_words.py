"""Texts as words: each column has its own, and a later bucket's new ones come after those that were met."""

from __future__ import annotations

import polars as pl
import pytest

from population import words


@pytest.fixture(autouse=True)
def nothing_met(monkeypatch):
    monkeypatch.setattr(words, "_MET", {})


def categories(found):
    assert isinstance(found.dtype, pl.Enum)
    return found.dtype.categories.to_list()


def texts(*said):
    return pl.Series("text", said, dtype=pl.String)


@pytest.mark.parametrize("several", [2, words.FEW, words.FEW + 1, 60])
def test_texts_are_the_same_texts_as_words(several):
    said = [*(f"w{n % several}" for n in range(200)), None, "", " w1 "]
    assert words.as_words(texts(*said), ("diagnoses", "code")).cast(pl.String).to_list() == said


def test_a_column_has_no_other_columns_words():
    use = words.as_words(texts("regular", None, "as_needed"), ("prescriptions", "use"))
    sex = words.as_words(texts("female"), ("patients", "sex"))
    again = words.as_words(texts("as_needed"), ("prescriptions", "use"))
    assert [set(categories(each)) for each in (use, sex, again)] == [
        {"regular", "as_needed"}, {"female"}, {"regular", "as_needed"}
    ]  # fmt: skip
    assert words.NOTHING.len() == 0


def test_new_words_of_a_later_bucket_come_after_those_that_were_met():
    first = words.as_words(texts("b", "a"), ("stays", "urgency"))
    later = words.as_words(texts("c", "a", None), ("stays", "urgency"))
    assert categories(later) == [*categories(first), "c"]
    assert later.cast(pl.String).to_list() == ["c", "a", None]


def test_where_most_is_rubbish_the_words_are_not_kept(monkeypatch):
    monkeypatch.setattr(words, "MOST_KEPT", 3)
    words.as_words(texts("a", "b", "c"), ("stays", "ward"))
    found = words.as_words(texts("x", "y", "a"), ("stays", "ward"))
    assert found.cast(pl.String).to_list() == ["x", "y", "a"]
    assert words._MET[("stays", "ward")].sort().to_list() == ["a", "x", "y"]
