"""The burden of treatment in words: a row for each part, with before, what the plan adds, and after."""

from __future__ import annotations

from typing import NamedTuple

from careplans.parts import PlanBurden
from engine.texts import Texts
from engine.words import number
from rules.burden import KINDS, UNKNOWN, Amount, Appointments, Burden

DAILY = ("medicines", "times_a_day", "doses_a_day", "daily_tasks")


class BurdenRow(NamedTuple):
    """One part of the burden."""

    part: str
    before: str
    added: str
    after: str


def burden_rows(burden: PlanBurden, texts: Texts) -> list[BurdenRow]:
    """Return the table of the burden, in the order of section 2.2."""
    three = (burden.before, burden.added, burden.after)
    daily = [BurdenRow(texts(f"burden.row.{part}"), *(_said(each, part, texts) for each in three)) for part in DAILY]
    appointments = (_appointments(each.appointments_a_year, texts) for each in three)
    return [*daily, BurdenRow(texts("burden.row.appointments_a_year"), *appointments)]


def before_rows(burden: Burden, texts: Texts) -> list[tuple[str, str]]:
    """Return each part of a burden with what it is, in the same order."""
    daily = [(texts(f"burden.row.{part}"), _said(burden, part, texts)) for part in DAILY]
    yearly = _appointments(burden.appointments_a_year, texts)
    return [*daily, (texts("burden.row.appointments_a_year"), yearly)]


def amount_words(amount: Amount | Appointments, texts: Texts) -> str:
    """Say an amount: its number, its interval, open upwards, or unknown."""
    low = number(amount.low, texts)
    if amount.high is None:
        return texts("plan.interval.at_least", low=low) if amount.low else texts("plan.interval.unknown")
    if amount.low == amount.high:
        return low
    return texts("plan.interval.between", low=low, high=number(amount.high, texts))


def _said(burden: Burden, part: str, texts: Texts) -> str:
    return amount_words(getattr(burden, part), texts)


def _appointments(appointments: Appointments, texts: Texts) -> str:
    """Say how many in all, and of which kinds; a kind that is none or wholly unknown goes without saying."""
    amounts = {kind: appointments.by_kind[kind] for kind in KINDS}
    kinds = [
        texts("burden.of_kind", kind=texts(f"burden.kind.{kind}"), amount=amount_words(amount, texts))
        for kind, amount in amounts.items()
        if amount.high != 0 and amount != UNKNOWN
    ]
    said = amount_words(appointments, texts)
    return f"{said} ({', '.join(kinds)})" if kinds else said
