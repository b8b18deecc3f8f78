"""Identity numbers: kinds, check digits by both rules, and that no message holds a number."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError
from forms.code_systems import code_systems, system_id
from forms.identity import IdentityNumber, parse_identity_number, require_synthetic
from tests.shared import shared, skip_without

# The published test vectors: number, kind, valid today, valid by the rule from 2032. All are made for testing.
VECTORS = [
    ("15814512336", "birth_number", True, True),
    ("15814512344", "birth_number", False, True),
    ("15814512352", "birth_number", False, True),
    ("15814512360", "birth_number", False, True),
    ("01814000199", "birth_number", True, True),
    ("01814000105", "birth_number", False, True),
    ("01814000113", "birth_number", False, True),
    ("55814512338", "d_number", False, True),
    ("55814512346", "d_number", False, True),
    ("55814512354", "d_number", False, True),
    ("15883255574", "birth_number", True, True),
    ("15883255582", "birth_number", False, True),
    ("15883255590", "birth_number", False, True),
    ("15507600333", "birth_number", True, True),
    ("29422059278", "birth_number", True, True),
]


def with_check_digits(nine: str) -> str:
    """Return the number that begins with nine digits and is valid by the rule from 2032."""
    for last in range(100):
        try:
            return parse_identity_number(f"{nine}{last:02}", "test").value
        except InputError:
            continue
    raise AssertionError


def refusal(text: object) -> InputError | None:
    """Return what refuses the text, or None."""
    try:
        parse_identity_number(text, "patient.id")
    except InputError as refused:
        return refused
    return None


@pytest.mark.parametrize(("number", "kind", "today", "from_2032"), VECTORS)
def test_each_test_vector_agrees(number, kind, today, from_2032):
    parsed = parse_identity_number(number, "patient.id")
    assert (parsed.kind, parsed.valid_today, parsed.valid_2032_rule) == (kind, today, from_2032)
    assert parsed.synthetic


def test_the_shared_vectors_are_the_ones_tested_here():
    path = shared("clinical/data/fnr_test_vectors.json")
    skip_without(path)
    cases = json.loads(path.read_text("utf-8"))["cases"]
    published = [(case["id"], case["valid_today"], case["valid_2032_rule"]) for case in cases]
    assert published == [(number, today, later) for number, _, today, later in VECTORS]


def test_a_number_with_a_wrong_check_digit_is_refused():
    with pytest.raises(InputError, match=r"patient\.id: identity_check_digits"):
        parse_identity_number("15814512337", "patient.id")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1581451233",
        "158145123360",
        "15814512336 ",
        "1581451233x",
        "１５８１４５１２３３６",
        None,
        15814512336,
        True,
    ],
)
def test_only_eleven_ascii_digits_in_a_text_are_an_identity_number(text):
    with pytest.raises(InputError, match="identity_not_eleven_digits"):
        parse_identity_number(text, "patient.id")


@pytest.mark.parametrize("nine", ["328145123", "308245123", "151345123", "155345123"])
def test_a_day_or_month_that_does_not_exist_is_refused(nine):
    with pytest.raises(InputError, match="identity_without_date"):
        parse_identity_number(f"{nine}00", "patient.id")


def test_a_number_that_begins_with_8_or_9_is_an_aid_number_and_never_counts_as_made_for_testing():
    for nine in ("815845123", "900000001"):
        number = parse_identity_number(with_check_digits(nine), "patient.id")
        assert (number.kind, number.synthetic) == ("aid_number", False)


@pytest.mark.parametrize(
    ("nine", "synthetic"), [("150145123", False), ("154145123", True), ("156645123", True), ("158145123", True)]
)
def test_a_month_with_40_65_or_80_added_is_made_for_testing(nine, synthetic):
    assert parse_identity_number(with_check_digits(nine), "patient.id").synthetic is synthetic


def test_demo_mode_takes_a_number_made_for_testing():
    require_synthetic(parse_identity_number("15814512336", "patient.id"), "patient.id")


def test_demo_mode_refuses_a_number_that_may_be_a_persons_and_does_not_repeat_it():
    number = IdentityNumber("15014512300", "birth_number", synthetic=False)
    with pytest.raises(InputError, match="identity_not_synthetic") as refused:
        require_synthetic(number, "patient.id")
    assert number.value not in str(refused.value)


def test_a_number_stays_out_of_its_own_repr():
    assert "15814512336" not in repr(parse_identity_number("15814512336", "patient.id"))


@given(st.text(alphabet="0123456789", min_size=4, max_size=14))
def test_no_refusal_ever_holds_the_number(text):
    refused = refusal(text)
    assert refused is None or (text not in str(refused) and refused.__cause__ is None)


@pytest.mark.parametrize(
    ("name", "system"),
    [
        ("urn:oid:2.16.578.1.12.4.1.1.7110", "icd-10"),
        ("2.16.578.1.12.4.1.1.7110", "icd-10"),
        ("http://hl7.org/fhir/sid/icd-10-no", "icd-10"),
        ("http://hl7.org/fhir/sid/icd-10", "icd-10"),
        ("http://hl7.org/fhir/sid/icd-10-cm", None),
        ("http://hl7.org/fhir/sid/icpc-2", "icpc-2"),
        ("urn:oid:2.16.578.1.12.4.1.1.7170", "icpc-2"),
        ("http://www.whocc.no/atc", "atc"),
        ("urn:oid:2.16.578.1.12.4.1.1.7180", "atc"),
        ("http://snomed.info/sct", "snomed-ct"),
        ("urn:oid:2.16.578.1.12.4.1.4.3", "aid_number"),
        ("", None),
        (None, None),
    ],
)
def test_a_code_system_is_known_by_its_uri_and_by_its_oid(name, system):
    assert system_id(name) == system


def test_no_two_code_systems_share_a_name():
    names = [name for system in code_systems() for name in system.names]
    assert len(names) == len(set(names))
