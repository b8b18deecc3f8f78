"""A comprehensive geriatric assessment, as a proposal that somebody accepts or not. Nothing is ordered here."""

from __future__ import annotations

from api.fhir.about import About, Screening, decided_on
from api.fhir.elements import Json, begun, instant, known, meta, narrative, own
from careplans.course.events import Decided
from careplans.words import because_words
from engine.texts import Texts
from rules.assessment import Assessment, Finding

CGA = "track:cga_team"
UNDECIDED, ACCEPTED, OVERRIDDEN = "draft", "active", "revoked"
STATUS = {"accepted": ACCEPTED, "overridden": OVERRIDDEN}
SAID = {UNDECIDED: "proposed", ACCEPTED: "accepted", OVERRIDDEN: "overridden"}


def cga_of(found: Assessment) -> Finding | None:
    """Return the finding that suggests the assessment, if any does."""
    return next((each for each in found.offers if each.suggests == CGA), None)


def service_request(about: About, screening: Screening) -> Json | None:
    """Return the proposal of a stored screening, and whether it was accepted."""
    finding = cga_of(screening.basis.assessment)
    if finding is None:
        return None
    decided = decided_on(about, screening.stored.assessment, finding.rule)
    verdict = decided.event.verdict if decided and isinstance(decided.event, Decided) else None
    status = STATUS[verdict] if verdict else UNDECIDED
    texts = about.texts
    head = begun("ServiceRequest", screening.id, texts, meta(about.version, about.updated))
    why = [about.place.reference("RiskAssessment", screening.id)]
    return (
        head
        | requested(finding, texts, status=status)
        | {
            "subject": about.patient,
            "authoredOn": instant(screening.stored.at),
            "supportingInfo": why,
        }
    )


def requested(finding: Finding, texts: Texts, *, status: str = UNDECIDED) -> Json:
    """Return what a ServiceRequest for the assessment says; its intent is never more than a proposal."""
    reasons = [f"{name}: {answer}" for name, answer in because_words(finding, texts)]
    words = texts("fhir.cga")
    return known(
        {
            "text": narrative([words, texts(f"fhir.{SAID[status]}"), *reasons]),
            "status": status,
            "intent": "proposal",
            "code": own("suggestion", CGA, words),
            "reasonCode": [{"text": reason} for reason in reasons],
        }
    )
