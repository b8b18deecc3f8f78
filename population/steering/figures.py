"""What a figure is: data of `figures.toml`, and one small function that says what a stay is to it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from population.steering.facts import StayFacts
from rules.ruleset import RULES
from rules.times import oslo, oslo_day

DATA = Path(__file__).parent.parent / "data" / "figures.toml"
ROOT, LACKING, MET, NOT = "stays", "lacking", "met", "not"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Kind = Literal["count", "share", "bands"]
Every = Literal["month", "tertial"]
Chart = Literal["p", "xmr"]
Tree = str | tuple["Tree", ...]
"""Categories or parts, nested as they are merged where one of them is too few to be shown."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its categories, what its rows are, and how it is shown; `subject` is the rule or step it is about.

    `words` is where its title, definition and unit stand among the texts. Rows are the stays in `of` of `within`.
    """

    id: str
    words: str
    kind: Kind
    tree: Tree
    source: str
    subject: str | None = None
    within: str = ROOT
    of: tuple[str, ...] = ("stay",)
    spare: str | None = None
    share_of: tuple[str, ...] = ()
    every: Every = "month"
    breakdowns: tuple[str, ...] = ()
    chart: Chart | None = None
    total: bool = False
    starts: tuple[int, ...] = ()

    @property
    def categories(self) -> tuple[str, ...]:
        """Return the categories in their order."""
        return leaves(self.tree)


def leaves(tree: Tree) -> tuple[str, ...]:
    """Return the leaves of a tree in their order."""
    return (tree,) if isinstance(tree, str) else tuple(leaf for branch in tree for leaf in leaves(branch))


@cache
def table() -> Mapping[str, Any]:
    """Return the definitions as they are written."""
    return tomllib.loads(DATA.read_text("utf-8"))


def limit(name: str) -> int:
    """Return one of the numbers that the figures share."""
    number: int = table()["limits"][name]
    return number


@cache
def figures() -> Mapping[str, Figure]:
    """Return every figure by id, each after the one whose stays are its rows."""
    return {figure.id: figure for row in table()["figure"] for figure in _of_row(row)}


def figure(id: str) -> Figure:
    """Return a figure by its id."""
    return figures()[id]


def categories(figure: Figure, stay: StayFacts) -> str | None:
    """Return the category of a stay in a figure, `lacking` where it is unknown, None where it is not among its rows."""
    if figure.id == ROOT:
        return None if stay.eligible is False else "stay"
    of = categories(figures()[figure.within], stay)
    return CLASSES[figure.words](figure, stay) if of in figure.of else None


def days_of(figure: Figure, stay: StayFacts) -> int | None:
    """Return the days that a stay adds to the total of a figure, None where they are not known."""
    return DAYS[figure.id](stay) if figure.total else None


def _of_row(row: Mapping[str, Any]) -> Iterator[Figure]:
    subjects = {None: (None,), "rule": tuple(rule.id for rule in RULES), "step": tuple(row.get("subjects", ()))}
    for subject in subjects[row.get("each")]:
        yield _figure(row, subject)


def _figure(row: Mapping[str, Any], subject: str | None) -> Figure:
    within = row.get("within", ROOT)
    per_subject = subject is not None and row["each"] == "rule" and "within" in row
    given = {key: _frozen(row[key]) for key in Figure.__slots__ if key in row}
    return Figure(
        **given
        | {
            "id": _id(row["id"], subject),
            "words": row["id"],
            "subject": subject,
            "tree": _frozen(row.get("tree", (MET, NOT))),
            "within": _id(within, subject) if per_subject else within,
            "share_of": _frozen(row.get("share_of", (MET,) if row["kind"] == "share" else ())),
        }
    )


def _id(words: str, subject: str | None) -> str:
    return f"{words}.{subject}" if subject else words


def _frozen(value: Any) -> Any:
    return tuple(_frozen(each) for each in value) if isinstance(value, list | tuple) else value


def _yes(answer: bool | None) -> str:
    return LACKING if answer is None else MET if answer else NOT


def _band(figure: Figure, value: float | None) -> str:
    if value is None or value < figure.starts[0]:
        return LACKING
    return [name for name, start in zip(figure.categories, figure.starts, strict=True) if value >= start][-1]


def _one_of(figure: Figure, value: str | None) -> str:
    return value if value in figure.categories else LACKING


def _screened(_: Figure, stay: StayFacts) -> str:
    return LACKING if stay.eligible is None and not stay.screened else _yes(stay.screened is not None)


def _hours(figure: Figure, stay: StayFacts) -> str:
    if stay.screened is None or stay.admitted is None:
        return LACKING
    return _band(figure, max(0.0, (stay.screened - stay.admitted).total_seconds() / 3600))


def _frail(_: Figure, stay: StayFacts) -> str:
    if stay.cfs is None:
        return LACKING
    certain = stay.cfs.low >= limit("frail_from") or stay.cfs.high < limit("frail_from")
    return _yes(stay.cfs.low >= limit("frail_from")) if certain else LACKING


def _track(figure: Figure, stay: StayFacts) -> str:
    if not stay.tracks:
        return LACKING
    track = stay.tracks[0] if len(stay.tracks) == 1 else "several"
    return track if track in figure.categories else "other"


def _pathway(figure: Figure, stay: StayFacts) -> str:
    return _one_of(figure, stay.pathway)


def _decided(figure: Figure, stay: StayFacts) -> str | None:
    return next((each.verdict for each in stay.decisions if each.rule == figure.subject), None)


def _reason(figure: Figure, stay: StayFacts) -> str:
    reason = next(each.reason for each in stay.decisions if each.rule == figure.subject)
    return LACKING if reason is None else reason if reason in figure.categories else "other"


def _clock(figure: Figure, stay: StayFacts) -> str | None:
    ended = stay.clocks.get(figure.subject or "")
    return None if ended is None else _yes(ended == "kept")


def _planned(_: Figure, stay: StayFacts) -> str:
    return _yes(any(step.startswith("HPH") for step in stay.clocks))


def _adherence(_: Figure, stay: StayFacts) -> str | None:
    """Say how many of the four visits were done, however late, and where too few were, the first that was not."""
    of: list[str] = table()["limits"]["kept_of"]
    if not all(step in stay.clocks for step in of):
        return None
    missed = [step for step in of if stay.clocks[step] not in ("kept", "late")]
    if len(of) - len(missed) < limit("kept_least"):
        return missed[0]
    return "three" if missed else "all"


def _readmitted(_: Figure, stay: StayFacts) -> str | None:
    return None if stay.died else _yes(stay.readmitted)


def _after_ready(stay: StayFacts) -> int | None:
    return stay.days_after_ready


def _treated(stay: StayFacts) -> int | None:
    """Return the days from admission to when the patient was ready, or left without having been reported so."""
    if stay.admitted is None or stay.left is None:
        return None
    until = min(oslo_day(stay.ready), stay.left) if stay.ready else stay.left
    return max(0, (until - oslo_day(stay.admitted)).days)


def _epikrise(figure: Figure, stay: StayFacts) -> str | None:
    if stay.died and not stay.discharged:
        return None
    if stay.epikrise is None or stay.discharged is None:
        return LACKING
    return _band(figure, max(0, (oslo_day(stay.epikrise) - oslo_day(stay.discharged)).days))


def _notice_weekday(_: Figure, stay: StayFacts) -> str:
    return WEEKDAYS[oslo(stay.noticed).weekday()] if stay.noticed else LACKING


def _ready_weekday(_: Figure, stay: StayFacts) -> str:
    return WEEKDAYS[oslo(stay.ready).weekday()] if stay.ready else LACKING


def _agreement(_: Figure, stay: StayFacts) -> str | None:
    if stay.raters is None:
        return None
    apart = abs(stay.raters.first - stay.raters.second)
    return ("same", "one_off", "more")[min(apart, 2)]


DAYS: Mapping[str, Callable[[StayFacts], int | None]] = {
    "days_after_ready": _after_ready,
    "treatment_days": _treated,
}
CLASSES: Mapping[str, Callable[[Figure, StayFacts], str | None]] = {
    "screened": _screened,
    "hours_to_screening": _hours,
    "frail": _frail,
    "track_frail": _track,
    "track_not_frail": _track,
    "pathway": _pathway,
    "decided": _decided,
    "reason": _reason,
    "clock": _clock,
    "planned": _planned,
    "adherence": _adherence,
    "readmitted": _readmitted,
    "days_after_ready": lambda figure, stay: _band(figure, _after_ready(stay)),
    "treatment_days": lambda figure, stay: _band(figure, _treated(stay)),
    "epikrise": _epikrise,
    "notice_weekday": _notice_weekday,
    "ready_weekday": _ready_weekday,
    "agreement": _agreement,
}
