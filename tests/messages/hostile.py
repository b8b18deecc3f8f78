"""Patients whose every text tries to break out of the message, is of no use in XML, or is very long."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from rules.case import Case, Diagnosis, Encounter, Medicine, Patient
from rules.codes import CODE_SHAPES
from tests.patients import random_case

PIECES = (
    "<script>alert(1)</script>",
    "]]>",
    "<![CDATA[ x ]]>",
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
    "&amp; &#0; &lt;b&gt;",
    "\N{OLDER WOMAN}\N{EMOJI MODIFIER FITZPATRICK TYPE-5} \N{HEAVY BLACK HEART}\ufe0f",
    "\x00\x08\x0b\x1f\x7f\x85",
    "\u202ebakvendt\u2066",
    "\ud800\udfff\ufffe\uffff",
    "Bures, mun lean Áile. Čáhci, đ, ŋ, š, ŧ, ž",
    "æøå ÆØÅ «sitat» – tankestrek",
    "linje\r\n- liste\n\nOverskrift\n- punkt\u2028ny",
    "\t mellomrom   \xa0",
    "{0} {words} %s \\n",
    '" onload="x" \' / >',
    "ikke oppgitt",
    "y" * 20_000,
)
WRITTEN = (
    "what_matters", "function_before", "function_now", "function_expected", "treatment_limits",
    "readmission_criteria", "next_of_kin", "gp", "interpreter",
)  # fmt: skip
NUMBERS = ("15814512336", None, None)
LONGEST_ID = 300  # of any case
FIRST = datetime(2026, 11, 16, 13, 10, tzinfo=UTC)


def words(dice: random.Random) -> str:
    """Return some of the pieces, in any order; a long one is rare enough for the tests to be quick."""
    some = [piece for piece in dice.sample(PIECES, dice.randint(1, 5)) if len(piece) < 100 or dice.random() < 0.3]
    return dice.choice(("", " ")).join(some) or "ord"


def hostile_case(dice: random.Random) -> Case:
    """Return a patient, hardly known to wholly known; the same dice give the same one."""
    case = random_case(dice)
    said = {item: words(dice) for item in WRITTEN if dice.random() < 0.6}
    return replace(
        case,
        patient=_patient(case, dice),
        encounter=_stay(dice),
        answers={**case.answers, **said},
        diagnoses=_named(case.diagnoses, dice),
        medicines=_medicines(case.medicines, dice),
    )


def _patient(case: Case, dice: random.Random) -> Patient:
    number = dice.choice(NUMBERS)
    return replace(
        case.patient,
        id=number,
        local_id=None if number else dice.choice((None, words(dice)[:LONGEST_ID])),
        name=dice.choice((None, words(dice))),
        sex=dice.choice((None, "female", "male", "unknown")),
        municipality="5001",
    )


def _stay(dice: random.Random) -> Encounter:
    admitted = dice.choice((None, FIRST, FIRST - timedelta(hours=15)))
    return Encounter(
        admitted=admitted,
        ward=dice.choice((None, "GER2", words(dice))),
        room="412",
        expected_discharge=dice.choice((None, date(2026, 11, 23))),
        discharged=dice.choice((None, FIRST + timedelta(days=5))) if admitted else None,
    )


def _named(diagnoses: tuple[Diagnosis, ...] | None, dice: random.Random) -> tuple[Diagnosis, ...] | None:
    if diagnoses is None:
        return None
    return tuple(replace(each, system=_system(each, dice), name=dice.choice((None, words(dice)))) for each in diagnoses)


def _system(diagnosis: Diagnosis, dice: random.Random) -> str:
    """Return a system that the code may be of, as every case that was read has it."""
    found = dice.choice(("icd-10", "icd-10", "icpc-2", "text"))
    return found if re.fullmatch(CODE_SHAPES.get(found, ".*"), diagnosis.code) else "text"


def _medicines(medicines: tuple[Medicine, ...] | None, dice: random.Random) -> tuple[Medicine, ...] | None:
    if medicines is None:
        return None
    return tuple(
        replace(
            medicine,
            name=dice.choice((None, "furosemid", words(dice))),
            atc=dice.choice((None, medicine.atc)),
            use=dice.choice((None, medicine.use)),
            start=dice.choice((None, date(2026, 11, 1), date(2026, 11, 18))),
            stop=dice.choice((None, date(2026, 11, 19), date(2027, 1, 1))),
            dose=dice.choice((None, 2.5)),
            unit=dice.choice((None, "mg", words(dice))),
            doses_per_day=dice.choice((None, 3)),
            times=dice.choice((None, ("08", words(dice)))),
        )
        for medicine in medicines
    )
