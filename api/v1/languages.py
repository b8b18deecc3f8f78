"""The language that a caller asks for, and its texts."""

from __future__ import annotations

from functools import cache
from typing import Literal, get_args

from starlette.datastructures import Headers
from starlette.requests import Request

from api.screening import texts_in
from engine.texts import Texts

Language = Literal["nb", "nn", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
LANGUAGE = "language"
"""The cookie that keeps what someone chose."""

ALSO = {"no": "nb"}
MOST = 20  # that a browser lists


def texts_for(headers: Headers, language: Language | None = None) -> Texts:
    """Return the texts in the language that is named, else the first of `Accept-Language` that we have."""
    return texts_of(language or language_of(headers.get("accept-language", "")))


def chosen_texts(request: Request) -> Texts:
    """Return the texts in the language that the person chose on a page, else in the browser's."""
    said = request.cookies.get(LANGUAGE)
    return texts_for(request.headers, next((each for each in LANGUAGES if each == said), None))


def language_of(accepted: str) -> Language:
    """Return the best language of an `Accept-Language`, Bokmål where it names none of ours."""
    said = [_weighed(part) for part in accepted.split(",")[:MOST]]
    for _, name in sorted(said, key=lambda each: -each[0]):
        for language in LANGUAGES:
            if ALSO.get(name, name) == language:
                return language
    return "nb"


@cache
def texts_of(language: Language) -> Texts:
    """Return the texts in a language, read once."""
    return texts_in(language)


def _weighed(part: str) -> tuple[float, str]:
    name, _, weight = part.partition(";")
    try:
        value = float(weight.strip().removeprefix("q=") or 1)
    except ValueError:
        value = 0.0
    return value, name.strip().split("-")[0].lower()
