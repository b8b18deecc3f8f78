"""The input model is strict: nothing is coerced, and unknown stays unknown."""

from __future__ import annotations

import pytest

from engine.errors import InputError
from engine.facts import SetAnswer
from forms.model import ANSWERABLE, MOST_NOTES, read_case
from rules.case import Case


def test_an_empty_case_knows_nothing():
    assert read_case({}) == Case()


@pytest.mark.parametrize("item", [item.id for item in ANSWERABLE])
def test_null_is_unknown_for_every_item(item):
    assert read_case({"answers": {item: None}}).answers == {}


def test_a_list_is_a_complete_answer_and_an_object_a_partial_one():
    whole = read_case({"answers": {"badl_help": ["bathe"]}}).answers["badl_help"]
    part = read_case({"answers": {"badl_help": {"bathe": True, "eat": False, "walk": None}}}).answers["badl_help"]
    assert whole == SetAnswer(frozenset({"bathe"}), frozenset({"dress", "eat", "walk", "transfer"}))
    assert part == SetAnswer(frozenset({"bathe"}), frozenset({"eat"}))


def test_no_list_is_unknown_and_an_empty_one_is_none():
    assert read_case({}).medicines is None
    assert read_case({"medicines": None}).medicines is None
    assert read_case({"medicines": [], "conditions": []}).medicines == ()


WRONG_KINDS = {
    "yes_no": (1, 0, "true", "yes", [], {}),
    "count": ("6", True, 6.5, -1, 10_000, [], {}),
    "choice": (1, True, "", "no such answer", []),
    "set": ("bathe", [1], ["no such member"], {"no such member": True}, 3),
    "text": (1, True, [], {}),
}


@pytest.mark.parametrize("item", ANSWERABLE, ids=lambda item: item.id)
def test_an_answer_of_another_kind_is_refused_by_the_items_name(item):
    for value in WRONG_KINDS[item.kind]:
        with pytest.raises(InputError) as refused:
            read_case({"answers": {item.id: value}})
        assert refused.value.where.startswith(f"answers.{item.id}")


@pytest.mark.parametrize(
    "code", ["S72.0", "S720", "I10", "M05.39", "F00.1", "S72.00", "s72.0", "U07.1", "W19", "A41.9"]
)
def test_an_icd_10_code_is_taken_with_and_without_its_dot(code):
    assert read_case({"conditions": [{"code": code}]}).diagnoses is not None


@pytest.mark.parametrize(
    "code", ["", "S", "S7", "72.0", "S72.", "SS72", "S72,0", "S72.0.1", "hjertesvikt", "S72 0", "Ø72.0"]
)
def test_icd_10_nonsense_is_refused(code):
    with pytest.raises(InputError, match=r"conditions\[0\]"):
        read_case({"conditions": [{"code": code}]})


def test_a_code_of_another_system_is_taken_as_it_is():
    found = read_case(
        {"conditions": [{"code": "38341003", "system": "http://snomed.info/sct"}, {"code": "K77", "system": "icpc-2"}]}
    )
    assert [each.code for each in found.diagnoses or ()] == ["38341003", "K77"]


def test_a_mistyped_item_is_answered_with_the_nearest_name():
    with pytest.raises(InputError, match="key_near") as refused:
        read_case({"answers": {"falls_last_12_month": 1}})
    assert refused.value.values == {"key": "falls_last_12_months"}


def test_a_birth_date_that_is_not_the_identity_numbers_is_not_refused():
    assert read_case({"patient": {"id": "15814512336", "birth_date": "1950-05-05"}}).patient.birth_date is not None


@pytest.mark.parametrize(
    "written",
    [
        *("2026-W47-1", "20261116", "2026-11-31", "2026-11-16 14:10", "2026-11-16T14", "２026-11-16"),
        *("2026-11-16T14:10:00+23:59", "2026-11-16T14:10:00+01:00:30", "2026-11-16T14:10:00,5Z", "2026-11-16T24:10Z"),
    ],
)
def test_a_date_or_a_time_is_written_in_one_way(written):
    for case in ({"encounter": {"admitted": written}}, {"patient": {"birth_date": written}}):
        with pytest.raises(InputError, match="not_date_or_time"):
            read_case(case)


@pytest.mark.parametrize(
    "written",
    [
        *("1899-12-31", "2201-01-01", "9999-12-31", "9999-12-31T23:59:59Z", "0001-01-01T00:00+14:00"),
        *("2200-12-31T23:30:00Z", "1900-01-01T00:00+14:00"),
    ],
)
def test_a_date_outside_1900_to_2200_is_refused_wherever_it_stands(written):
    places = [
        {"patient": {"birth_date": written}},
        *({"encounter": {field: written}} for field in ("admitted", "expected_discharge", "discharged")),
        *({"medicines": [{"name": "x", field: written}]} for field in ("from", "to")),
        {"rater": {"time": written}},
        {"sources": {"mst": {"from": "x", "time": written}}},
    ]
    for case in places:
        with pytest.raises(InputError, match="date_not_possible"):
            read_case(case)


def test_the_first_and_the_last_day_of_the_range_are_taken():
    found = read_case(
        {"patient": {"birth_date": "1900-01-01"}, "encounter": {"discharged": "2200-12-31T23:59:59+01:00"}}
    )
    assert found.patient.birth_date is not None


@pytest.mark.parametrize("name", [" ", "\u200b", "\u00a0\u2060\t"])
def test_a_name_that_nobody_can_see_is_refused(name):
    for case in ({"patient": {"name": name}}, {"medicines": [{"name": name}]}):
        with pytest.raises(InputError, match="text_not_visible"):
            read_case(case)


@pytest.mark.parametrize(
    "note",
    [
        {"code": "Kari Nordmann"},
        {"code": "a", "values": {"Kari Nordmann": 1}},
        {"code": "a", "values": {"count": "x" * 201}},
        {"code": "a", "values": {"count": [1]}},
        {"code": "a", "values": {"count": True}},
        {"code": "a", "values": {f"a{'b' * n}": 1 for n in range(21)}},
    ],
)
def test_a_note_holds_a_code_and_a_few_short_values(note):
    with pytest.raises(InputError, match=r"notes\[0\]"):
        read_case({"notes": [note]})


def test_more_notes_than_anyone_reads_are_refused():
    assert len(read_case({"notes": [{"code": "a"}] * MOST_NOTES}).notes) == MOST_NOTES
    with pytest.raises(InputError, match="notes: too_many_entries"):
        read_case({"notes": [{"code": "a"}] * (MOST_NOTES + 1)})
