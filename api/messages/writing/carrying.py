"""What a message of each kind carries, from a case and its plan: the lines of the prints under official headings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from api.messages.model import Kind
from api.messages.tables import messages_table
from api.messages.writing.characters import Sieve
from api.messages.writing.content import Approved, Content, Control, MedicineLine, Paragraph, Section, StayEvent
from api.messages.writing.medicines import medicine_lines
from careplans.contingency import words
from careplans.course.case_now import without_place
from careplans.documents import build
from careplans.documents.model import Part
from careplans.epikrise import EpikriseSection, plan_section
from careplans.epikrise_text import epikrise_heading, epikrise_lines
from careplans.parts import Plan
from careplans.words import corrected_words, moment_words, one_line, open_label, step_words
from engine.errors import InputError
from engine.texts import Texts
from rules.case import Case
from rules.times import oslo

Sections = tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """What was marked on a step of the pathway: when it was done, or None where it was marked as not done."""

    step: str
    at: datetime | None
    checked: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True)
class Ground:
    """What a message is made from.

    `said` is what its writer adds: to a notice `course_words` and `why_unknown`, to the GP the `assessment`.
    `visits` are the steps that were marked; `update` is a later notice in the same stay. Where the address is
    `protected`, nothing that tells where the person is to be found goes out.
    """

    case: Case
    plan: Plan
    texts: Texts
    approved: Approved | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    visits: tuple[Visit, ...] = ()
    update: bool = False
    protected: bool = False

    @cached_property
    def words(self) -> Texts:
        """Return the texts as a receiver reads them: what is not known is said, and nobody is asked to fill it in."""
        own = {key: self.texts.unfilled(f"message_words.{name}") for key, name in _TO_A_RECEIVER.items()}
        return self.texts.plus(own)

    @cached_property
    def section(self) -> EpikriseSection:
        """Return the epikrise's plan section."""
        return plan_section(self.case, self.plan)


_TO_A_RECEIVER = {
    "epikrise.missing": "unknown",
    "epikrise.bare": "bare",
    "epikrise.matters.unknown": "matters_unknown",
    "epikrise.unaccounted": "unaccounted",
}


def content_of(kind: Kind, ground: Ground) -> Content:
    """Return what a message of that kind carries."""
    carry = _CARRIED.get(kind)
    if carry is None:
        raise InputError("KIND", "message_not_written", allowed=tuple(_CARRIED))
    return _sieved(carry(_without_place(ground)), ground.words)


def _without_place(ground: Ground) -> Ground:
    if not ground.protected:
        return ground
    case, plan = without_place(ground.case), ground.plan
    gp = words(ground.case, "gp")
    contacts = tuple(replace(c, phone=None) if c.local or c.phone == gp else c for c in plan.contingency.contacts)
    plan = replace(plan, contingency=replace(plan.contingency, contacts=contacts))
    return replace(ground, case=case, plan=plan)


def _sieved(content: Content, texts: Texts) -> Content:
    """Return it with every character that can be sent, and with a line that says how many could not."""
    sieve = Sieve()
    clean = sieve.all_of(content)
    if not sieve.replaced or not clean.sections:
        return clean
    line = texts("message_words.replaced", count=sieve.replaced)
    told = Paragraph(texts("message_words.note"), (line,))
    first, *others = clean.sections
    return replace(clean, sections=(replace(first, paragraphs=(*first.paragraphs, told)), *others))


# What every message carries


def _common(ground: Ground) -> Content:
    case = ground.case
    alone = case.answers.get("living_alone")
    return Content(
        patient=replace(case.patient, municipality=None),
        unknown=ground.words("message_words.unknown"),
        ward=case.encounter.ward,
        living_alone=alone if isinstance(alone, bool) else None,
        interpreter=_line_of("interpreter", case),
        next_of_kin=_line_of("next_of_kin", case),
        diagnoses=case.diagnoses,
        approved=ground.approved,
    )


def _line_of(item: str, case: Case) -> str | None:
    return one_line(words(case, item) or "") or None


def _stay(ground: Ground) -> tuple[StayEvent, ...]:
    stay = ground.case.encounter
    admitted = (StayEvent("admitted", oslo(stay.admitted)),) if stay.admitted else ()
    return (*admitted, _leaving(ground))


def _leaving(ground: Ground) -> StayEvent:
    """Return when the stay ended; else on which day it is expected to, or that this is not known, and why."""
    stay, plan = ground.case.encounter, ground.plan
    if stay.discharged:
        return StayEvent("discharged", oslo(stay.discharged))
    if plan.discharge is None:
        why = (each.words for each in build.notice_discharge(_sheet(ground)).lines)
        return StayEvent("ready_for_discharge", None, estimate=True, remark=" ".join(why))
    return StayEvent("ready_for_discharge", plan.discharge, estimate=True)


def _sheet(ground: Ground) -> build.Ground:
    return build.Ground(ground.case, ground.plan, ground.words, added=ground.said)


# Each kind


def _notice(ground: Ground) -> Content:
    sheet = _sheet(ground)
    status, course = build.notice_status(sheet), build.notice_course(sheet)
    return replace(
        _common(ground),
        content_type=("content_notice", "update" if ground.update else "notice"),
        events=_stay(ground),
        sections=(
            Section("heading_notice", "status", (_paragraph(status),)),
            Section("heading_notice", "course", (_paragraph(course), _paragraph(build.notice_discharge(sheet)))),
        ),
    )


def _paragraph(part: Part) -> Paragraph:
    return Paragraph(part.heading, tuple(one_line(line.words) for line in part.lines))


def _discharge_report(ground: Ground) -> Content:
    function = "\n".join(epikrise_lines("function", ground.section, ground.words))
    return replace(
        _common(ground),
        content_type=("content_discharge", "discharge_report"),
        events=_stay(ground),
        medicines=_medicines(ground),
        sections=_sections("utskrivningsrapport", ground),
        change_of_function=function,
        controls=_controls(ground),
    )


def _epikrise(ground: Ground) -> Content:
    """Return the epikrise; it has no place for who lives alone, the interpreter and next of kin."""
    whole = replace(_common(ground), events=_stay(ground), medicines=_medicines(ground))
    sections = _sections("epikrise", ground)
    return replace(whole, living_alone=None, interpreter=None, next_of_kin=None, sections=sections)


def _to_doctor(ground: Ground) -> Content:
    visits = Paragraph(ground.words("message_words.visits"), tuple(_visits(ground)))
    judged = one_line(ground.said.get("assessment", "")) or ground.words("message_words.unknown")
    assessment = Paragraph(ground.words("message_words.assessment"), (judged,))
    return replace(
        _common(ground),
        ward=None,
        content_type=("content_to_doctor", "status_report"),
        medicines=_medicines(ground),
        sections=(
            Section("heading_medical", "course", (visits,)),
            Section("heading_medical", "assessment", (assessment,)),
            *_sections("helseopplysninger_til_lege", ground),
        ),
    )


def _sections(kind: str, ground: Ground) -> Sections:
    """Return the parts of the plan section under the headings that the table gives them."""
    table = messages_table()["carried"][kind]
    return tuple(
        Section(table["code_set"], heading, tuple(_part(name, ground) for name in parts))
        for heading, parts in table["headings"].items()
    )


def _part(name: str, ground: Ground) -> Paragraph:
    lines = epikrise_lines(name, ground.section, ground.words)
    return Paragraph(epikrise_heading(name, ground.section, ground.words), (*lines, *_added(name, ground)))


def _added(name: str, ground: Ground) -> tuple[str, ...]:
    """Return what the section says outside its parts, and what no element of a message says."""
    if name == "medicines":
        return _list_itself(ground)
    if name == "proposed":
        return (ground.words("plan.municipality_decides"),)
    corrected = corrected_words(ground.plan.corrected, ground.words, say=open_label)
    return (corrected,) if name == "problems" and corrected else ()


def _list_itself(ground: Ground) -> tuple[str, ...]:
    """Say in words what no element says: that the list is not known, or that there are no medicines."""
    if ground.case.medicines is None:
        return (ground.words("message_words.medicines_unknown"),)
    return () if ground.case.medicines else (ground.words("message_words.medicines_none"),)


def _medicines(ground: Ground) -> tuple[MedicineLine, ...] | None:
    case, plan = ground.case, ground.plan
    stay = case.encounter.first_day
    if case.medicines is None:
        return None
    return medicine_lines(case.medicines, since=stay, on=plan.discharge or plan.index_date, texts=ground.words)


def _controls(ground: Ground) -> tuple[Control, ...]:
    lines = build.planned_controls(ground.plan, ground.words)
    return tuple(Control(line.when, f"{one_line(line.words)} ({line.who})") for line in lines)


def _visits(ground: Ground) -> Iterable[str]:
    """Say of each visit that it was done, with what was seen, that it was not, or that nobody has said."""
    marked = {visit.step: visit for visit in ground.visits}
    for step in (step for step in ground.plan.timeline if step.kind == "visit" and step.id in _AFTER_DISCHARGE):
        yield _visit(step_words(step, ground.words), step.id, marked.get(step.id), ground.words)


def _visit(what: str, step: str, visit: Visit | None, texts: Texts) -> str:
    if visit is None:
        return texts("message_words.visit_unknown", what=what)
    note = one_line(visit.note or "")
    if visit.at is None:
        return texts("message_words.visit_not_done", what=what, note=note or texts("message_words.unknown"))
    done = "; ".join(texts(f"check.{step}.{point}") for point in visit.checked)
    when = moment_words(oslo(visit.at), texts)
    said = (texts("message_words.visit_done", what=what, when=when), done, note)
    return ". ".join(part.rstrip(".") for part in said if part) + "."


_AFTER_DISCHARGE = ("HPH2", "HPH3", "HPH4")
_CARRIED: dict[Kind, Callable[[Ground], Content]] = {
    "helseopplysninger": _notice,
    "utskrivningsrapport": _discharge_report,
    "epikrise": _epikrise,
    "helseopplysninger_til_lege": _to_doctor,
}
