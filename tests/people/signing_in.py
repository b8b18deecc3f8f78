"""How a test signs in: out to the provider with the browser, and back."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fastapi.testclient import TestClient
from httpx2 import Response

from tests.people.conftest import Site

HERE = {"Sec-Fetch-Site": "same-origin"}
AS_PAGE = {"Accept": "text/html"}


def question(answer: Response) -> dict[str, str]:
    """Return what the provider is asked, from the answer that leads to it."""
    assert answer.status_code == 303, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def as_person(site: Site, person: str, next: str = "/page", browser: TestClient | None = None) -> Response:  # noqa: A002 # the word of the address
    """Return the answer to someone of the demo who comes back from the sign-in page."""
    browser = browser or site.browser
    out = browser.get("/signin/start", params={"next": next})
    page = browser.get(out.headers["location"])
    form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    back = browser.post("/demo/signin", data={**form, "person": person})
    answer: Response = browser.get(back.headers["location"])
    return answer


def with_provider(site: Site, next: str = "/page", **claims: Any) -> Response:  # noqa: A002 # as above
    """Return the answer to someone who comes back from the provider, with an ID token of these claims."""
    assert site.provider
    asked = question(site.browser.get("/signin/start", params={"next": next}))
    site.provider.codes["good"] = site.provider.identity(**{"nonce": asked["nonce"], **claims})
    answer: Response = site.browser.get("/signin/callback", params={"state": asked["state"], "code": "good"})
    return answer


def csrf(browser: TestClient) -> str:
    """Return the token that a form of this session carries."""
    return str(browser.get("/page").json()["csrf"])
