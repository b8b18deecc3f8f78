"""The smallest change that would alter the route, in words; found once for an assessment, which never changes."""

from __future__ import annotations

from typing import NamedTuple

from api.ward.assessment.shown import Shown
from careplans.words import answer_words, label
from engine.texts import Texts
from rules.items import cfs_clinician
from rules.smallest_change import Turn, smallest_change

REMEMBERED = 2_000
_FOUND: dict[str, tuple[Turn, ...]] = {}


class TurnWords(NamedTuple):
    """One answer that would alter the route."""

    answer: str
    route: str


def turns_of(shown: Shown) -> tuple[Turn, ...]:
    """Return the smallest changes; the oldest that are remembered give way."""
    if shown.id not in _FOUND:
        _FOUND[shown.id] = smallest_change(shown.case, shown.assessment, shown.ruleset)
        while len(_FOUND) > REMEMBERED:
            _FOUND.pop(next(iter(_FOUND)), None)
    return _FOUND[shown.id]


def turn_words(turn: Turn, shown: Shown, t: Texts) -> TurnWords:
    """Say an answer that would alter the route, and what the route would be."""
    now = tuple(track.track for track in shown.assessment.tracks)
    answer, was = (_said(turn, value, t) for value in (turn.instead, turn.now))
    of_cfs = turn.item == cfs_clinician.id
    said = t("assessment.turn.cfs" if of_cfs else "assessment.turn.answer", item=_name(turn, t), answer=answer, now=was)
    if not now:
        return TurnWords(said, t("assessment.turn.from_none", route=route_words(turn.tracks, t)))
    return TurnWords(said, t("assessment.turn.route", route=route_words(turn.tracks, t), now=route_words(now, t)))


def route_words(tracks: tuple[str, ...], t: Texts) -> str:
    """Say a route by its tracks, or that none is settled."""
    said = [t("words.quote", words=t(f"track.{track}")) for track in tracks]
    if not said:
        return t("assessment.turn.none")
    *first, last = said
    return t("plan.join.two", first=", ".join(first), second=last) if first else last


def _name(turn: Turn, t: Texts) -> str:
    name = label(turn.item, t)
    return f"{name}, {t(f'answer.{turn.item}.{turn.member}')}" if turn.member else name


def _said(turn: Turn, value: object, t: Texts) -> str:
    return answer_words(turn.item, value, t)
