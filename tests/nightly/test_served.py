"""A real server beside real runs: one that is killed is never seen, and one that is whole is seen without a restart."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from html import unescape
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from population.run import UNFINISHED
from tests.nightly.made import KEY, TODAY, extract_in, lies_in, run_in
from tests.served.process import RETTHJEM, Served
from tests.v1.people import number

PATIENCE = 60.0
MANY = 3_000
BEFORE, AFTER = "91 år", "99 år"


def born(age: int) -> str:
    return f"{TODAY.year - age}-01-01"


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "nightly"
    made.mkdir()
    return made


@pytest.fixture
def served(tmp_path, folder, monkeypatch):
    (tmp_path / "key").write_text(KEY)
    monkeypatch.setenv("RETTHJEM_POPULATION__NIGHTLY", str(folder))
    monkeypatch.setenv("RETTHJEM_POPULATION__KEY_FILE", str(tmp_path / "key"))
    with Served(f"sqlite:///{tmp_path / 'served.sqlite'}") as served:
        yield served


def shown(served: Served) -> str:
    asked = {"Authorization": f"Bearer {served.doctor}", "Accept": "text/html", "Accept-Language": "nb"}
    with urlopen(Request(served.url("/lists/unscreened"), headers=asked)) as answer:
        return unescape(answer.read().decode())


def screening(extract: Path, out: Path, key: Path) -> subprocess.Popen[bytes]:
    words = ["population", "screen", extract, "-o", out, "--on", f"{TODAY}", "--workers", "1", "--key-file", key]
    return subprocess.Popen(
        [str(RETTHJEM), *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ)
    )


def test_a_run_that_is_killed_is_not_seen_and_the_one_that_goes_on_is(served, folder, tmp_path):
    assert "population.nightly" in shown(served)
    run_in(folder / "monday", [lies_in(number(701), birth_date=born(91))])
    assert BEFORE in shown(served)
    many = [lies_in(number(702 + which), birth_date=born(99)) for which in range(3)]
    many += [lies_in(f"9{which:08d}", ward="MED1") for which in range(MANY)]
    extract, out = extract_in(tmp_path / "extract", many), folder / "tuesday"
    killed = screening(extract, out, tmp_path / "key")
    until((out / UNFINISHED).exists)
    os.kill(killed.pid, signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    page = shown(served)
    assert BEFORE in page
    assert AFTER not in page
    assert screening(extract, out, tmp_path / "key").wait() == 0
    page = shown(served)
    assert AFTER in page
    assert BEFORE not in page


def until(holds):
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)
