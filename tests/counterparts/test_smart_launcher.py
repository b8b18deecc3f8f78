"""The SMART launcher of others (`smart-launcher-v2`): it launches us, and the form of its patient opens.

Opt-in: it is not ours and not vendored. To install it: unpack the repository `smart-on-fhir/smart-launcher-v2` as a
folder `smart-launcher-v2` in a folder of your own, run `npm install` in it, and set RETTHJEM_COUNTERPARTS to yours.
"""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient

from tests.counterparts.node import FOLDER, free_port, running
from tests.smart.ehr import condition, encounter, patient
from tests.ward.signed_in import hospital

HOME = FOLDER / "smart-launcher-v2"
RUNNER = HOME / "node_modules" / "ts-node" / "dist" / "bin.js"
pytestmark = pytest.mark.skipif(
    not RUNNER.exists(), reason="smart-launcher-v2 is not installed; the top of this file says how"
)
RESOURCES: dict[str, dict[str, Any]] = {
    "Patient/p1": patient(),
    "Encounter/e1": encounter(),
    "Condition/c1": condition(),
    "Practitioner/d1": {"resourceType": "Practitioner", "id": "d1", "name": [{"text": "Dag Doktor"}]},
}


class Records(BaseHTTPRequestHandler):
    """A FHIR server for the launcher to stand before."""

    def do_GET(self) -> None:
        """Answer a read or a search."""
        name = urlsplit(self.path).path.strip("/")
        found = [each for key, each in RESOURCES.items() if key.startswith(f"{name.strip('/')}/")]
        entries = [{"resource": each} for each in found]
        bundle = {"resourceType": "Bundle", "type": "searchset", "entry": entries}
        content = json.dumps(RESOURCES.get(name, bundle)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/fhir+json")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def records() -> Iterator[str]:
    """Serve the resources."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Records)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def launcher() -> Iterator[str]:
    """Give the launcher's address."""
    port = free_port()
    words = (RUNNER, "--skipProject", "--transpile-only", "backend/index.ts")
    with (
        records() as server,
        running(*words, port=port, at=HOME, HOST="127.0.0.1", PORT=str(port), FHIR_SERVER_R4=server),
    ):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[TestClient]:
    """Give a browser at a demo."""
    with hospital(tmp_path) as house:
        browser = TestClient(house.client.app, base_url="http://127.0.0.1:8000", follow_redirects=False)
        browser.portal = house.client.portal  # connections that are kept belong to one event loop
        yield browser


def options(**changed: Any) -> str:
    """Return the launcher's own options, as its page writes them."""
    given = {"launch": 0, "patient": "p1", "provider": "d1", "encounter": "AUTO", "error": "", **changed}
    head = [given["launch"], given["patient"], given["provider"], given["encounter"], 1, 1, 0]
    return urlsafe_b64encode(json.dumps([*head, "", "", "", "", given["error"], "", "", 0, 2, ""]).encode()).decode()


def launched(browser: TestClient, launcher: str, launch: str) -> Any:
    """Return the answer to a browser that comes back from the launcher."""
    out = browser.get("/smart/launch", params={"iss": f"{launcher}/v/r4/fhir", "launch": launch.rstrip("=")})
    assert out.status_code == 303, out.text
    back = httpx2.get(out.headers["location"], follow_redirects=False)
    return browser.get(back.headers["location"])


def test_the_form_of_the_launchers_patient_opens(browser: TestClient, launcher: str):
    back = launched(browser, launcher, options())
    assert back.headers["location"].endswith("/screen")
    page = browser.get(back.headers["location"])
    assert page.status_code == 200
    assert "Synne Prøve" in page.text
    assert "I50.9" in page.text
    assert "Dag Doktor" in page.text


def test_an_error_that_the_launcher_plays_is_told(browser: TestClient, launcher: str):
    answer = launched(browser, launcher, options(error="token_invalid_token"))
    assert (answer.status_code, answer.json()["code"]) == (400, "launch_failed")
