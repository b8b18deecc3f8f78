"""From what a message carries to the message itself, as bytes."""

from __future__ import annotations

from lxml import etree

from api.messages.model import Head, Kind
from api.messages.writing.content import Content, withdrawn
from api.messages.writing.epikrise import epikrise_message
from api.messages.writing.plo import plo_message
from engine.errors import InputError

WRITTEN: tuple[Kind, ...] = ("helseopplysninger", "utskrivningsrapport", "epikrise", "helseopplysninger_til_lege")


def write(content: Content, head: Head) -> bytes:
    """Return the message; a cancellation carries nothing clinical, and what is no first message names the first."""
    if head.kind not in WRITTEN:
        raise InputError("KIND", "message_not_written", allowed=WRITTEN)
    if head.status != "new" and not head.refers_to:
        raise InputError("refers_to", "message_refers_to_nothing")
    sent = withdrawn(content) if head.status == "cancelled" else content
    root = epikrise_message(sent, head) if head.kind == "epikrise" else plo_message(sent, head)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
