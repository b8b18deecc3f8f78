"""A policy: limits of the rules, whom a track refers to, what a pathway needs, what there is room for, who arrives.

It is written as what differs from the first ready one, `data/policies/cfs-5.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from engine.errors import InputError
from engine.rules import RuleSet
from rules.ruleset import Overlay, local

FOLDER = Path(__file__).parent.parent / "data" / "policies"
FIRST = "cfs-5"
READY = (FIRST, "cfs-4", "bed-delay-1", "reception-unit")
"""The ready policies, in the order they are offered."""

CGA, TEAM, GP = SERVICES = ("cga", "team", "gp")
NOBODY = "none"
TRACK_WORDS = (
    "standard", "prevention", "cga_team", "cga_team_considered", "palliative_focus", "palliative_focus_considered",
)  # fmt: skip
PATHWAYS = ("A", "B", "C", "none")
MONTHS = 12

BOUNDS: Mapping[str, tuple[float, float]] = {
    "cga_places": (0, 200), "team_visits": (0, 500), "gp_visits": (0, 1000), "short_term_beds": (0, 300),
    "reception_places": (0, 100), "bed_delay": (0, 30), "short_term_days": (1, 120), "per_week": (1, 500),
    "short_term": (0, 1), "season": (0, 10),
}  # fmt: skip
"""Between what each number must be."""

WHOLE = frozenset({"cga_places", "team_visits", "gp_visits", "short_term_beds", "reception_places"})


@dataclass(frozen=True, slots=True)
class Capacity:
    """What there is room for: places and visits a week, beds, and the days until a free bed is filled."""

    cga_places: int
    team_visits: int
    gp_visits: int
    short_term_beds: int
    reception_places: int
    bed_delay: float

    def a_week(self, service: str) -> int:
        """Return how many a service sees in a week."""
        return {CGA: self.cga_places, TEAM: self.team_visits, GP: self.gp_visits}[service]


CAPACITIES = tuple(Capacity.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class After:
    """What those on a pathway need after the stay: how many of them a short-term bed, and whether the GP sees them."""

    short_term: float
    gp: bool


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How many are admitted in a week, and each month's part of it."""

    per_week: float
    season: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy with all its numbers."""

    name: str
    overlay: Overlay
    routes: Mapping[str, str]
    pathways: Mapping[str, After]
    capacity: Capacity
    short_term_days: float
    cga_after_discharge: bool
    arrivals: Arrivals
    says: frozenset[str] = frozenset()
    """What of `arrivals` the policy's own file says; where an extract is replayed, the rest is the extract's."""

    @property
    def ruleset(self) -> RuleSet:
        """Return the rules with the policy's limits; an impossible one raises `InputError`."""
        return local(self.overlay)

    def services(self, tracks: Sequence[str], pathway: str) -> frozenset[str]:
        """Return whom someone with these tracks and this pathway is referred to."""
        named = {self.routes[track] for track in tracks} | ({GP} if self.pathways[pathway].gp else set())
        return frozenset(named - {NOBODY})

    def in_extract(self, per_week: float, season: tuple[float, ...]) -> Policy:
        """Return the policy with the arrivals of an extract, where its own file says nothing else."""
        own = self.arrivals
        return replace(
            self,
            arrivals=Arrivals(
                own.per_week if "per_week" in self.says else per_week, own.season if "season" in self.says else season
            ),
        )

    def with_capacity(self, **changed: Any) -> Policy:
        """Return the policy with other capacities."""
        return replace(self, capacity=replace(self.capacity, **changed))


@cache
def ready(name: str) -> Policy:
    """Return a ready policy."""
    own = {} if name == FIRST else _file(name)
    return policy_from(own, f"{name}.toml")


def _file(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


def policy_from(content: Mapping[str, Any], file: str) -> Policy:
    """Return the policy that a file holds; `file` is its name, for what is wrong in it."""
    base = _file(FIRST)
    _refuse_unknown(content, base, file)
    found = _Read(file, {key: _merged(f"{file} {key}", base[key], content.get(key, base[key])) for key in base})
    name = found.of["name"]
    if not isinstance(name, str):
        raise InputError(f"{file} name", "policy_name_not_text")
    policy = Policy(
        name=name,
        overlay=Overlay(name, found.of["thresholds"]),
        routes={track: found.word("routes", track, (*SERVICES, NOBODY)) for track in TRACK_WORDS},
        pathways={pathway: found.after(pathway) for pathway in PATHWAYS},
        capacity=Capacity(**{key: found.number("capacity", key) for key in CAPACITIES}),
        short_term_days=found.number("flow", "short_term_days"),
        cga_after_discharge=found.yes_or_no("flow", "cga_after_discharge"),
        arrivals=found.arrivals(),
        says=frozenset(content.get("arrivals", {})),
    )
    _ = policy.ruleset
    return policy


def _merged(where: str, base: Any, given: Any) -> Any:
    if not isinstance(base, dict):
        return given
    if not isinstance(given, dict):
        raise InputError(where, "policy_not_table")
    if not where.endswith(" thresholds"):  # which limits there are, the rules know best
        _refuse_unknown(given, base, where)
    return {**base, **given}


def _refuse_unknown(given: Mapping[str, Any], known: Mapping[str, Any], where: str) -> None:
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise InputError(f"{where} {unknown[0]}"[:200], "policy_key_unknown", allowed=tuple(known))


@dataclass(frozen=True, slots=True)
class _Read:
    """A policy's tables, read with what is wrong in them told by its place."""

    file: str
    of: Mapping[str, Any]

    def number(self, table: str, key: str) -> Any:
        return self._bounded(self.of[table][key], f"{table} {key}", key)

    def _bounded(self, value: object, where: str, key: str) -> Any:
        low, high = BOUNDS[key]
        kinds = int if key in WHOLE else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
            raise InputError(f"{self.file} {where}", "policy_number", low=low, high=high)
        return value

    def word(self, table: str, key: str, allowed: Sequence[str]) -> str:
        word = self.of[table][key]
        if word not in allowed:
            raise InputError(f"{self.file} {table} {key}", "policy_word", allowed=allowed)
        return str(word)

    def yes_or_no(self, table: str, key: str) -> bool:
        return self._true_or_false(self.of[table][key], f"{table} {key}")

    def _true_or_false(self, value: object, where: str) -> bool:
        if not isinstance(value, bool):
            raise InputError(f"{self.file} {where}", "policy_word", allowed=("true", "false"))
        return value

    def after(self, pathway: str) -> After:
        row, where = self.of["pathways"][pathway], f"pathways {pathway}"
        if not isinstance(row, dict) or set(row) != {"short_term", "gp"}:
            raise InputError(f"{self.file} {where}", "policy_key_unknown", allowed=("short_term", "gp"))
        share = self._bounded(row["short_term"], f"{where} short_term", "short_term")
        return After(float(share), self._true_or_false(row["gp"], f"{where} gp"))

    def arrivals(self) -> Arrivals:
        season = self.of["arrivals"]["season"]
        if not isinstance(season, list) or len(season) != MONTHS:
            raise InputError(f"{self.file} arrivals season", "policy_season")
        months = tuple(float(self._bounded(each, "arrivals season", "season")) for each in season)
        if not any(months):
            raise InputError(f"{self.file} arrivals season", "policy_season")
        return Arrivals(float(self.number("arrivals", "per_week")), months)
