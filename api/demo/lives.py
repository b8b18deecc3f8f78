"""Each life of the demo's patients in hospital, by the name that `patients.toml` gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from api.demo import lives_home, mistakes
from api.demo.staff import epj
from api.demo.telling import Telling
from api.demo.ward import Stay, case_of, written
from api.demo.ways import (
    AFTERNOON,
    BEFORE_HOME,
    CONTROLS,
    MORNING,
    NOON,
    acted,
    admitted_and_screened,
    coordinator,
    decided,
    doctor,
    expected,
    home_nurse,
    nurse,
    planned,
    told_municipality,
    went_home,
)
from careplans.course.events import ChoiceRecorded, Participant, PlanClosed, ReadyForDischarge, StepDone, Transferred

LAST_YEAR = 300
PALLIATIVE = "palliative_focus"
TOOK_PART: tuple[Participant, ...] = ("patient", "next_of_kin", "treating_doctor", "nurse")
FROM_RECORD, OTHER_WARD = "record", "MED1"


def unscreened(life: Telling) -> None:
    """Someone who came some hours ago, whom nobody has screened."""
    life.admit(life.ago(life.patient.hours))


def returning(life: Telling) -> None:
    """Someone who was here last year, so that the form can offer what was answered then."""
    plan = went_home(life, LAST_YEAR)
    ended = life.on(LAST_YEAR - 30, NOON)
    life.tell(home_nurse(life), ended, PlanClosed(plan, "completed"))
    life.finish()
    life.begin_stay("2")
    life.admit(life.ago(life.patient.hours))


def readmitted(life: Telling) -> None:
    """Someone who came back while the plan was running, which waits for a new screening."""
    went_home(life, life.patient.days)
    life.finish()
    life.begin_stay("2")
    life.admit(life.ago(life.patient.hours))


def proposed(life: Telling) -> None:
    """Someone of whom the hospital's record has sent what it knows, for a nurse to confirm."""
    at = life.ago(life.patient.hours)
    life.begin_stay("1")
    case = case_of(life.patient, Stay(life.stay, at), today=life.today)
    source = {"from": FROM_RECORD, "time": at.isoformat(), "status": "proposed"}
    life.send(epj(), at, case | {"sources": dict.fromkeys(case["answers"], source)})


def asked(life: Telling) -> None:
    """Someone screened, with answers still missing."""
    admitted_and_screened(life, life.patient.days)
    told_municipality(life, life.patient.days)


def suggested(life: Telling) -> None:
    """Someone screened whose suggestions wait for a word; the municipality has had its notice."""
    admitted_and_screened(life, life.patient.days)
    told_municipality(life, life.patient.days, answered=not life.patient.undated)


def choosing(life: Telling) -> None:
    """Someone with two tracks to choose between, and nobody has."""
    suggested(life)
    decided(life, life.on(life.patient.days - 1, NOON))


def chosen(life: Telling) -> None:
    """Someone with two tracks, where the patient and the doctor have chosen one, and the plan is made."""
    admitted_and_screened(life, life.patient.days)
    told_municipality(life, life.patient.days)
    at = life.on(life.patient.days - 2, NOON)
    decided(life, at)
    note = str(written("words")["notes"]["choice"])
    life.tell(doctor(life), at, ChoiceRecorded(life.assessment, PALLIATIVE, TOOK_PART, note))
    planned(life, life.on(life.patient.days - 3, NOON))
    acted(life)


def with_plan(life: Telling) -> None:
    """Someone with a plan and a day to go home; the municipality has the notice and has not answered yet."""
    _planned(life, answered=False)


def postponed(life: Telling) -> None:
    """Someone whose discharge was moved."""
    _planned(life, answered=True, leaves=1)
    expected(life, life.on(0, MORNING), life.patient.expected or 0)


def transferred(life: Telling) -> None:
    """Someone who was moved here from another ward; nobody has sent the notice, and it is late."""
    life.admit(life.on(life.patient.days, MORNING), ward=OTHER_WARD)
    moved = life.on(life.patient.days - 1, NOON)
    life.tell(epj(), moved, Transferred(life.stay, life.record.hospital, life.patient.ward))
    life.screen(nurse(life), life.on(life.patient.days - 1, AFTERNOON))
    expected(life, life.on(life.patient.days - 1, 15), life.patient.expected or 0)
    _decided_and_planned(life, life.patient.days - 2)


def ready(life: Telling) -> None:
    """Someone who could go home and waits for the municipality; who waits longest has had no answer on services."""
    _planned(life, answered=True, leaves=-life.patient.waited)
    at = life.on(life.patient.waited, 10)
    life.tell(nurse(life), at, ReadyForDischarge(life.stay, at), StepDone(life.stay, CONTROLS, at))
    if life.patient.expected is not None:
        expected(life, life.on(0, MORNING), life.patient.expected)
    if life.patient.waited % 2:
        life.tell(coordinator(life), at, StepDone(life.stay, BEFORE_HOME, at))
    life.write(nurse(life), at, "utskrivningsrapport")


def _planned(life: Telling, *, answered: bool, leaves: int | None = None) -> None:
    days = life.patient.days
    admitted_and_screened(life, days, leaves=leaves)
    told_municipality(life, days, answered=answered)
    _decided_and_planned(life, days - 1)


def _decided_and_planned(life: Telling, days: int) -> None:
    decided(life, life.on(days, NOON))
    planned(life, life.on(days, AFTERNOON))
    acted(life)


LIVES: Mapping[str, Callable[[Telling], None]] = {
    "unscreened": unscreened,
    "returning": returning,
    "readmitted": readmitted,
    "proposed": proposed,
    "asked": asked,
    "suggested": suggested,
    "choosing": choosing,
    "chosen": chosen,
    "planned": with_plan,
    "postponed": postponed,
    "transferred": transferred,
    "ready": ready,
    **lives_home.LIVES,
    **mistakes.LIVES,
}
