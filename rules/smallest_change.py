"""Which single answer, had it been another, would alter the route: how much a suggestion hangs on one judgement. Pure.

Only answers that were given are changed. What nobody has answered is among what is missing, and age is not an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from engine.facts import SetAnswer
from engine.rules import RuleSet
from rules.assess import assess
from rules.assessment import Assessment
from rules.case import Answer, Case
from rules.frailty import TRACKS, shared_decision
from rules.items import cfs_clinician, spict_count
from rules.knowledge import ITEM_ORDER, ITEMS
from rules.scores.cfs import cfs_tree, tree

CFS = cfs_clinician.id
NOT_ANSWERS = frozenset({CFS, "age", "sex"})


@dataclass(frozen=True, slots=True)
class Turn:
    """An answer, what it would be instead, and the tracks that would follow.

    `member` is the part of a set that is turned; `now` and `instead` are then whether it belongs.
    """

    item: str
    now: Answer
    instead: Answer
    tracks: tuple[str, ...] = ()
    member: str | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of each answer; `routing` are the items that rules for a track can be reached from."""

    case: Case
    assessment: Assessment
    ruleset: RuleSet
    routing: frozenset[str]

    @property
    def scored(self) -> bool:
        """Return whether a clinician has set the level, so that the tree routes nothing."""
        return CFS in self.case.answers


def smallest_change(case: Case, assessment: Assessment, ruleset: RuleSet) -> tuple[Turn, ...]:
    """Return the levels next to the clinician's CFS that would alter the route, then every single answer that would."""
    asked = _Asked(case, assessment, ruleset, _routing_items(ruleset))
    return tuple(turn for item in (CFS, *_in_question(asked)) for turn in _turns(asked, item))


def open_to_route(assessment: Assessment, ruleset: RuleSet) -> tuple[str, ...]:
    """Return the items that nobody has answered and that can still alter the route, in the order of the form."""
    routing = _routing_rules(ruleset)
    missing = {item for each in assessment.undecided if each.rule in routing for item in each.missing}
    return tuple(sorted(missing, key=lambda item: ITEM_ORDER.get(item, len(ITEM_ORDER))))


def _turns(asked: _Asked, item: str) -> Iterator[Turn]:
    """Yield the other answers to an item that would alter the route; for each new route the nearest."""
    found = {_route(asked.assessment)}
    for turn in _others(asked, item):
        tracks = _route(assess(_turned(asked.case, turn), asked.assessment.index_date, asked.ruleset))
        if tracks not in found:
            # Both neighbours of a level are told, and every member of a set; of other answers the nearest is enough.
            found |= {tracks} if turn.member is None and item != CFS else set()
            yield replace(turn, tracks=tracks)


def _route(assessment: Assessment) -> tuple[str, ...]:
    return tuple(track.track for track in assessment.tracks)


def _in_question(asked: _Asked) -> tuple[str, ...]:
    """Return the answered items that can reach a track, in the order of the form."""
    reaching = asked.routing if asked.scored else asked.routing | frozenset(tree().questions)
    return tuple(sorted((reaching & asked.case.answers.keys()) - NOT_ANSWERS, key=lambda item: ITEM_ORDER[item]))


def _routing_items(ruleset: RuleSet) -> frozenset[str]:
    """Return the items whose answers can reach a rule for a track, by way of other rules or of a count."""
    routing = _routing_rules(ruleset)
    reaching = {item for item in ruleset.items if ruleset.dependents(ruleset.comparing[item]) & routing}
    if spict_count.id in reaching:
        reaching |= {item for item in ITEMS if item.startswith("spict_")}
    return frozenset(reaching & ITEMS.keys())


def _routing_rules(ruleset: RuleSet) -> set[str]:
    return {rule.id for target in TRACKS for rule in ruleset.offering(target)} | {shared_decision.id}


def _others(asked: _Asked, item: str) -> Iterator[Turn]:
    """Yield the answers that could have been given instead, the nearest first, where routing can tell them apart."""
    now = asked.case.answers.get(item)
    for turn in () if now is None else _possible(item, now, asked.ruleset):
        if item in asked.routing or item == CFS or _tree_tells(asked.case, turn):
            yield turn


def _possible(item: str, now: Answer, ruleset: RuleSet) -> Iterator[Turn]:
    match now:
        case bool():
            yield Turn(item, now, not now)
        case int():
            yield from (Turn(item, now, value) for value in _numbers(item, now, ruleset))
        case SetAnswer():
            members = (code for code in ITEMS[item].codes if code in now.yes | now.no)
            yield from (Turn(item, code in now.yes, code not in now.yes, member=code) for code in members)
        case str():
            yield from (Turn(item, now, code) for code in ITEMS[item].codes if code != now)


def _numbers(item: str, now: int, ruleset: RuleSet) -> list[int]:
    """Return the levels next to a CFS; else the nearest numbers beyond each limit that rules or the tree draw."""
    if item == CFS:
        found = {now - 1, now + 1}
    else:
        drawn = {int(ruleset.limits[each.limit.name]) for each in ruleset.comparisons if each.item == item}
        found = {limit if now < limit else limit - 1 for limit in drawn | _tree_limits(item)}
    low, high = ITEMS[item].low or 0, ITEMS[item].high
    within = [value for value in found if low <= value and (high is None or value <= high)]
    return sorted(within, key=lambda value: (abs(value - now), value))


@cache
def _tree_limits(item: str) -> frozenset[int]:
    """Return the numbers that the tree tells apart."""
    if item not in tree().questions:
        return frozenset()
    domain = tree().answers[tree().questions.index(item)]
    return frozenset(value for value in domain if isinstance(value, int) and not isinstance(value, bool))


def _turned(case: Case, turn: Turn) -> Case:
    return replace(case, answers={**case.answers, turn.item: _answer(case.answers, turn)})


def _answer(answers: Mapping[str, Answer], turn: Turn) -> Answer:
    now = answers[turn.item]
    if turn.member is None or not isinstance(now, SetAnswer):
        return turn.instead
    member = frozenset({turn.member})
    if turn.instead:
        return SetAnswer(now.yes | member, now.no - member)
    return SetAnswer(now.yes - member, now.no | member)


def _tree_tells(case: Case, turn: Turn) -> bool:
    """Return whether the tree would leave other levels possible."""
    return cfs_tree(_turned(case, turn).answers).levels != cfs_tree(case.answers).levels
