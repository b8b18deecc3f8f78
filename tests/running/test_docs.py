"""What the pages for those who run the service name is there: files, commands, settings, figures, codes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from api.cli import DATABASE
from api.observing.metrics import Metrics
from api.screening import texts_in
from api.settings import Issuer, Settings

ROOT = Path(__file__).parents[2]
PAGES = {
    name: (ROOT / name).read_text("utf-8")
    for name in ("SECURITY.md", *(f"docs/{page}.md" for page in ("running", "security", "upgrading")))
}
EVERYTHING = "\n".join(PAGES.values())
MOST_LINES = 150


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_is_there(page: str) -> None:
    named = set(re.findall(r"`((?:api|tests|docs|deploy|forms|locks|rules)/[\w/.]*)`", PAGES[page]))
    linked = {link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", PAGES[page])}
    lacking = {name for name in named if not (ROOT / name).exists()}
    assert lacking | {link for link in linked if link and not (ROOT / page).parent.joinpath(link).exists()} == set()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_short_and_holds_no_place_of_ours(page: str) -> None:
    assert len(PAGES[page].splitlines()) <= MOST_LINES
    assert str(ROOT) not in PAGES[page]


def test_every_database_command_that_they_name_is_one_and_each_is_named() -> None:
    assert set(re.findall(r"\bdb ([a-z]+)", EVERYTHING)) == set(DATABASE)


def test_every_figure_that_they_name_is_one() -> None:
    figures = generate_latest(Metrics(version="0").registry).decode()
    families = set(re.findall(r"^# TYPE (\w+)", figures, re.MULTILINE))
    named = set(re.findall(r"`(retthjem_(?!role|units)\w+)", EVERYTHING))
    assert named
    assert named <= families


def test_every_setting_that_they_name_is_one() -> None:
    named = {
        "client_secret_file",
        "draft_days",
        "idempotency_days",
        "largest_body",
        "metrics_token",
        "opened_hours",
        "public_url",
        "trusted_proxies",
        "upgrade_at_start",
    }
    assert {name for name in named if name in EVERYTHING} == named
    assert named <= Settings.model_fields.keys() | Issuer.model_fields.keys()


def test_every_code_that_health_and_the_store_give_is_one_with_words() -> None:
    codes = set(re.findall(r"`((?:store|database|schema|writer)_\w+)`", PAGES["docs/running.md"]))
    texts = texts_in("nb")
    assert len(codes) > 5
    assert {code for code in codes if f"refused.{code}.reason" not in texts} == set()
