"""How a provider's words become a role and units of ours."""

from __future__ import annotations

import pytest

from api.people.claims import Reading
from api.people.refused import TokenRefused
from api.people.user import Unit
from api.settings import Claims

OURS = Reading("STO")
THEIRS = Reading(
    "STO", Claims(role="realm_access.roles", units="https://x.no/units"), {"sykepleier": "nurse", "lege": "doctor"}
)


@pytest.mark.parametrize("role", ["boss", "", None, 7, ["boss"], ["nurse", "doctor"], {"nurse": 1}, "Nurse"], ids=str)
def test_a_role_that_is_unknown_or_not_one_is_refused(role):
    with pytest.raises(TokenRefused, match="role"):
        OURS.user({"sub": "u", "role": role})


@pytest.mark.parametrize("client", [None, "another"])
def test_a_person_is_never_a_system_whatever_the_claim_says(client):
    for reading in (OURS, Reading("STO", roles={"SYS": "system"})):
        with pytest.raises(TokenRefused, match="role"):
            reading.user({"sub": "u", "role": ["system", "SYS"], "client_id": client})
    assert OURS.user({"sub": "u", "role": ["system", "nurse"], "client_id": client}).role == "nurse"


def test_a_client_with_a_token_of_its_own_may_be_a_system():
    assert OURS.user({"sub": "epj", "client_id": "epj", "role": "system"}).role == "system"


def test_a_missing_role_is_refused():
    with pytest.raises(TokenRefused, match="role"):
        OURS.user({"sub": "u"})


def test_a_list_may_hold_roles_of_other_systems_beside_one_of_ours():
    assert OURS.user({"sub": "u", "role": ["offline_access", "nurse"]}).role == "nurse"


def test_where_the_providers_words_are_given_only_they_count():
    assert THEIRS.user({"sub": "u", "realm_access": {"roles": ["lege"]}}).role == "doctor"
    with pytest.raises(TokenRefused, match="role"):
        THEIRS.user({"sub": "u", "realm_access": {"roles": ["administrator"]}})


def test_a_ward_named_alone_is_a_ward_of_this_hospital():
    units = OURS.user({"sub": "u", "role": "nurse", "units": ["ward:GER2", "ward:OUS/A1", "hospital:OUS"]}).units
    assert units == {Unit("ward", "STO/GER2"), Unit("ward", "OUS/A1"), Unit("hospital", "OUS")}


@pytest.mark.parametrize(
    "units", [None, 7, ["all"], ["planet:earth"], ["ward:"], [["ward:GER2"]], {}, "", ["ward:a\nb"]], ids=str
)
def test_what_names_no_unit_gives_access_to_none(units):
    assert OURS.user({"sub": "u", "role": "nurse", "units": units}).units == frozenset()


def test_units_may_stand_in_one_text():
    said = {"sub": "u", "role": "coordinator", "units": "municipality:5001 municipality:4601"}
    assert OURS.user(said).of("municipality") == {"5001", "4601"}


def test_a_claim_whose_name_is_an_address_is_found_by_its_whole_name():
    said = {"sub": "u", "realm_access": {"roles": ["lege"]}, "https://x.no/units": ["ward:GER2"]}
    assert THEIRS.user(said).of("ward") == {"STO/GER2"}


@pytest.mark.parametrize("id", ["a\nb", "x" * 201])
def test_an_id_that_could_not_be_stored_or_logged_is_refused(id):
    with pytest.raises(TokenRefused, match="claims"):
        OURS.user({"sub": id, "role": "nurse"})
