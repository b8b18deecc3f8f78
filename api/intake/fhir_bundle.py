"""A FHIR R4 Bundle as resources that can be found by reference, all about one patient or refused as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.intake.fhir_elements import Element
from api.intake.fhir_tables import fhir_table
from engine.errors import InputError

_HISTORY = re.compile(r"/_history/[^/]*\Z")


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """An entry's resource; two are the same only if they are one entry."""

    kind: str
    element: Element
    index: int
    full_url: str | None = field(default=None, repr=False)

    @property
    def id(self) -> str | None:
        """Return the resource's own id."""
        return self.element.text("id")

    @property
    def base(self) -> str | None:
        """Return the server that the resource lives on, where its full URL says."""
        ending = f"/{self.kind}/{self.id}"
        url = _without_version(self.full_url or "")
        return url.removesuffix(ending) if "://" in url and url.endswith(ending) else None

    @property
    def names(self) -> Iterator[str]:
        """Yield what a reference may call the resource."""
        if self.full_url:
            yield _without_version(self.full_url)
        if self.id:
            yield f"{self.kind}/{self.id}"
            yield f"urn:uuid:{self.id}"


@dataclass(frozen=True, slots=True)
class Bundle:
    """The resources of a Bundle and its one patient."""

    patient: Resource
    resources: tuple[Resource, ...]
    by_name: Mapping[str, Resource] = field(repr=False)

    def of_kind(self, *kinds: str) -> tuple[Resource, ...]:
        """Return the resources of these types, in the Bundle's order."""
        return tuple(resource for resource in self.resources if resource.kind in kinds)

    def resolve(self, reference: Element | None, at: Resource) -> Resource | None:
        """Return the resource that a reference names, contained or in the Bundle; one step, so nothing can loop."""
        name = reference.text("reference") if reference else None
        if name is None:
            return None
        if name.startswith("#"):
            contained = (_resource(found, at.index, None) for found in at.element.many("contained"))
            return next((found for found in contained if found.id == name[1:]), None)
        return self.by_name.get(_without_version(name)) or self.by_name.get(_relative(name))


def read_bundle(content: Mapping[str, Any]) -> Bundle:
    """Return the Bundle, or raise `InputError` where it is not one patient's alone."""
    resources = _each_once(tuple(_resources(Element(content, "Bundle"))))
    patients = [resource for resource in resources if resource.kind == "Patient"]
    if len(patients) != 1:
        raise InputError("Bundle.entry", "several_patients" if patients else "no_patient")
    by_name = {name: resource for resource in reversed(resources) for name in resource.names}
    bundle = Bundle(patients[0], resources, by_name)
    for resource in resources:
        _require_same_patient(bundle, resource)
    return bundle


def _resources(bundle: Element) -> Iterator[Resource]:
    for index, entry in enumerate(bundle.many("entry")):
        at = Element(entry.content, f"entry[{index}]")
        request = at.one("request")
        if request and request.text("method") == "DELETE":
            raise InputError(request.place("method"), "deletion")
        resource = at.one("resource")
        if resource is None:
            raise InputError(at.place("resource"), "entry_without_resource")
        yield _resource(resource, index, at.text("fullUrl"))


def _resource(element: Element, index: int, full_url: str | None) -> Resource:
    kind = element.text("resourceType")
    if kind is None:
        raise InputError(element.place("resourceType"), "no_resource_type")
    # A type is named in places and notes only where FHIR R4 has it: anything else may be somebody's words.
    known = kind if kind in fhir_table("resource_types")["names"] else "resource"
    where = element.where if element.where.count(" ") else f"entry[{index}] {known}"
    return Resource(known, Element(element.content, where), index, full_url)


def _each_once(resources: tuple[Resource, ...]) -> tuple[Resource, ...]:
    """Return the resources without exact repeats; two versions of one resource are refused."""
    found: dict[object, Resource] = {}
    for resource in resources:
        key = resource.full_url or (f"{resource.kind}/{resource.id}" if resource.id else resource.index)
        first = found.setdefault(key, resource)
        if first.element.content != resource.element.content:
            raise InputError(resource.element.where, "resource_twice")
    return tuple(found.values())


# Whose resource it is


def _require_same_patient(bundle: Bundle, resource: Resource) -> None:
    table = fhir_table("subject")
    fields = [name for name in table["fields"] if resource.element.has(name)]
    if resource.kind in table["required_in"] and "subject" not in fields:
        raise InputError(resource.element.place("subject"), "no_subject")
    for name in fields:
        for subject in _one_or_many(resource.element, name):
            if not _is_patient(bundle, subject, resource):
                raise InputError(subject.where, "other_patient")


def _one_or_many(element: Element, name: str) -> tuple[Element, ...]:
    if isinstance(element.content[name], list):
        return element.many(name)
    return tuple(filter(None, [element.one(name)]))


def _is_patient(bundle: Bundle, subject: Element, resource: Resource) -> bool:
    reference, identifier = subject.text("reference"), subject.one("identifier")
    if reference is not None:
        return _names_patient(bundle, reference, resource) or _names_something_else(bundle, reference, resource)
    if identifier is None:
        return resource.kind not in fhir_table("subject")["required_in"]
    key = _key(identifier)
    return None not in key and key in map(_key, bundle.patient.element.many("identifier"))


def _names_patient(bundle: Bundle, reference: str, resource: Resource) -> bool:
    patient, name = bundle.patient, _without_version(reference)
    if name == _without_version(patient.full_url or ""):
        return True
    if patient.id is None:
        return False
    if "://" in name:
        return name.endswith(f"/Patient/{patient.id}") and patient.base is None
    same_server = patient.base is None or resource.base is None or patient.base == resource.base
    return name in {f"Patient/{patient.id}", f"urn:uuid:{patient.id}"} and same_server


def _names_something_else(bundle: Bundle, reference: str, resource: Resource) -> bool:
    """Return whether a type we do not use is about no patient at all, such as a Device in a Location."""
    if resource.kind in fhir_table("subject")["required_in"]:
        return False
    target = bundle.by_name.get(_without_version(reference))
    kind = target.kind if target else _relative(_without_version(reference)).partition("/")[0]
    return kind != "Patient" and kind in fhir_table("resource_types")["names"]


def _key(identifier: Element) -> tuple[str | None, str | None]:
    return identifier.text("system"), identifier.text("value")


def _without_version(name: str) -> str:
    return _HISTORY.sub("", name)


def _relative(name: str) -> str:
    """Return the `Type/id` that an absolute URL ends in."""
    return "/".join(_without_version(name).split("/")[-2:])
