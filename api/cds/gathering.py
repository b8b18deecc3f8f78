"""The facts of a call as entries of one Bundle: what was sent along, and what is fetched because it was not.

What the caller says is not to be had (null, or an OperationOutcome) is not asked for again, unless nothing can be said
without it. A list that is not whole is left out: a medicine that is not counted would be a medicine too few.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.cds.call import Call
from api.cds.fetching import MOST_PAGES, SECONDS, Fetcher, NotFetched, Server, filled
from api.intake.fhir_elements import Element
from api.intake.fhir_tables import fhir_table
from engine.errors import InputError

Entry = dict[str, Any]
NOT_DATA = "outcome"
ONE_LIST = frozenset({"medicines", "prescriptions"})
"""What makes one list together: where a part of it is not whole, the list is not."""

NEWEST = "&_sort=-date&_count=1"
"""How a prefetch template asks for the newest one alone."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The entries by prefetch key; `lacking` are the keys that nothing is known of."""

    entries: Mapping[str, tuple[Entry, ...]] = field(repr=False)
    lacking: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[Entry, ...]:
        """Return all entries, in the order of the service's keys."""
        return tuple(entry for found in self.entries.values() for entry in found)

    def without(self, keys: Collection[str]) -> Gathered:
        """Return it without what some keys hold, and without the rest of a list that they are part of."""
        gone = {*keys, *(ONE_LIST if ONE_LIST & set(keys) else ())} & {*self.entries, *keys}
        left = {key: each for key, each in self.entries.items() if key not in gone}
        return Gathered(left, tuple(dict.fromkeys((*self.lacking, *gone))))


@dataclass(frozen=True, slots=True)
class _Read:
    """What one value holds, and the link to its next page."""

    entries: tuple[Entry, ...]
    next_page: str | None = None


async def gather(call: Call, fetcher: Fetcher) -> Gathered:
    """Return what is known of the patient, from the call and from its FHIR server."""
    server = fetcher.server(call.server, call.token)
    given, unread = _all_given(call)
    wanted = {key: read for key, read in given.items() if _is_asked_for(call, key, read)}
    fetched = await _fetched(call, wanted, fetcher, server) if server and wanted else {}
    whole = {key: read.entries for key, read in given.items() if read and _is_whole(call, key, read)}
    found = {key: fetched.get(key, whole.get(key)) for key in call.service.prefetch}
    entries = {key: each for key, each in found.items() if each is not None}
    parts = {key for key, read in given.items() if read and key not in entries}
    return Gathered(entries, tuple(key for key, each in found.items() if each is None)).without(unread | parts)


def read_value(value: object, where: str) -> _Read | None:
    """Return what a value holds: a resource, a search's resources, or None where it says that there is nothing."""
    if value is None:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise InputError(where, "hook_field_wrong")
    if value["resourceType"] == "OperationOutcome":
        return None
    if value["resourceType"] != "Bundle":
        return _Read(({"resource": value},))
    bundle = Element(value, where)
    for name in filter(bundle.has, fhir_table("modifiers")["names"]):
        raise InputError(bundle.place(name), "modified")
    entries = tuple(dict(each.content) for each in bundle.many("entry") if not _is_outcome(each))
    return _Read(entries, _next_page(bundle))


def _is_whole(call: Call, key: str, read: _Read | None) -> bool:
    """Return whether there is no more to ask for: of what is asked for as the newest one, the first page is all.

    Every server that has an older one too links to it.
    """
    if read is None or read.next_page is None:
        return read is not None
    return NEWEST in call.service.prefetch[key] and bool(read.entries)


def _is_outcome(entry: Element) -> bool:
    """Return whether an entry tells of the search and is nothing that was found."""
    search, resource = entry.one("search"), entry.one("resource")
    told = search.text("mode") if search else None
    return told == NOT_DATA or (resource is not None and resource.text("resourceType") == "OperationOutcome")


def _next_page(bundle: Element) -> str | None:
    return next((each.text("url") for each in bundle.many("link") if each.text("relation") == "next"), None)


def _all_given(call: Call) -> tuple[dict[str, _Read | None], set[str]]:
    """Return what was sent along under each key, and which keys cannot be read; those are as if not to be had."""
    given: dict[str, _Read | None] = dict.fromkeys(call.service.prefetch)
    unread = set()
    for key in given:
        try:
            given[key] = read_value(call.prefetch.get(key), f"prefetch.{key}")
        except InputError:
            if key in call.service.essential:
                raise
            unread.add(key)
    return given, unread


def _is_asked_for(call: Call, key: str, read: _Read | None) -> bool:
    if read is not None:
        return not _is_whole(call, key, read) or (not read.entries and key in call.service.essential)
    return key not in call.prefetch or key in call.service.essential


async def _fetched(
    call: Call, wanted: Mapping[str, _Read | None], fetcher: Fetcher, server: Server
) -> dict[str, tuple[Entry, ...]]:
    """Return what could be fetched in time, each key by itself."""
    tasks = {key: asyncio.create_task(_whole(call, key, read, (fetcher, server))) for key, read in wanted.items()}
    try:
        await asyncio.wait(tasks.values(), timeout=SECONDS)
    finally:
        for task in tasks.values():
            task.cancel()
        answers = await asyncio.gather(*tasks.values(), return_exceptions=True)
    found = dict(zip(tasks, answers, strict=True))
    for answer in answers:
        if isinstance(answer, Exception) and not isinstance(answer, NotFetched | InputError):
            raise answer
    return {key: each for key, each in found.items() if isinstance(each, tuple)}


async def _whole(call: Call, key: str, read: _Read | None, way: tuple[Fetcher, Server]) -> tuple[Entry, ...]:
    """Return every page under a key; what was sent along is the first page."""
    fetcher, server = way
    if read is None or read.next_page is None:
        query = filled(call.service.prefetch[key], patient=call.patient, encounter=call.encounter)
        if query is None:
            raise NotFetched
        read = _answered(await fetcher.get(server, query), key)
    entries, pages = [*read.entries], 1
    while (link := read.next_page) is not None and not _is_whole(call, key, read):
        if pages == MOST_PAGES:
            raise NotFetched
        read = _answered(await fetcher.next_page(server, link), key)
        entries += read.entries
        pages += 1
    return tuple(entries)


def _answered(content: dict[str, Any], key: str) -> _Read:
    read = read_value(content, f"prefetch.{key}")
    if read is None:
        raise NotFetched
    return read
