"""From a case to its plan, its print and its epikrise section, with what is set locally."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from api.screening import Screening
from careplans.acceptance import Accepted
from careplans.as_json import plan_to_json
from careplans.calendar import calendar_of
from careplans.completeness import Element, completeness
from careplans.conflict_words import conflict_words
from careplans.documents import as_html, as_pdf, as_text, document_of
from careplans.epikrise import plan_section, section_to_json
from careplans.epikrise_text import epikrise_text
from careplans.parts import Plan
from careplans.plan import build_plan
from careplans.print import Audience, limits_in_words, render_html, render_pdf
from careplans.settings import PlanSettings
from engine.rules import RuleSet
from engine.texts import Texts
from rules.assessment import Assessment
from rules.case import Case
from rules.ruleset import Overlay

FORMATS = (".pdf", ".html", ".json", ".ics")
SHEET_FORMATS = (".txt", ".html", ".pdf")


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for: the suggestions accepted, the day of discharge, the index date."""

    accept: str = "all"
    discharge: date | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet beside the plan, the ending of its file, and the day it is printed."""

    name: str
    suffix: str
    printed: date


@dataclass(frozen=True, slots=True)
class Section:
    """The epikrise's plan section, in both forms."""

    as_text: str
    as_json: dict[str, Any]


def planned(screening: Screening, case: Case, request: Request, *, now: datetime) -> Plan:
    """Return the plan that follows from the accepted suggestions."""
    return plan_of(screening, case, screening.assess(case, request.on, now), request)


def plan_of(screening: Screening, case: Case, assessment: Assessment, request: Request) -> Plan:
    """Return the plan that follows from an assessment that was made already."""
    overlay = screening.overlay
    settings = PlanSettings(overlay.offsets, overlay.contacts) if overlay else PlanSettings()
    return build_plan(
        case,
        assessment,
        accepted=Accepted.parse(request.accept),
        discharge=request.discharge,
        settings=settings,
    )


def rendered(
    plan: Plan, suffix: str, *, ruleset: RuleSet, texts: Texts, printed: date, audience: Audience = "clinician"
) -> bytes:
    """Return the plan as a file's bytes, by the file's ending; calendar and JSON are alike for every reader."""
    limits = limits_in_words(ruleset, texts)
    if suffix == ".pdf":
        return render_pdf(plan, texts, printed=printed, limits=limits, audience=audience)
    if suffix == ".html":
        return render_html(plan, texts, printed=printed, limits=limits, audience=audience).encode()
    if suffix == ".ics":
        return calendar_of(plan, texts, stamped=datetime.combine(printed, time(), UTC))
    return (json.dumps(_with_words(plan, texts), ensure_ascii=False, indent=2) + "\n").encode()


def _with_words(plan: Plan, texts: Texts) -> dict[str, Any]:
    """Return the plan as JSON; a conflict must be understood and settled, so it says so in words too."""
    content = plan_to_json(plan)
    said = (conflict_words(conflict, plan, texts)._asdict() for conflict in plan.conflicts)
    return content | {"conflicts": [each | words for each, words in zip(content["conflicts"], said, strict=True)]}


def sheet(form: Sheet, case: Case, plan: Plan, *, texts: Texts, overlay: Overlay | None) -> bytes:
    """Return a sheet beside the plan as a file's bytes, with what the municipality adds to it."""
    document = document_of(form.name, case, plan, texts=texts, local=overlay.checklist if overlay else ())
    if form.suffix == ".pdf":
        return as_pdf(document, plan, texts, printed=form.printed)
    if form.suffix == ".html":
        return as_html(document, plan, texts, printed=form.printed).encode()
    return as_text(document, plan, texts).encode()


def epikrise_section(case: Case, plan: Plan, texts: Texts) -> Section:
    """Return the epikrise's plan section, and which of the elements a receiver needs it holds."""
    section = plan_section(case, plan)
    elements = completeness(section)
    states = {element.id: element.state for element in elements}
    return Section(
        as_text=epikrise_text(section, texts).rstrip() + "\n\n" + _checked(elements, texts),
        as_json={**section_to_json(section), "text": epikrise_text(section, texts), "completeness": states},
    )


def _checked(elements: tuple[Element, ...], texts: Texts) -> str:
    said = ((texts(f"completeness.{each.id}"), texts(f"completeness.state.{each.state}")) for each in elements)
    return "\n".join((texts("completeness.heading"), *(f"  {name}: {state}" for name, state in said))) + "\n"
