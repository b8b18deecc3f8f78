"""Words as XHTML: a few elements of our own choice and no attributes, since no schema looks into them.

Whatever people wrote is text in an element, and never an element: lxml escapes it.
"""

from __future__ import annotations

from lxml import etree

from api.messages.tables import messages_table
from api.messages.writing.content import Section
from api.messages.writing.tree import child, rooted

WRITTEN = ("div", "p", "b", "ul", "li")


def as_xhtml(parent: etree._Element, section: Section) -> None:
    """Write a section: each title in bold, and its lines as a list."""
    block = _block(parent)
    for each in section.paragraphs:
        child(child(block, "h:p"), "h:b", each.title)
        lines = child(block, "h:ul") if each.lines else block
        for line in each.lines:
            child(lines, "h:li", line)


def paragraph(parent: etree._Element, words: str) -> None:
    """Write a text as one paragraph."""
    child(_block(parent), "h:p", words)


def _block(parent: etree._Element) -> etree._Element:
    return rooted(parent, "h:div", messages_table()["namespaces"]["h"])
