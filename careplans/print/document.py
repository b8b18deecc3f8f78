"""A page as a tagged PDF/UA document; the only place that knows WeasyPrint."""

from __future__ import annotations

import atexit
import gc
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

from careplans.parts import Plan
from careplans.print.pages import FOLDER, SHEETS, Audience, render_html
from engine.errors import MachineLacks
from engine.texts import Texts

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

INSTALL = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
LETTER, NORMAL = 10, 1.0  # points in the 1rem of every stylesheet, and how many times larger it is printed
ONE_COLUMN = 1.4  # from here on two columns hold too few words
IN_PARTS = str.maketrans({letter: normalize("NFD", letter) for letter in "Ǩǩ"})
"""Letters of names that the font draws from a letter and its sign alone; whole, they come of whatever font is there."""


def render_pdf(
    plan: Plan,
    texts: Texts,
    *,
    printed: date,
    limits: Mapping[str, str] | None = None,
    audience: Audience = "clinician",
    text_size: float = NORMAL,
) -> bytes:
    """Return the plan as a tagged PDF/UA; the same plan printed on the same day gives the same bytes.

    `text_size` is how many times larger than usual the letters are, on the same paper.
    """
    html = render_html(plan, texts, printed=printed, limits=limits, audience=audience, stylesheet="")
    return to_pdf(html, FOLDER / SHEETS[audience], text_size=text_size)


def to_pdf(html: str, sheet: Path, *, text_size: float = NORMAL) -> bytes:
    """Return a page with its style sheet as a tagged PDF/UA; the same page gives the same bytes."""
    weasyprint = _weasyprint()
    styles, fonts = _styles(sheet)
    html = html.translate(IN_PARTS)
    document = weasyprint.HTML(string=html, base_url=FOLDER.as_uri() + "/", url_fetcher=fetcher())
    with _collector_paused():
        pdf: bytes = document.write_pdf(
            stylesheets=[*styles, *_larger(text_size)],
            font_config=fonts,
            pdf_variant="pdf/ua-1",
            pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
        )
    return pdf


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause the garbage collector: walking the half-built page tree again and again costs a fifth of the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


@cache
def fetcher() -> Any:
    """Return the one who fetches fonts and pictures: from this folder and `data:` only."""
    weasyprint = _weasyprint()

    class OwnFolder(weasyprint.urls.URLFetcher):  # type: ignore[misc, name-defined] # known only once pango is found
        def fetch(self, url: str, headers: Any = None) -> Any:
            parts = urlsplit(url)
            inside = Path(unquote(parts.path)).resolve().is_relative_to(FOLDER.resolve())
            if parts.scheme != "data" and not (parts.scheme == "file" and inside):
                raise ValueError("a print fetches nothing outside its own folder")
            return super().fetch(url, headers)

    return OwnFolder(allowed_protocols=("file", "data"), allow_redirects=False)


@cache
def _styles(sheet: Path) -> tuple[tuple[CSS, ...], FontConfiguration]:
    """Read fonts and stylesheets once a process; they take longer than the page itself."""
    weasyprint = _weasyprint()
    fonts = weasyprint.text.fonts.FontConfiguration()
    atexit.register(_styles.cache_clear)  # else WeasyPrint tidies its fonts after Python has put its own things away
    files = (FOLDER / "fonts.css", sheet)
    sheets = (weasyprint.CSS(filename=file, font_config=fonts, url_fetcher=fetcher()) for file in files)
    return tuple(sheets), fonts


def _larger(text_size: float) -> list[CSS]:
    """Scale the letters; every size in the stylesheets is counted from the page's own."""
    if text_size == NORMAL:
        return []
    scaled = _weasyprint().CSS(string=f"html {{ font-size: {LETTER * text_size:g}pt }}")
    return [scaled] if text_size < ONE_COLUMN else [scaled, _weasyprint().CSS(filename=FOLDER / "large.css")]


@cache
def _weasyprint() -> Any:
    try:
        return import_module("weasyprint")
    except (ImportError, OSError) as missing:  # OSError: the package is there, pango is not
        raise MachineLacks("lacks_pango", install=INSTALL) from missing
