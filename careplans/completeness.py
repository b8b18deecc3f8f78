"""Whether the plan section holds the elements (a)-(e) of SPEC section 5; nothing passes by default."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from careplans.epikrise import EpikriseSection, FollowUp, is_bare, is_key

State = Literal["present", "unclear", "absent"]


@dataclass(frozen=True, slots=True)
class Element:
    """An element of the regulation on patients ready for discharge (§ 9 [confirm number]) and how it stands."""

    id: str
    state: State


def completeness(section: EpikriseSection) -> tuple[Element, ...]:
    """Return each element as present, unclear or absent, from what the section itself holds."""
    return (
        Element("problem_at_admission", _problem(section)),
        Element("other_problems", _others(section)),
        Element("open_problems", _open(section)),
        Element("follow_up_plan", _plan(section)),
        Element("function", _function(section)),
    )


def is_complete(elements: Iterable[Element]) -> bool:
    """Return whether every element is present."""
    return all(element.state == "present" for element in elements)


def _problem(section: EpikriseSection) -> State:
    """A list without a main diagnosis says what the patient has, and not why the patient came; nor does a bare code."""
    if section.main_problem and not is_bare(section.main_problem):
        return "present"
    return "unclear" if section.other_problems else "absent"


def _others(section: EpikriseSection) -> State:
    """A list with nothing beside the main problem has not said that there is nothing."""
    if section.other_problems is None:
        return "absent"
    return "present" if section.other_problems else "unclear"


def _open(section: EpikriseSection) -> State:
    """Listed with someone who asks is accounted for; that nothing is listed has not been said by anyone.

    An answer that the way itself hangs on is not accounted for by a line of ours: someone must ask, or write why not.
    """
    if not section.open_problems and not section.held_tracks:
        return "unclear"
    accounted = all(problem.owner and not is_key(problem) for problem in section.open_problems)
    return "present" if accounted else "unclear"


def _plan(section: EpikriseSection) -> State:
    """Visits and usual follow-up alone are a who and a when without a what."""
    if not section.follow_up:
        return "absent"
    says_what = any(not line.bare for line in section.follow_up)
    return "present" if says_what and all(map(_whole, section.follow_up)) and section.discharge else "unclear"


def _whole(line: FollowUp) -> bool:
    """A line says what, who and when; a day after a discharge nobody has dated is no when."""
    return bool(line.what and line.who and (line.when.on or line.when.event))


def _function(section: EpikriseSection) -> State:
    said = [bool(words) for words in section.function.values()]
    if not any(said):
        return "absent"
    return "present" if all(said) else "unclear"
