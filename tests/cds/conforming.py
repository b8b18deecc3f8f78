"""What CDS Hooks 2.0.1 says of a discovery and of an answer, checked without any of our own code."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

SERVICE = {"hook", "title", "description", "id", "prefetch", "usageRequirements", "extension"}
CARD = {
    "uuid",
    "summary",
    "detail",
    "indicator",
    "source",
    "suggestions",
    "selectionBehavior",
    "overrideReasons",
    "links",
    "extension",
}
SUGGESTION = {"label", "uuid", "isRecommended", "actions"}
ACTION = {"type", "description", "resource", "resourceId"}
LINK = {"label", "url", "type", "appContext", "autolaunchable"}
TOKEN = re.compile(r"\{\{([^}]*)\}\}")
QUERY = re.compile(r"[A-Z][A-Za-z]+(?:/\{\{context\.[A-Za-z]+\}\}|\?[^?\s]+)")
PARAMETERS = {"patient", "status", "code", "_sort", "_count"}
CONTEXT = {
    "patient-view": {"userId", "patientId"},  # an encounter need not be open
    "encounter-start": {"userId", "patientId", "encounterId"},
    "encounter-discharge": {"userId", "patientId", "encounterId"},
    "order-select": {"userId", "patientId"},
}


def check_discovery(content: dict[str, Any]) -> None:
    """Assert that a discovery is as the specification has it."""
    assert list(content) == ["services"]
    refuse_empty(content)
    for service in content["services"]:
        assert service.keys() <= SERVICE
        assert {"hook", "description", "id"} <= service.keys()
        assert all(isinstance(service[name], str) for name in ("hook", "title", "description", "id"))
        for key, query in service["prefetch"].items():
            assert isinstance(key, str)
            check_template(service["hook"], query)


def check_template(hook: str, query: str) -> None:
    """Assert that a prefetch template keeps to the recommended queries, and to what the hook's context always has."""
    assert QUERY.fullmatch(query), query
    tokens = TOKEN.findall(query)
    assert all(token.removeprefix("context.") in CONTEXT[hook] and token.startswith("context.") for token in tokens)
    if "?" in query:
        names = {part.partition("=")[0] for part in query.partition("?")[2].split("&")}
        assert names <= PARAMETERS, query


def check_answer(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Assert that an answer is as the specification has it, and ours as it should be; return the cards."""
    assert list(content) == ["cards"]  # nothing is ever done by itself (`systemActions`)
    cards: list[dict[str, Any]] = content["cards"]
    assert len(cards) <= 1
    for card in cards:
        refuse_empty(card)
        _check_card(card)
    return cards


def refuse_empty(value: object, *, at: str = "") -> None:
    """Assert that no value is null, empty text, empty list or empty object."""
    assert value is not None, at
    if isinstance(value, str | list | dict):
        assert value, at
    if isinstance(value, str):
        assert value.strip(), at
    for name, each in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ()):
        refuse_empty(each, at=f"{at}.{name}")


def _check_card(card: dict[str, Any]) -> None:
    assert card.keys() <= CARD
    assert {"uuid", "summary", "indicator", "source"} <= card.keys()
    UUID(card["uuid"])
    assert len(card["summary"]) < 140
    assert "\n" not in card["summary"]
    assert card["indicator"] in {"info", "warning"}
    assert card["source"].keys() <= {"label", "url", "icon", "topic"}
    assert card["source"]["label"]
    _check_url(card["source"]["url"])
    _check_coding(card["source"]["topic"])
    assert ("selectionBehavior" in card) == ("suggestions" in card)
    for suggestion in card.get("suggestions", ()):
        _check_suggestion(suggestion)
    recommended = [each for each in card.get("suggestions", ()) if each["isRecommended"]]
    assert card.get("selectionBehavior", "any") in {"any", "at-most-one"}
    assert len(recommended) <= 1 or card["selectionBehavior"] == "any"
    for reason in card["overrideReasons"]:
        _check_coding(reason)
        assert reason["display"]
    for link in card["links"]:
        assert link.keys() <= LINK
        assert link["type"] in {"absolute", "smart"}
        assert "appContext" not in link or link["type"] == "smart"
        _check_url(link["url"])


def _check_suggestion(suggestion: dict[str, Any]) -> None:
    assert suggestion.keys() <= SUGGESTION
    assert suggestion["label"]
    UUID(suggestion["uuid"])
    assert isinstance(suggestion["isRecommended"], bool)
    for action in suggestion["actions"]:
        assert action.keys() <= ACTION
        assert action["type"] == "create"
        assert action["description"]
        check_resource(action["resource"])


def check_resource(resource: dict[str, Any]) -> None:
    """Assert that what is offered is a proposal about someone, as FHIR R4 requires of the two kinds."""
    subject = {"Task": "for", "ServiceRequest": "subject"}[resource["resourceType"]]
    assert resource["intent"] == "proposal"
    assert resource["status"] in {"draft", "requested"}
    assert re.fullmatch(r"Patient/[A-Za-z0-9.\-]{1,64}", resource[subject]["reference"])
    assert "id" not in resource
    assert resource["code"]["text"]


def _check_coding(coding: dict[str, Any]) -> None:
    assert coding.keys() <= {"code", "system", "display"}
    assert {"code", "system"} <= coding.keys()


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    assert parts.scheme in {"http", "https"}
    assert parts.netloc
