"""Municipalities are said by name, and found by name or by number."""

from __future__ import annotations

import pytest

from api.places.municipalities import municipalities, municipality_in_words, number_of
from api.screening import texts_in

T = texts_in("nb")


def test_the_register_holds_every_municipality_once_and_in_each_of_its_counties():
    names = municipalities()
    assert len(names) == len(set(names.values())) == 357
    counties = {number[:2] for number in names}
    assert counties == {"03", "11", "15", "18", "31", "32", "33", "34", "39", "40", "42", "46", "50", "55", "56"}


@pytest.mark.parametrize(("number", "said"), [("5001", "Trondheim"), ("4601", "Bergen"), ("9999", "Kommune 9999")])
def test_a_municipality_is_said_by_its_name_or_else_by_its_number(number, said):
    assert municipality_in_words(number, T) == said


@pytest.mark.parametrize(
    ("said", "number"),
    [("Trondheim", "5001"), ("trondheim ", "5001"), ("5001", "5001"), ("guovdageaidnu", "5612"), ("Andeby", "Andeby")],
)
def test_a_municipality_is_found_by_any_of_its_names_or_its_number(said, number):
    assert number_of(said) == number
