"""Each event in words: what it says, when it happened and when it was written down, and what has become of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from api.people.user import User
from api.places.municipalities import municipality_in_words
from api.record.told_events import told, undone_in
from api.ward.correcting import corrected
from api.ward.undoing import Undoing, undoing
from api.ward.words import Words
from careplans.course.events import Event, Recorded, Undone
from careplans.course.state import RECEIPT
from engine.texts import Texts
from rules.case import Case

Say = Callable[[Any, "Ground"], str]


@dataclass(frozen=True)
class Ground:
    """What the words are made from: `cases` by assessment; where someone protected lives is not said."""

    texts: Texts
    words: Words
    recorded: Sequence[Recorded]
    protected: bool = False
    cases: Mapping[str, Case] = field(default_factory=dict)

    @cached_property
    def ends(self) -> Mapping[str, tuple[Recorded, int]]:
        """Return by id what an event is about in the end, and how many undoings away that is."""
        found: dict[str, tuple[Recorded, int]] = {}
        for each in self.recorded:
            if not isinstance(each.event, Undone):
                found[each.id] = each, 0
            elif each.event.event in found:
                root, away = found[each.event.event]
                found[each.id] = root, away + 1
        return found

    def say(self, key: str, **values: object) -> str:
        """Return a text of the history."""
        return self.texts(f"history.event.{key}", **values)

    def step(self, step: str) -> str:
        """Return what a step or an action is called."""
        for key in (f"next.{step}", f"step.{step}", f"action.{step}"):
            if key in self.texts and "{" not in self.texts.unfilled(key):
                return self.texts(key)
        return self.texts("history.a_step")


@dataclass(frozen=True, slots=True)
class Line:
    """An event as the page shows it; `undone` took it back, `ask` is who can where the one who looks cannot."""

    recorded: Recorded
    said: str
    happened: str | None
    note: str | None
    undone: Recorded | None
    may_undo: bool
    ask: str | None = None

    @property
    def of_patient(self) -> bool:
        """Return whether undoing it may be about the wrong patient."""
        return self.recorded.event.kind == "screened"


def lines(recorded: Sequence[Recorded], ground: Ground, *, user: User, now: datetime) -> tuple[Line, ...]:
    """Return what may be shown, the newest first."""
    undone = undone_in(recorded)
    by_what = {e.event.event: e for e in recorded if isinstance(e.event, Undone) and e.id not in undone}
    back = undoing(recorded, ground.texts, user=user, now=now)
    return tuple(_line(each.recorded, by_what, ground, back) for each in reversed(told(recorded)))


def _line(each: Recorded, undone: Mapping[str, Recorded], ground: Ground, back: Undoing) -> Line:
    event = each.event
    return Line(
        recorded=each,
        said=said(event, ground),
        happened=_happened(event, each.at, ground.words),
        note=getattr(event, "note", None) or getattr(event, "reason", None),
        undone=undone.get(each.id),
        may_undo=back.may(each),
        ask=back.ask(each),
    )


def said(event: Event, ground: Ground) -> str:
    """Return what an event says."""
    return SAID[event.kind](event, ground)


def _happened(event: Event, written: datetime, words: Words) -> str | None:
    """Return when it took place, where that is another time than when it was written down."""
    at = getattr(event, "at", None)
    if isinstance(at, datetime):
        shown = words.moment(at)
        return shown if shown != words.moment(written) else None
    return None


def _day(day: date, ground: Ground) -> str:
    return ground.words.date(day)


def _place(name: str | None, ground: Ground) -> str:
    return name or ground.texts("patient_page.not_said")


def _transferred(event: Any, ground: Ground) -> str:
    hospital = ground.words.hospital(event.hospital)
    where = ground.say("transferred", ward=_place(event.ward, ground), hospital=hospital)
    if event.room is None or ground.protected:
        return where
    return ground.texts("plan_steps.into_room", where=where, room=event.room)


def _expected(event: Any, ground: Ground) -> str:
    return (
        ground.say("discharge_expected", day=_day(event.on, ground)) if event.on else ground.say("discharge_cancelled")
    )


def _discharged(event: Any, ground: Ground) -> str:
    to = ground.texts(f"answer.discharge_to.{event.to}") if event.to else ground.texts("patient_page.not_said")
    told_of = ground.say("discharged", to=to)
    if event.municipality and not ground.protected:
        return f"{told_of} {ground.say('to_municipality', municipality=_named(event, ground))}"
    return told_of


def _screened(event: Any, ground: Ground) -> str:
    same = [e.event for e in ground.recorded if e.event.kind == "screened" and e.event.screening == event.screening]
    if same[0] == event:
        return ground.say("screened")
    before = ground.cases.get(same[same.index(event) - 1].assessment)
    now = ground.cases.get(event.assessment)
    changes = corrected(before, now, ground.texts, protected=ground.protected) if before and now else ()
    return ground.texts("correcting.history", what="; ".join(changes)) if changes else ground.say("corrected")


def _decided(event: Any, ground: Ground) -> str:
    return ground.say(event.verdict, rule=_rule(event.rule, ground))


def _rule(rule: str, ground: Ground) -> str:
    """Return a suggestion by the name that it has where it is decided on."""
    key = f"suggest.{rule}"
    return ground.texts(key) if key in ground.texts else ground.texts("history.a_rule")


def _choice(event: Any, ground: Ground) -> str:
    who = ", ".join(ground.texts(f"assessment.participant.{each}") for each in event.participants)
    chosen = ground.say("choice_recorded", track=ground.texts(f"plan.track.{event.track}"), who=who)
    why = event.without_patient
    return f"{chosen}. {ground.texts('assessment.choice.was_without', why=why)}" if why else chosen


def _closed(event: Any, ground: Ground) -> str:
    return ground.say("plan_closed", ending=ground.texts(f"plan_page.ending.{event.ending}"))


def _not_done(event: Any, ground: Ground) -> str:
    why = ground.texts(f"plan_page.because.{event.because}")
    return ground.say("step_not_done", step=ground.step(event.step), why=why)


def _owner(event: Any, ground: Ground) -> str:
    key = f"who.{event.owner}"
    who = ground.texts(key) if key in ground.texts else event.owner
    return ground.say("owner_set", step=ground.step(event.step), who=who)


def _named(event: Any, ground: Ground) -> str:
    return municipality_in_words(event.municipality, ground.texts)


def _moved(event: Any, ground: Ground) -> str:
    return ground.say("moved_away") if ground.protected else ground.say("moved", municipality=_named(event, ground))


def _practice(event: Any, ground: Ground) -> str:
    if ground.protected:
        return ground.say("practice_changed")
    return ground.say("practice_set", practice=event.practice) if event.practice else ground.say("practice_unknown")


def _undone(event: Any, ground: Ground) -> str:
    """Say what it comes to: one may undo an undoing without end, so the words are never nested."""
    if event.event not in ground.ends:
        return ground.say("undone_something")
    root, away = ground.ends[event.event]
    return ground.say("brought_back" if away % 2 else "undone", what=said(root.event, ground))


def _plain(event: Any, ground: Ground) -> str:
    return ground.say(event.kind)


def _of_step(event: Any, ground: Ground) -> str:
    if event.kind == "step_done" and event.step == RECEIPT:
        return ground.say("received")
    return ground.say(event.kind, step=ground.step(event.step))


SAID: Mapping[str, Say] = {
    "described": _plain,
    "admitted": lambda e, g: g.say("admitted", ward=_place(e.ward, g)),
    "transferred": _transferred,
    "discharge_expected": _expected,
    "ready_for_discharge": lambda e, g: g.say("ready" if e.at else "ready_withdrawn"),
    "discharged": _discharged,
    "screened": _screened,
    "retracted": _plain,
    "decided": _decided,
    "choice_recorded": _choice,
    "plan_started": lambda e, g: g.say("plan_renewed" if e.renews else "plan_started"),
    "plan_paused": _plain,
    "plan_resumed": _plain,
    "plan_closed": _closed,
    "step_done": _of_step,
    "step_not_done": _not_done,
    "clock_paused": _of_step,
    "clock_resumed": _of_step,
    "owner_set": _owner,
    "moved": _moved,
    "practice_set": _practice,
    "died": lambda e, g: g.say("died", day=_day(e.on, g)),
    "record_blocked": lambda e, g: g.say("blocked" if e.blocked else "unblocked"),
    "address_protected": lambda e, g: g.say("protected" if e.protected else "unprotected"),
    "merged": _plain,
    "undone": _undone,
}
"""How each kind is said."""
