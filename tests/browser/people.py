"""The demo's people, signed in through the front door once for all the tests."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import Browser, StorageState

from api.people.demo_issuer import people

SignedIn = Mapping[str, StorageState]
NO_PAGES = frozenset({"system"})
"""Roles that ask with a token and never open a page."""


def sign_everyone_in(browser: Browser, address: str) -> SignedIn:
    """Return each person's cookies."""
    able = [person.id for person in people().values() if person.role not in NO_PAGES]
    return {person: _signed_in(browser, address, person) for person in able}


def _signed_in(browser: Browser, address: str, person: str) -> StorageState:
    context = browser.new_context(base_url=address)
    try:
        page = context.new_page()
        page.goto("/signin/start?next=/signed-out")
        page.click(f'button[value="{person}"]')
        return context.storage_state()
    finally:
        context.close()
