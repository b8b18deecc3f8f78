"""The wheel, which is what a hospital installs: everything that an editable folder has."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("engine", "rules", "careplans", "forms", "api", "population")


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    build = [
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    ]
    subprocess.run([sys.executable, *build], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_every_file_of_every_package_is_in_it(held: set[str]) -> None:
    listed = subprocess.run(["git", "ls-files", *PACKAGES], cwd=ROOT, check=True, capture_output=True, text=True)
    assert {name for name in listed.stdout.splitlines() if (ROOT / name).exists()} - held == set()


def test_the_fonts_and_style_sheets_of_others_are_in_it(held: set[str]) -> None:
    assert {"api/static/designsystemet.css", "careplans/print/fonts/SourceSans3-Regular.ttf"} <= held


def test_nothing_else_is_in_it(held: set[str]) -> None:
    assert {name.split("/")[0] for name in held if ".dist-info/" not in name} == set(PACKAGES)
