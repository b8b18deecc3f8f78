"""The reference sandbox of CDS Hooks in Chromium, against a demo: it finds our services, shows a card, and answers it.

To install: clone the repository cds-hooks/sandbox from GitHub, run `npm ci --ignore-scripts` and `npm run build` in it,
and name its folder `build` in the environment variable CDS_SANDBOX.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import chromium
from tests.browser.demo import served as demo_served
from tests.cds.hooks import medicine, patient
from tests.counterparts.fhir_server import fhir, files, served

FOLDER = os.environ.get("CDS_SANDBOX", "")
INSTALL = "The CDS Hooks sandbox is not installed: build cds-hooks/sandbox, and name its folder build in CDS_SANDBOX"
pytestmark = pytest.mark.skipif(not Path(FOLDER, "app.bundle.js").is_file() if FOLDER else True, reason=INSTALL)
NAME = {"use": "official", "family": "Prøve", "given": ["Ola"]}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The sandbox with our services, and a FHIR server with one patient."""
    known = (patient(name=[NAME]), medicine("m1", "N05CF01", "zopiklon"), medicine("m2", "C03CA01", "furosemid"))
    folder = tmp_path_factory.mktemp("sandbox")
    with demo_served(folder) as demo, served(fhir(*known)) as ehr, served(files(Path(FOLDER))) as sandbox:
        said = {
            "fhirServiceUrl": f"{ehr}/fhir",
            "patientId": "p1",
            "serviceDiscoveryURL": f"{demo.address}/cds-services",
        }
        with chromium() as browser:
            shown = browser.new_page(locale="en-US")
            shown.goto(f"{sandbox}/?{urlencode(said)}")
            yield shown


def test_the_sandbox_shows_our_card_as_it_is_meant(page: Page):
    expect(page.get_by_text("Screen for frailty with the CFS.", exact=False).first).to_be_visible(timeout=20_000)
    expect(page.get_by_role("button", name="Screen for frailty (CFS)")).to_be_visible()
    expect(page.get_by_text("Rett hjem", exact=True).first).to_be_visible()
    assert page.locator("strong", has_text="Why").count() == 1  # the detail is read as Markdown


def test_what_is_clicked_there_is_stored_here_and_the_card_does_not_come_back(page: Page):
    with page.expect_response(re.compile(r"/cds-services/rett-hjem-patient-view/feedback$")) as answered:
        page.get_by_role("button", name="Screen for frailty (CFS)").click()
    assert answered.value.status == 200
    page.reload()
    expect(page.get_by_text("No recommendations to display").first).to_be_visible(timeout=20_000)
