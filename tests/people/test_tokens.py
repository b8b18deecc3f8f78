"""Which tokens are accepted, and that every other is refused without asking the provider again and again."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, RSAKey

from api.people.claims import Reading
from api.people.demo_issuer import DemoIssuer
from api.people.keys import AGAIN_AFTER, STALE_AFTER, Keys, usable
from api.people.oidc import OpenIdConnect
from api.people.refused import ProviderAway, TokenRefused
from api.people.tokens import LONGEST, Tokens, Trust
from api.people.user import Unit, User
from tests.people.provider import AUDIENCE, CLIENT, ISSUER, NURSE, URL, Provider, as_part, parts

NOW = int(time.time())
TRUST = Trust(URL, CLIENT, (AUDIENCE,), ISSUER.algorithms)
READING = Reading("STO")
PROVIDER = Provider()  # no test changes this one


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


def with_tokens(ask: Callable[[Tokens], Coroutine[Any, Any, Any]], provider: Provider, trust: Trust = TRUST) -> Any:
    """Return what a question to the checker of tokens answers, and close its connections."""

    async def run() -> Any:
        connect = OpenIdConnect(ISSUER, provider.transport)
        keys = Keys(connect.key_set)
        try:
            return await ask(Tokens(trust, keys))
        finally:
            await keys.close()
            await connect.close()

    return asyncio.run(run())


def access(token: str, provider: Provider = PROVIDER, trust: Trust = TRUST) -> Any:
    """Return the claims of an access token."""
    return with_tokens(lambda tokens: tokens.access(token), provider, trust)


def identity(token: str) -> Any:
    """Return the claims of an ID token that answers the nonce `n`."""
    return with_tokens(lambda tokens: tokens.identity(token, "n"), PROVIDER)


def refused(token: str, provider: Provider = PROVIDER) -> str:
    """Return why an access token is refused."""
    with pytest.raises(TokenRefused) as why:
        access(token, provider)
    return why.value.why


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "PS256"])
def test_an_access_token_by_an_allowed_algorithm_is_accepted(algorithm):
    kid = "one" if algorithm == "ES256" else "two"
    claims = access(PROVIDER.access(header={"alg": algorithm, "kid": kid}))
    assert READING.user(claims) == User("u-1", "nurse", frozenset({Unit("ward", "STO/GER2")}), "Ingrid Nes")


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "https://other.example.no"}, "claims"),
        ({"iss": URL + "/"}, "claims"),
        ({"iss": [URL]}, "claims"),
        ({"iss": None}, "claims"),
        ({"aud": "https://other.example.no"}, "claims"),
        ({"aud": None}, "claims"),
        ({"aud": []}, "claims"),
        ({"aud": {AUDIENCE: 1}}, "claims"),
        ({"exp": NOW - 60}, "claims"),
        ({"exp": None}, "claims"),
        ({"exp": "2099-01-01"}, "claims"),
        ({"nbf": NOW + 3600}, "claims"),
        ({"iat": NOW + 3600}, "claims"),
        ({"iat": None}, "claims"),
        ({"sub": None}, "claims"),
        ({"sub": ""}, "claims"),
        ({"sub": 7}, "claims"),
        ({"nonce": "n"}, "kind"),
        ({"at_hash": "h"}, "kind"),
        ({"aud": CLIENT}, "claims"),
    ],
    ids=lambda told: str(told).replace(str(NOW - 60), "past").replace(str(NOW + 3600), "ahead"),
)
def test_an_access_token_with_a_wrong_claim_is_refused(claims, why):
    assert refused(PROVIDER.access(**claims)) == why


def test_an_id_token_is_no_access_token_even_where_the_audience_is_the_client_itself():
    trust = Trust(URL, CLIENT, (CLIENT, AUDIENCE), ISSUER.algorithms, ("at+jwt", "JWT"))
    for audience in (CLIENT, [CLIENT]):
        with pytest.raises(TokenRefused, match="kind"):
            access(PROVIDER.identity(aud=audience), trust=trust)
    assert access(PROVIDER.identity(aud=[CLIENT, AUDIENCE]), trust=trust)["sub"] == "u-1"


def test_a_token_of_a_kind_that_is_not_asked_for_is_refused():
    assert refused(PROVIDER.access(header={"typ": "JWT"})) == "kind"
    assert refused(PROVIDER.access(header={"typ": "dpop+jwt"})) == "kind"
    assert access(PROVIDER.access(header={"typ": "application/AT+JWT"}))["sub"] == "u-1"


def test_a_token_without_signature_is_refused():
    _, payload, signature = parts(PROVIDER.access())
    for algorithm in ("none", "None", "NONE"):
        header = as_part({"alg": algorithm, "typ": "at+jwt", "kid": "one"})
        assert refused(f"{header}.{payload}.") == "algorithm"
        assert refused(f"{header}.{payload}.{signature}") == "algorithm"


def test_the_public_key_is_no_secret_to_sign_with():
    for key in (PROVIDER.key, PROVIDER.other):
        for public in (key.as_pem(private=False), key.as_der(private=False)):
            header = as_part({"alg": "HS256", "typ": "at+jwt", "kid": key.kid})
            payload = parts(PROVIDER.access())[1]
            mac = hmac.new(public, f"{header}.{payload}".encode(), hashlib.sha256).digest()
            assert refused(f"{header}.{payload}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}") == "algorithm"


def test_an_algorithm_with_a_key_of_another_kind_is_refused():
    _, payload, signature = parts(PROVIDER.access())
    for algorithm, kid in (("ES256", "two"), ("RS256", "one"), ("ES384", "one")):
        header = as_part({"alg": algorithm, "typ": "at+jwt", "kid": kid})
        assert refused(f"{header}.{payload}.{signature}") == "key"


def test_a_token_brings_no_key_of_its_own():
    mine = ECKey.generate_key("P-256", {"kid": "one"})
    forger = Provider.__new__(Provider)
    forger.key = mine
    for extra in ({"jwk": mine.as_dict(private=False)}, {"jku": f"{URL}/keys"}, {"x5u": f"{URL}/cert"}):
        assert refused(forger.access(header=extra)) == "header"
    assert refused(forger.access(header={"kid": "one"})) == "signature"
    assert refused(PROVIDER.access(header={"crit": ["b64"], "b64": True})) in {"header", "not_a_token"}


def test_a_changed_claim_breaks_the_signature():
    header, _, signature = parts(PROVIDER.access())
    changed = as_part(
        {"iss": URL, "sub": "u-1", "aud": AUDIENCE, "iat": NOW, "exp": NOW + 6 * 3_600, **NURSE, "role": "doctor"}
    )
    assert refused(f"{header}.{changed}.{signature}") == "signature"


def test_a_token_that_is_too_long_is_refused_before_it_is_read():
    asked = Provider()
    assert refused(PROVIDER.access(filler="x" * LONGEST), asked) == "too_long"
    assert asked.asked.total() == 0


def test_nesting_without_end_is_refused():
    _, payload, signature = parts(PROVIDER.access())
    deep = urlsafe_b64encode(b"[" * 5_000).rstrip(b"=").decode()
    assert refused(f"{deep}.{payload}.{signature}") == "not_a_token"


@given(
    st.one_of(st.text(max_size=200), st.lists(st.text("ABab09-_=", max_size=40), min_size=1, max_size=5).map(".".join))
)
def test_garbage_is_refused_and_never_a_defect(garbage):
    assert refused(garbage) in {"not_a_token", "algorithm", "kind", "key", "header"}


@given(
    st.dictionaries(
        st.sampled_from(["alg", "typ", "kid", "b64", "crit", "jwk", "x"]),
        st.one_of(st.none(), st.integers(), st.text(), st.lists(st.text()), st.just("ES256"), st.just("at+jwt")),
        max_size=5,
    )
)
def test_a_made_up_header_is_refused_and_never_a_defect(header):
    _, payload, signature = parts(PROVIDER.access())
    assert refused(f"{as_part(header)}.{payload}.{signature}")


def test_the_keys_are_asked_for_once_however_many_unknown_ones_are_named():
    provider = Provider()

    async def storm(tokens: Tokens) -> None:
        each = [tokens.access(PROVIDER.access(header={"kid": f"unknown-{number}"})) for number in range(50)]
        assert {type(one) for one in await asyncio.gather(*each, return_exceptions=True)} == {TokenRefused}

    with_tokens(storm, provider)
    assert provider.asked["/keys"] == 1


def test_keys_are_renewed_when_a_new_one_is_named_a_minute_later_and_kept_when_the_provider_is_away():
    clock, found = Clock(), [dict(PROVIDER.key.as_dict(private=False))]
    fetched = []

    async def fetch() -> Any:
        fetched.append(clock())
        if clock() > 100_000:
            raise ProviderAway
        return found

    async def run() -> None:
        keys = Keys(fetch, clock)
        assert await keys.key("one") is not None
        assert await keys.key("two") is None
        found.append(dict(PROVIDER.other.as_dict(private=False)))
        assert await keys.key("two") is None
        clock.at += AGAIN_AFTER
        assert await keys.key("two") is not None
        clock.at = 200_000
        assert await keys.key("one") is not None
        await asyncio.sleep(0)
        assert await keys.key("one") is not None
        assert await keys.key("three") is None
        await keys.close()

    asyncio.run(run())
    assert fetched == [1_000, 1_060, 200_000]


def test_a_key_that_the_provider_withdrew_stops_working():
    clock, found = Clock(), [dict(PROVIDER.key.as_dict(private=False)), dict(PROVIDER.other.as_dict(private=False))]

    async def fetch() -> Any:
        return list(found)

    async def run() -> None:
        keys = Keys(fetch, clock)
        assert await keys.key("one") is not None
        del found[0]
        clock.at += STALE_AFTER + 1
        await keys.key("one")
        await asyncio.sleep(0.01)
        assert await keys.key("one") is None
        await keys.close()

    asyncio.run(run())


def test_with_no_keys_and_no_provider_the_answer_is_that_it_is_away_and_not_that_the_token_is_wrong():
    provider = Provider()
    provider.away = True
    with pytest.raises(ProviderAway):
        access(PROVIDER.access(), provider)


def test_a_provider_that_says_it_is_another_is_not_believed():
    provider = Provider()
    provider.about["issuer"] = "https://other.example.no"
    with pytest.raises(ProviderAway):
        access(PROVIDER.access(), provider)


def test_keys_are_not_fetched_over_an_open_line():
    provider = Provider()
    provider.about["jwks_uri"] = "http://id.example.no/keys"
    with pytest.raises(ProviderAway):
        access(PROVIDER.access(), provider)


def weak_key() -> dict[str, Any]:
    """Return a key that is too short, of which the library warns."""
    with pytest.warns(SecurityWarning):
        return dict(RSAKey.generate_key(1024).as_dict(private=False))


def test_of_a_key_set_only_strong_public_signing_keys_are_used():
    good = dict(PROVIDER.key.as_dict(private=False))
    found: list[dict[str, Any]] = [
        good,
        {**good, "kid": None},
        {**good, "kid": "enc", "use": "enc"},
        {**good, "kid": "broken", "x": "AAAA"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "secret"},
        {"kty": "EC", "kid": "empty"},
        {**weak_key(), "kid": "weak"},
        dict(OctKey.generate_key(256, {"kid": "oct"}).as_dict(private=True)),
    ]
    assert set(usable(found)) == {"one"}


def test_a_demo_token_is_another_issuers_and_anothers_key():
    assert refused(DemoIssuer().access_token("ingrid")) == "key"
    forged = PROVIDER.access(iss="https://demo.invalid", aud="retthjem-api")
    assert refused(forged) == "claims"


def test_an_id_token_answers_the_nonce_that_was_sent():
    assert identity(PROVIDER.identity(nonce="n"))["sub"] == "u-1"
    for wrong in (
        PROVIDER.identity(nonce="another"),
        PROVIDER.identity(),
        PROVIDER.identity(nonce="n", aud="another"),
        PROVIDER.identity(nonce="n", aud=[CLIENT, "another"]),
        PROVIDER.identity(nonce="n", azp="another"),
        PROVIDER.access(nonce="n", aud=CLIENT),
    ):
        with pytest.raises(TokenRefused):
            identity(wrong)
