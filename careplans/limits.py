"""What is clarified about the level of treatment, in words: as it was written, by whom, and whether a doctor signed it.

Nobody has said whether the words withhold something or ask for everything, so no heading of ours says it for them.
Pages, prints, the epikrise and the messages all ask here.
"""

from __future__ import annotations

from typing import Protocol

from careplans.parts import Written
from careplans.words import date_words
from engine.texts import Texts
from rules.times import oslo_day


class Limited(Protocol):
    """Whatever carries the words, their writer, and the doctor who signed them."""

    @property
    def limits(self) -> str | None:
        """The words as they were written; None is not settled."""

    @property
    def limits_by(self) -> Written | None:
        """Who wrote them; None is not known."""

    @property
    def limits_signed(self) -> Written | None:
        """The doctor who signed a version with these words; None is nobody."""


def limits_heading(found: Limited, texts: Texts) -> str:
    """Return a heading that says neither that anything is to be done nor that it is not."""
    return texts(f"plan.contingency.{'limits' if found.limits else 'limits_open'}")


def limits_signature(found: Limited, texts: Texts) -> str | None:
    """Say who wrote it and when, and that no doctor has confirmed it unless one signed that version."""
    if not found.limits:
        return None
    by, signed = found.limits_by, found.limits_signed
    written = (
        texts("plan.contingency.written", who=_who(by, texts)) if by else texts("plan.contingency.written_unknown")
    )
    if signed is None:
        return f"{written} {texts('plan.contingency.unconfirmed')}"
    if signed == by:
        return written
    return f"{written} {texts('plan.contingency.confirmed', who=_who(signed, texts))}"


def _who(by: Written, texts: Texts) -> str:
    key = f"plan.contingency.by.{by.role}"
    role = texts(key if key in texts else "plan.contingency.by.other")
    named = texts("plan.contingency.by_name", name=by.name, role=role) if by.name else role
    return texts("plan.contingency.by_when", who=named, when=date_words(oslo_day(by.at), texts))
