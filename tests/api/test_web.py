"""The page that screens an example: it answers, links to the plan and its print, and asks nothing of other hosts."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from fontTools.ttLib import TTFont

from api.app import Service, make_app
from api.screening import ROOT, Screening
from api.settings import read_settings
from api.storage.engine import make_engine
from api.storage.schema import make_ready
from api.web import examples

CLASSES = re.compile(r'(?<=["\s])ds-[a-z-]+(?=["\s])')


@pytest.fixture(scope="module")
def application(tmp_path_factory):
    settings = read_settings(demo=True, database=str(tmp_path_factory.mktemp("demo") / "demo.sqlite"))
    engine = make_engine(settings.database)
    make_ready(engine)
    engine.dispose()
    return make_app(Service.start(settings, Screening(synthetic_only=True)))


@pytest.fixture(scope="module")
def client(application):
    with TestClient(application) as client:
        yield client


@pytest.mark.parametrize("name", examples())
def test_each_example_shows_suggestions_with_their_grounds_and_the_way_home(client, name):
    page = client.get(f"/examples/{name}")
    assert page.status_code == 200
    for words in ("Forslag", "Fordi", "Regel", "Kilder", "Hjem, steg for steg", "en kliniker avgjør"):
        assert words in page.text
    assert client.get(f"/examples/{name}/plan").status_code == 200


def test_the_print_is_a_pdf(client):
    printed = client.get("/examples/1-hoftebrudd/plan.pdf")
    assert printed.headers["content-type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF-")


def test_every_page_forbids_other_hosts_inline_styles_and_caching(client):
    page = client.get("/examples")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert not re.search(r'(src|href)="https?:', page.text)
    assert not re.search(r"<style|style=|<script>|onclick", page.text)


def test_what_is_not_a_page_carries_the_same_headers_and_no_source_is_served(client):
    for path in (
        "/none",
        "/examples/none",
        "/print/document.py",
        "/print/base.html.jinja",
        "/print/../web.py",
        "/print/view.css",
    ):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_defect_answers_with_the_headers_and_without_a_word_of_what_it_was(application, client, monkeypatch):
    def fails(*_, **__):
        raise RuntimeError("Kari Nordmann")

    monkeypatch.setattr("api.web.page_view", fails)
    answer = TestClient(application, raise_server_exceptions=False).get("/examples")
    assert answer.status_code == 500
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "Nordmann" not in answer.text


def test_no_title_and_no_address_holds_a_name(client):
    for name in examples():
        assert "<title>Kartlegging – Rett hjem</title>" in client.get(f"/examples/{name}").text


def test_what_the_pages_link_to_is_there(client):
    for page in ("/examples", "/examples/3-felles-valg/plan"):
        for link in re.findall(r'(?:src|href)="(/[^"#]+)"', client.get(page).text):
            assert client.get(link).status_code == 200, link


def test_health_says_which_rules_are_in_force(client):
    assert client.get("/health").json() == {"status": "ok", "ruleset": "1.0.0"}


def test_an_example_that_is_not_there_is_not_found(client):
    assert client.get("/examples/none").status_code == 404


def test_a_plan_has_one_column_on_a_telephone(client):
    style = client.get("/print/plan.css").text
    narrow = style[style.index("@media screen and (max-width: 45rem)") :]
    assert "float: none" in narrow
    assert style.count("{") == style.count("}")


def test_files_are_compressed_and_kept_but_a_page_and_what_a_person_sees_never_are(client):
    sheet = client.get("/static/designsystemet.css", headers={"accept-encoding": "gzip"})
    assert (sheet.headers["content-encoding"], sheet.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert sheet.headers["cache-control"] == "public, no-cache"
    again = client.get("/static/designsystemet.css", headers={"if-none-match": sheet.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "public, no-cache"
    font = client.get("/static/SourceSans3-Regular.woff2")
    assert font.headers["cache-control"] == "public, max-age=2592000"
    for path in ("/examples", "/health", "/static/none.css"):
        answer = client.get(path, headers={"accept-encoding": "gzip"})
        assert answer.headers["cache-control"] == "no-store", path
        assert "content-encoding" not in answer.headers, path


def test_every_class_of_the_design_system_that_a_page_uses_is_in_the_sheet_that_is_served(client):
    sheet = client.get("/static/designsystemet.css").text
    used = {found for page in (ROOT / "api").rglob("*.jinja") for found in CLASSES.findall(page.read_text("utf-8"))}
    assert {"ds-button", "ds-input"} <= used
    assert sorted(each for each in used if f".{each}" not in sheet) == []


NAMES = "AÅÆØaåæøÁČĐŊŠŦŽáčđŋšŧžǤǥǦǧǮǯÄÖÜéłńçşğƠơƯưễịỗỳ"


@pytest.mark.parametrize("weight", ["Regular", "Semibold", "Bold"])
def test_the_screens_letters_are_those_that_names_in_norway_are_written_with(weight):
    letters = TTFont(ROOT / "api" / "static" / f"SourceSans3-{weight}.woff2").getBestCmap()
    assert [each for each in f"{NAMES}–—«»“”’…·→≥" if ord(each) not in letters] == []
