"""Who decides on suggestions, and by when: by the track in hospital, and at home the doctor who has the patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from careplans.actions import question_owner
from careplans.catalogue import read, replacement
from careplans.course.choices import chosen_track, undecided_offers
from careplans.course.due import Basis
from careplans.course.left import UNDECIDED
from careplans.course.state import Course, NextStep, Screening
from careplans.course.waits import end_of
from careplans.parts import Due
from careplans.plan import place
from rules.assessment import Assessment
from rules.case import Case
from rules.times import oslo, oslo_day


def to_settle(course: Course, screening: Screening, found: Basis, *, what: str, about: str | None = None) -> NextStep:
    """Return the task with whoever decides where the patient is; at home within days of the new answers."""
    of, assessment = screening.assessment, found.assessment
    if not course.in_hospital:
        due = _days_after(screening, read("pathway")["review"]["days"])
        return NextStep(what, _doctor_at_home(course, found.case), due, about or of)
    if what == "shared_decision":
        return NextStep(what, str(read("next_step")["owners"][what]), _before_home(course, screening), of)
    at_once = _at_once(course, of, assessment) if what == "decide" else None
    if at_once:
        return NextStep(what, str(at_once["owner"]), _days_after(screening, at_once["days"]), of)
    due = _soon(screening) if what in {"decide", "start_plan"} else None
    return NextStep(what, _decider(course, of, assessment), due, about or of)


def to_ask_first(course: Course, screening: Screening, assessment: Assessment) -> NextStep | None:
    """Return the question to ask before anyone decides, where in hospital the way itself hangs on an answer.

    It is due when deciding is. Who can have no answer decides without it, and what is decided is asked for no more.
    """
    item, listed = assessment.ask_next, assessment.on_team_list
    if not course.in_hospital or item is None or assessment.tracks or listed is None or listed.reason != UNDECIDED:
        return None
    if _at_once(course, screening.assessment, assessment):
        return None
    return NextStep("ask", question_owner(item), _soon(screening), item)


def _soon(screening: Screening) -> datetime | None:
    """Return when suggestions are to be decided in hospital: so many hours after they were signed."""
    return (
        oslo(screening.at).astimezone(UTC) + timedelta(hours=read("pathway")["decisions"]["hours"])
        if screening.at
        else None
    )


def _before_home(course: Course, screening: Screening) -> datetime | None:
    """Return when a shared decision is to be made: before the patient goes home, else some days after the answers."""
    days, home = read("pathway")["decisions"], course.stay.expected if course.stay else None
    if screening.at is None or home is None:
        return _days_after(screening, days["together_within_days"])
    on = max(home - timedelta(days=days["together_before_home"]), oslo_day(screening.at))
    return end_of(Due("discharge", on=on))


def _at_once(course: Course, of: str, assessment: Assessment) -> Mapping[str, Any] | None:
    """Return who decides what cannot wait, and within how many days; where a track has a decider, that one does."""
    table = read("next_step")["decides"]
    if _decider(course, of, assessment) != table["owner"]:
        return None
    waiting = (table["rules"].get(each.rule) for each in undecided_offers(course, of, assessment))
    return next(filter(None, waiting), None)


def _days_after(screening: Screening, days: int) -> datetime | None:
    on = oslo_day(screening.at) + timedelta(days=days) if screening.at else None
    return end_of(Due("index", days=days, on=on))


def _doctor_at_home(course: Course, case: Case) -> str:
    """Return who decides at home: the GP or the care home's doctor; while no practice is known, the hospital's team.

    Nobody is made the owner of what they cannot see.
    """
    table = read("next_step")["at_home"]
    if course.practice is None and course.stay is not None:
        return str(table["no_practice"])
    owner = str(table["owner"])
    return replacement(_place(course, case)).owners.get(owner, owner)


def _place(course: Course, case: Case) -> Mapping[str, tuple[str, ...]]:
    """Return the marks of where the patient lives now: what was told at the discharge goes first."""
    told = course.stay.went_to if course.stay else None
    return place(replace(case, answers={**case.answers, "discharge_to": told}) if told else case)


def _decider(course: Course, of: str, assessment: Assessment) -> str:
    """Return who decides: by the chosen track, else by the first suggested track that someone has."""
    table, chosen = read("next_step")["decides"], chosen_track(course, of)
    tracks = [chosen] if chosen else [track.track for track in assessment.tracks]
    return next((str(table["tracks"][track]) for track in tracks if track in table["tracks"]), str(table["owner"]))
