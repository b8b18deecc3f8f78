"""Every request on the integrators' pages is run as it stands there, page by page, against a demo of its own."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.demo import Demo, served

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "integrating").glob("*.md"))
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
SAID = "http://localhost:8000"
MOST_LINES = 150
PATIENCE = 120


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo server."""
    lacking = [name for name in ("bash", "curl", "python3") if shutil.which(name) is None]
    if lacking:
        pytest.skip(f"{', '.join(lacking)} is not installed: apt-get install {' '.join(lacking)}")
    with served(tmp_path_factory.mktemp("integrating")) as server:
        yield server


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_requests_of_a_page_do_what_they_say(demo: Demo, page: Path, tmp_path: Path):
    blocks = BLOCK.findall(page.read_text("utf-8"))
    assert blocks
    script = "set -euo pipefail\n" + "\n".join(blocks).replace(SAID, demo.address)
    assert demo.address in script
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]


@pytest.mark.parametrize("page", [ROOT / "docs" / "integrating.md", *PAGES], ids=lambda page: page.stem)
def test_a_page_is_short_and_leads_to_what_is_there(page: Path):
    text = page.read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    links = {link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text)}
    assert [link for link in links if link and not (page.parent / link).exists()] == []
    named = set(re.findall(r"`((?:api|tests|docs|rules|forms)/[\w/.]*)`", text))
    assert [name for name in named if not (ROOT / name).exists()] == []
