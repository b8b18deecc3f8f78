"""What an assessment says: scores, suggestions with their reasons, what is undecided, and what to ask next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from engine.rules import Strength
from rules.burden import Burden
from rules.case import Note, Rater, Source

Because = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """A score: `value` when it is certain, else the interval; `high` None is open upwards, both None does not apply.

    `details` are the criteria that are met, `next_question` the item that would narrow the interval most, `levels` the
    values still possible where they are few: someone who is 6 or 9 is not 7. `band` is low, intermediate or high.
    """

    value: float | None
    low: float | None
    high: float | None
    because: Because
    details: tuple[Mapping[str, object], ...] = ()
    next_question: str | None = None
    levels: tuple[int, ...] = ()
    band: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that fired: what it suggests, the facts that made it fire (enough to repeat it), and its sources.

    `suggests` is `track:…`, `module:…`, `pathway:…` or `action:…`; `limits` are the numbers in force that the rule
    compares with, and `confirm` marks one that is not yet read in its source.
    """

    rule: str
    suggests: str
    strength: Strength
    because: Because
    sources: tuple[str, ...]
    limits: Mapping[str, float] = field(default_factory=dict)
    confirm: bool = False


@dataclass(frozen=True, slots=True)
class Undecided:
    """A rule that the facts do not settle, with the items whose answers could settle it, in the order of the form."""

    rule: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Track:
    """A suggested track: standard, prevention, cga_team or palliative_focus."""

    track: str
    strength: Strength
    status: Literal["final", "preliminary"]


@dataclass(frozen=True, slots=True)
class TeamListEntry:
    """Why the patient stands on the team's list: a track, `undecided`, or `clinical_judgement`."""

    reason: str


@dataclass(frozen=True, slots=True)
class RuleSetInForce:
    """Which rules and numbers were used; `overlay` names the local overlay, or is None."""

    version: str
    digest: str
    overlay: str | None = None


@dataclass(frozen=True, slots=True)
class RuleError:
    """The two engines answered differently, so the rule is neither suggested nor ruled out."""

    rule: str
    code: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that follows from one case on one date; `proposed` are answers read elsewhere, not yet confirmed.

    `joint` are tracks certain at every possible CFS level although no single rule is; each goes by its weakest rule.
    """

    index_date: date
    ruleset: RuleSetInForce
    scores: Mapping[str, ScoreResult]
    tracks: tuple[Track, ...] = ()
    pathway: Literal["A", "B", "C"] | None = None
    findings: tuple[Finding, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    ask_next: str | None = None
    coordination_group: int | None = None
    burden: Burden = field(default_factory=Burden)
    rater: Rater | None = None
    on_team_list: TeamListEntry | None = None
    notes: tuple[Note, ...] = ()
    errors: tuple[RuleError, ...] = ()
    proposed: Mapping[str, Source] = field(default_factory=dict)
    joint: tuple[Finding, ...] = ()

    @property
    def offers(self) -> tuple[Finding, ...]:
        """Return all that can be accepted: what rules suggest, and the tracks that several carry together."""
        return (*self.findings, *self.joint)

    def fired(self, rule: str) -> bool:
        """Return whether the rule fired."""
        return any(finding.rule == rule for finding in self.findings)
