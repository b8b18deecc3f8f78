"""What every page has at hand: who asks, the record, the texts in the person's language, and how a page is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection

from api.people.access import Action, may, may_record
from api.people.answers import UNSAVED
from api.people.refused import MayNot
from api.people.user import User
from api.people.who import Signed, csrf_of
from api.places.municipalities import municipalities
from api.record.record import Record, by
from api.storage.access_log import Seen
from api.storage.engine import reading
from api.v1.languages import chosen_texts
from api.ward.words import Words
from engine.texts import Texts
from rules.times import oslo_day

PAGES = Path(__file__).parent.parent / "pages"
NAVIGATION: tuple[tuple[Action, str, str], ...] = (
    ("team_list", "/lists/team", "nav.team"),
    ("unscreened_list", "/lists/unscreened", "nav.unscreened"),
    ("municipality_list", "/lists/coordinator", "nav.coordinator"),
    ("municipality_list", "/lists/municipality", "nav.municipality"),
    ("ready_list", "/lists/ready", "nav.ready"),
    ("practice_list", "/lists/practice", "nav.practice"),
    ("read", "/lists/late", "nav.late"),
    ("board", "/tavle", "nav.board"),
    ("figures", "/styring", "nav.figures"),
    ("population", "/population", "nav.population"),
    ("devices", "/devices", "nav.devices"),
    ("restore", "/retractions", "nav.retractions"),
    ("form", "/paper", "nav.paper"),
)
"""What each page asks of a role, where it is, and what it is called; the first that a role may open is its home."""

HOMES = {"municipal_nurse": "/lists/municipality"}
"""Where a role begins whose first page is another's first task."""


@dataclass(frozen=True)
class Desk:
    """One request of a signed-in person."""

    request: Request
    user: User
    record: Record
    t: Texts
    now: datetime

    @property
    def today(self) -> date:
        """Return the day in Norway."""
        return oslo_day(self.now)

    @property
    def words(self) -> Words:
        """Return days, roles and clocks in words."""
        return Words(self.t, self.now, self.request.app.state.settings.hospital_names)

    @property
    def has_banner(self) -> bool:
        """Return whether a record system that launched this session itself shows whose record it is."""
        found = getattr(self.request.state, "session", None)
        return bool(found and found.launched and found.launched.has_banner)

    @property
    def admits(self) -> bool:
        """Return whether the person may write down that a patient has come in."""
        return may_record(self.user.role, "admitted")

    def may(self, action: Action) -> bool:
        """Return whether the person's role may do this."""
        return may(self.user.role, action)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database."""
        with reading(self.record.engine) as connection:
            yield connection

    def saw(self, person: str, action: str = "read") -> None:
        """Log that the person is about to see a patient; call it before the page is returned."""
        self.record.writer.run_log([Seen(person, action, by(self.user))])

    def page(self, template: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
        """Return a page of `api/pages/ward`."""
        frame = {
            "t": self.t,
            "words": self.words,
            "desk": self,
            "csrf": csrf_of(self.request),
            "navigation": [each for each in NAVIGATION if self.may(each[0])],
            "here": self.request.url.path,
            "unsaved": UNSAVED in self.request.query_params and self.request.method == "GET",
            "demo": self.request.app.state.settings.demo,
        }
        return HTMLResponse(_pages().get_template(f"ward/{template}.html.jinja").render(**frame | shown), status)

    def back_to(self, path: str) -> RedirectResponse:
        """Return the way to a page after a change, so that reloading it changes nothing twice."""
        return RedirectResponse(path, 303)


def desk_for(action: Action) -> Callable[[Request, User], Desk]:
    """Return the dependency that gives a desk to those whose role may do this."""

    def at_desk(request: Request, user: Signed) -> Desk:
        if not may(user.role, action):
            raise MayNot
        return Desk(request, user, request.app.state.record, chosen_texts(request), datetime.now(UTC))

    return at_desk


ReaderDesk = Annotated[Desk, Depends(desk_for("read"))]


@cache
def _pages() -> Environment:
    pages = Environment(
        loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    pages.globals["municipalities"] = municipalities
    return pages
