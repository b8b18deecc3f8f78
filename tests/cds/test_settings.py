"""The settings that the integrators' page shows, as the program reads them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.settings import read_settings

PAGE = Path(__file__).parents[2] / "docs" / "integrating" / "cds-hooks.md"


def test_the_settings_of_the_page_are_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    written = re.search(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert written
    file = tmp_path / "retthjem.toml"
    file.write_text(written[1], "utf-8")
    monkeypatch.setenv("RETTHJEM_CONFIG", str(file))
    cds = read_settings().cds
    assert [each.issuer for each in cds.clients] == ["https://epj.example.no"]
    assert cds.fhir_servers == ("https://epj.example.no/fhir",)
