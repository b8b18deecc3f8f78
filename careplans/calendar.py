"""The visits as a calendar file (RFC 5545) that says nothing about the patient: no name, no number, no diagnosis."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

from careplans.as_json import to_json
from careplans.catalogue import read
from careplans.parts import Action, Banner, Plan, Step
from careplans.words import named
from engine.errors import InputError
from engine.texts import Texts
from rules.case import Patient
from rules.times import OSLO

PRODUCT = "-//Rett hjem//Plan//"
UID_LENGTH = 40


def calendar_of(plan: Plan, texts: Texts, *, stamped: datetime) -> bytes:
    """Return the visits as all-day events; the same plan stamped at the same moment gives the same bytes."""
    visits = [visit for visit in visits_of(plan) if visit.due.on]
    if not visits:  # an empty calendar would look like a plan without visits
        raise InputError("--discharge", "no_dates_for_calendar")
    calendar = Calendar()
    calendar.add("prodid", PRODUCT + texts.language.upper())
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-timezone", OSLO.key)
    for visit in visits:
        calendar.add_component(_event(plan, visit, texts, stamped=stamped))
    content: bytes = calendar.to_ical()
    return content


def visits_of(plan: Plan) -> list[Action | Step]:
    """Return what the patient meets someone for after discharge, in the order of the days."""
    table = read("patient")["visits"]
    steps = [step for step in plan.timeline if step.id in table["steps"]]
    actions = [action for action in plan.actions if action.id in table["actions"]]
    return sorted((*steps, *actions), key=lambda visit: (visit.due.on or date.max, visit.due.days))


def _event(plan: Plan, visit: Action | Step, texts: Texts, *, stamped: datetime) -> Event:
    """Return a visit; a day without a time is the same day in every zone, and leaves the day free for other things.

    It is tentative even when the day of discharge is known: whoever comes has not yet agreed to it.
    """
    event, day = Event(), visit.due.on
    assert day is not None, "calendar_of keeps only what has a day"  # noqa: S101 for the type checker
    event.add("uid", _uid(plan, visit))
    event.add("dtstamp", stamped)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", texts(named(f"patient.calendar.{visit.id}", plan.destination, texts)))
    event.add("status", "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event


def _uid(plan: Plan, visit: Action | Step) -> str:
    """Return an id that stays when a day is moved, so that the calendar moves the visit in place of adding one."""
    named = "|".join((plan.ruleset.digest, _stay(plan), visit.id))
    return hashlib.sha256(named.encode()).hexdigest()[:UID_LENGTH]


def _stay(plan: Plan) -> str:
    """Return the stay's id, else what the plan says without the person: two people must never share a visit's id."""
    if plan.banner.encounter:
        return plan.banner.encounter
    return json.dumps(to_json(replace(plan, banner=Banner(Patient(), ward=plan.banner.ward))), sort_keys=True)
