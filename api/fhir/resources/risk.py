"""What the rules found and suggest, as a RiskAssessment with one prediction a finding; suggestions, and no decision."""

from __future__ import annotations

from datetime import date, datetime

from api.fhir.about import About, Screening
from api.fhir.elements import OURS, Json, begun, concept, known, meta, narrative, own
from api.fhir.resources.observation import judged
from careplans.words import because_words, strength_words
from engine.rules import short_digest
from engine.texts import Texts
from rules.assessment import Assessment, Finding, RuleSetInForce


def risk_assessment(about: About, screening: Screening) -> Json:
    """Return what a stored screening found."""
    stored, found = screening.stored, screening.basis.assessment
    basis = [about.place.reference("QuestionnaireResponse", screening.id)]
    if judged(screening.basis.case) is not None:
        basis.append(about.place.reference("Observation", screening.id))
    head = begun("RiskAssessment", screening.id, about.texts, meta(stored.version, stored.at))
    return head | {"subject": about.patient, "basis": basis} | assessed(found, about.texts, at=stored.at)


def assessed(found: Assessment, texts: Texts, *, at: datetime | date) -> Json:
    """Return what a RiskAssessment says of findings; it is preliminary while anything is undecided."""
    lines = [f"{texts(f'suggest.{each.rule}')} ({texts(f'strength.{each.strength}')})" for each in found.offers]
    open_ = found.undecided or any(track.status == "preliminary" for track in found.tracks)
    return known(
        {
            "text": narrative([texts("fhir.risk"), *(lines or [texts("fhir.risk_none")]), *_tracks(found, texts)]),
            "status": "preliminary" if open_ else "final",
            "method": _method(found.ruleset),
            "occurrenceDateTime": at.isoformat(),
            "prediction": [_prediction(each, texts) for each in found.offers],
            "mitigation": "; ".join(texts(f"suggest.{each.rule}") for each in found.offers),
            "note": [{"text": line} for line in undecided_words(found, texts)],
        }
    )


def undecided_words(found: Assessment, texts: Texts) -> list[str]:
    """Return what is not settled, and the answers that could settle it."""
    return [
        texts(
            "fhir.missing",
            rule=texts(f"rule.{each.rule}"),
            items=", ".join(texts(f"item.{item}") if f"item.{item}" in texts else item for item in each.missing),
        )
        for each in found.undecided
    ]


def _tracks(found: Assessment, texts: Texts) -> list[str]:
    return [f"{texts(f'track.{track.track}')}: {strength_words(track, texts)}" for track in found.tracks]


def _method(ruleset: RuleSetInForce) -> Json:
    version = f"{ruleset.version} {short_digest(ruleset.digest)}"
    return concept({"system": f"{OURS}:ruleset", "code": ruleset.digest, "version": ruleset.version}, text=version)


def _prediction(finding: Finding, texts: Texts) -> Json:
    """Return a finding with the answers behind it. Nothing here is a probability, so none is given."""
    reasons = "; ".join(f"{name}: {answer}" for name, answer in because_words(finding, texts))
    return known({"outcome": own("rule", finding.rule, texts(f"rule.{finding.rule}")), "rationale": reasons})
