"""An epikrise as text: UTF-8, not empty or too large, no JSON or XML; what is wrong is said without a word of it."""

from __future__ import annotations

import re
import unicodedata

from engine.errors import InputError

LARGEST = 200_000
# What a record or a message begins with; an epikrise may begin with a mark such as <navn>, but does not end in one too.
JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[{\"])")
XML = re.compile(r"\s*<(?:\?xml\b|[!A-Za-z][^<>]*>)", re.IGNORECASE)


def read_text(data: bytes) -> str:
    """Return the text, with letters and their marks put together so that spans count what a reader sees."""
    if len(data) > LARGEST:
        raise InputError("FILE", "epikrise_too_large", most=LARGEST)
    try:
        text = unicodedata.normalize("NFC", data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InputError("FILE", "not_utf8") from None
    if "\x00" in text:
        raise InputError("FILE", "not_utf8")
    if not text.strip():
        raise InputError("FILE", "epikrise_empty")
    if _is_data(text):
        raise InputError("FILE", "not_an_epikrise_text")
    return text


def _is_data(text: str) -> bool:
    """Return whether the text is a JSON or XML document, which would be read as prose and quoted."""
    return JSON.match(text) is not None or (XML.match(text) is not None and text.rstrip().endswith(">"))
