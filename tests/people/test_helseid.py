"""Tokens as HelseID writes them: who comes in, as what, for which units, and what each lacks that does not."""

from __future__ import annotations

from typing import Any

import pytest
from httpx2 import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from api.people.claims import Reading
from api.people.refused import ScopeMissing, TokenRefused
from api.people.sessions import as_json, from_json
from api.people.user import Unit, User
from api.settings import Issuer, Settings
from api.storage.writer import Writer
from tests.people.conftest import ADDRESS, Site
from tests.people.holder import Holder
from tests.people.provider import AUDIENCE, CLIENT, URL, Provider

SCOPE, SYSTEM = "demo:retthjem/bruk", "demo:retthjem/system"
LEVEL, HPR = "helseid://claims/identity/security_level", "helseid://claims/hpr/hpr_number"
DETAILS = "helseid://claims/hpr/hpr_details"
CHILD, PARENT = (f"helseid://claims/client/claims/orgnr_{name}" for name in ("child", "parent"))
HOSPITAL, MUNICIPALITY = "999999901", "999999902"
ISSUER = Issuer.model_validate(
    {
        "url": URL,
        "client_id": CLIENT,
        "audience": [AUDIENCE],
        "token_types": ["at+jwt", "JWT"],
        "claims": {"role": f"{DETAILS}.approvals.profession"},
        "required_scopes": [SCOPE],
        "scope_roles": {SYSTEM: "system"},
        "security_level": "4",
        "hpr_roles": ["doctor", "nurse", "municipal_nurse"],
        "organisations": {
            HOSPITAL: {"units": ["hospital:STO"], "role_names": {"LE": "doctor", "SP": "nurse"}},
            MUNICIPALITY: {"units": ["municipality:4601"], "role_names": {"SP": "municipal_nurse"}},
        },
        "dpop": {"required": True},
    }
)
READING = Reading.of(ISSUER, "STO")
ME = f"{ADDRESS}/api/v1/me"


def approved(*professions: str) -> dict[str, Any]:
    """Return what the register of health personnel says of someone."""
    authorised = {"value": "1", "description": "Autorisasjon"}
    return {
        "approvals": [{"profession": each, "authorization": authorised, "specialities": []} for each in professions]
    }


PERSON: dict[str, Any] = {
    "sub": "pseudonym=",
    "client_id": "an-epj",
    "name": "Ingrid Nes",
    "scope": [SCOPE],
    LEVEL: "4",
    HPR: "181000001",
    DETAILS: approved("SP"),
    PARENT: HOSPITAL,
    CHILD: "999999903",
}


def read(**changed: Any) -> User:
    """Return whom the claims are about; one that is None is left out."""
    claims = {name: value for name, value in {**PERSON, **changed}.items() if value is not None}
    READING.check_scopes(claims)
    return READING.user(claims)


@pytest.mark.parametrize("said", [["hospital:OUS"], "hospital:OUS ward:OUS/A1", ["municipality:4601"], 7])
def test_whoever_works_at_an_organisation_sees_its_units_and_no_other_whatever_the_claim_says(said):
    assert read(units=said).units == {Unit("hospital", "STO")}


def test_a_nurse_of_the_hospital_comes_in_with_the_hospitals_units():
    assert read() == User("pseudonym=", "nurse", frozenset({Unit("hospital", "STO")}), "Ingrid Nes")


def test_the_number_in_the_register_of_health_personnel_is_kept_with_whoever_came_in():
    assert read().hpr == "181000001"
    assert from_json(as_json(read())).hpr == "181000001"
    assert "181000001" not in repr(read())


def test_the_narrowest_organisation_that_is_known_says_where_and_as_what():
    user = read(**{CHILD: MUNICIPALITY})
    assert (user.role, user.units) == ("municipal_nurse", frozenset({Unit("municipality", "4601")}))
    assert read(**{CHILD: None}).role == "nurse"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({LEVEL: "3"}, "level"),
        ({LEVEL: 3}, "level"),
        ({LEVEL: "04"}, "level"),
        ({LEVEL: True}, "level"),
        ({LEVEL: ["3", "4"]}, "level"),
        ({LEVEL: None}, "level"),
        ({HPR: None}, "hpr_number"),
        ({HPR: ""}, "hpr_number"),
        ({HPR: "0"}, "hpr_number"),
        ({HPR: "18100000x"}, "hpr_number"),
        ({HPR: ["1", "2"]}, "hpr_number"),
        ({PARENT: None}, "organisation"),
        ({PARENT: "999999909"}, "organisation"),
        ({PARENT: {HOSPITAL: 1}}, "organisation"),
        ({DETAILS: approved("PS")}, "role"),
        ({DETAILS: approved("LE", "SP")}, "role"),
        ({DETAILS: approved()}, "role"),
        ({DETAILS: None}, "role"),
        ({DETAILS: "SP"}, "role"),
        ({"role": "doctor", DETAILS: None}, "role"),
        ({CHILD: MUNICIPALITY, DETAILS: approved("LE")}, "role"),
        ({"scope": [SCOPE, SYSTEM], DETAILS: None}, "role"),
    ],
    ids=str,
)
def test_a_person_who_lacks_one_thing_does_not_come_in(changed, why):
    with pytest.raises(TokenRefused) as refused:
        read(**changed)
    assert refused.value.why == why


@pytest.mark.parametrize(
    "changed",
    [{LEVEL: 4}, {LEVEL: ["4"]}, {HPR: 181000001}, {HPR: ["181000001"]}, {"scope": f"openid {SCOPE}"}],
    ids=str,
)
def test_a_claim_may_be_written_as_others_write_it(changed):
    assert read(**changed).role == "nurse"


@pytest.mark.parametrize("scope", [None, "", [], "demo:retthjem", f"x{SCOPE}", [f"{SCOPE} "], {SCOPE: 1}, 4], ids=str)
def test_a_token_without_the_scope_is_for_something_else(scope):
    with pytest.raises(ScopeMissing):
        read(scope=scope)


def test_a_system_comes_in_by_its_scope_without_a_person():
    client = {"sub": "an-epj", "scope": [SCOPE, SYSTEM], LEVEL: None, HPR: None, DETAILS: None, "name": None}
    assert read(**client) == User("an-epj", "system", frozenset({Unit("hospital", "STO")}))


@given(
    st.dictionaries(
        st.sampled_from([LEVEL, HPR, DETAILS, CHILD, PARENT, "scope", "name", "client_id", "units"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=10) | st.just(HOSPITAL) | st.just("4"),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
            max_leaves=8,
        ),
    )
)
def test_whatever_a_claim_holds_it_is_read_or_refused(changed):
    try:
        user = READING.user({**PERSON, **changed})
    except TokenRefused:
        return
    assert user.units


@pytest.fixture
def site(store: tuple[Engine, Writer]) -> Site:
    """Give a server that takes HelseID's tokens."""
    return Site(Settings(issuer=ISSUER, hospital="STO", public_url=ADDRESS), *store, Provider())


def asked(site: Site, holder: Holder, **claims: Any) -> Response:
    """Return the answer to a token with these claims, that its holder sends."""
    assert site.provider
    none = dict.fromkeys(("role", "units"))
    token = site.provider.access(**{**PERSON, **none, "cnf": holder.bound, **claims})
    answer: Response = site.browser.get("/api/v1/me", headers=holder.headers(ME, token))
    return answer


def test_a_token_of_helseid_lets_in_with_its_proof_alone(site: Site):
    holder = Holder()
    assert asked(site, holder).json()["units"] == ["hospital:STO"]
    assert site.provider
    bare = site.provider.access(**{**PERSON, "role": None, "units": None})
    assert site.browser.get("/api/v1/me", headers={"Authorization": f"Bearer {bare}"}).status_code == 401


def test_a_system_that_is_named_by_its_client_id_alone_comes_in(site: Site):
    about = {"sub": None, "scope": [SCOPE, SYSTEM], LEVEL: None, HPR: None, DETAILS: None, "name": None}
    assert asked(site, Holder(), **about).json()["id"] == "an-epj"
    assert asked(site, Holder(), **{**about, "client_id": None}).status_code == 401
    assert asked(site, Holder(), **{**about, "client_id": 7}).status_code == 401


def test_too_little_scope_is_told_as_such(site: Site):
    answer = asked(site, Holder(), scope="openid")
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    told = answer.headers["www-authenticate"]
    assert told.startswith("DPoP ")
    assert f'error="insufficient_scope", scope="{SCOPE}"' in told


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=1_000)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=300), st.integers(0, 2), st.data())
def test_a_token_and_proof_with_letters_changed_are_refused_and_never_a_fault(site: Site, noise, part, data):
    holder = Holder()
    assert site.provider
    token = site.provider.access(**{**PERSON, "cnf": holder.bound})
    which = data.draw(st.sampled_from(["token", "proof"]))
    pieces = (token if which == "token" else holder.proof(ME, token)).split(".")
    pieces[part] = noise
    made = {"token": token, "proof": holder.proof(ME, token), which: ".".join(pieces)}
    headers = {"Authorization": f"DPoP {made['token']}", "DPoP": made["proof"]}
    assert site.browser.get("/api/v1/me", headers=headers).status_code in {401, 429}
