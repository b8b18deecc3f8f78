"""Which questions the form asks, grouped as a nurse works; what each question is stands in `rules.knowledge.ITEMS`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.items import Item
from forms.questionnaire import FROM_THE_PATIENT
from rules.knowledge import ITEMS
from rules.scores.cfs import tree

Widget = Literal["scale", "number", "options", "set", "text", "list"]
CFS = "cfs_clinician"
TREE = tree().questions
OF_TODAY = frozenset(
    {"four_at", "mst", "weight_loss", "recent_function_decline", "function_now", "function_expected"}
) | (frozenset(TREE) - {"chronic_conditions"})
"""What is measured or told as it is now when a plan is evaluated, beside what is judged [confirm]."""
LONGEST_SCALE = 13
"""A number with so many answers or fewer is chosen with one press; a longer one is typed."""

ORDER: dict[str, tuple[str, ...]] = {
    "cfs": (CFS,),
    "tree": TREE,
    "function": (
        "residence",
        "living_alone",
        "municipal_services",
        "dementia_stage",
        "lifelong_disability",
        "admissions_last_12_months",
        "function_before",
        "function_now",
        "function_expected",
    ),
    "signs": ("falls_last_12_months", "four_at", "mst", "weight_loss", "recent_function_decline"),
    "matters": (
        "what_matters",
        "surprised_if_died_within_12_months",
        "spict_admissions",
        "spict_performance",
        "spict_dependent",
        "spict_weight",
        "spict_symptoms",
        "spict_wish",
        "treatment_limits",
    ),
    "discharge": ("need_after_discharge", "discharge_to", "can_coordinate", "readmission_criteria"),
    "lists": ("conditions", "medicines"),
}


def goes_along(item: str) -> bool:
    """Return whether an earlier answer still stands when CFS is scored again at home, until someone changes it."""
    return not ITEMS[item].judgement and item not in OF_TODAY


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that are asked together."""

    id: str
    items: tuple[str, ...]


def groups(*, age_known: bool) -> tuple[Group, ...]:
    """Return the groups in order; an item that no group names is asked for in the last."""
    placed = {item for items in ORDER.values() for item in items}
    rest = tuple(item for item in ITEMS if item not in placed | FROM_THE_PATIENT)
    asked = (*(() if age_known else ("age",)), *rest)
    return (*(Group(id, items) for id, items in ORDER.items()), Group("contacts", asked))


def widget(item: Item) -> Widget:
    """Return how an item is answered."""
    match item.kind:
        case "count":
            return "scale" if (item.high or 0) - (item.low or 0) < LONGEST_SCALE else "number"
        case "yes_no" | "choice":
            return "options"
        case "set" | "list":
            return item.kind
    return "text"
