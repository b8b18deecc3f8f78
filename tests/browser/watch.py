"""What must never happen on a page, in any test: errors, other hosts, a name in an address or title, something kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

TITLE = "title of the page: "
TELL_TITLE = f"addEventListener('DOMContentLoaded', () => console.debug({TITLE!r} + document.title))"
LEFT_BEHIND = "async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length]"
FAILED_LOAD = re.compile(r"Failed to load resource: the server responded with a status of (\d{3})")
LETTERS = re.compile(r"[^\W\d_]{3,}|\d{11}")


class Watch:
    """Looks at one browser's pages while a test uses them; `answers` are the refusals that the test means to get."""

    def __init__(
        self, context: BrowserContext, *, address: str, secret: frozenset[str], answers: Iterable[int]
    ) -> None:
        self._complaints: list[str] = []
        self._host, self._secret = urlsplit(address).netloc, secret
        self._context, self._expected = context, frozenset(answers)
        context.add_init_script(TELL_TITLE)
        context.on("console", self._console)
        context.on("weberror", lambda found: self._complaints.append(f"error on the page: {found.error}"))
        context.on("request", self._request)
        context.on("response", self._response)

    def finish(self) -> list[str]:
        """Return all that was wrong, once the pages are looked through for what they keep."""
        for page in self._context.pages:
            self._look_for_remains(page)
        return self._complaints

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "debug" and message.text.startswith(TITLE):
            self._look_for_people("title", message.text.removeprefix(TITLE))
        if message.type not in {"error", "warning"}:
            return
        failed = FAILED_LOAD.match(message.text)
        if not failed or int(failed[1]) not in self._expected:
            self._complaints.append(f"console {message.type}: {message.text} ({message.location['url']})")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme != "data" and parts.netloc != self._host:
            self._complaints.append(f"a request off the host: {request.url}")
        self._look_for_people("address", unquote(f"{parts.path} {parts.query} {parts.fragment}"))

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._expected:  # what HTTP calls an error
            self._complaints.append(f"{response.status} from {response.url}")

    def _look_for_people(self, where: str, text: str) -> None:
        if found := people_in(text, self._secret):
            self._complaints.append(f"{where} names a patient ({len(found)}): {text}")

    def _look_for_remains(self, page: Page) -> None:
        if page.url.startswith("http") and any(page.evaluate(LEFT_BEHIND)):
            self._complaints.append(f"the page left something in the browser: {page.url}")


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """Return every word of names, and every identity number, as they are looked for."""
    return frozenset(word.casefold() for text in texts for word in LETTERS.findall(text))


def people_in(text: str, secret: frozenset[str]) -> frozenset[str]:
    """Return the words of a text that are a patient's."""
    return words_of([text]) & secret
