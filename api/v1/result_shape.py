"""The contract's result as models, to describe it; the answer itself is the text that was stored."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Strength = Literal["recommend", "consider"]


class Shape(BaseModel):
    """A part of the result; there are no other keys than these."""

    model_config = ConfigDict(extra="forbid")


class RuleSetShown(Shape):
    """Which rules and numbers were used."""

    version: str
    digest: str
    overlay: str | None


class ScoreShown(Shape):
    """A score: the value where it is certain, else the interval; `high` null is open upwards."""

    value: float | None
    low: float | None
    high: float | None
    because: dict[str, Any]
    band: str | None = None
    levels: list[int] | None = None
    hits: list[dict[str, Any]] | None = None
    next_question: str | None = None


class TrackShown(Shape):
    """A suggested track."""

    track: Literal["standard", "prevention", "cga_team", "palliative_focus"]
    strength: Strength
    status: Literal["final", "preliminary"]


class FindingShown(Shape):
    """A rule that holds: what it suggests, and the facts that alone give it again."""

    rule: str
    suggests: str
    strength: Strength
    because: dict[str, Any]
    sources: list[str]
    limits: dict[str, float]
    confirm: bool
    text: str


class UndecidedShown(Shape):
    """A rule that the facts do not settle, and the answers that could."""

    rule: str
    missing: list[str]


class RaterShown(Shape):
    """Who judged the clinician's CFS."""

    role: str | None
    time: datetime | None


class TeamListShown(Shape):
    """Why the patient stands on the team's list."""

    reason: str
    text: str


class SourceShown(Shape):
    """Where a proposed answer was read from."""

    origin: str = Field(alias="from")
    id: str | None
    time: datetime | None


class NoteShown(Shape):
    """Something to know about the input or a score."""

    code: str
    where: str
    text: str


class ErrorShown(Shape):
    """A rule that the two engines answered differently."""

    rule: str
    text: str


class ScreeningShown(Shape):
    """Where the screening is kept: its id and version, the patient's id, and the assessment that decisions name."""

    id: str
    version: int
    patient: str
    assessment: str


class Result(Shape):
    """The result of the contract, and the screening it is kept as."""

    format: Literal["retthjem/result/1"] = Field(alias="schema")
    ruleset: RuleSetShown
    index_date: date
    scores: dict[str, ScoreShown]
    tracks: list[TrackShown]
    pathway: Literal["A", "B", "C"] | None
    findings: list[FindingShown]
    joint: list[FindingShown]
    undecided: list[UndecidedShown]
    ask_next: str | None
    coordination_group: int | None
    burden: dict[str, Any]
    rater: RaterShown | None
    on_team_list: TeamListShown | None
    proposed: dict[str, SourceShown]
    notes: list[NoteShown]
    errors: list[ErrorShown]
    screening: ScreeningShown
