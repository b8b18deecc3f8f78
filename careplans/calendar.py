"""The visits as a calendar file (RFC 5545) that says nothing about the patient: no name, no number, no diagnosis."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from careplans.as_json import to_json
from careplans.catalogue import read
from careplans.parts import Banner, Plan, Step
from engine.errors import InputError
from engine.texts import Texts
from rules.case import Patient

PRODUCT = "-//Rett hjem//Plan//"
UID_LENGTH = 40


def calendar_of(plan: Plan, texts: Texts, *, stamped: datetime) -> bytes:
    """Return the visits as all-day events; the same plan stamped at the same moment gives the same bytes."""
    visits = [step for step in plan.timeline if step.id in read("patient")["visits"]["steps"] and step.due.on]
    if not visits:  # an empty calendar would look like a plan without visits
        raise InputError("--discharge", "no_dates_for_calendar")
    calendar = Calendar()
    calendar.add("prodid", PRODUCT + texts.language.upper())
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-timezone", read("pathway")["calendar"]["zone"])
    for step in visits:
        calendar.add_component(_event(plan, step, texts, stamped=stamped))
    content: bytes = calendar.to_ical()
    return content


def _event(plan: Plan, step: Step, texts: Texts, *, stamped: datetime) -> Event:
    """Return a visit; a day without a time is the same day in every zone, and leaves the day free for other things."""
    event, day = Event(), step.due.on
    assert day is not None, "calendar_of keeps only what has a day"  # noqa: S101 for the type checker
    event.add("uid", _uid(plan, step))
    event.add("dtstamp", stamped)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", texts(f"patient.calendar.{step.id}"))
    event.add("status", "TENTATIVE" if step.due.expected else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event


def _uid(plan: Plan, step: Step) -> str:
    """Return an id that stays when a day is moved, so that the calendar moves the visit in place of adding one."""
    named = "|".join((plan.ruleset.digest, _stay(plan), step.id))
    return hashlib.sha256(named.encode()).hexdigest()[:UID_LENGTH]


def _stay(plan: Plan) -> str:
    """Return the stay's id, else what the plan says without the person: two people must never share a visit's id."""
    if plan.banner.encounter:
        return plan.banner.encounter
    return json.dumps(to_json(replace(plan, banner=Banner(Patient(), ward=plan.banner.ward))), sort_keys=True)
