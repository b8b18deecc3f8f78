"""A message rendered for people: what we know of it under headings, never its own markup."""

from api.messages.showing.parts import Part, Row, Shown
from api.messages.showing.render import shown

__all__ = ["Part", "Row", "Shown", "shown"]
