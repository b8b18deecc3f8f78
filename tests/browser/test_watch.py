"""The watch itself: each thing that it is there for, done on a page of its own, is complained about."""

import pytest

from tests.browser.axe import barriers
from tests.browser.watch import Watch

WRONGS = {
    "a warning": ("<script>console.warn('slow')</script>", "console warning: slow"),
    "an error": ("<script>throw new Error('torn')</script>", "torn"),
    "a name in the title": ("<title>Plan for Kari Nordmann</title>", "title names a patient"),
    "a number in an address": ("<img src='/of/13097248022' alt=''>", "address names a patient"),
    "another host": ("<img src='http://elsewhere.example/a.png' alt=''>", "a request off the host"),
    "a refusal nobody expected": ("<img src='/none' alt=''>", "404 from"),
    "something kept": ("<script>localStorage.setItem('draft', 'x')</script>", "left something in the browser"),
    "something kept by the window": ("<script>sessionStorage.setItem('draft', 'x')</script>", "left something"),
    "a database": ("<script>indexedDB.open('drafts')</script>", "left something"),
}


@pytest.mark.parametrize(("content", "complaint"), WRONGS.values(), ids=WRONGS)
def test_what_must_never_happen_is_complained_about(browser, demo, content, complaint):
    context = browser.new_context(base_url=demo.address)
    watch = Watch(context, address=demo.address, secret=frozenset({"kari", "13097248022"}), answers=())
    context.route("**/*", lambda route: route.fulfill(status=404))
    context.route("**/page", lambda route: route.fulfill(body=content, content_type="text/html"))
    page = context.new_page()
    page.goto("/page")
    page.wait_for_timeout(100)
    assert any(complaint in each for each in watch.finish())
    context.close()


def test_axe_sees_a_field_without_a_label(browser, demo):
    page = browser.new_page()
    page.set_content("<!doctype html><html lang='nb'><title>x</title><main><h1>x</h1><input></main>")
    assert [each for each in barriers(page) if each.startswith("label:")]
    page.close()
