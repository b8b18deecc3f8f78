"""The four-week evaluation: CFS is scored anew or it is said why not, and then the plan is closed or renewed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from starlette.datastructures import FormData

from api.record.renewals import Measure, Renewal, ended_tracks
from api.record.streams import new_id
from api.ward.event_forms import Blank, text_in
from careplans.course.events import Decided, Event, PlanStarted, StepDone
from careplans.course.state import PlanState
from careplans.words import answer_words, label
from engine.errors import InputError
from engine.texts import Texts
from rules.times import oslo_day

NOT_RESCORED, TRACK_ENDED = "not_rescored", "track_ended"


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure of the plan as the renewal lists it."""

    rule: str
    words: str
    stands: str
    said: str
    ticked: bool
    track: bool


def measure_rows(renewal: Renewal, texts: Texts) -> tuple[MeasureRow, ...]:
    """Return every measure, with how it stands in words."""
    return tuple(
        MeasureRow(
            each.rule,
            texts(f"suggest.{each.rule}").rstrip("."),
            each.stands,
            _stands(each, texts),
            ticked=each.goes_on,
            track=each.is_track and each.goes_on and each.stands != "new",
        )
        for each in renewal.measures
    )


def renewed(plan: PlanState, renewal: Renewal, sent: FormData, *, now: datetime, decides: bool) -> tuple[Event, ...]:
    """Return the plan that goes on with what was ticked; a track that was not is ended first, by one who may."""
    ticked = {each for each in sent.getlist("rules") if isinstance(each, str)}
    rules = tuple(rule for rule in renewal.rules if rule in ticked)
    if not rules:
        raise Blank("rules")
    ended = _ended(renewal, ended_tracks(renewal, rules), text_in(sent, TRACK_ENDED), decides=decides)
    started = PlanStarted(
        new_id(), renewal.assessment, oslo_day(now), rules=rules, modules=renewal.modules, renews=plan.id
    )
    return (*ended, started)


def with_cfs_accounted(event: StepDone, sent: FormData, texts: Texts, *, scored: bool) -> StepDone:
    """Return the evaluation with why CFS was not scored anew; raise `Blank` where neither was done."""
    if scored:
        return event
    why = text_in(sent, NOT_RESCORED)
    if not why:
        raise Blank(NOT_RESCORED)
    said = texts("plan_page.evaluation.not_rescored_note", why=why)
    return replace(event, note=" ".join(part for part in (event.note, said) if part))


def _ended(renewal: Renewal, rules: tuple[str, ...], why: str, *, decides: bool) -> tuple[Decided, ...]:
    if rules and not decides:
        raise InputError("rules", "track_not_ended")
    if rules and not why:
        raise Blank(TRACK_ENDED)
    return tuple(Decided(renewal.assessment, rule, "overridden", why) for rule in rules)


def _stands(measure: Measure, texts: Texts) -> str:
    if measure.missing:
        return texts(
            "renewal.undecided_missing", items=", ".join(_in_a_sentence(each, texts) for each in measure.missing)
        )
    if measure.changed:
        facts = (
            texts("renewal.fact", item=_in_a_sentence(item, texts), value=answer_words(item, value, texts))
            for item, value in measure.changed
        )
        return texts("renewal.ended_because", facts=", ".join(dict.fromkeys(facts)))
    return texts(f"renewal.{measure.stands}")


def _in_a_sentence(item: str, texts: Texts) -> str:
    """Return the name of an item as it stands within a sentence: an abbreviation keeps its capitals."""
    said = label("cfs" if item == "cfs_clinician" else item, texts)
    return said if said[1:2].isupper() else said[:1].lower() + said[1:]
