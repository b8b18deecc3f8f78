"""Writes the rule catalogue in each language, and the spec cases that are shipped with the rules.

`python -m tests.spec.catalogue` writes them; `--check` fails when one is stale.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from engine.texts import Texts
from rules.spec_cases import FILE, as_file
from tests.spec.cases import RULE_CASES
from tests.spec.catalogue_page import catalogue
from tests.spec.catalogue_words import shipped

ROOT = Path(__file__).parents[2]
PAGES = {"nb": "docs/rule-catalogue.md", "nn": "docs/rule-catalogue.nn.md", "en": "docs/rule-catalogue.en.md"}


def texts_of(language: str) -> Texts:
    """Return the texts that the catalogue is written with."""
    return Texts.load(language, ROOT / "engine" / "texts", ROOT / "rules" / "texts")


def generated() -> dict[Path, str]:
    """Return every generated file with its content."""
    pages = {ROOT / page: catalogue(texts_of(language)) for language, page in PAGES.items()}
    return {**pages, FILE: as_file([shipped(each) for each in RULE_CASES])}


def stale() -> list[str]:
    """Return each generated file that is not as it would be written now."""
    return [
        str(path.relative_to(ROOT))
        for path, content in generated().items()
        if not path.exists() or path.read_text("utf-8") != content
    ]


def main(arguments: Sequence[str]) -> int:
    """Write the files, or with `--check` say which are stale."""
    if "--check" not in arguments:
        for path, content in generated().items():
            path.write_text(content, "utf-8")
        return 0
    for name in (old := stale()):
        print(f"{name} is stale: run ./dev docs and commit it.", file=sys.stderr)
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
