"""Each sheet from a case and its plan; what nobody has said is asked for and never made up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from careplans.catalogue import read
from careplans.documents.model import Document, Line, Part
from careplans.parts import Due, Plan, Step
from careplans.print.sections import contingency_section
from careplans.words import (
    action_words,
    answer_words,
    day_words,
    due_words,
    label,
    named,
    one_line,
    owners_words,
    step_words,
)
from engine.texts import Texts
from rules.case import Case

NAMES = tuple(read("documents")["names"])


@dataclass(frozen=True, slots=True)
class Ground:
    """What a sheet is built from; `local` is what the municipality adds to the discharge checklist.

    `added` is what someone wrote for the notice alone: `course_words`, `why_unknown`.
    """

    case: Case
    plan: Plan
    texts: Texts
    local: tuple[str, ...] = ()
    added: Mapping[str, str] = field(default_factory=dict)

    def say(self, key: str, **values: object) -> str:
        """Return a text of the sheets."""
        return self.texts(f"sheet.{key}", **values)

    @property
    def missing(self) -> str:
        """What stands in place of what nobody has said."""
        return self.texts("epikrise.missing")


def document_of(name: str, case: Case, plan: Plan, *, texts: Texts, local: tuple[str, ...] = ()) -> Document:
    """Return the sheet of that name."""
    return _BUILDERS[name](Ground(case, plan, texts, local))


def _document(name: str, ground: Ground, parts: Iterable[Part], *, signatures: tuple[str, ...] = ()) -> Document:
    return Document(
        title=ground.say(f"{name}.title"),
        lead=ground.say(f"{name}.lead"),
        parts=tuple(parts),
        signatures=tuple(ground.texts(f"plan.signature.{role}") for role in signatures),
        closing=ground.texts("plan.municipality_decides"),
    )


def _checklists(ground: Ground) -> Document:
    """HPH0-HPH5 and the notice, each with its owner and day (Røsstad 2017, table 1)."""
    steps = (step for step in ground.plan.timeline if step.checklist)
    return _document("checklists", ground, (_step_part(step, ground) for step in steps))


def _step_part(step: Step, ground: Ground) -> Part:
    who, when = owners_words(step.owners, ground.texts), due_words(step.due, ground.texts)
    ticks = tuple(Line(ground.texts(f"check.{step.id}.{line}"), tick=True) for line in step.checklist)
    lead = ground.say("who_when", who=who, when=when)
    named = step_words(step, ground.texts)
    heading = ground.say("step", id=step.id, name=named) if step.kind == "visit" else named
    return Part(heading, (*ticks, Line(ground.say("notes"), write=True)), lead)


def _conversation(ground: Ground) -> Document:
    topics = read("documents")["conversation"]["topics"]
    parts = (_topic(topic, ground) for topic in topics)
    return _document("conversation", ground, parts, signatures=("treating_doctor", "ward_nurse", "patient"))


def _topic(topic: str, ground: Ground) -> Part:
    """Return what to talk about, and the line on which the patient's own words are written."""
    said = tuple(Line(words) for words in _TOPICS[topic](ground))
    owner = ground.texts(f"owner.{read('documents')['conversation']['owner']}")
    question = ground.say(f"conversation.teach_back.{topic}")
    back = Line(ground.say("conversation.told", question=question), tick=True, who=owner)
    answer = Line(ground.say("conversation.own_words"), write=True)
    return Part(ground.say(f"conversation.topic.{topic}"), (*said, back, answer))


def _why(ground: Ground) -> list[str]:
    return [ground.say("conversation.why", words=ground.missing)]


def _medicines(ground: Ground) -> list[str]:
    found = (("started", ground.plan.medicines.started), ("stopped", ground.plan.medicines.stopped))
    said = [
        ground.say(f"conversation.{kind}", names=", ".join(m.name for m in changes))
        for kind, changes in found
        if changes
    ]
    return said or [ground.say("conversation.medicines", words=ground.missing)]


def _watch(ground: Ground) -> list[str]:
    signs = contingency_section(ground.plan.contingency, ground.texts)
    now = [ground.say("conversation.call_now", signs=" · ".join(signs["now"]), call=signs["call_now"])]
    first = [f"{heading}: {sign}" for heading, sign in signs["first"]]
    return [*now, *first, *(words for half in signs["same_day"] for words in half)]


def _call(ground: Ground) -> list[str]:
    contacts = ground.plan.contingency.contacts
    return [f"{ground.texts(f'owner.{each.role}')}: {each.phone or ground.missing}" for each in contacts]


def _appointments(ground: Ground) -> list[str]:
    visits = [step for step in ground.plan.timeline if step.kind == "visit" and _ahead(step.due)]
    said = [_planned(step, ground) for step in visits]
    return [*said, ground.say("conversation.appointments", words=ground.missing)]


def _planned(step: Step, ground: Ground) -> str:
    """Say a visit of the plan as planned: the time is not an appointment before someone has made it."""
    when, what = due_words(step.due, ground.texts), step_words(step, ground.texts)
    return ground.say("conversation.planned", when=when, what=what)


def _matters(ground: Ground) -> list[str]:
    matters = ground.plan.what_matters
    return [
        ground.texts("words.quote", words=matters.words)
        if matters.words
        else ground.texts(f"epikrise.matters.{matters.state}")
    ]


def _notice(ground: Ground) -> Document:
    """The three contents, or why the time is not known (SPEC section 4)."""
    parts = (notice_status(ground), notice_course(ground), notice_discharge(ground), _deadline_part(ground))
    return _document("notice", ground, parts, signatures=("ward_nurse",))


def notice_status(ground: Ground) -> Part:
    """Return why the patient came, function, and what is needed after the stay."""
    function, items = ground.plan.function, read("documents")["notice"]["status"]
    reason = next((d.said for d in ground.case.diagnoses or () if d.main), None)
    said = (("reason", reason), ("function_before", function.before), ("function_now", function.now))
    known = tuple(Line(ground.say(f"notice.{name}", words=words or ground.missing)) for name, words in said)
    return Part(ground.say("notice.status"), (*known, *(_answer(item, ground) for item in items)))


def _answer(item: str, ground: Ground) -> Line:
    answer = ground.case.answers.get(item)
    words = ground.missing if answer is None else answer_words(item, answer, ground.texts)
    return Line(f"{label(item, ground.texts)}: {words}")


def notice_course(ground: Ground) -> Part:
    """Return the expected course, in words that someone wrote."""
    expected = ground.plan.function.expected or ground.missing
    lines = (
        Line(ground.say("notice.course_words", words=_added("course_words", ground))),
        Line(ground.say("notice.expected", words=expected)),
    )
    return Part(ground.say("notice.course"), lines)


def notice_discharge(ground: Ground) -> Part:
    """Say the time, and how sure it is; without one, ask why it is not known."""
    plan, texts = ground.plan, ground.texts
    if plan.discharge is None:
        why = ground.say("notice.why_unknown", words=_added("why_unknown", ground))
        said = (ground.say("notice.time_unknown"), why)
        return Part(ground.say("notice.discharge"), tuple(map(Line, said)))
    words = ground.say(f"notice.time_{plan.discharge_status}", date=day_words(plan.discharge, texts))
    return Part(ground.say("notice.discharge"), (Line(words),))


def _added(name: str, ground: Ground) -> str:
    return one_line(ground.added.get(name, "")) or ground.missing


def _deadline_part(ground: Ground) -> Part:
    step = _step(read("documents")["notice"]["step"], ground.plan)
    owner = ground.texts(f"owner.{read('documents')['notice']['owner']}")
    when = ground.say("notice.no_deadline")
    if step:
        when = ground.say("notice.deadline", when=due_words(step.due, ground.texts))
    return Part(ground.say("notice.sent"), (Line(ground.say("notice.send"), tick=True, who=owner, when=when),))


def _coordinator(ground: Ground) -> Document:
    table = read("documents")["coordinator"]
    owner = ground.texts(f"owner.{table['owner']}")
    reasons = [f for f in ground.plan.accepted if f.rule in table["rules"]]
    why = tuple(Line(ground.texts(f"rule.{f.rule}")) for f in reasons) or (Line(ground.missing),)
    answers = tuple(Line(ground.say(f"coordinator.{each}"), tick=True) for each in table["answers"])
    parts = (
        Part(ground.say("coordinator.why"), why),
        Part(ground.say("coordinator.matters"), tuple(map(Line, _matters(ground)))),
        Part(ground.say("coordinator.function"), _function_lines(ground)),
        Part(ground.say("coordinator.answer"), answers),
        Part(ground.say("coordinator.contact"), (Line(ground.say("coordinator.hospital"), write=True),)),
        Part(ground.say("coordinator.ask"), (Line(ground.say("coordinator.assess"), tick=True, who=owner),)),
    )
    return _document("coordinator", ground, parts, signatures=("treating_doctor", "patient"))


def _function_lines(ground: Ground) -> tuple[Line, ...]:
    function = ground.plan.function
    said = (("before", function.before), ("now", function.now), ("expected", function.expected))
    return tuple(Line(ground.texts(f"epikrise.when.{when}", words=words or ground.missing)) for when, words in said)


def _controls(ground: Ground) -> Document:
    table, texts = read("documents")["controls"], ground.texts
    blank = tuple(Line(ground.say("controls.other"), tick=True) for _ in range(table["rows"]))
    step = _step(table["step"], ground.plan)
    when = due_words(step.due, texts) if step else ground.missing
    booked = Line(ground.say("controls.all"), tick=True, who=texts(f"owner.{table['owner']}"), when=when)
    parts = (("planned", _known_controls(ground)), ("more", blank), ("booked", (booked,)))
    return _document("controls", ground, (Part(ground.say(f"controls.{name}"), lines) for name, lines in parts))


def _known_controls(ground: Ground) -> tuple[Line, ...]:
    return planned_controls(ground.plan, ground.texts) or (Line(ground.missing),)


def planned_controls(plan: Plan, texts: Texts) -> tuple[Line, ...]:
    """Return the visits and actions after discharge that someone must be called in for."""
    table = read("documents")["controls"]
    steps = (step for step in plan.timeline if step.id in table["steps"])
    visits = (_control(step_words(s, texts), owners_words(s.owners, texts), due_words(s.due, texts)) for s in steps)
    actions = (a for a in plan.actions if a.owner in table["owners"] and _ahead(a.due))
    tasks = (_control(action_words(a, texts), texts(f"owner.{a.owner}"), due_words(a.due, texts)) for a in actions)
    return (*visits, *tasks)


def _control(what: str, who: str, when: str) -> Line:
    return Line(what, tick=True, who=who, when=when)


def _discharge(ground: Ground) -> Document:
    parts = tuple(
        Part(
            ground.say(f"discharge.part.{part['id']}"),
            tuple(_to_tick(part["id"], line, ground) for line in part["lines"]),
        )
        for part in read("documents")["discharge"]["parts"]
    )
    added = tuple(Line(words, tick=True) for words in ground.local)
    local = (Part(ground.say("discharge.local"), added),) if added else ()
    return _document("discharge", ground, (*parts, *local), signatures=("treating_doctor", "ward_nurse"))


def _to_tick(part: str, line: dict[str, str], ground: Ground) -> Line:
    who = ground.texts(f"owner.{line['owner']}")
    key = named(f"sheet.discharge.{part}.{line['id']}", ground.plan.destination, ground.texts)
    return Line(ground.texts(key), tick=True, who=who)


def _ahead(due: Due) -> bool:
    return due.event is None and due.anchor == "discharge" and not due.before and due.days > 0


def _step(step_id: str, plan: Plan) -> Step | None:
    return next((step for step in plan.timeline if step.id == step_id), None)


_TOPICS: dict[str, Callable[[Ground], list[str]]] = {
    "why": _why,
    "medicines": _medicines,
    "watch": _watch,
    "call": _call,
    "appointments": _appointments,
    "matters": _matters,
}

_BUILDERS: dict[str, Callable[[Ground], Document]] = {
    "checklists": _checklists,
    "conversation": _conversation,
    "notice": _notice,
    "coordinator": _coordinator,
    "controls": _controls,
    "discharge": _discharge,
}
