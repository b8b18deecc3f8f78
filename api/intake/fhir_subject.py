"""Whose a resource is: the one patient's, by a reference and a number that agree, or the whole Bundle is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from api.intake.fhir_bundle import Bundle, Resource, relative, without_version
from api.intake.fhir_elements import Element
from api.intake.fhir_tables import fhir_table
from engine.errors import InputError
from forms.code_systems import system_id

Number: TypeAlias = tuple[str, str]

# The server of an absolute reference; one with a step such as `..` may lead anywhere, and is none.
_SERVER = re.compile(r"(?P<base>https?://(?!\.{0,2}/)[^/?#\s]+(?:/(?!\.{0,2}/)[^/?#\s]+)*)/Patient/(?P<id>[^/?#\s]+)")


@dataclass(frozen=True, slots=True)
class Owner:
    """What names the patient of a Bundle, worked out once; `server` is the only one that may be meant, if any."""

    patient: Resource
    numbers: frozenset[Number] = field(repr=False)
    systems: frozenset[str]
    server: str | None

    def is_named(self, reference: str, at: Resource) -> bool:
        """Return whether a reference in a resource names the patient and nobody else."""
        name, patient = without_version(reference), self.patient
        if patient.full_url and name == without_version(patient.full_url):
            return True
        if patient.id is None:
            return False
        if name == f"Patient/{patient.id}":
            return patient.base is None or at.base in {None, patient.base}
        if name == f"urn:uuid:{patient.id}":
            return patient.full_url is None
        return self.server is not None and name == f"{self.server}/Patient/{patient.id}"

    def agrees(self, identifier: Element | None) -> bool:
        """Return whether an identifier is no other person's: each system that the patient has a number in says so."""
        number = _number(identifier) if identifier else None
        return number is None or number[0] not in self.systems or number in self.numbers

    def has(self, identifier: Element) -> bool:
        """Return whether an identifier is the patient's."""
        return _number(identifier) in self.numbers


def owner_of(bundle: Bundle) -> Owner:
    """Return what names the Bundle's patient."""
    numbers = frozenset(filter(None, map(_number, bundle.patient.element.many("identifier"))))
    systems = {*fhir_table("patient")["identifier_order"], *(system for system, _ in numbers)}
    return Owner(bundle.patient, numbers, frozenset(systems), _server(bundle))


def require_one_patient(bundle: Bundle) -> None:
    """Refuse a Bundle with a resource that is another's, or that does not say whose it is."""
    owner = owner_of(bundle)
    for resource in bundle.resources:
        if resource.kind in fhir_table("subject")["required_in"] and not resource.element.has("subject"):
            raise InputError(resource.element.place("subject"), "no_subject")
        for subject in _subjects(resource):
            if not _is_patient(bundle, owner, subject=subject, at=resource):
                raise InputError(subject.where, "other_patient")


def require_patient(owner: Owner, subject: Element, at: Resource) -> None:
    """Refuse a resource that we use and that points at anything but the patient."""
    reference = subject.text("reference")
    if reference is None or not (owner.is_named(reference, at) and owner.agrees(subject.one("identifier"))):
        raise InputError(subject.where, "other_patient")


def _subjects(resource: Resource) -> Iterator[Element]:
    """Yield whom the resource says that it is about; only a type that we do not use may name several."""
    table, element = fhir_table("subject"), resource.element
    for name in filter(element.has, table["fields"]):
        if isinstance(element.content[name], list) and resource.kind not in table["required_in"]:
            yield from element.many(name)
        else:
            yield from filter(None, [element.one(name)])


def _is_patient(bundle: Bundle, owner: Owner, *, subject: Element, at: Resource) -> bool:
    reference, identifier = subject.text("reference"), subject.one("identifier")
    used = at.kind in fhir_table("subject")["required_in"]
    if reference is not None:
        named = owner.is_named(reference, at) and owner.agrees(identifier)
        return named or (not used and _names_something_else(bundle, reference))
    return owner.has(identifier) if identifier else not used


def _names_something_else(bundle: Bundle, reference: str) -> bool:
    """Return whether a reference names no patient at all, such as a Device in a Location."""
    target = bundle.by_name.get(without_version(reference))
    kind = target.kind if target else relative(reference).partition("/")[0]
    return kind != "Patient" and kind in fhir_table("resource_types")["names"]


def _server(bundle: Bundle) -> str | None:
    """Return the patient's server: its own, or the only one that references name where no entry says its place."""
    if bundle.patient.base or any((each.full_url or "").startswith("http") for each in bundle.resources):
        return bundle.patient.base
    said = {
        found["base"]
        for resource in bundle.resources
        for subject in _subjects(resource)
        if (found := _SERVER.fullmatch(without_version(subject.text("reference") or "")))
    }
    return said.pop() if len(said) == 1 else None


def _number(identifier: Element) -> Number | None:
    """Return a number in its system, by our name of the system where we have one."""
    system, value = identifier.text("system"), identifier.text("value")
    return (system_id(system) or system, "".join(value.split())) if system and value else None
