"""The demo's people, signed in through the front door once for all the tests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

from playwright.sync_api import Browser, StorageState

from api.people.demo_issuer import SIGN_IN, people

SignedIn = Mapping[str, StorageState]
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
NO_PAGES = frozenset({"system"})
"""Roles that ask with a token and never open a page."""


def sign_everyone_in(browser: Browser, address: str) -> SignedIn:
    """Return each person's cookies."""
    able = [person.id for person in people().values() if person.role not in NO_PAGES]
    return {person: _signed_in(browser, address, person) for person in able}


def _signed_in(browser: Browser, address: str, person: str) -> StorageState:
    """Return the cookies of someone who came through the demo's page, whose form is sent without drawing it."""
    context = browser.new_context(base_url=address)
    try:
        asked = context.request.get("/signin/start?next=/health").text()
        question = {name: unescape(value) for name, value in HIDDEN.findall(asked)}
        answer = context.request.post(SIGN_IN, form={**question, "person": person})
        assert answer.ok, answer.text()
        return context.storage_state()
    finally:
        context.close()
