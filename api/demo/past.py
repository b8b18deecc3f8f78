"""The demo's past: some hundred ended stays of fourteen months, so that there are figures to show.

They are events as everyone's are, written in bulk: at that number each cannot be told through the services while the
server starts. Nobody of them has a name or a number, and nobody of them is on a list any more.
"""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

from sqlalchemy import insert

from api.demo.past_life import Life
from api.demo.past_stays import PastStay
from api.demo.staff import epj
from api.demo.ward import Patient, Stay, case_of
from api.record.projection import project
from api.record.record import Record
from api.record.screenings import Prepared, prepare
from api.steering.closing import last_closable, month_before
from api.storage.tables import assessment, event, person
from api.storage.writer import Change
from api.v1.languages import texts_of
from careplans.course.events import Described, Died, Sex
from rules.times import OSLO

MONTHS, PATIENTS = 14, 420
STILL_OPEN = timedelta(days=40)  # those who left since then would still be on today's lists
ILLNESSES = ("hip_fracture", "pneumonia", "heart_failure", "infection", "delirium", "dehydration")
LEVELS = (2, 3, 4, 4, 5, 5, 6, 6, 7)
HELP = {2: "none", 3: "none", 4: "alarm", 5: "some", 6: "some", 7: "much"}
WARDS, HOMES = ("GER2", "MED1"), ("5001", "5001", "4601")
AGES = (74, 81, 88)
SEXES: tuple[Sex, ...] = ("female", "male")


def remember(record: Record, change: Change) -> None:
    """Write the past of the house."""
    dice, pool = random.Random(14), _pool(record, change.now)  # noqa: S311 # the same past each time, and no secret
    lives = [Life(record, dice, number, pool) for number in range(PATIENTS)]
    for each in lives:
        _live(each, change.now)
    change.connection.execute(insert(person), [each.row for each in lives])
    if rows := [row for each in lives for row in each.assessments]:
        change.connection.execute(insert(assessment), rows)
    change.connection.execute(insert(event), [row for each in lives for row in each.events])
    for each in lives:
        project(change.connection, each.stream, record.bases, record.offsets, is_new=True)


def _live(life: Life, now: datetime) -> None:
    """Tell one stay, or two of which the second began within some weeks."""
    left, changed = _left(life.dice, now), now - timedelta(days=240)
    ready = life.dice.choice(life.pool)
    home, ward = life.dice.choice(HOMES), life.dice.choice(WARDS)
    came = left - timedelta(days=life.dice.choice((2, 3, 4, 5, 6, 8, 11)), hours=life.dice.randint(-8, 8))
    life.born = _born(ready, came.date())
    who = Described(born=life.born, sex=ready.case.patient.sex)
    life.tell(epj(), came, who)
    PastStay(life, ready, ward, home, came, left, changed).tell("1")
    back = left + timedelta(days=life.dice.randint(4, 60))
    alive = not isinstance(life.told[-1].event, Died)
    if life.happens("back") and alive and back < now - STILL_OPEN - timedelta(days=9):
        again = back + timedelta(days=life.dice.randint(2, 8))
        PastStay(life, ready, ward, home, back, again, changed).tell("2")


def _left(dice: random.Random, now: datetime) -> datetime:
    """Return when someone left, in the months that can be closed or those just after."""
    first = last_closable(now)
    for _ in range(MONTHS - 1):
        first = month_before(first)
    begins = datetime.combine(first, time(), OSLO)
    days = (now - STILL_OPEN - begins).days
    return begins + timedelta(days=dice.randrange(days), hours=dice.randint(9, 17), minutes=dice.randrange(60))


def _born(ready: Prepared, day: date) -> date:
    """Return a birthday that makes someone as old on that day, and for months after, as who was assessed."""
    before = ready.assessment.index_date - (ready.case.patient.birth_date or ready.assessment.index_date)
    return day - timedelta(days=int(before.days // 365.25 * 365.25) + 100)


def _pool(record: Record, now: datetime) -> tuple[Prepared, ...]:
    """Return who comes, each assessed once: the same is found whatever the day, and only the day is written anew."""
    made = []
    for number, level in enumerate(LEVELS):
        for place, illness in enumerate(ILLNESSES[number % 2 :: 2]):
            age, sex = AGES[number % len(AGES)], SEXES[place % 2]
            patient = Patient(1, "", sex, age, "past", illness=illness, cfs=level, help=HELP[level])
            content = case_of(patient, Stay(), today=now.date())
            kept = {"local_id": f"past-{number}-{place}", "sex": sex, "birth_date": content["patient"]["birth_date"]}
            content |= {"patient": kept, "encounter": {}}
            made.append(prepare(record, content, texts_of("nb"), now=now))
    return tuple(made)
