"""An OpenID provider of others (`oidc-provider`) with DPoP: people sign in with it, and its bound tokens are taken.

Opt-in: it is not ours and not vendored. To install it, in a folder of its own: `npm install oidc-provider`; then set
RETTHJEM_COUNTERPARTS to that folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import pytest
from sqlalchemy import Engine

from api.settings import Settings
from api.storage.writer import Writer
from tests.counterparts.node import FOLDER, free_port, running
from tests.people.conftest import Site, _no_settings_of_this_machine, store
from tests.people.holder import Holder

__all__ = ["_no_settings_of_this_machine", "store"]
pytestmark = pytest.mark.skipif(
    not (FOLDER / "node_modules" / "oidc-provider").is_dir(),
    reason="oidc-provider is not installed; the top of this file says how",
)
PROGRAM = Path(__file__).parent / "oidc" / "provider.mjs"
AUDIENCE = "https://retthjem.example.no/api"
EPJ = httpx2.BasicAuth("epj", "a-secret-of-the-test-that-is-long-enough")


@pytest.fixture(scope="module")
def provider() -> Iterator[tuple[str, int]]:
    """Give the provider's issuer, and the port that ours is said to be on."""
    port, ours = free_port(), free_port()
    back = f"http://127.0.0.1:{ours}/signin/callback"
    modules = str(FOLDER / "node_modules")
    with running(PROGRAM, port, back, AUDIENCE, port=port, at=FOLDER, NODE_PATH=modules):
        yield f"http://127.0.0.1:{port}", ours


@pytest.fixture
def site(provider: tuple[str, int], store: tuple[Engine, Writer]) -> Iterator[Site]:
    """Give a server that takes the provider's tokens."""
    issuer = {
        "url": provider[0],
        "client_id": "retthjem",
        "audience": [AUDIENCE],
        "required_scopes": ["api:use"],
        "scope_roles": {"api:system": "system"},
        "dpop": {"required": True},
        "dpop_at_sign_in": True,
    }
    site = Site(Settings.model_validate({"issuer": issuer, "hospital": "STO", "port": provider[1]}), *store, None)
    with site.browser:  # connections that are kept belong to one event loop
        yield site
        assert site.browser.portal
        site.browser.portal.call(site.entrance.close)


def bound_token(issuer: str, holder: Holder, scope: str = "api:use api:system") -> str:
    """Return a token that the provider binds to the holder's key."""
    url = f"{issuer}/token"
    proof = {"DPoP": holder.proof(url, None, "POST")}
    form = {"grant_type": "client_credentials", "scope": scope, "resource": AUDIENCE}
    answer = httpx2.post(url, data=form, headers=proof, auth=EPJ)
    assert answer.json()["token_type"] == "DPoP", answer.text
    return str(answer.json()["access_token"])


def test_a_token_that_the_provider_bound_lets_in_its_holder_alone(site: Site, provider: tuple[str, int]):
    holder, thief = Holder(), Holder()
    me = f"{site.entrance.settings.address}/api/v1/me"
    token = bound_token(provider[0], holder)
    answer = site.browser.get("/api/v1/me", headers=holder.headers(me, token))
    assert (answer.status_code, answer.json()["id"], answer.json()["role"]) == (200, "epj", "system")
    assert site.browser.get("/api/v1/me", headers=thief.headers(me, token)).status_code == 401
    assert site.browser.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    less = bound_token(provider[0], holder, "api:system")
    assert site.browser.get("/api/v1/me", headers=holder.headers(me, less)).json()["code"] == "scope_missing"


def test_a_person_signs_in_with_a_pushed_question_and_a_proof(site: Site, provider: tuple[str, int]):
    out = site.browser.get("/signin/start", params={"next": "/page"})
    assert "request_uri=" in out.headers["location"], out.text
    with httpx2.Client(follow_redirects=False) as browser:
        back = _signed_in(browser, out.headers["location"], provider[1])
    answer = site.browser.get(back)
    assert (answer.status_code, answer.headers.get("location")) == (303, "/page"), answer.text
    assert site.browser.get("/api/v1/me").json()["role"] == "nurse"


def _signed_in(browser: httpx2.Client, url: str, ours: int) -> str:
    """Go through the provider's own pages as a person does, and return where it sends one back to."""
    answer = browser.get(url)
    for _ in range(12):
        to = answer.headers.get("location")
        if to and f":{ours}/" in to:
            return str(to)
        if to:
            url = urljoin(url, to)
            answer = browser.get(url)
            continue
        action = re.search(r'action="([^"]+)"', answer.text)
        prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
        assert action, answer.text
        assert prompt, answer.text
        url = urljoin(url, action[1])
        answer = browser.post(url, data={"prompt": prompt[1], "login": "ingrid", "password": "x"})
    raise AssertionError("The provider never sent the person back.")
