"""What a search found, as a Bundle: a page of it, where the next one is, and what was passed over."""

from __future__ import annotations

from api.fhir.elements import Json
from api.fhir.outcome import Issue, operation_outcome
from api.fhir.searching import Asked, matching, page
from api.refusals import refusal_in_words
from api.v1.problems import Problem
from engine.texts import Texts


def search_set(asked: Asked, found: tuple[str | None, list[Json]], *, base: str, texts: Texts) -> Json:
    """Return a page of the resources that a search narrows to."""
    person, resources = found
    whole = matching(asked, resources)
    shown, onward = page(asked, whole)
    about = person or asked.person
    links = [{"relation": "self", "url": asked.link(base, about, asked.cursor)}]
    if onward is not None:
        links.append({"relation": "next", "url": asked.link(base, about, onward)})
    entries = [_match(each, base) for each in shown] + _passed_over(asked, texts)
    return {"resourceType": "Bundle", "type": "searchset", "total": len(whole), "link": links} | (
        {"entry": entries} if entries else {}
    )


def _match(resource: Json, base: str) -> Json:
    url = f"{base}/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": url, "resource": resource, "search": {"mode": "match"}}


def _passed_over(asked: Asked, texts: Texts) -> list[Json]:
    """Tell of what a lenient caller asked for in vain; the names are not repeated, since anything may stand in them."""
    if not asked.passed_over:
        return []
    words = refusal_in_words(Problem(None, "search_parameter_unknown", allowed=asked.known), texts)
    issue = Issue("not-supported", "search_parameter_unknown", words, None, "warning")
    outcome = operation_outcome([issue], texts.language)
    return [{"resource": outcome, "search": {"mode": "outcome"}}]
