"""The epikrise's plan section as plain text that can be pasted into any journal system."""

from __future__ import annotations

from collections.abc import Iterable

from careplans.epikrise import EpikriseSection, FollowUp, Found, OpenProblem, is_bare, is_key
from careplans.limits import limits_heading, limits_signature
from careplans.parts import Contact, MedicineChange
from careplans.words import (
    answer_words,
    corrected_words,
    date_words,
    due_words,
    label,
    one_line,
    open_label,
    owners_words,
)
from engine.texts import Texts

PARTS = (
    "what_matters", "function", "problems", "open", "follow_up", "proposed", "medicines", "limits", "readmission",
    "contacts",
)  # fmt: skip


def epikrise_text(section: EpikriseSection, texts: Texts) -> str:
    """Return the section as text, one heading a part; what is not known is marked to be written."""
    parts = (_part(name, section, texts) for name in PARTS)
    corrected = corrected_words(section.corrected, texts, say=open_label)
    head = (texts("epikrise.title"), *((corrected,) if corrected else ()))
    return "\n\n".join((*head, *parts, texts("plan.municipality_decides"))) + "\n"


def epikrise_lines(name: str, section: EpikriseSection, texts: Texts) -> tuple[str, ...]:
    """Return what one part of the section says, a line each."""
    return tuple(map(one_line, _LINES[name](section, texts)))


def epikrise_heading(name: str, section: EpikriseSection, texts: Texts) -> str:
    """Return the heading of one part of the section."""
    return limits_heading(section, texts) if name == "limits" else texts(f"epikrise.{name}")


def _part(name: str, section: EpikriseSection, texts: Texts) -> str:
    lines = epikrise_lines(name, section, texts)
    return "\n".join((epikrise_heading(name, section, texts), *(f"- {line}" for line in lines)))


def _or_missing(words: str | None, texts: Texts) -> str:
    return words or texts("epikrise.missing")


def _what_matters(section: EpikriseSection, texts: Texts) -> list[str]:
    matters = section.what_matters
    return [texts("words.quote", words=matters.words) if matters.words else texts(f"epikrise.matters.{matters.state}")]


def _function(section: EpikriseSection, texts: Texts) -> list[str]:
    return [texts(f"epikrise.when.{when}", words=_or_missing(said, texts)) for when, said in section.function.items()]


def _problems(section: EpikriseSection, texts: Texts) -> list[str]:
    found = dict.fromkeys(_found(found, texts) for found in section.clarified)
    return [
        texts("epikrise.main_problem", words=_main(section.main_problem, texts)),
        texts("epikrise.other_problems", words=_others(section.other_problems, texts)),
        *(texts("epikrise.clarified", words=words) for words in found),
    ]


def _main(problem: str | None, texts: Texts) -> str:
    """Say the main problem; a code alone is marked to be written in words."""
    return texts("epikrise.bare", code=problem) if problem and is_bare(problem) else _or_missing(problem, texts)


def _others(codes: tuple[str, ...] | None, texts: Texts) -> str:
    """A list that holds nothing beside the main problem has not said that there is nothing."""
    if codes is None:
        return texts("epikrise.missing")
    return ", ".join(codes) or texts("epikrise.none_listed")


def _found(found: Found, texts: Texts) -> str:
    """Name a problem by what was measured, and not by the rule."""
    name = texts(f"found.{found.rule}")
    said = [_measure(item, answer_words(item, value, texts), texts) for item, value in found.measures.items()]
    return texts("epikrise.found", name=name, words=", ".join(said)) if said else name


def _measure(item: str, value: str, texts: Texts) -> str:
    """Say what was measured; one of something has its own words where the language bends them."""
    one = f"measure.{item}_one"
    return texts(one) if value == "1" and one in texts else texts(f"measure.{item}", value=value)


def _open(section: EpikriseSection, texts: Texts) -> list[str]:
    held = [texts("epikrise.held", words=texts(f"plan.track.{track}")) for track in section.held_tracks]
    problems = [_problem(problem, texts) for problem in section.open_problems]
    return [*held, *problems] or [texts("epikrise.missing")]


def _problem(problem: OpenProblem, texts: Texts) -> str:
    """Say what is open and with whom; what the way hangs on is for whoever signs to account for."""
    if is_key(problem):
        return texts("epikrise.unaccounted", what=texts(f"unsettled.{problem.id}"))
    return texts("epikrise.unsettled", what=texts(f"unsettled.{problem.id}"), who=texts(f"owner.{problem.owner}"))


def _follow_up(section: EpikriseSection, texts: Texts) -> list[str]:
    """Return what the hospital and the GP have as their own."""
    own = [_line(line, texts) for line in section.follow_up if not line.municipal]
    return own or [texts("epikrise.missing")]


def _proposed(section: EpikriseSection, texts: Texts) -> list[str]:
    """Return the needs that the municipality weighs; a proposal is no promise."""
    return [_need(line, texts) for line in section.follow_up if line.municipal] or [texts("epikrise.nothing_proposed")]


def _need(line: FollowUp, texts: Texts) -> str:
    what = texts(f"need.{line.what.removeprefix('action.')}")
    return texts("epikrise.need", what=what, who=owners_words(line.who, texts), when=due_words(line.when, texts))


def _line(line: FollowUp, texts: Texts) -> str:
    about = {"item": label(line.about, texts)} if line.about else {}
    what = texts(line.what, **about)
    return texts("epikrise.line", what=what, who=owners_words(line.who, texts), when=due_words(line.when, texts))


def _medicines(section: EpikriseSection, texts: Texts) -> list[str]:
    return [
        *_changes("started", section.started, texts),
        *_changes("stopped", section.stopped, texts),
        texts("epikrise.changed", words=texts("epikrise.missing")),
    ]


def _changes(kind: str, changes: Iterable[MedicineChange], texts: Texts) -> list[str]:
    missing = texts("epikrise.missing")
    said = "; ".join(_change(change, texts) for change in changes)
    return [texts(f"epikrise.{kind}", words=said or missing)]


def _change(change: MedicineChange, texts: Texts) -> str:
    missing = texts("epikrise.missing")
    on = date_words(change.on, texts)
    return texts("epikrise.change", name=change.name or missing, date=on, why=change.why or missing)


def _limits(section: EpikriseSection, texts: Texts) -> list[str]:
    signature = limits_signature(section, texts)
    return [_or_missing(section.limits, texts), *([signature] if signature else [])]


def _readmission(section: EpikriseSection, texts: Texts) -> list[str]:
    return [_or_missing(section.readmission, texts)]


def _contacts(section: EpikriseSection, texts: Texts) -> list[str]:
    return [_contact(contact, texts) for contact in section.contacts]


def _contact(contact: Contact, texts: Texts) -> str:
    return f"{texts(f'owner.{contact.role}')}: {_or_missing(contact.phone, texts)}"


_LINES = {
    "what_matters": _what_matters,
    "function": _function,
    "problems": _problems,
    "open": _open,
    "follow_up": _follow_up,
    "proposed": _proposed,
    "medicines": _medicines,
    "limits": _limits,
    "readmission": _readmission,
    "contacts": _contacts,
}
