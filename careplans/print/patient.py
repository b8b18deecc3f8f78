"""A plan put into plain words for the patient: what you do, what we do, the days to remember and whom to call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from careplans.actions import ANCHORS
from careplans.calendar import visits_of
from careplans.catalogue import read
from careplans.contingency import USUAL, list_comes_first
from careplans.parts import Action, Contingency, Due, Plan
from careplans.print.contact_card import contact_card
from careplans.print.reasons import View
from careplans.print.sections import EMERGENCY, halves, phone_of, unbroken
from careplans.words import date_words, named
from engine.texts import Texts

PLACES = {"before_home": False, "at_home": True}


@dataclass(frozen=True, slots=True)
class Line:
    """What the patient reads in one place; actions that are worded alike share a line."""

    words: str
    actions: tuple[Action, ...]

    @property
    def ids(self) -> str:
        """The actions' ids, for the page."""
        return " ".join(action.id for action in self.actions)


@dataclass(frozen=True, slots=True)
class Shown:
    """The lines of one side, and the actions that found no room."""

    lines: tuple[Line, ...]
    over: tuple[Action, ...]


def patient_view(plan: Plan, texts: Texts, *, printed: date) -> View:
    """Return everything the patient's print says, in words."""
    you, we = (_shown(plan, side, texts) for side in ("you", "we"))
    return {
        "name": plan.banner.patient.name,
        "born": _born(plan, texts),
        "matters": plan.what_matters.words,
        "you": you.lines,
        "we": _by_place(we.lines, texts),
        "also": _also(plan, (*you.over, *we.over), texts),
        "days": _days(plan, texts),
        "call": _call(plan.contingency, texts),
        "card": contact_card(plan, texts),
        "near": _near(plan, texts),
        "foot": texts("patient.foot", date=date_words(printed, texts)),
        "ruleset": f"{plan.ruleset.version} {plan.ruleset.digest}",
    }


@cache
def not_shown() -> Mapping[str, str]:
    """Return every action that the patient's print only hints at, with the group that stands for it."""
    return {action: group["id"] for group in read("patient")["not_shown"] for action in group["actions"]}


def _born(plan: Plan, texts: Texts) -> str | None:
    born = plan.banner.patient.birth_date
    return texts("patient.born", date=_date(born, texts, year=True)) if born else None


def _shown(plan: Plan, side: str, texts: Texts) -> Shown:
    """Return the most important lines of a side in order of time; the lists in `patient.toml` say what is important."""
    order: list[str] = read("patient")["does"][side]
    actions = sorted((a for a in plan.actions if a.id in order), key=lambda action: order.index(action.id))
    alike: dict[str, list[Action]] = {}
    for action in actions:
        alike.setdefault(texts(named(f"patient.action.{action.id}", plan.destination, texts)), []).append(action)
    lines, room = [Line(words, tuple(some)) for words, some in alike.items()], read("patient")["lines"][side]
    over = tuple(action for line in lines[room:] for action in line.actions)
    return Shown(tuple(sorted(lines[:room], key=_time)), over)


def _time(line: Line) -> tuple[bool, int, int, int]:
    due = line.actions[0].due
    return _at_home(due), ANCHORS.index(due.anchor), int(not due.before), due.days


def _at_home(due: Due) -> bool:
    return due.event is not None or (due.anchor == "discharge" and not due.before and due.days > 0)


def _by_place(lines: Iterable[Line], texts: Texts) -> list[tuple[str, list[Line]]]:
    """Return what we do before the patient goes home, and what we do after."""
    parts = {name: [line for line in lines if _at_home(line.actions[0].due) == home] for name, home in PLACES.items()}
    return [(texts(f"patient.{name}"), some) for name, some in parts.items() if some]


def _also(plan: Plan, over: tuple[Action, ...], texts: Texts) -> View | None:
    """Name the groups of what has no line of its own."""
    quiet = [action for action in plan.actions if action.id in not_shown()]
    if not (quiet or over):
        return None
    groups: dict[str, list[str]] = {}
    for action in quiet:
        groups.setdefault(not_shown()[action.id], []).append(action.id)
    named = [texts(f"patient.also.{group}") for group in groups]
    return {
        "what": texts("patient.also_what", what=_joined(named, texts)) if named else texts("patient.also_rest"),
        "ids": " ".join(action.id for action in (*quiet, *over)),
    }


def _joined(words: list[str], texts: Texts) -> str:
    *first, last = words
    return f"{', '.join(first)} {texts('patient.and')} {last}" if first else last


def _days(plan: Plan, texts: Texts) -> View:
    home = [(_date(plan.discharge, texts), texts("patient.leave"))] if plan.discharge else []
    visits = [
        (_day(v.due, texts), texts(named(f"patient.visit.{v.id}", plan.destination, texts))) for v in visits_of(plan)
    ]
    return {"lead": texts(f"patient.days_{plan.discharge_status}"), "rows": [*home, *visits]}


def _day(due: Due, texts: Texts) -> str:
    if due.on:
        return _date(due.on, texts)
    if due.days > 1:
        return texts("patient.due.days_after", days=due.days)
    return texts("patient.due.day_after" if due.days else "patient.due.on_discharge")


def _date(day: date, texts: Texts, *, year: bool = False) -> str:
    """Say a day as it is spoken: «mandag 23. november»."""
    month = texts(f"patient.month.{day.month}")
    if year:
        return texts("patient.due.year", day=day.day, month=month, year=day.year)
    return texts("patient.due.day", weekday=texts(f"patient.weekday.{day.weekday()}"), day=day.day, month=month)


def _call(plan: Contingency, texts: Texts) -> View:
    first = plan.focus if list_comes_first(plan) else USUAL
    called = [contact for contact in plan.contacts if contact.role != EMERGENCY or first != USUAL]
    same_day = [texts(f"patient.sign.{sign.id}") for sign in plan.signs if sign.tier == "same_day"]
    return {
        "now_heading": texts(named("patient.call_now", first, texts), phone=phone_of(plan, EMERGENCY)),
        "now": [texts(f"patient.sign.{sign.id}") for sign in plan.signs if sign.tier == "now"],
        "same_day": halves(same_day),
        "contacts": [(texts(f"patient.contact.{c.role}"), unbroken(c.phone)) for c in called],
    }


def _near(plan: Plan, texts: Texts) -> list[tuple[str, str]]:
    known = {"kin": plan.banner.next_of_kin, "interpreter": plan.banner.interpreter}
    return [(texts(f"patient.{name}"), words) for name, words in known.items() if words]
