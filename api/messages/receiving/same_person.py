"""Whether a message says of the patient what the record says: another name is for a person to see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from api.messages.log import NOTE_TEXTS
from careplans.course.events import Described
from rules.case import Patient


def differs(said: Patient, held: Described) -> tuple[str, ...]:
    """Return what the message says otherwise than the record, which keeps its own."""
    return tuple(_differing(said, held))


def remarked(case: Mapping[str, Any], remarks: Iterable[str]) -> dict[str, Any]:
    """Return the case with a note for each, so that whoever confirms what it proposes sees it."""
    added = [{"code": NOTE_TEXTS[each], "where": "Patient", "values": {}} for each in remarks]
    return {**case, "notes": [*case.get("notes", []), *added]} if added else dict(case)


def _differing(said: Patient, held: Described) -> Iterator[str]:
    if said.name and held.name and not _same_name(said.name, held.name):
        yield "another_name"
    if said.birth_date and held.born and said.birth_date != held.born:
        yield "another_birth_date"
    if said.sex and held.sex and said.sex != held.sex:
        yield "another_sex"


def _same_name(one: str, other: str) -> bool:
    """Return whether two names may be the same; a middle name is often left out."""
    ours, theirs = (set(each.casefold().replace("-", " ").split()) for each in (one, other))
    return ours <= theirs or theirs <= ours
