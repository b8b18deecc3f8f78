"""Synthetic patients, and the people who ask about them."""

from __future__ import annotations

from functools import cache
from typing import Any

from engine.errors import InputError
from forms.identity import parse_identity_number
from tests.v1.issuer import bearer

NURSE = bearer("nurse", "ward:STO/GER2")
DOCTOR = bearer("doctor", "ward:STO/GER2")
OTHER_NURSE = bearer("nurse", "ward:STO/KIR1")
SYSTEM = bearer("system", "hospital:STO")
ADMINISTRATOR = bearer("administrator", "hospital:STO")


@cache
def number(which: int) -> str:
    """Return a synthetic identity number (month + 80), another for each `which`."""
    found = 0
    for serial in range(100_000):
        text = f"158145{serial:05d}"
        try:
            parse_identity_number(text, "patient.id")
        except InputError:
            continue
        if found == which:
            return text
        found += 1
    raise LookupError(which)


def case(which: int, **changes: Any) -> dict[str, Any]:
    """Return a case on the geriatric ward about one of the synthetic patients."""
    return {
        "patient": {
            "id": number(which),
            "name": f"Prøve {which}",
            "birth_date": "1945-01-15",
            "sex": "female",
            "municipality": "5001",
        },
        "encounter": {
            "id": f"E-{which}",
            "admitted": "2026-11-16T14:10:00+01:00",
            "ward": "GER2",
            "room": "204",
            "expected_discharge": "2026-11-23",
        },
        "answers": {
            "residence": "home",
            "living_alone": True,
            "lifelong_disability": False,
            "terminal_illness": False,
            "badl_help": ["bathe"],
            "iadl_help": ["shopping", "housework", "medication"],
            "cfs_clinician": 6,
            "dementia_stage": "none",
            "falls_last_12_months": 1,
            "recent_function_decline": True,
            "four_at": 1,
            "next_of_kin": "Datter",
            "what_matters": "Komme hjem til hagen.",
        },
        "conditions": [{"code": "S72.0", "system": "icd-10", "main": True}],
        "medicines": [{"atc": "C03CA01", "name": "furosemid", "use": "regular"}],
    } | changes


def with_answers(which: int, **answers: Any) -> dict[str, Any]:
    """Return the case with some answers in place of what it has."""
    plain = case(which)
    return plain | {"answers": plain["answers"] | answers}
