"""The medicine list as a message carries it: what is taken when the patient leaves, and what ended in the stay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from api.messages.writing.content import MedicineLine
from careplans.words import one_line
from engine.texts import Texts
from engine.words import number
from rules.case import Medicine


def medicine_lines(
    medicines: Iterable[Medicine], *, since: date | None, on: date, texts: Texts
) -> tuple[MedicineLine, ...]:
    """Return the medicines taken on a day or later, and those that ended since the stay began."""
    return tuple(_line(each, on, texts) for each in medicines if _concerns(each, since, on))


def _concerns(medicine: Medicine, since: date | None, on: date) -> bool:
    return not _has_ended(medicine, on) or since is None or (medicine.stop is not None and medicine.stop >= since)


def _has_ended(medicine: Medicine, on: date) -> bool:
    return medicine.stop is not None and medicine.stop <= on


def _line(medicine: Medicine, on: date, texts: Texts) -> MedicineLine:
    name = one_line(medicine.name or "") or medicine.atc or texts("message_words.unknown")
    return MedicineLine(
        name=name,
        atc=medicine.atc,
        use=medicine.use,
        start=medicine.start,
        stop=medicine.stop,
        dosing=_dosing(medicine, texts),
        stopped=_has_ended(medicine, on),
    )


def _dosing(medicine: Medicine, texts: Texts) -> str | None:
    """Say what is known of the doses in words: no element holds a daily dose."""
    parts: list[str] = []
    if medicine.dose is not None:
        unit = medicine.unit or texts("message_words.unknown")
        parts.append(texts("message_words.daily_dose", dose=number(medicine.dose, texts), unit=one_line(unit)))
    if medicine.doses_per_day is not None:
        once = medicine.doses_per_day == 1
        count = number(medicine.doses_per_day, texts)
        parts.append(texts("message_words.once_a_day") if once else texts("message_words.doses_a_day", count=count))
    if medicine.times:
        parts.append(texts("message_words.times", times=", ".join(map(one_line, medicine.times))))
    return "; ".join(parts) or None
