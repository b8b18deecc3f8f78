"""What a clinician accepted, and the recorded choice between two tracks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from careplans.catalogue import read
from engine.errors import InputError
from rules.assessment import Assessment, Finding


@dataclass(frozen=True, slots=True)
class Accepted:
    """The suggestions a clinician accepted, by rule id (`rules` None is all), and modules the clinician adds."""

    rules: frozenset[str] | None = None
    modules: frozenset[str] = frozenset()

    @classmethod
    def everything(cls) -> Self:
        """Accept every suggestion; a choice between two tracks is never made this way."""
        return cls()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `all`, or rule ids with commas between, as the command line has them."""
        names = [name.strip() for name in text.split(",") if name.strip()]
        return cls() if names == ["all"] else cls(rules=frozenset(names))


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The accepted suggestions after the shared decision: what starts, what waits, what was not chosen."""

    started: tuple[Finding, ...]
    held: tuple[Finding, ...]
    not_accepted: tuple[Finding, ...]
    choice_open: bool


def accept(assessment: Assessment, accepted: Accepted) -> Acceptance:
    """Return what starts; while `shared_decision` holds without a recorded choice, both of its tracks wait."""
    chosen = _chosen(assessment, accepted)
    choice_open = assessment.fired(shared_decision_rule()) and not choice_recorded(chosen, accepted)
    held = tuple(f for f in assessment.offers if choice_open and contested(f))
    started = tuple(f for f in chosen if f not in held)
    return Acceptance(
        started=started,
        held=held,
        not_accepted=tuple(f for f in assessment.offers if f not in started and f not in held),
        choice_open=choice_open,
    )


def choice_recorded(chosen: tuple[Finding, ...], accepted: Accepted) -> bool:
    """Return whether `shared_decision` and exactly one of its tracks were accepted by name; `all` records nothing."""
    if accepted.rules is None or shared_decision_rule() not in accepted.rules:
        return False
    return len({finding.suggests for finding in chosen if contested(finding)}) == 1


def shared_decision_rule() -> str:
    """Return the rule that asks for the choice between two tracks."""
    return str(read("plan")["shared_decision"]["rule"])


def contested(finding: Finding) -> bool:
    """Return whether the finding suggests one of the two tracks that a shared decision chooses between."""
    return finding.suggests in {f"track:{track}" for track in read("plan")["shared_decision"]["tracks"]}


def _chosen(assessment: Assessment, accepted: Accepted) -> tuple[Finding, ...]:
    if accepted.rules is None:
        return assessment.offers
    _refuse_what_did_not_fire(assessment, accepted.rules)
    return tuple(finding for finding in assessment.offers if finding.rule in accepted.rules)


def _refuse_what_did_not_fire(assessment: Assessment, rules: frozenset[str]) -> None:
    unknown = len(rules - {finding.rule for finding in assessment.offers})
    if unknown:  # the names are not repeated: an error must not tell which rules hold for a person
        raise InputError("--accept", "rules_not_suggested", count=unknown, named=len(rules))
