"""A message from a case alone, as the command line writes it: a draft, for nobody has approved it."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from api.messages.model import Head, Kind, Party
from api.messages.writing import WRITTEN, Ground, content_of, write
from careplans.parts import Plan
from engine.texts import Texts
from rules.case import Case


def kind_called(name: str) -> Kind:
    """Return the kind of message that the command line calls by a name."""
    return next(kind for kind in WRITTEN if kind.replace("_", "-") == name)


def draft(kind: Kind, case: Case, plan: Plan, *, texts: Texts, now: datetime) -> bytes:
    """Return the message; who sends and receives it is not known here, and is said so."""
    head = Head(str(uuid4()), kind, "new", now, Party(), Party())
    return write(content_of(kind, Ground(case, plan, texts)), head)
