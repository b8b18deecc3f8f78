"""Who the people are: a number of theirs is hidden by a key or refused, and stands nowhere in what comes out."""

from __future__ import annotations

import pytest

from api.population_commands import _names_a_person
from engine.errors import InputError
from population.run import screen
from population.runners import local
from tests.population.extracts import asked, screened_to, written

KEY = b"0123456789abcdef0123456789abcdef"
NUMBERS = ("15814512336", "15883255590")


@pytest.fixture
def extract(tmp_path):
    rows = [{"person": number, "birth_date": "1940-01-01"} for number in NUMBERS]
    codes = [{"person": number, "code": "I50.9"} for number in NUMBERS]
    return written(tmp_path / "in", patients=rows, diagnoses=codes)


def test_a_national_number_is_refused_without_a_key_and_not_repeated(extract, tmp_path):
    with pytest.raises(InputError) as refused:
        screened_to(tmp_path / "out", extract, names_a_person=_names_a_person)
    assert (refused.value.where, refused.value.code) == ("line 2 patients.csv", "identity_without_key")
    assert not any(number in str(refused.value.args) for number in NUMBERS)
    assert not (tmp_path / "out").exists()


def test_with_a_key_no_number_stands_in_any_file_finished_or_not(extract, tmp_path):
    seen: list[bytes] = []

    def look(*_):
        seen.extend(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())

    request = asked(extract, names_a_person=_names_a_person, key=KEY)
    screen(request, tmp_path / "out", local(1), tell=look, dictionary="")
    look()
    assert len(seen) > 10
    assert not [number for number in NUMBERS for content in seen if number.encode() in content]


def test_the_same_key_hides_a_person_as_the_same_and_another_key_as_another(extract, tmp_path):
    one, again, other = (
        screened_to(tmp_path / name, extract, key=key)["person"].to_list()
        for name, key in (("one", KEY), ("again", KEY), ("other", KEY[::-1]))
    )
    assert one == again
    assert not set(one) & set(other)
    assert len(set(one)) == len(NUMBERS)


def test_rows_of_other_tables_follow_their_person_under_a_key(extract, tmp_path):
    assert screened_to(tmp_path / "out", extract, key=KEY)["charlson.low"].to_list() == [2, 2]
