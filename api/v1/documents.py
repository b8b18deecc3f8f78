"""What `/openapi.json` says: the shapes that are read by hand, examples from synthetic people, and every status.

A body that a route reads itself is described here by name; `describe` puts the shapes under those names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.v1.event_bodies import BODIES
from api.v1.result_shape import Result
from api.v1.shapes import ProblemShown
from forms.model import CaseModel, EncounterModel, PatientModel, answers_model

EXAMPLES = Path(__file__).parent.parent / "examples"
REF = "#/components/schemas/{model}"
PROBLEM = "application/problem+json"
ALWAYS = (401, 403, 422, 429, 503, 507)
"""Statuses that any route can answer: who asks, how it is asked, and whether the store is there."""

CLAUSE = re.compile(r"[.,:;]")
WITH_BODY = (400, 413)
"""Statuses that any route with a body can answer: it is not JSON, or too large."""

ADMISSION = {
    "patient": {"id": "15814512336", "name": "Prøve Pasient", "birth_date": "1945-01-15", "sex": "female"},
    "encounter": {"id": "E-1001", "admitted": "2026-11-16T14:10:00+01:00", "ward": "GER2"},
}
SEARCH = {"identity": "15814512336"}
OPENING = {"identity": "15814512336", "reason": "Vakt: pasienten ringer om medisinene sine"}
RESTORING = {"reason": "Det var riktig pasient likevel"}
DRAFT = {"answers": {"four_at": 1}}
EVENT = {"kind": "step_done", "course": "E-1001", "step": "HPH0", "at": "2026-11-17T09:00:00+01:00"}
OWN = {"type": "object", "description": "The form as the page holds it."}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the description of a route's own problems; what any route can answer is added to all."""
    return {status: _problem(status) for status in statuses}


def takes(model: str, example: Mapping[str, Any]) -> dict[str, Any]:
    """Return the description of a body that the route reads itself."""
    return _body({"schema": {"$ref": REF.format(model=model)}, "example": example})


def takes_case() -> dict[str, Any]:
    """Return the description of a case as a body, with the synthetic people as examples."""
    return _body({"schema": {"$ref": REF.format(model="Case")}, "examples": cases()})


def takes_message() -> dict[str, Any]:
    """Return the description of a national message as a body."""
    shape = {"type": "string", "description": "A message of PLO 1.6 in MsgHead 1.2, or an Epikrise 1.2."}
    return {"requestBody": {"required": True, "content": {"application/xml": {"schema": shape}}}}


def made(model: Any, description: str, status: int = 201) -> dict[int | str, dict[str, Any]]:
    """Return the description of what is there after a change, with its version as a header."""
    headers = {"ETag": _header("The version, to send back as `If-Match`.")}
    return {status: {"model": model, "description": description, "headers": headers}}


def answers_result(status: int) -> dict[int | str, dict[str, Any]]:
    """Return the description of a result."""
    return answers_with("application/json", "The result.", status, schema={"$ref": REF.format(model="Result")})


def answers_with(
    media_type: str, description: str, status: int = 200, *, schema: Mapping[str, Any] | None = None
) -> dict[int | str, dict[str, Any]]:
    """Return the description of an answer that the route writes itself."""
    binary = {"type": "string", "contentMediaType": media_type}
    shape = schema or ({"type": "object"} if media_type == "application/json" else binary)
    return {status: {"description": description, "content": {media_type: {"schema": shape}}}}


def describe(app: FastAPI) -> None:
    """Let the application describe itself whole; anyone may read it."""
    plain = app.openapi

    @cache
    def described() -> dict[str, Any]:
        found = plain()
        found["components"].setdefault("schemas", {}).update(_schemas())
        for route in _of_version_1(found):
            route["summary"] = CLAUSE.split(route["description"])[0]
            for status in (*ALWAYS, *(WITH_BODY if "requestBody" in route else ())):
                _tell(route["responses"], status)
        found["components"]["schemas"].pop("HTTPValidationError", None)
        found["components"]["schemas"].pop("ValidationError", None)
        return found

    app.openapi = described  # type: ignore[method-assign] # as FastAPI's own documentation does


@cache
def cases() -> dict[str, Any]:
    """Return the synthetic people as examples."""
    found = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(EXAMPLES.glob("*.json"))}
    return {name: {"summary": content["shows"], "value": content["case"]} for name, content in found.items()}


def _body(content: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def _header(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}


def _problem(status: int) -> dict[str, Any]:
    content = {PROBLEM: {"schema": {"$ref": REF.format(model="ProblemShown")}}}
    return {"description": HTTPStatus(status).phrase, "content": content}


def _tell(responses: dict[str, Any], status: int) -> None:
    """Tell of a status that any route can answer; what FastAPI says of its own errors is not what we answer."""
    if str(status) not in responses or status == HTTPStatus.UNPROCESSABLE_ENTITY:
        responses[str(status)] = _problem(status)


def _of_version_1(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, routes in document["paths"].items():
        if path.startswith("/api/v1/"):
            yield from routes.values()


def _schemas() -> dict[str, Any]:
    """Return the shapes of bodies and results under the names that routes use."""
    from api.v1.administration import Restoring
    from api.v1.patients import Named, Opening

    models: list[type[BaseModel]] = [ProblemShown, CaseModel, answers_model(), Named, Opening, Restoring, Result]
    events: list[type[BaseModel]] = [model for _, model in BODIES.values()]
    read: list[type[BaseModel]] = [*models, *events, PatientModel, EncounterModel]
    modes: list[tuple[type[BaseModel], Literal["validation"]]] = [(model, "validation") for model in read]
    _, found = models_json_schema(modes, ref_template=REF)
    shapes: dict[str, Any] = found["$defs"]
    shapes["CaseModel"]["properties"]["answers"] = {"anyOf": [_ref("AnswersModel"), {"type": "null"}]}
    shapes["Case"], shapes["PatientNamed"] = shapes.pop("CaseModel"), shapes.pop("Named")
    shapes["Event"] = {
        "oneOf": [_ref(model.__name__) for model in events],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {kind: REF.format(model=model.__name__) for kind, (_, model) in BODIES.items()},
        },
    }
    shapes["Admission"] = {
        "type": "object",
        "additionalProperties": False,
        "required": ["patient", "encounter"],
        "properties": {"patient": _ref("PatientModel"), "encounter": _ref("EncounterModel")},
    }
    shapes["Draft"] = OWN
    return shapes


def _ref(model: str) -> dict[str, str]:
    return {"$ref": REF.format(model=model)}
