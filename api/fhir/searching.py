"""Searches: which parameters each type has, what matches them, and a page of it.

What is not known here is refused: a parameter that was meant to narrow must not be passed over, unless the caller asks
for it (`Prefer: handling=lenient`), and is then told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn
from urllib.parse import urlencode

from api.fhir.elements import Json
from api.fhir.references import own_reference
from api.intake.times import Moment, parse_moment
from api.v1.paging import MOST, USUAL, page_of
from api.v1.problems import Problem
from engine.errors import InputError

Pairs = Sequence[tuple[str, str]]
EVERY = ("_id", "_lastUpdated", "_sort", "_count", "_cursor", "_format", "_pretty")
NARROWS: Mapping[str, tuple[str, ...]] = {
    "Patient": ("identifier",),
    "Observation": ("patient", "subject", "code", "status", "category", "date"),
    "RiskAssessment": ("patient", "subject", "date"),
    "CarePlan": ("patient", "subject", "status", "intent"),
    "Task": ("patient", "subject", "status", "intent", "code", "based-on"),
    "ServiceRequest": ("patient", "subject", "status", "intent", "code"),
    "Composition": ("patient", "subject", "status", "type"),
    "Provenance": ("patient", "target"),
    "QuestionnaireResponse": ("patient", "subject", "status", "questionnaire"),
    "AuditEvent": ("patient", "action", "date"),
    "Questionnaire": ("url", "status", "version"),
}
"""The parameters of each type, beside those that every type has."""

ELEMENTS: Mapping[str, tuple[str, ...]] = {
    "date": ("effectiveDateTime", "occurrenceDateTime", "recorded"),
    "based-on": ("basedOn",),
    "_id": ("id",),
}
"""Where a parameter is looked for, if its name is not the element's own."""

BY_POST = frozenset(
    {"identifier", "patient.identifier", "subject.identifier", "patient:identifier", "subject:identifier"}
)
"""What names a person by number, and so must not stand in an address."""

NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9]{11}(?![0-9A-Za-z])")
"""What may be an identity number, also under a name that is not meant for one."""

DATES = frozenset({"_lastUpdated", "date"})
SORTS = DATES | {"_id"}
LONG_AGO = datetime.min.replace(tzinfo=UTC)
OF_DATE = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb)?(.*)", re.DOTALL)
COMPARE: Mapping[str, Callable[[datetime, Moment], bool]] = {
    "eq": lambda at, said: said.start <= at <= said.end,
    "ne": lambda at, said: not said.start <= at <= said.end,
    "gt": lambda at, said: at > said.end,
    "sa": lambda at, said: at > said.end,
    "lt": lambda at, said: at < said.start,
    "eb": lambda at, said: at < said.start,
    "ge": lambda at, said: at >= said.start,
    "le": lambda at, said: at <= said.end,
}
REFERENCES = frozenset({"target", "based-on"})
LINKS = REFERENCES | {"patient", "subject"}
CANONICALS = frozenset({"url", "questionnaire"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A search of one type: whose, what narrows it, which page, and what was passed over."""

    kind: str
    person: str | None
    identifiers: tuple[str, ...]
    narrows: tuple[tuple[str, str], ...]
    size: int
    cursor: str | None
    passed_over: tuple[str, ...] = ()
    sort: str = ""

    @property
    def known(self) -> list[str]:
        """Return the parameters that the type has."""
        return known_of(self.kind)

    def link(self, base: str, person: str | None, cursor: str | None) -> str:
        """Return the address of a page: the patient by our own id, and never by a number."""
        about = [("patient", person)] if person and self.kind != "Patient" else []
        about += [("_id", person)] if person and self.kind == "Patient" and self.identifiers else []
        page = [*([("_sort", self.sort)] if self.sort else []), ("_count", str(self.size))]
        page += [("_cursor", cursor)] if cursor else []
        return f"{base}/{self.kind}?{urlencode([*about, *self.narrows, *page])}"


def known_of(kind: str) -> list[str]:
    """Return the parameters that a type has."""
    return sorted({*EVERY, *NARROWS[kind]})


def refuse_numbers(pairs: Pairs) -> None:
    """Refuse an address that names a person by number, whatever stands in the body."""
    if any(name in BY_POST or NUMBER.search(value) for name, value in pairs):
        raise Problem(None, "identity_in_address")


def asked_of(kind: str, pairs: Pairs, base: str, *, in_body: bool, lenient: bool) -> Asked:
    """Return what a search asks for; refuse what its type has not, and a number in an address."""
    if not in_body:
        refuse_numbers(pairs)
    allowed = {*EVERY, *NARROWS[kind], *(BY_POST if in_body or kind == "Patient" else ())}
    named = [(name, value) for name, value in pairs if name in BY_POST]
    numbers = [name for name, value in pairs if name not in BY_POST and NUMBER.search(value)]
    if numbers:  # it would stand in the links of the answer
        raise Problem(None, "search_value_wrong")
    passed_over = tuple(sorted({name for name, _ in pairs} - allowed))
    if passed_over and not lenient:
        raise Problem(None, "search_parameter_unknown", allowed=known_of(kind))
    paging = {name: value for name, value in pairs if name in {"_count", "_cursor"}}
    pairs = [(name, _plain(name, value, base)) if name in LINKS else (name, value) for name, value in pairs]
    people = {value for name, value in pairs if name in {"patient", "subject"}}
    if len(people) > 1:
        raise Problem("patient", "one_patient_at_a_time")
    left_out = {*BY_POST, *passed_over, "patient", "subject", "_sort", "_count", "_cursor", "_format", "_pretty"}
    narrows = tuple((name, value) for name, value in pairs if name not in left_out)
    return Asked(
        kind,
        next(iter(people), None),
        tuple(value for _, value in named),
        narrows,
        size=_size(paging.get("_count")),
        cursor=paging.get("_cursor"),
        passed_over=passed_over,
        sort=_sort(kind, [value for name, value in pairs if name == "_sort"]),
    )


def matching(asked: Asked, resources: Iterable[Json]) -> list[Json]:
    """Return the resources that the search narrows to, in the order that is asked for."""
    conditions = [_condition(name, value) for name, value in asked.narrows]
    found = [each for each in resources if all(holds(each) for holds in conditions)]
    for part in reversed(asked.sort.split(",") if asked.sort else []):
        found.sort(key=_place_by(part.removeprefix("-")), reverse=part.startswith("-"))
    return found


def page(asked: Asked, found: Sequence[Json]) -> tuple[Sequence[Json], str | None]:
    """Return a page, and where the next one begins."""
    if asked.size == 0:
        return (), None
    return page_of(found, lambda each: str(each["id"]), cursor=asked.cursor, size=asked.size)


def _sort(kind: str, said: Sequence[str]) -> str:
    """Return what to sort by: times, and ids; nothing where it is not said."""
    parts = ",".join(said).split(",") if said else []
    if any(part.removeprefix("-") not in SORTS & set(known_of(kind)) for part in parts):
        raise Problem("_sort", "search_value_wrong")
    return ",".join(parts)


def _place_by(name: str) -> Callable[[Json], Any]:
    if name == "_id":
        return lambda resource: str(resource["id"])
    return lambda resource: min(_moments(resource, name), default=LONG_AGO)


def _size(said: str | None) -> int:
    if said is None:
        return USUAL
    if not re.fullmatch(r"[0-9]{1,6}", said):
        raise Problem("_count", "search_value_wrong")
    return min(int(said), MOST)


def _plain(name: str, said: str, base: str) -> str:
    """Return references as we write them; one to another server is refused, since nothing here is about it."""
    found = [own_reference(each, base) for each in said.split(",")]
    if name in REFERENCES:
        return ",".join(f"{each['kind']}/{each['id']}" if each and each["kind"] else _wrong(name) for each in found)
    if len(found) > 1:
        raise Problem(name, "one_patient_at_a_time")
    return found[0]["id"] if found[0] and found[0]["kind"] in {None, "Patient"} else _wrong(name)


def _wrong(name: str) -> NoReturn:
    raise Problem(name, "search_value_wrong")


def _condition(name: str, value: str) -> Callable[[Json], bool]:
    """Return whether a resource matches any of the values, which commas part."""
    wanted = value.split(",")
    if not all(wanted):
        raise Problem(name, "search_value_wrong")
    if name in DATES:
        dates = [_date(name, each) for each in wanted]
        return lambda resource: any(holds(at) for at in _moments(resource, name) for holds in dates)
    if name in REFERENCES:
        return lambda resource: any(each in _references(resource, name) for each in wanted)
    if name in CANONICALS:
        return lambda resource: any(
            _is_canonical(each, found) for each in wanted for found in _elements(resource, name)
        )
    return lambda resource: any(_token(each, _codes(resource, name)) for each in wanted)


def _date(name: str, said: str) -> Callable[[datetime], bool]:
    found = OF_DATE.fullmatch(said)
    how, written = (found[1] or "eq", found[2]) if found else ("eq", "")
    try:
        moment = parse_moment(written.replace(" ", "+"), name)
    except InputError:
        raise Problem(name, "search_value_wrong") from None
    return lambda at: COMPARE[how](at, moment)


def _moments(resource: Json, name: str) -> list[datetime]:
    written = [resource["meta"]["lastUpdated"]] if name == "_lastUpdated" else _elements(resource, name)
    return [datetime.fromisoformat(each) for each in written]


def _references(resource: Json, name: str) -> list[str]:
    found = _elements(resource, name)
    return [each["reference"] for part in found for each in (part if isinstance(part, list) else [part])]


def _is_canonical(wanted: str, found: str) -> bool:
    """Return whether a form is meant: with its version, or any version of it."""
    return wanted == found or found.startswith(f"{wanted}|")


def _token(wanted: str, codes: Iterable[tuple[str | None, str]]) -> bool:
    """Return whether a code is meant: `system|code`, `system|`, `|code` for one without a system, or the code alone."""
    system, bar, code = wanted.rpartition("|")
    if not bar:
        return any(code == each for _, each in codes)
    return any((system or None) == of and code in {"", each} for of, each in codes)


def _codes(resource: Json, name: str) -> list[tuple[str | None, str]]:
    return [code for found in _elements(resource, name) for code in _codes_in(found)]


def _codes_in(found: Any) -> list[tuple[str | None, str]]:
    if isinstance(found, str):
        return [(None, found)]
    if isinstance(found, list):
        return [code for each in found for code in _codes_in(each)]
    return [(each.get("system"), each["code"]) for each in found.get("coding", ())]


def _elements(resource: Json, name: str) -> list[Any]:
    return [resource[each] for each in ELEMENTS.get(name, (name,)) if each in resource]
