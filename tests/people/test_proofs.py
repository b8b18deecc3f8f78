"""A token that is bound to a key comes with a proof of it, for this request and once; it is never a bearer's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from joserfc.jwk import ECKey, OctKey
from sqlalchemy import Engine
from structlog.testing import capture_logs

from api.heads import Heads
from api.people.once import Once
from api.people.proofs import Proofs, hash_of
from api.settings import Dpop, Settings
from api.storage.writer import Writer
from tests.people.conftest import ADDRESS, Site
from tests.people.holder import ED25519, P384, RSA, Holder
from tests.people.provider import ISSUER, Provider

ME = f"{ADDRESS}/api/v1/me"


@dataclass(frozen=True)
class Later:
    """A moment so many seconds from when the test runs, which may be long after it was collected."""

    seconds: float
    kind: Callable[[float], Any] = float

    @property
    def now(self) -> Any:
        return self.kind(int(time.time()) + self.seconds)


def now_in(made: dict[str, Any]) -> dict[str, Any]:
    return {name: value.now if isinstance(value, Later) else value for name, value in made.items()}


Store = tuple[Engine, Writer]
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"htm": "POST"}, "proof_claims"),
    ({"htm": "get"}, "proof_claims"),
    ({"htm": None}, "proof_claims"),
    ({"htu": f"{ADDRESS}/api/v1/decide"}, "proof_target"),
    ({"htu": "https://other.example.no/api/v1/me"}, "proof_target"),
    ({"htu": "http://retthjem.example.no/api/v1/me"}, "proof_target"),
    ({"htu": f"{ADDRESS}:8443/api/v1/me"}, "proof_target"),
    ({"htu": f"{ADDRESS}/api/v1/me/"}, "proof_target"),
    ({"htu": f"{ADDRESS}/API/v1/me"}, "proof_target"),
    ({"htu": "https://me@retthjem.example.no/api/v1/me"}, "proof_target"),
    ({"htu": "/api/v1/me"}, "proof_target"),
    ({"htu": [ME]}, "proof_target"),
    ({"htu": None}, "proof_target"),
    ({"iat": Later(-100)}, "proof_time"),
    ({"iat": Later(100)}, "proof_time"),
    ({"iat": Later(0, str)}, "proof_claims"),
    ({"iat": True}, "proof_claims"),
    ({"iat": float(10**300)}, "proof_time"),
    ({"iat": 10**400}, "proof_time"),
    ({"iat": -(10**400)}, "proof_time"),
    ({"iat": float("inf")}, "proof_time"),
    ({"iat": float("nan")}, "proof_time"),
    ({"iat": Later(0, lambda moment: [moment])}, "proof_claims"),
    ({"exp": Later(-100)}, "proof_time"),
    ({"exp": -(10**400)}, "proof_time"),
    ({"exp": Later(100, str)}, "proof_claims"),
    ({"exp": False}, "proof_claims"),
    ({"nbf": Later(100)}, "proof_time"),
    ({"nbf": 10**400}, "proof_time"),
    ({"nbf": {}}, "proof_claims"),
    ({"iat": None}, "proof_claims"),
    ({"jti": None}, "proof_claims"),
    ({"jti": ""}, "proof_claims"),
    ({"jti": 7}, "proof_claims"),
    ({"jti": "j" * 501}, "proof_claims"),
    ({"ath": None}, "proof_token"),
    ({"ath": hash_of("another")}, "proof_token"),
    ({"ath": 7}, "proof_token"),
    ({"header": {"typ": "JWT"}}, "proof"),
    ({"header": {"typ": "at+jwt"}}, "proof"),
    ({"header": {"typ": None}}, "proof"),
    ({"header": {"jwk": None}}, "proof"),
    ({"header": {"jwk": {}}}, "proof"),
    ({"header": {"jwk": "key"}}, "proof"),
    ({"header": {"jwk": {"kty": "EC", "crv": "P-256"}}}, "proof"),
    ({"header": {"jwk": {"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}}}, "proof"),
    ({"header": {"jku": "https://evil.example/keys"}}, "proof"),
    ({"header": {"crit": ["exp"], "exp": 1}}, "proof"),
    ({"signed_by": ECKey.generate_key("P-256")}, "proof"),
]
"""One thing wrong with a proof each, and why it is refused."""


@pytest.fixture
def holder() -> Holder:
    """Give a client with a key."""
    return Holder()


@pytest.fixture
def bound(real: Site, holder: Holder) -> str:
    """Give an access token that is bound to the client's key."""
    assert real.provider
    return real.provider.access(cnf=holder.bound)


def with_dpop(store: Store, **dpop: Any) -> Site:
    """Return a server that asks something of proofs."""
    issuer = ISSUER.model_copy(update={"dpop": Dpop(**dpop)})
    return Site(Settings(issuer=issuer, hospital="STO", public_url=ADDRESS), *store, Provider())


def asked(site: Site, headers: Any, path: str = "/api/v1/me") -> Response:
    """Return the answer to a request that carries these headers."""
    answer: Response = site.browser.get(path, headers=headers)
    return answer


def is_refused(answer: Response, error: str = "invalid_dpop_proof") -> bool:
    """Return whether a request was refused in the words of DPoP."""
    challenge = answer.headers.get("www-authenticate", "")
    return answer.status_code == 401 and challenge.startswith("DPoP ") and f'error="{error}"' in challenge


def test_a_bound_token_with_its_proof_lets_in(real: Site, holder: Holder, bound: str):
    answer = asked(real, holder.headers(ME, bound))
    assert (answer.status_code, answer.json()["role"]) == (200, "nurse")
    assert asked(real, holder.headers(ME, bound)).status_code == 200


@pytest.mark.parametrize(
    ("key", "algorithm"), [(RSA, "PS256"), (RSA, "RS256"), (P384, "ES384"), (ECKey.generate_key("P-521"), "ES512")]
)
def test_a_proof_may_be_made_with_each_listed_algorithm(real: Site, key, algorithm):
    holder = Holder(key, algorithm)
    assert real.provider
    token = real.provider.access(cnf=holder.bound)
    assert asked(real, holder.headers(ME, token)).status_code == 200


def test_the_way_a_token_comes_is_written_in_any_case(real: Site, holder: Holder, bound: str):
    headers = holder.headers(ME, bound)
    assert asked(real, {**headers, "Authorization": f"dpop {bound}"}).status_code == 200


@pytest.mark.parametrize(("made", "why"), WRONG, ids=[f"{n}-{next(iter(made))}" for n, (made, _) in enumerate(WRONG)])
def test_a_proof_with_one_thing_wrong_is_refused(real: Site, holder: Holder, bound: str, made, why):
    with capture_logs() as lines:
        answer = asked(real, holder.headers(ME, bound, **now_in(made)))
    assert is_refused(answer)
    assert [line["why"] for line in lines if line["event"] == "token_refused"] == [why]


@pytest.mark.parametrize(
    "made",
    [{"exp": Later(600)}, {"exp": 10**400}, {"nbf": Later(-600)}, {"iat": Later(0.5)}],
    ids=["exp", "huge exp", "nbf", "part of a second"],
)
def test_a_proof_may_say_itself_from_when_and_until_when_it_is_good(real: Site, holder: Holder, bound: str, made):
    assert asked(real, holder.headers(ME, bound, **now_in(made))).status_code == 200


@pytest.mark.parametrize("name", ["iat", "exp", "nbf"])
@pytest.mark.parametrize(
    "said",
    [10**400, -(10**400), 10**4_000, float("inf"), float("nan"), -0.0, 1e308],
    ids=["huge", "huge and negative", "long", "inf", "nan", "zero", "float"],
)
def test_a_number_in_a_token_is_taken_or_refused_whatever_it_is(real: Site, name, said):
    assert real.provider
    answer = asked(real, {"Authorization": f"Bearer {real.provider.access(**{name: said})}"})
    assert answer.status_code in {200, 401}


def test_a_proof_that_shows_its_private_key_is_refused(real: Site, holder: Holder, bound: str):
    shown = dict(holder.key.as_dict(private=True))
    assert is_refused(asked(real, holder.headers(ME, bound, header={"jwk": shown})))


def test_a_proof_by_a_secret_or_an_unlisted_algorithm_is_refused(store: Store, real: Site):
    assert real.provider
    secret = OctKey.generate_key(256)
    for key, algorithm in ((secret, "HS256"), (ED25519, "EdDSA")):
        holder = Holder(key, algorithm)
        token = real.provider.access(cnf=holder.bound)
        shown = dict(key.as_dict(private=key is secret))
        assert is_refused(asked(real, holder.headers(ME, token, header={"jwk": shown})))
    strict = with_dpop(store, algorithms=("PS256",))
    assert strict.provider
    holder = Holder()
    answer = asked(strict, holder.headers(ME, strict.provider.access(cnf=holder.bound)))
    assert is_refused(answer)
    assert 'algs="PS256"' in answer.headers["www-authenticate"]


def test_a_proof_is_good_once_and_another_client_may_use_the_same_id(real: Site, holder: Holder, bound: str):
    headers = holder.headers(ME, bound, jti="one")
    assert asked(real, headers).status_code == 200
    assert is_refused(asked(real, headers))
    assert is_refused(asked(real, holder.headers(ME, bound, jti="one")))
    other = Holder()
    assert real.provider
    assert asked(real, other.headers(ME, real.provider.access(cnf=other.bound), jti="one")).status_code == 200


def test_a_proof_that_was_refused_does_not_use_its_id_up(real: Site, holder: Holder, bound: str):
    assert is_refused(asked(real, holder.headers(ME, bound, jti="one", htm="POST")))
    assert asked(real, holder.headers(ME, bound, jti="one")).status_code == 200


def test_a_stolen_token_is_no_use_without_its_key(real: Site, bound: str):
    thief = Holder()
    assert is_refused(asked(real, thief.headers(ME, bound)))
    answer = asked(real, {"Authorization": f"DPoP {bound}"})
    assert is_refused(answer)


def test_a_bound_token_is_no_bearers(real: Site, holder: Holder, bound: str):
    for headers in ({}, {"DPoP": holder.proof(ME, bound)}):
        answer = asked(real, {"Authorization": f"Bearer {bound}", **headers})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith('Bearer realm="retthjem", error="invalid_token", DPoP ')


@pytest.mark.parametrize(
    "cnf", [{}, {"jkt": None}, {"jkt": 7}, {"jkt": "å"}, "jkt", [], [None], {"x5t#S256": "a"}], ids=str
)
def test_a_token_that_is_bound_in_a_way_we_cannot_check_is_refused_each_way(real: Site, holder: Holder, cnf):
    assert real.provider
    made = real.provider.signed({"typ": "at+jwt"}, {"aud": ADDRESS, "cnf": cnf})
    assert asked(real, {"Authorization": f"Bearer {made}"}).status_code == 401
    assert asked(real, holder.headers(ME, made)).status_code == 401


def test_a_token_that_is_bound_to_nothing_comes_as_a_bearers_alone(real: Site, holder: Holder):
    assert real.provider
    token = real.provider.access()
    assert asked(real, {"Authorization": f"Bearer {token}"}).status_code == 200
    assert is_refused(asked(real, holder.headers(ME, token)), "invalid_token")


def test_where_proofs_are_required_no_bearer_gets_in(store: Store):
    site, holder = with_dpop(store, required=True), Holder()
    assert site.provider
    answer = asked(site, {"Authorization": f"Bearer {site.provider.access()}"})
    assert is_refused(answer, "invalid_token")
    assert asked(site, {"Authorization": f"Bearer {site.provider.access(cnf=holder.bound)}"}).status_code == 401
    nothing = asked(site, {})
    assert nothing.headers["www-authenticate"].startswith('DPoP realm="retthjem", algs="ES256 ')
    assert asked(site, holder.headers(ME, site.provider.access(cnf=holder.bound))).status_code == 200


def test_of_two_headers_neither_counts(real: Site, holder: Holder, bound: str):
    headers = holder.headers(ME, bound)
    twice = [("Authorization", headers["Authorization"])] * 2 + [("DPoP", headers["DPoP"])]
    assert asked(real, twice).status_code == 401
    two = [("Authorization", headers["Authorization"]), *[("DPoP", holder.proof(ME, bound)) for _ in range(2)]]
    assert is_refused(asked(real, two))
    one = {**headers, "DPoP": f"{holder.proof(ME, bound)}, {holder.proof(ME, bound)}"}
    assert is_refused(asked(real, one))


def test_a_nonce_is_asked_for_and_then_taken(store: Store):
    site, holder = with_dpop(store, use_nonce=True), Holder()
    assert site.provider
    token = site.provider.access(cnf=holder.bound)
    answer = asked(site, holder.headers(ME, token))
    assert is_refused(answer, "use_dpop_nonce")
    nonce = answer.headers["dpop-nonce"]
    assert is_refused(asked(site, holder.headers(ME, token, nonce="another")), "use_dpop_nonce")
    assert asked(site, holder.headers(ME, token, nonce=nonce)).status_code == 200
    again = with_dpop(store, use_nonce=True)  # another process on the same store
    assert again.provider
    assert asked(again, holder.headers(ME, token, nonce=nonce)).status_code == 200


def test_asking_for_a_nonce_is_not_counted_as_a_wrong_token(store: Store):
    site, holder = with_dpop(store, use_nonce=True), Holder()
    assert site.provider
    token = site.provider.access(cnf=holder.bound)
    for _ in range(30):
        assert is_refused(asked(site, holder.headers(ME, token)), "use_dpop_nonce")


def test_a_nonce_runs_out(store: Store):
    _, writer = store
    moment = [float(int(time.time()))]
    proofs = Proofs(Once(writer), Dpop(use_nonce=True), lambda: moment[0])
    assert proofs._nonces

    async def run() -> None:
        assert proofs._nonces
        first = await proofs._nonces.current()
        assert await proofs._nonces.current() == first
        moment[0] += 61
        assert await proofs._nonces.current() != first
        assert await proofs._nonces.holds(first)
        assert not await proofs._nonces.holds(None)
        assert not await proofs._nonces.holds("")

    asyncio.run(run())


def test_the_address_before_our_proxy_is_what_the_proof_is_for(store: Store):
    issuer = ISSUER.model_copy(update={"dpop": Dpop(required=True)})
    holder = Holder()
    for trusted, status in ((["127.0.0.0/8"], 200), ([], 401)):
        settings = Settings(issuer=issuer, hospital="STO", trusted_proxies=trusted)
        site = Site(settings, *store, Provider())
        assert site.provider
        token = site.provider.access(cnf=holder.bound)
        forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "ward.example.no"}
        browser = site.another_browser()
        browser._transport.client = ("127.0.0.1", 50_000)  # type: ignore[attr-defined] # the test client's own
        answer = browser.get(
            "/api/v1/me", headers=holder.headers("https://ward.example.no/api/v1/me", token) | forwarded
        )
        assert answer.status_code == status


def test_a_proof_for_the_headers_alone_is_none_for_the_whole(store: Store):
    issuer = ISSUER.model_copy(update={"dpop": Dpop(required=True)})
    site, holder = Site(Settings(issuer=issuer, hospital="STO", public_url=ADDRESS), *store, Provider()), Holder()
    assert site.provider
    token = site.provider.access(cnf=holder.bound)
    browser = TestClient(Heads(site.app), base_url=ADDRESS)
    for said, sent, status in (("HEAD", "HEAD", 200), ("GET", "HEAD", 401), ("HEAD", "GET", 401), ("GET", "GET", 200)):
        answer = browser.request(sent, "/api/v1/me", headers=holder.headers(ME, token, said))
        assert answer.status_code == status


def test_the_demo_gives_bound_tokens_for_trying(demo: Site):
    holder, address = Holder(), "http://127.0.0.1:8000"
    given = demo.browser.post(
        "/demo/token",
        data={"person": "ingrid"},
        headers={"DPoP": holder.proof(f"{address}/demo/token", None, "POST")},
    ).json()
    assert given["token_type"] == "DPoP"
    me = f"{address}/api/v1/me"
    assert asked(demo, holder.headers(me, given["access_token"])).json()["id"] == "demo-ingrid"
    assert asked(demo, {"Authorization": f"Bearer {given['access_token']}"}).status_code == 401
    wrong = {"DPoP": holder.proof(me, None, "POST")}
    assert demo.browser.post("/demo/token", data={"person": "ingrid"}, headers=wrong).status_code == 400
