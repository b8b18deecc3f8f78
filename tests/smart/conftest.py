"""The whole application with a record system beside it, and browsers that come from there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.app import Service, routes, within
from api.settings import Ehr as EhrSettings
from api.settings import Issuer, Limits, Settings
from api.smart.routes import Launching
from api.storage.engine import make_engine
from api.storage.schema import make_ready
from tests.smart.ehr import CLIENT, ISS, Ehr
from tests.ward.signed_in import rules

ADDRESS = "https://retthjem.example.no"
MANY = Limits(person=1_000_000, system=1_000_000, address=1_000_000, sign_in=1_000_000, wrong_token=1_000_000)
ISSUER = Issuer(url="https://id.example.no", client_id="retthjem", audience=(ADDRESS,))


def listed(**changed: Any) -> EhrSettings:
    """Return what is set for the record system."""
    given = {"iss": ISS, "client_id": CLIENT, "role": "doctor", "units": ("hospital:STO",)}
    return EhrSettings.model_validate({**given, **changed})


class House:
    """The served application, and the record system beside it."""

    def __init__(self, service: Service, ehr: Ehr, stack: ExitStack) -> None:
        app = routes(service)
        self.ehr, self.record, self.settings = ehr, service.record, service.settings
        way = httpx2.MockTransport(self._by_ehr)
        self.launching = Launching.start(service.settings, service.record, way)
        app.state.launching = self.launching
        served = within(app, service)
        self.client = stack.enter_context(TestClient(served, base_url=service.settings.address))
        portal = self.client.portal
        assert portal
        stack.callback(lambda: portal.call(self.launching.close))

    async def _by_ehr(self, request: httpx2.Request) -> httpx2.Response:
        return await self.ehr.answer(request)

    def with_new_ehr(self) -> House:
        """Return the same house beside a record system that nobody has changed."""
        self.ehr = Ehr(self.ehr.iss)
        self.launching.ehrs.forget()
        return self

    def browser(self) -> TestClient:
        """Return a browser that was never here."""
        browser = TestClient(self.client.app, base_url=self.settings.address, follow_redirects=False)
        browser.portal = self.client.portal  # all in one event loop, as one server has
        return browser

    def out(self, browser: TestClient, *, iss: str | None = None, **headers: str) -> Response:
        """Return the answer to a browser that the system sends to us."""
        asked = {"iss": iss or self.ehr.iss, "launch": "xyz"}
        return browser.get("/smart/launch", params=asked, headers=headers)

    def launched(self, browser: TestClient | None = None, **headers: str) -> Response:
        """Return the answer to a browser that comes back from the system's sign-in."""
        browser = browser or self.browser()
        out = self.out(browser, **headers)
        assert out.status_code == 303, out.text
        return browser.get("/smart/callback", params=self.ehr.signs_in(out.headers["location"]), headers=headers)


Houses = Callable[..., House]


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("RETTHJEM_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def houses(tmp_path: Path) -> Iterator[Houses]:
    """Give a way to serve the application with other settings."""
    with opening(tmp_path) as open_one:
        yield open_one


@contextmanager
def opening(folder: Path) -> Iterator[Houses]:
    """Serve applications over one database until all is done."""
    with ExitStack() as stack:

        def open_one(ehr: Ehr | None = None, *, smart: tuple[EhrSettings, ...] = (), **given: Any) -> House:
            database = f"sqlite:///{folder / 'smart.sqlite'}"
            base = {"database": database, "limits": MANY}
            real = {"issuer": ISSUER, "hospital": "STO", "public_url": ADDRESS, "smart": smart or (listed(),)}
            settings = Settings.model_validate({**base, **({} if given.get("demo") else real), **given})
            engine = make_engine(database)
            make_ready(engine)
            engine.dispose()
            return House(Service.start(settings, rules()), ehr or Ehr(), stack)

        yield open_one


@pytest.fixture
def house(houses: Houses) -> House:
    """Give the application as a hospital has it."""
    return houses()
