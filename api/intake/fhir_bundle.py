"""A FHIR R4 Bundle as resources that can be found by reference, with exactly one patient."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.intake.fhir_elements import Element
from api.intake.fhir_tables import fhir_table
from api.intake.reading import place, walk
from engine.errors import InputError

MAX_ENTRIES = 20_000  # ten times as many as any list in a case takes
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
        url = without_version(self.full_url or "")
        return url.removesuffix(ending) if "://" in url and url.endswith(ending) else None

    @property
    def names(self) -> Iterator[str]:
        """Yield what a reference may call the resource."""
        if self.full_url:
            yield without_version(self.full_url)
        if self.id:
            yield f"{self.kind}/{self.id}"
        if self.id and not self.full_url:
            yield f"urn:uuid:{self.id}"


@dataclass(frozen=True, slots=True)
class Bundle:
    """The resources of a Bundle and its one patient."""

    patient: Resource
    resources: tuple[Resource, ...]
    by_name: Mapping[str, Resource] = field(repr=False)
    contained: dict[Resource, Mapping[str | None, Resource]] = field(default_factory=dict, repr=False)

    def of_kind(self, *kinds: str) -> tuple[Resource, ...]:
        """Return the resources of these types, in the Bundle's order."""
        return tuple(resource for resource in self.resources if resource.kind in kinds)

    def resolve(self, reference: Element | None, at: Resource) -> Resource | None:
        """Return the resource that a reference names, contained or in the Bundle; one step, so nothing can loop."""
        name = reference.text("reference") if reference else None
        if name is None:
            return None
        if name.startswith("#"):
            return self._inside(at).get(name[1:])
        return self.by_name.get(without_version(name)) or self.by_name.get(relative(name))

    def _inside(self, at: Resource) -> Mapping[str | None, Resource]:
        """Return what a resource contains by id, read once however often it is referred to."""
        if at not in self.contained:
            found = [_resource(each, at.index, None) for each in at.element.many("contained")]
            self.contained[at] = {each.id: each for each in reversed(found)}
        return self.contained[at]


def read_bundle(content: Mapping[str, Any]) -> Bundle:
    """Return the Bundle, or raise `InputError` where it has not exactly one patient; whose the rest is comes next."""
    resources = _each_once(tuple(_resources(Element(content, "Bundle"))))
    patients = [resource for resource in resources if resource.kind == "Patient"]
    if len(patients) != 1:
        raise InputError("Bundle.entry", "several_patients" if patients else "no_patient")
    by_name = {name: resource for resource in reversed(resources) for name in resource.names}
    return Bundle(patients[0], resources, by_name)


def _resources(bundle: Element) -> Iterator[Resource]:
    entries = bundle.many("entry")
    if len(entries) > MAX_ENTRIES:
        raise InputError("Bundle.entry", "too_many_in_bundle", most=MAX_ENTRIES)
    _refuse_modified_here(bundle)
    for index, entry in enumerate(entries):
        at = Element(entry.content, f"entry[{index}]")
        _refuse_modified_here(at)
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


# What changes the meaning


def refuse_modified(resource: Resource) -> None:
    """Refuse a resource with an addition that changes its meaning, at any depth: FHIR forbids to read past one."""
    names = fhir_table("modifiers")["names"]
    if not _stands_in(resource.element.content, frozenset(names)):
        return
    for path, _ in walk(resource.element.content):
        if path and path[-1] in names:
            raise InputError(resource.element.place(place(path)), "modified")


def _stands_in(content: Any, names: frozenset[str]) -> bool:
    """Return whether a name stands anywhere, without its place: nearly every resource has none, and there are many."""
    waiting = [content]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if not names.isdisjoint(each):
                return True
            each = each.values()
        waiting += [inside for inside in each if isinstance(inside, (dict, list))]
    return False


def _refuse_modified_here(element: Element) -> None:
    for name in filter(element.has, fhir_table("modifiers")["names"]):
        raise InputError(element.place(name), "modified")


# Names


def without_version(name: str) -> str:
    """Return a reference without the version that it may end in."""
    return _HISTORY.sub("", name)


def relative(name: str) -> str:
    """Return the `Type/id` that an absolute URL ends in."""
    return "/".join(without_version(name).split("/")[-2:])
