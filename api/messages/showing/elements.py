"""Elements of any message by their local names: what is written in one, coded in one, and said in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from lxml import etree

from careplans.words import date_words, moment_words
from engine.texts import Texts
from rules.times import oslo

Element = etree._Element  # noqa: SLF001 # lxml has no public name for it
BLOCKS = frozenset({"p", "li", "tr", "div", "br"})
UNSAID = frozenset({"script", "style"})
DAY = len("2026-11-22")


def name_of(element: Element) -> str:
    """Return an element's name without its namespace."""
    return etree.QName(element).localname


def children(element: Element, *path: str) -> list[Element]:
    """Return the elements at the end of a path of local names."""
    found = [element]
    for step in path:
        found = [each for parent in found for each in parent.iterchildren(f"{{*}}{step}")]
    return found


def child(element: Element, *path: str) -> Element | None:
    """Return the first of them."""
    return next(iter(children(element, *path)), None)


def text(element: Element | None) -> str | None:
    """Return the words in an element, each line by itself."""
    lines = "".join(map(str, element.itertext())).splitlines() if element is not None else []
    return "\n".join(line.strip() for line in lines).strip() or None


def coded(element: Element | None) -> str | None:
    """Return what a coded value is called, else its code."""
    if element is None:
        return None
    return element.get("DN", "").strip() or element.get("OT", "").strip() or element.get("V", "").strip() or None


def value(element: Element, texts: Texts) -> str | None:
    """Return what an element says: its words, yes or no, or what its code is called."""
    said = text(element)
    if said in {"true", "false"}:
        return texts(f"message_shown.{said}")
    return said or coded(element)


def moment(said: str | None, texts: Texts) -> str | None:
    """Say a day or a time as a page does; what is neither is shown as it stands."""
    if not said:
        return None
    try:
        return date_words(date.fromisoformat(said), texts) if len(said) == DAY else _time(said, texts)
    except ValueError:
        return said


def _time(said: str, texts: Texts) -> str:
    return moment_words(oslo(datetime.fromisoformat(said)), texts, say=date_words)


def full_name(element: Element | None) -> str | None:
    """Return a person's name, or an organisation's."""
    if element is None:
        return None
    names = (text(child(element, part)) for part in ("GivenName", "MiddleName", "FamilyName"))
    return " ".join(filter(None, names)) or text(child(element, "OrganisationName"))


def phones(element: Element | None) -> str | None:
    """Return a person's telephone numbers."""
    found = children(element, "TeleCom", "TeleAddress") if element is not None else []
    said = (each.get("V", "").strip() for each in found)
    return ", ".join(each.removeprefix("tel:") for each in said if each and not each.startswith("mailto:")) or None


def joined(*words: str | None, by: str = ", ") -> str | None:
    """Return what there is of some words."""
    return by.join(filter(None, words)) or None


def lines_of(block: Element) -> str | None:
    """Return the text of XHTML line by line; whatever element stands there, only its words are shown."""
    said = "".join(_words(block)).splitlines()
    return "\n".join(filter(None, (" ".join(line.split()) for line in said))) or None


def _words(element: Element) -> Iterator[str]:
    """Give the words with a new line for each block, and what stands in a list marked as such."""
    is_comment = isinstance(element, etree._Comment | etree._ProcessingInstruction)  # noqa: SLF001
    name = None if is_comment else name_of(element)
    if name in BLOCKS:
        yield "\n– " if name == "li" else "\n"
    if name in UNSAID:
        return
    yield " ".join((element.text or "").split("\n")) if name else ""
    for each in element:
        yield from _words(each)
        yield " · " if name == "tr" else ""
        yield " ".join((each.tail or "").split("\n"))
