"""What a receiver needs in a message, and how each stands: present, unclear or absent. Nothing passes by default."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from api.messages.model import Kind
from api.messages.writing import Ground
from careplans.completeness import Element, State, completeness

FILE = Path(__file__).parent / "data" / "elements.toml"


@cache
def elements_table() -> Mapping[str, Any]:
    """Return what each kind of message needs."""
    return tomllib.loads(FILE.read_text("utf-8"))


def element_ids() -> tuple[str, ...]:
    """Return every element that can be missing, in either direction."""
    table = elements_table()
    written = (id for ids in table["written"].values() for id in ids)
    received = (each["id"] for rows in table["received"].values() for each in rows)
    return tuple(dict.fromkeys((*written, *received)))


def written_elements(kind: Kind, ground: Ground) -> tuple[Element, ...]:
    """Return the elements of a message that is written, by what it is made from."""
    of_section = {each.id: each.state for each in completeness(ground.section)}
    return tuple(
        Element(id, of_section[id] if id in of_section else _WRITTEN[id](ground))
        for id in elements_table()["written"][kind]
    )


def missing_in(kind: Kind, root: etree._Element) -> tuple[str, ...]:
    """Return the elements that a received message lacks."""
    needed = elements_table()["received"].get(kind, ())
    return tuple(each["id"] for each in needed if not any(_says(found) for found in _found(root, each)))


def _found(root: etree._Element, needed: Mapping[str, Any]) -> Iterator[etree._Element]:
    if "heading" in needed:
        for note in root.iter("{*}Journaltekst"):
            if any(each.get("V") == needed["heading"] for each in note.iterchildren("{*}Overskriftskode")):
                yield from note.iterchildren("{*}Notat")
    for name in needed.get("any", ()):
        yield from root.iter(f"{{*}}{name}")


def _says(element: etree._Element) -> bool:
    """Return whether there is a word or a code in an element."""
    return any((each.text or "").strip() or each.get("V") or each.get("DN") for each in element.iter(etree.Element))


# Of the notice and the report to the GP


def _status(ground: Ground) -> State:
    """Why the patient came, and function before and now (SPEC section 4)."""
    function = ground.plan.function
    main = any(each.main for each in ground.case.diagnoses or ())
    return _all_of(main, bool(function.before), bool(function.now))


def _course(ground: Ground) -> State:
    said = bool(ground.said.get("course_words", "").strip())
    return "present" if said else "unclear" if ground.plan.function.expected else "absent"


def _discharge_time(ground: Ground) -> State:
    """A day, or why none is known."""
    return "present" if ground.plan.discharge or ground.said.get("why_unknown", "").strip() else "absent"


def _stay_end(ground: Ground) -> State:
    """When the patient left: a day that is only expected is not that."""
    return "present" if ground.case.encounter.discharged else "unclear" if ground.plan.discharge else "absent"


def _visits(ground: Ground) -> State:
    seen = [visit for visit in ground.visits if visit.at and (visit.note or visit.checked)]
    return "present" if seen else "unclear" if ground.visits else "absent"


def _medicines(ground: Ground) -> State:
    return "absent" if ground.case.medicines is None else "present"


def _all_of(*said: bool) -> State:
    return "present" if all(said) else "unclear" if any(said) else "absent"


_WRITTEN: Mapping[str, Callable[[Ground], State]] = {
    "status": _status,
    "course": _course,
    "discharge_time": _discharge_time,
    "visits": _visits,
    "medicines": _medicines,
    "stay_end": _stay_end,
}
