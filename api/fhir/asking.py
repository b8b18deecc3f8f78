"""What a FHIR request brings along: what it accepts, the body, what it has already, and where the server lives."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from ipaddress import ip_address
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.fhir.elements import Json
from api.fhir.outcome import FHIR_JSON, PREFIX, Issue, operation_outcome
from api.fhir.searching import refuse_numbers
from api.intake.reading import read_json
from api.people.entrance import entrance_of
from api.v1.asking import LARGE
from api.v1.languages import LANGUAGES
from api.v1.problems import Problem
from engine.errors import InputError
from engine.texts import Texts

FORM = "application/x-www-form-urlencoded"
KINDS = frozenset({"application/json", FHIR_JSON})
FORMATS = KINDS | {"json"}
RANGES = FORMATS | {"*/*", "application/*"}
LARGEST, PARTS = 4_000_000, 250_000
"""Bytes and parts (brackets and commas) of a resource: some four times the largest Bundle of one patient that was seen.

A real one of that size has 200,000 parts; what is made to take long has more, and is refused before it is parsed."""

LONGEST_FORM, MOST_FIELDS = 10_000, 50
PARAMETER = re.compile(r"""\s*([^=\s"]+)\s*=\s*"?([^"]*?)"?\s*""")
VERSION = re.compile(r"4\.0(\.[0-9]+)?")
UTF8 = frozenset({"utf-8", "utf8", "us-ascii"})
TAG = re.compile(r'(?:W/)?"([^"]*)"')
Pairs = list[tuple[str, str]]


async def speaks_json(request: Request) -> None:
    """Refuse who asks for another format; `_format` goes before `Accept`, as FHIR says."""
    wanted = request.query_params.get("_format")
    if wanted is not None:
        _refuse_other_format(wanted)
    elif not _accepts_json(request.headers.get("accept", "*/*")):
        raise Problem("Accept", "format_unknown")


def base_of(request: Request) -> str:
    """Return the address of the FHIR server, as others see it.

    Without a public name it is the one that was asked, if it can only be this machine: any other is the sender's word.
    """
    settings = entrance_of(request).settings
    asked = str(request.base_url).rstrip("/")
    near = settings.public_url is None and _is_near(request.base_url.hostname or "")
    return (asked if near else settings.address) + PREFIX


async def resource_of(request: Request) -> tuple[bytes, Json]:
    """Return the body as it was sent, and the resource in it."""
    if not _is_ours(request.headers.get("content-type", "")):
        raise Problem(None, "not_json")
    data = await request.body()
    if len(data) > LARGEST:
        raise Problem(None, "body_too_large")
    read = partial(read_json, data, parts=PARTS)
    content = await run_in_threadpool(read) if len(data) > LARGE else read()
    if not isinstance(content.get("resourceType"), str):
        raise InputError("resourceType", "no_resource_type")
    return data, content


async def form_of(request: Request) -> Pairs:
    """Return the parameters of a search, from the body and the address; a number may stand in the body alone."""
    in_address = request.query_params.multi_items()
    refuse_numbers(in_address)
    data = await request.body()
    if data and _content_type(request) != FORM:
        raise Problem(None, "not_a_search_form")
    if len(data) > LONGEST_FORM:
        raise Problem(None, "body_too_large")
    try:
        said = parse_qsl(data.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Problem(None, "bad_request") from None
    for name, value in said:
        if name == "_format":
            _refuse_other_format(value)
    return [*in_address, *said]


def is_lenient(request: Request) -> bool:
    """Return whether the caller asks that unknown parameters are passed over."""
    return "handling=lenient" in _preferences(request)


def as_preferred(request: Request, made: str, texts: Texts) -> str:
    """Return what to answer about a resource that was made: the resource, or what `Prefer` asks for instead."""
    wanted = re.search(r"(?:^|[,;\s])return=(\w+)", _preferences(request))
    match wanted and wanted[1]:
        case "minimal":
            return ""
        case "operationoutcome":
            issue = Issue("informational", "stored", texts("fhir.stored"), None, "information")
            return as_json(operation_outcome([issue], texts.language))
    return made


def etag(version: str, texts: Texts) -> str:
    """Return a version as an entity tag; in another language than Bokmål the same version reads otherwise."""
    apart = "" if texts.language == LANGUAGES[0] or version.endswith(LANGUAGES) else f"-{texts.language}"
    return f'W/"{version}{apart}"'


def answer(request: Request, resource: Json, texts: Texts, *, status: int = 200, **headers: str) -> Response:
    """Return a resource; nothing of it where the caller has this version already."""
    version = resource.get("meta", {}).get("versionId")
    told = {"Content-Language": texts.language, "Vary": "Accept, Accept-Language", **headers}
    if version is not None:
        told["ETag"] = etag(version, texts)
        told["Last-Modified"] = _http_date(resource["meta"]["lastUpdated"])
        if status == 200 and _has(request, told["ETag"]):  # noqa: PLR2004 # read, and not made
            return Response(status_code=304, headers=told)
    return Response(as_json(resource), status, told, media_type=FHIR_JSON)


def as_json(resource: Json) -> str:
    """Return a resource as it is sent."""
    return json.dumps(resource, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _refuse_other_format(wanted: str) -> None:
    kind, parameters = _parted(wanted.replace("fhir json", "fhir+json"))  # a plus sign is a space in an address
    if kind not in FORMATS or not _is_version(parameters):
        raise Problem("_format", "format_unknown")


def _is_near(host: str) -> bool:
    """Return whether a host is an address, or a name that no other domain has."""
    try:
        ip_address(host)
    except ValueError:
        return "." not in host
    return True


def _has(request: Request, tag: str) -> bool:
    said = request.headers.get("if-none-match")
    return said is not None and (said.strip() == "*" or bool(set(TAG.findall(tag)) & set(TAG.findall(said))))


def _preferences(request: Request) -> str:
    """Return what `Prefer` says in one way of writing: a value may be quoted, and the header stand twice (RFC 7240)."""
    said = ",".join(request.headers.getlist("prefer")).lower().replace('"', "")
    return re.sub(r"\s*=\s*", "=", said)


def _http_date(at: str) -> str:
    return format_datetime(datetime.fromisoformat(at).astimezone(UTC), usegmt=True)


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _accepts_json(accepted: str) -> bool:
    """Return whether one of the ranges is ours; what has the weight 0 is not wanted."""
    for each in accepted.split(","):
        name, parameters = _parted(each)
        wanted = re.fullmatch(r"0(\.0*)?", parameters.get("q", "1")) is None
        if name in RANGES and wanted and _is_version(parameters):
            return True
    return False


def _is_ours(content_type: str) -> bool:
    """Return whether a body is JSON in UTF-8, of this version of FHIR where it says one."""
    kind, parameters = _parted(content_type)
    return kind in KINDS and parameters.get("charset", "utf-8") in UTF8 and _is_version(parameters)


def _is_version(parameters: Mapping[str, str]) -> bool:
    return VERSION.fullmatch(parameters.get("fhirversion", "4.0")) is not None


def _parted(said: str) -> tuple[str, Mapping[str, str]]:
    """Return a media type and its parameters, in small letters."""
    kind, *rest = said.lower().split(";")
    return kind.strip(), {found[1]: found[2] for part in rest if (found := PARAMETER.fullmatch(part))}
