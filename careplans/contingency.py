"""Beredskapsplan ved forverring: signs, what to do, whom to call, and what is not to be done."""

from __future__ import annotations

from collections.abc import Mapping, Set

from careplans.catalogue import SignTemplate, read, signs
from careplans.parts import Contact, Contingency, Sign
from rules.case import Case

PALLIATIVE, USUAL = "palliative_focus", "usual"


def contingency_plan(case: Case, modules: Set[str], contacts: Mapping[str, str]) -> Contingency:
    """Return the plan for worsening; only signs that the plan's modules or known diagnoses give reason for."""
    focus = PALLIATIVE if PALLIATIVE in modules else USUAL
    return Contingency(
        signs=tuple(Sign(sign.id, sign.tier) for sign in signs() if _concerns(sign, case, modules)),
        what_to_do=tuple(read("contingency")["what_to_do"][focus]),
        contacts=_contacts(case, contacts, order=focus),
        limits=words(case, "treatment_limits"),
        readmission=words(case, "readmission_criteria"),
    )


def words(case: Case, item: str) -> str | None:
    """Return what someone wrote under an item, or None where nothing was written."""
    answer = case.answers.get(item)
    return answer.strip() or None if isinstance(answer, str) else None


def _concerns(sign: SignTemplate, case: Case, modules: Set[str]) -> bool:
    if not sign.when and not sign.diagnoses:
        return True
    return not modules.isdisjoint(sign.when) or _has_diagnosis(case, sign.diagnoses)


def _has_diagnosis(case: Case, prefixes: tuple[str, ...]) -> bool:
    wanted = tuple(prefix.replace(".", "") for prefix in prefixes)
    codes = (d.code.replace(".", "").upper() for d in case.diagnoses or () if d.system == "icd-10")
    return bool(wanted) and any(code.startswith(wanted) for code in codes)


def _contacts(case: Case, local: Mapping[str, str], *, order: str) -> tuple[Contact, ...]:
    national = read("contacts")["national"]
    known = {**national, **local}
    if (gp := words(case, "gp")) and "gp" not in local:
        known["gp"] = gp
    return tuple(Contact(role, known.get(role), local=role in local) for role in read("contacts")["order"][order])
