"""Norwegian identity numbers: which kind, made for testing or not, and whether the check digits agree.

A birth date or a sex is never read from a number, and no message or log holds one.
"""

from __future__ import annotations

import re
import tomllib
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from engine.errors import InputError

Kind = Literal["birth_number", "d_number", "aid_number"]

_FILE = Path(__file__).parent / "data" / "identity_numbers.toml"
_SHAPE = re.compile(r"[0-9]{11}")
_LEAP_YEAR = 2000  # the year in a number has no century, so 29 February is always taken as possible


@dataclass(frozen=True, slots=True)
class IdentityNumber:
    """An identity number; `value` is kept out of `repr`, so that it cannot reach a log by accident."""

    value: str = field(repr=False)
    kind: Kind
    synthetic: bool

    @property
    def valid_today(self) -> bool:
        """Return whether both check digits agree by today's rule."""
        return _k1(self.value) in _check_digits()["remainders_k1_today"] and self._k2_agrees

    @property
    def valid_2032_rule(self) -> bool:
        """Return whether both check digits agree by the rule from 2032, where the first may leave a remainder."""
        return _k1(self.value) in _check_digits()["remainders_k1_2032"] and self._k2_agrees

    @property
    def _k2_agrees(self) -> bool:
        return _remainder(self.value, _check_digits()["weights_k2"]) in _check_digits()["remainders_k2"]


def parse_identity_number(text: object, where: str) -> IdentityNumber:
    """Return the identity number in `text`, or raise `InputError` naming the place but never the number."""
    if not isinstance(text, str) or not _SHAPE.fullmatch(text):
        raise InputError(where, "identity_not_eleven_digits")
    kind = _kind(text)
    added = _added_to_month(text)
    if kind != "aid_number" and added is None:
        raise InputError(where, "identity_without_date")
    number = IdentityNumber(text, kind, synthetic=kind != "aid_number" and bool(added))
    if not (number.valid_today or number.valid_2032_rule):
        raise InputError(where, "identity_check_digits")
    return number


def require_synthetic(number: IdentityNumber, where: str) -> None:
    """Raise `InputError` unless the number is made for testing; demo mode takes no other."""
    if not number.synthetic:
        raise InputError(where, "identity_not_synthetic")


def _kind(text: str) -> Kind:
    digits: Mapping[Kind, Sequence[int]] = _table()["first_digit"]
    return next(kind for kind, first in digits.items() if int(text[0]) in first)


def _added_to_month(text: str) -> int | None:
    """Return what was added to the month (0 for a person's own number), or None where no day and month come out."""
    day, month = int(text[:2]), int(text[2:4])
    if _kind(text) == "d_number":
        day -= _table()["day"]["d_number_adds"]
    for added in (0, *_table()["month"]["synthetic_adds"]):
        if 1 <= month - added <= 12 and 1 <= day <= monthrange(_LEAP_YEAR, month - added)[1]:  # noqa: PLR2004 - months
            return int(added)
    return None


def _k1(text: str) -> int:
    return _remainder(text, _check_digits()["weights_k1"])


def _remainder(text: str, weights: Sequence[int]) -> int:
    return sum(weight * int(digit) for weight, digit in zip(weights, text, strict=False)) % int(
        _check_digits()["modulus"]
    )


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


def _check_digits() -> Mapping[str, Any]:
    checks: Mapping[str, Any] = _table()["check_digits"]
    return checks
