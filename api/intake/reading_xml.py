"""XML from outside, read strictly: no DOCTYPE, nothing fetched, bounded, and an error that names line and element."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from engine.errors import InputError

MAX_TAGS = 200_000  # of a message; the largest example has under a thousand
MAX_TEXT = 10  # MB in one text or attribute, which is libxml2's own bound

# Control characters, halves of characters, and the signs that turn the direction of the text around them.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
PIECE = 1 << 16
IN_ITS_PLACE = "\N{REPLACEMENT CHARACTER}"
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# Every element of these begins with the one byte "<", so that elements can be counted before they are made.
_ENCODING = re.compile(rb"""\A\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
_ENCODINGS = frozenset({"utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"})
# What is declared as these is written by machines that mean the second: a dash is a byte that the first has not.
_MEANT = {"us-ascii": "windows-1252", "iso-8859-1": "windows-1252"}
_WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}
_DECLARED = re.compile(r"""\A(\s*<\?xml[^>]*?)\sencoding\s*=\s*["'][^"']*["']""")
_TOO_DEEP, _TOO_LONG = (
    ("Excessive depth",),
    ("Buffer size limit", "Huge input", "huge text", "too long", "length too big"),
)


@dataclass(frozen=True, slots=True)
class WrittenXml:
    """A document, and how it stood before signs that must not be shown were replaced."""

    root: etree._Element = field(repr=False)
    written: str = field(repr=False)


def as_utf8(data: bytes) -> bytes:
    """Return XML that was written in UTF-16 as UTF-8, so that one set of bounds holds; other bytes as they are."""
    wide = _WIDE.get(data[:2])
    if wide is None:
        return data
    try:
        text = data.decode(wide)
    except UnicodeDecodeError:
        raise InputError("document", "xml_encoding") from None
    return _DECLARED.sub(r"\1", text, count=1).encode("utf-8", "replace")


def read_xml(body: bytes, names: Collection[str]) -> WrittenXml:
    """Return the document; `names` are those of elements that an error may repeat."""
    if found := _DOCTYPE.search(body):
        raise _refused_doctype(body[: found.start()].count(b"\n") + 1)
    encoding = _declared(body)
    if body.count(b"<") > MAX_TAGS:
        raise InputError("document", "too_many_parts", most=MAX_TAGS)
    try:
        root = etree.fromstring(body, etree.XMLParser(encoding=encoding, **_STRICT))
    except etree.XMLSyntaxError as error:
        raise _damaged(error, body, names) from None
    except (ValueError, LookupError):
        raise InputError("document", "xml_damaged") from None
    if root.getroottree().docinfo.internalDTD is not None:  # written in an encoding that hid it above
        raise _refused_doctype(1)
    written = etree.tostring(root, encoding="unicode")
    if FORBIDDEN.search(written):
        _replace_forbidden(root)
    return WrittenXml(root, written)


# Nothing outside the document is fetched, no entity is opened, and libxml2's own bounds stay on.
_STRICT: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def _declared(body: bytes) -> str | None:
    """Return the encoding that is meant, where it is another than the one that is declared."""
    declared = _ENCODING.match(body)
    if declared is None:
        return None
    name = declared[1].decode("latin-1").lower()
    if name not in _ENCODINGS:
        raise InputError("line 1", "xml_encoding")
    return _MEANT.get(name)


def _refused_doctype(line: int) -> InputError:
    return InputError(f"line {line}", "doctype")


def _replace_forbidden(root: etree._Element) -> None:
    """Replace what must not be shown, so that one sign does not lose a whole report; whoever reads it counts them."""
    for each in root.iter(etree.Element):
        each.text, each.tail = _replaced(each.text), _replaced(each.tail)
        for name, value in each.attrib.items():
            each.set(name, _replaced(str(value)) or "")


def _replaced(text: str | None) -> str | None:
    return FORBIDDEN.sub(IN_ITS_PLACE, text) if text else text


def _damaged(error: etree.XMLSyntaxError, body: bytes, names: Collection[str]) -> InputError:
    """Return what is wrong, by the line and the element that is open there."""
    around = next((name for name in reversed(_open_elements(body)) if name in names), "")
    where = f"line {error.lineno} {around}".strip() if error.lineno else "document"
    said = str(error.msg)
    if any(each in said for each in _TOO_DEEP):
        return InputError(where, "xml_too_deep")
    if any(each in said for each in _TOO_LONG):
        return InputError(where, "xml_text_too_long", most=MAX_TEXT)
    return InputError(where, "xml_damaged")


def _open_elements(body: bytes) -> list[str]:
    """Return the elements that are open where the document breaks."""
    parser = etree.XMLPullParser(events=("start", "end"), **_STRICT)
    try:
        for start in range(0, len(body), PIECE):  # whole, a text too long would hide what stood before it
            parser.feed(body[start : start + PIECE])
        parser.close()
    except (etree.XMLSyntaxError, ValueError, LookupError):
        pass  # which is why it is asked
    found: list[str] = []
    for event, element in parser.read_events():
        if event == "start":
            found.append(str(getattr(element, "tag", "")).rpartition("}")[2].rpartition(":")[2])
        else:
            found.pop()
    return found
