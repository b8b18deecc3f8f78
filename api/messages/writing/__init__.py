"""Messages written for the record system to send: from a plan to what a message carries, and from that to bytes.

`content_of` says what a message of a kind carries, in the lines of the prints; `write` makes the message of it.
"""

from api.messages.writing.carrying import Ground, Visit, content_of
from api.messages.writing.content import Approved, Content, Paragraph, Section, withdrawn
from api.messages.writing.write import WRITTEN, write

__all__ = [
    "WRITTEN",
    "Approved",
    "Content",
    "Ground",
    "Paragraph",
    "Section",
    "Visit",
    "content_of",
    "withdrawn",
    "write",
]
