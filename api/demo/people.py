"""Who the demo's patients are: a birth date of the right age, and an identity number made for testing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from careplans.course.events import Sex
from engine.errors import InputError
from forms.identity import parse_identity_number

MONTH_ADDS = (80, 65, 40)
"""What test numbers add to the month; each is among the demo's patients."""

SPREAD = 97  # days between one patient's birthday and the next one's


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who does not exist."""

    born: date
    identity: str


def person_of(age: int, sex: Sex, *, number: int, today: date) -> Person:
    """Return a person who is so old today; the same number always gives the same birthday, and never another's."""
    days = 20 + number * SPREAD % 325
    born = today.replace(year=today.year - age, day=min(today.day, 28)) - timedelta(days=days)
    month = born.month + MONTH_ADDS[number % len(MONTH_ADDS)]
    begins = f"{born.day:02}{month:02}{born.year % 100:02}"
    return Person(born, _completed(begins, sex, number))


def _completed(begins: str, sex: Sex, number: int) -> str:
    """Return the first number after a place of one's own whose check digits agree; the third digit says the sex."""
    odd = sex == "male"
    for individual in range(number * 6 % 500, 500):
        if individual % 2 == odd and (found := _checked(f"{begins}{individual:03}")):
            return found
    raise AssertionError("Of so many numbers, some have check digits.")


def _checked(nine: str) -> str | None:
    for check_digits in range(100):
        try:
            found = parse_identity_number(f"{nine}{check_digits:02}", "identity")
        except InputError:
            continue
        if found.valid_today:
            return found.value
    return None
