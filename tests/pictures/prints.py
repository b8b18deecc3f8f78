"""One plan with everything a print can show, printed for three readers in three languages, and drawn as pictures."""

from __future__ import annotations

import logging
import subprocess
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageChops

from api.screening import texts_in
from careplans.parts import Plan
from careplans.print import Audience, render_pdf
from careplans.settings import PlanSettings
from rules.case import Case
from tests.pictures.access_log import printed_log
from tests.unit.test_careplans_example import example_assessment, example_case, plan_of

APPROVED = Path(__file__).parent / "approved"
AUDIENCES: tuple[Audience, ...] = ("clinician", "municipality", "patient")
LANGUAGES = ("nb", "nn", "en")
NINE = tuple((audience, language) for audience in AUDIENCES for language in LANGUAGES)
PRINTED = date(2026, 11, 17)
NAME = "Šuŋŋá Čáhppesåvdnji Bæřø-Žđåvvir"
CONTACTS = {"home_care": "Ranheim hjemmetjeneste 72 54 00 00", "geriatric_team": "72 57 10 20"}
DPI, FINER = 60, 3
TILE = 8
GREYS = 16
# The mean difference, of 255, that a tile of 8 by 8 points may have. Other versions of the library that draws letters
# differ by less; another digit in a date differs by more (both are tested).
TOLERANCE = 30.0


def full_case(name: str = NAME) -> Case:
    """Return the contract's example with a name, someone near, an interpreter, and a medicine that is new."""
    case = example_case()
    known = {"next_of_kin": "Datter Ánne Bæresen, 900 00 000", "interpreter": "Nordsamisk"}
    first, *rest = case.medicines or ()
    return replace(
        case,
        patient=replace(case.patient, name=name),
        answers={**case.answers, **known},
        medicines=(replace(first, start=date(2026, 11, 17)), *rest),
    )


def full_plan(name: str = NAME) -> Plan:
    """Return the plan that the pictures show."""
    ruleset = replace(example_assessment().ruleset, overlay="Trondheim")
    assessment = example_assessment(ruleset=ruleset)
    return plan_of(case=full_case(name), assessment=assessment, settings=PlanSettings(contacts=CONTACTS))


class _Listener(logging.Handler):
    """Keeps what WeasyPrint says."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def pdf_of(plan: Plan, audience: Audience, language: str, *, text_size: float = 1.0) -> bytes:
    """Return the print as PDF; a word from WeasyPrint is a fault."""
    listener, logger = _Listener(), logging.getLogger("weasyprint")
    logger.addHandler(listener)
    try:
        pdf = render_pdf(plan, texts_in(language), printed=PRINTED, audience=audience, text_size=text_size)
    finally:
        logger.removeHandler(listener)
    assert listener.said == []
    return pdf


@cache
def printed(audience: Audience, language: str, text_size: float = 1.0) -> bytes:
    """Return one of the nine prints as PDF, made once."""
    return pdf_of(full_plan(), audience, language, text_size=text_size)


def drawn(pdf: bytes, *, dpi: int = DPI, first: int | None = None) -> list[Image.Image]:
    """Return the pages as grey pictures; `first` draws that page alone."""
    only = [] if first is None else ["-f", str(first), "-l", str(first)]
    with TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", *only, "-", f"{folder}/page"], input=pdf, check=True)
        return [Image.open(BytesIO(path.read_bytes())).convert("L") for path in sorted(Path(folder).iterdir())]


def pictures(pdf: bytes) -> list[Image.Image]:
    """Return the pages as small pictures, drawn finer first so that how letters meet the grid matters little."""
    return [page.reduce(FINER) for page in drawn(pdf, dpi=DPI * FINER)]


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return the mean difference of the tile that differs most, from 0 to 255; another size differs wholly."""
    if one.size != other.size:
        return 255.0
    apart = ImageChops.difference(one, other)
    width, height = (-(-side // TILE) for side in apart.size)
    whole = Image.new("L", (width * TILE, height * TILE))
    whole.paste(apart)
    return float(max(whole.reduce(TILE).tobytes()))


def approved_pictures(audience: str, language: str) -> list[Path]:
    """Return the approved pages of a print, in order."""
    return sorted(APPROVED.glob(f"{audience}-{language}-*.png"))


def approve() -> None:
    """Draw every print anew as the approved ones."""
    APPROVED.mkdir(exist_ok=True)
    for old in APPROVED.glob("*.png"):
        old.unlink()
    for audience, language in NINE:
        approve_one(audience, language, printed(audience, language))
    for language in LANGUAGES:
        approve_one("access_log", language, printed_log(language))


def approve_one(name: str, language: str, pdf: bytes) -> None:
    """Draw a print's pages as the approved ones."""
    for number, page in enumerate(pictures(pdf), start=1):
        page.quantize(GREYS).save(APPROVED / f"{name}-{language}-{number}.png", optimize=True)
