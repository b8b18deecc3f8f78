"""Lives with a slip in them: a record that is blocked, one of the wrong patient, two records of one person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from api.demo.staff import epj
from api.demo.telling import Telling
from api.demo.ward import written
from api.demo.ways import AFTERNOON, NOON, admitted_and_screened, decided, doctor, told_municipality
from careplans.course.events import Merged, RecordBlocked, Retracted


def blocked(life: Telling) -> None:
    """Someone who has had the record blocked."""
    admitted_and_screened(life, life.patient.days)
    decided(life, life.on(life.patient.days - 1, NOON))
    life.tell(doctor(life), life.on(1, AFTERNOON), RecordBlocked(blocked=True))


def wrong_patient(life: Telling) -> None:
    """Someone who was never here: the stay and the screening were another's."""
    admitted_and_screened(life, life.patient.days)
    at, reasons = life.on(life.patient.days - 1, NOON), written("words")["reasons"]
    screening = life.course.screenings[-1].id
    life.tell(doctor(life), at, Retracted("screening", screening, reasons["wrong_patient"]))
    life.tell(doctor(life), at, Retracted("stay", life.stay, reasons["wrong_stay"]))


def merged(life: Telling) -> None:
    """Someone who came unconscious and was first recorded as unknown, and is now known."""
    unknown = written("words")["unknown"]
    first = Telling(life.record, life.change, replace(life.patient, name=unknown["name"]))
    first.begin_stay("unknown")
    first.admit(first.on(life.patient.days, 6), local_id=unknown["local_id"])
    first.finish()
    admitted_and_screened(life, life.patient.days)
    told_municipality(life, life.patient.days)
    life.tell(epj(), life.on(life.patient.days - 1, NOON), Merged(first.person))
    life.reread()


LIVES: Mapping[str, Callable[[Telling], None]] = {each.__name__: each for each in (blocked, wrong_patient, merged)}
