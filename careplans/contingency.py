"""Beredskapsplan ved forverring: signs, what to do, whom to call, and the level of treatment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date

from careplans.catalogue import SignTemplate, read, signs
from careplans.parts import Contact, Contingency, Sign
from rules.case import Case

PALLIATIVE, USUAL, HOME = "palliative_focus", "usual", "home"


@dataclass(frozen=True, slots=True)
class Around:
    """What of a plan the contingency plan follows: its modules, its marks, and the day from which medicines count."""

    modules: Set[str]
    marks: Mapping[str, object]
    day: date


def contingency_plan(case: Case, plan: Around, contacts: Mapping[str, str]) -> Contingency:
    """Return the plan for worsening; only signs that the plan's modules, diagnoses or medicines give reason for."""
    focus = PALLIATIVE if PALLIATIVE in plan.modules else USUAL
    return Contingency(
        signs=tuple(Sign(sign.id, sign.tier, sign.first) for sign in signs() if _concerns(sign, case, plan)),
        what_to_do=tuple(read("contingency")["what_to_do"][focus]),
        contacts=_contacts(case, contacts, order=_order(plan, focus)),
        limits=words(case, "treatment_limits"),
        readmission=words(case, "readmission_criteria"),
        focus=focus,
    )


def words(case: Case, item: str) -> str | None:
    """Return what someone wrote under an item, or None where nothing was written."""
    answer = case.answers.get(item)
    return answer.strip() or None if isinstance(answer, str) else None


def list_comes_first(plan: Contingency) -> bool:
    """Return whether the list is called before 113: only with palliative focus, a level agreed, and someone to reach.

    A choice of track is no limit of treatment, and a list without a number is nobody to call.
    """
    national = read("contacts")["national"]
    numbers = (contact.phone or "" for contact in plan.contacts if contact.role not in national)
    return plan.focus == PALLIATIVE and plan.limits is not None and any(any(map(str.isdigit, n)) for n in numbers)


def _concerns(sign: SignTemplate, case: Case, plan: Around) -> bool:
    if not plan.modules.isdisjoint(sign.unless):
        return False
    return (
        sign.for_everyone
        or not plan.modules.isdisjoint(sign.when)
        or _any_starts(_diagnoses(case), sign.diagnoses)
        or _any_starts(_medicines(case, plan.day), sign.medicines)
    )


def _diagnoses(case: Case) -> Iterable[str]:
    return (d.code for d in case.diagnoses or () if d.system == "icd-10")


def _medicines(case: Case, day: date) -> Iterable[str]:
    """Return what is taken, regularly or as needed; without a last day it still is."""
    return (medicine.atc for medicine in case.medicines or () if medicine.atc and medicine.current_on(day))


def _any_starts(codes: Iterable[str], prefixes: tuple[str, ...]) -> bool:
    wanted = tuple(prefix.replace(".", "") for prefix in prefixes)
    return bool(wanted) and any(code.replace(".", "").upper().startswith(wanted) for code in codes)


def _order(plan: Around, focus: str) -> tuple[str, ...]:
    places = read("contacts")["order"]
    place = next((mark for mark in places if mark in plan.marks), HOME)
    return tuple(places[place][focus])


def _contacts(case: Case, local: Mapping[str, str], *, order: tuple[str, ...]) -> tuple[Contact, ...]:
    table = read("contacts")
    known = {**table["national"], **local}
    if (gp := words(case, "gp")) and "gp" not in local:
        known["gp"] = gp
    return tuple(Contact(role, known.get(role), local=role in local, hours=table["hours"][role]) for role in order)
