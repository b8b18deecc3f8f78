"""What is wrong with a resource: by models that are not ours, and by what those models do not look at."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from lxml import etree
from pydantic import ValidationError

from tests.fhir.tables import BINDINGS, ELEMENTS

Json = Mapping[str, Any]
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")
INSTANTS = frozenset({"lastUpdated", "timestamp"})
TIMES = frozenset(
    {"authored", "authoredOn", "lastModified", "created", "effectiveDateTime", "start", "end", "deceasedDateTime"}
)
TIMES |= {"date", "recorded", "occurrenceDateTime", "birthDate", *INSTANTS}
XHTML = "{http://www.w3.org/1999/xhtml}"


def faults(resource: Json) -> list[str]:
    """Return everything that is wrong with a resource by itself."""
    found = [*_by_models(resource), *_codes(resource), *_emptiness(resource), *_narrative(resource), *_times(resource)]
    for each in _each_resource(resource):
        found += [f"linkId {link} stands {times} times" for link, times in Counter(_links(each)).items() if times > 1]
    if "id" in resource and not ID.fullmatch(resource["id"]):
        found.append("id")
    return found


def unresolved(resources: Mapping[str, Json]) -> list[str]:
    """Return the references that lead to none of the resources, which go by what a reference calls them."""
    return [
        name
        for each in resources.values()
        for path, name in walk(each)
        if path[-1:] == ("reference",) and isinstance(name, str) and name not in resources
    ]


def walk(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every value with its path, without places in lists."""
    yield path, value
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from walk(each, (*path, name))
    elif isinstance(value, list):
        for each in value:
            yield from walk(each, path)


def _by_models(resource: Json) -> Iterator[str]:
    """Read the resource with models of R4B, and write it again: what comes out is what went in."""
    try:
        model = get_fhir_model_class(resource["resourceType"]).model_validate_json(json.dumps(resource))
    except ValidationError as wrong:
        yield from (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in wrong.errors())
        return
    again = json.loads(model.model_dump_json(), parse_float=Decimal)
    if _comparable(again) != _comparable(json.loads(json.dumps(resource), parse_float=Decimal)):
        yield "is changed by being read"


def _comparable(value: Any) -> Any:
    """Return a value where only the writing of a moment does not matter; 6 is not 6.0 and not "6"."""
    if isinstance(value, dict):
        return {name: _moment(each) if name in TIMES else _comparable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_comparable(each) for each in value]
    return (type(value).__name__, value)


def _moment(value: Any) -> Any:
    return datetime.fromisoformat(value).timestamp() if isinstance(value, str) and "T" in value else _comparable(value)


def _codes(resource: Json) -> Iterator[str]:
    kind = resource["resourceType"]
    for path, value in walk(resource):
        bound = ELEMENTS.get(".".join((kind, *path))) or ELEMENTS.get(".".join(("*", *path)))
        if bound and isinstance(value, str) and value not in BINDINGS[bound]:
            yield f"{'.'.join(path)} is {value}, which is not in {bound}"


def _emptiness(resource: Json) -> Iterator[str]:
    for path, value in walk(resource):
        if value is None or (not isinstance(value, bool | int | float) and len(value) == 0):
            yield f"{'.'.join(path)} is empty"
        elif isinstance(value, str) and value != value.strip() and path[-1] != "valueString":
            yield f"{'.'.join(path)} has spaces around it"


def _narrative(resource: Json) -> Iterator[str]:
    for path, value in walk(resource):
        if path[-1:] == ("div",):
            root = etree.fromstring(value)
            if (
                root.tag != f"{XHTML}div"
                or {each.tag for each in root} - {f"{XHTML}p"}
                or list(root.iter(f"{XHTML}script"))
            ):
                yield "narrative"
            if not "".join(map(str, root.itertext())).strip():
                yield "narrative says nothing"


def _times(resource: Json) -> Iterator[str]:
    for path, value in walk(resource):
        if path[-1:] and path[-1] in TIMES and isinstance(value, str):
            allowed = INSTANT if path[-1] in INSTANTS else re.compile(f"{DATE.pattern}|{INSTANT.pattern}")
            if not allowed.fullmatch(value):
                yield f"{'.'.join(path)} is no exact moment"


def _each_resource(resource: Json) -> list[Json]:
    """Return the resource, or those in it where it is a Bundle."""
    return (
        [each["resource"] for each in resource.get("entry", ())] if resource["resourceType"] == "Bundle" else [resource]
    )


def _links(resource: Json) -> Iterator[str]:
    return (value for path, value in walk(resource) if path[-1:] == ("linkId",))
