"""An epikrise as text: UTF-8, not empty, not too large; what is wrong is said without a word of the text."""

from __future__ import annotations

import unicodedata

from engine.errors import InputError

LARGEST = 200_000


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
    return text
