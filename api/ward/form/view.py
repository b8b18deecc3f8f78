"""What the form shows, in words; the template lays it out and decides nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

from api.refusals import fault_in_words
from api.ward.form.form import Form
from api.ward.form.known import Told
from api.ward.form.meeting import Difference
from api.ward.form.outlook import Outlook
from api.ward.form.questions import CFS, TREE, Group, groups, widget
from api.ward.form.reading import LISTS, NO, YES, Row, as_content, lines
from api.ward.form.saving import DISAGREES
from api.ward.words import Words
from careplans.words import answer_words, label
from engine.errors import InputError
from engine.facts import SetAnswer
from engine.texts import Texts
from engine.words import number
from rules.knowledge import ITEMS
from rules.times import oslo_day

View = dict[str, Any]
UNKNOWN = ""
NOW = frozenset(TREE) - {"terminal_illness", "chronic_conditions"} | {CFS, "dementia_stage"}
"""Questions about the two weeks before an illness, which at an evaluation are about the last two weeks."""
ORIGINS = {"Innleggelsesrapport": "report", "previous_screening": "last_time", "paper_form": "paper"}
SHORTEST_TIME_AGO = 365
LONGEST_QUOTE = 120


@dataclass(frozen=True)
class Sight:
    """A form with what it gives, seen in one language."""

    form: Form
    outlook: Outlook
    words: Words
    wrong: Mapping[str, InputError]

    @property
    def t(self) -> Texts:
        """Return the texts."""
        return self.words.t


def groups_view(sight: Sight, *, age_known: bool) -> list[View]:
    """Return the groups with their questions, and in each the one button that takes over what is known."""
    asked = groups(age_known=age_known)
    return [_group(sight, group, then) for group, then in zip(asked, (*asked[1:], None), strict=True)]


def panel_view(sight: Sight) -> View:
    """Return what the answers give so far: the CFS still possible, what is undecided, and what to ask next."""
    t, assessment = sight.t, sight.outlook.assessment
    score, tree = assessment.scores["cfs"], assessment.scores["cfs_tree"]
    judged = CFS in score.because
    return {
        "cfs": sight.words.cfs(score.low, score.high) if score.value or len(score.levels) < ALL_LEVELS else None,
        "label": t(f"cfs.{score.value:g}") if score.value else None,
        "by": t("screen.panel.by_you" if judged else "screen.panel.by_tree"),
        "tree": sight.words.cfs(tree.low, tree.high) if judged and len(tree.levels) < ALL_LEVELS else None,
        "levels": [(level, level in score.levels) for level in range(1, ALL_LEVELS + 1)],
        "next": _next(sight),
        "undecided": len(assessment.undecided),
        "missing": [label(each, t) for each in _missing(sight)],
        "tracks": [(t(f"track.{each.track}"), t(f"status.{each.status}")) for each in assessment.tracks],
        "guards": [(t(f"suggest.{rule}"), "reason" if rule == DISAGREES else CFS) for rule in sight.outlook.guards],
        "change": _change(sight),
        "asks_reason": DISAGREES in sight.outlook.guards,
        "idle": " ".join(sorted(sight.outlook.idle)),
        "next_item": sight.outlook.next or "",
    }


ALL_LEVELS = 9


def _change(sight: Sight) -> str | None:
    """Say the CFS now beside the one before, where they differ: a change between stays may be real or a slip."""
    now, told = sight.form.said.answers.get(CFS), sight.form.known.scored_before()
    if now is None or told is None or told.case.answers[CFS] == now:
        return None
    said = {"now": now, "then": told.case.answers[CFS], "when": _when(sight.words, told.at)}
    return sight.t(f"screen.again.{'change' if told.case.encounter.first_day else 'change_since'}", **said)


def errors_view(sight: Sight) -> list[tuple[str, str, str]]:
    """Return what is wrong: where to jump, what it is about, and what mends it."""
    return [
        (f"q-{name}" if name else "screening", _name(name, sight.t), error_words(error, sight.t))
        for name, error in sight.wrong.items()
    ]


def differences_view(found: tuple[Difference, ...], t: Texts) -> list[View]:
    """Return what another person changed, beside what one answered oneself."""
    return [
        {
            "item": each.item,
            "name": label(each.item, t),
            "theirs": _said(each.item, each.theirs, t),
            "mine": _said(each.item, each.mine, t),
            "kept": each.kept,
        }
        for each in found
    ]


def _group(sight: Sight, group: Group, then: Group | None) -> View:
    questions = [_question(sight, item, place) for place, item in enumerate(group.items)]
    waiting = sight.form.waiting(group)
    offered = any(sight.form.offered(item) for item in waiting)
    take = "screen.group.as_last_time" if offered else "screen.group.all_right"
    along = {each for each in group.items if sight.form.known.carried(each)}
    asked = [each for each in questions if each["item"] not in along or each["error"] or each["unconfirmed"]]
    return {
        "id": group.id,
        "title": sight.t(f"screen.group.{group.id}"),
        "asked": [each for each in asked if not each["idle"]],
        "more": [each for each in asked if each["idle"]],
        "along": [each for each in questions if each not in asked],
        "take": sight.t(take, count=len(waiting)) if waiting else None,
        "then": then.id if then else "sign",
        "then_title": sight.t(f"screen.group.{then.id if then else 'sign'}"),
    }


def _question(sight: Sight, item: str, place: int) -> View:
    kind, t = widget(ITEMS[item]), sight.t
    return {
        "item": item,
        "place": place,
        "widget": kind,
        "name": t(f"item.{item}"),
        "ask": _asks(sight, item),
        "idle": item in sight.outlook.idle,
        "next": item == sight.outlook.next,
        "unconfirmed": sight.form.proposed(item) and item not in sight.form.confirmed,
        "error": error_words(sight.wrong[item], t) if item in sight.wrong else None,
        "mark": _mark(sight, item),
        **FILLED[kind](sight, item),
    }


def _asks(sight: Sight, item: str) -> str:
    """Return the question, at an evaluation about the last two weeks."""
    now = sight.form.known.again and item in NOW
    return sight.t(f"question_now.{item}" if now else f"question.{item}")


def _options(sight: Sight, item: str) -> View:
    held, t = sight.form.fields.one(item), sight.t
    codes = (YES, NO) if ITEMS[item].kind == "yes_no" else ITEMS[item].codes
    keys = {code: f"answer.{code}" if ITEMS[item].kind == "yes_no" else f"answer.{item}.{code}" for code in codes}
    unknown = (UNKNOWN, t("screen.unknown"), held not in codes)
    return {"options": [*((code, _capital(t(keys[code])), held == code) for code in codes), unknown]}


def _scale(sight: Sight, item: str) -> View:
    held, asked = sight.form.fields.one(item), ITEMS[item]
    levels = [str(level) for level in range(asked.low or 0, (asked.high or 0) + 1)]
    words = {level: sight.t(f"cfs.{level}") if item == CFS else "" for level in levels}
    none = (UNKNOWN, sight.t("screen.not_judged" if item == CFS else "screen.unknown"), held not in levels)
    return {"levels": [(level, words[level], held == level) for level in levels], "none": none}


def _number(sight: Sight, item: str) -> View:
    asked = ITEMS[item]
    unit = sight.t(f"unit.{asked.unit}") if asked.unit else ""
    return {"value": sight.form.fields.one(item), "unit": unit, "low": asked.low, "high": asked.high}


def _set(sight: Sight, item: str) -> View:
    fields, t = sight.form.fields, sight.t
    held = {code: fields.one(f"{item}.{code}") for code in ITEMS[item].codes}
    members = [(code, _capital(t(f"answer.{item}.{code}")), each) for code, each in held.items()]
    return {"members": members, "open": any(each not in (YES, NO) for each in held.values())}


def _text(sight: Sight, item: str) -> View:
    held, t = sight.form.fields.one(f"{item}.said"), sight.t
    codes = ITEMS[item].codes
    said = [(code, _capital(t(f"answer.{item}.{code}")), held == code) for code in codes]
    return {"value": sight.form.fields.one(item), "said": said, "short": ITEMS[item].group == "person"}


def _list(sight: Sight, item: str) -> View:
    fields = sight.form.fields
    main = fields.one(f"{item}.main")
    rows = [
        {"json": json.dumps(row, ensure_ascii=False), "words": _row_words(row, sight.t), "main": main == str(place)}
        for place, row in enumerate(lines(item, fields))
    ]
    new = {name.rpartition(".")[2]: fields.one(name) for name in fields.values if name.startswith(f"{item}.new.")}
    return {"rows": rows, "whole": fields.one(item) == "whole", "main": main, "new": new}


FILLED = {
    "options": _options,
    "scale": _scale,
    "number": _number,
    "set": _set,
    "text": _text,
    "list": _list,
}


def _row_words(row: Row, t: Texts) -> tuple[str, str]:
    """Return a line of a list as what it is and what is said of it."""
    parts = [str(row[name]) for name in ("code", "name", "atc") if row.get(name)]
    system = str(row.get("system") or "icd-10")
    about = [system.upper()] if "code" in row and system != "icd-10" else []
    if row.get("use"):
        about.append(t(f"screen.use.{row['use']}") if f"screen.use.{row['use']}" in t else str(row["use"]))
    if isinstance(dose := row.get("dose"), int | float) and isfinite(dose):
        about.append(f"{number(dose, t)} {row.get('unit') or ''}".strip())
    about += [t(f"screen.{name}", day=row[name]) for name in ("from", "to") if row.get(name)]
    return " ".join(parts), ", ".join(about)


def _mark(sight: Sight, item: str) -> View | None:
    """Return where an answer comes from and when, or what was said last time."""
    form, told = sight.form, sight.form.known.stands(item)
    if form.remembered(item) and form.known.before:
        value = form.offered_rows(item) if item in LISTS else form.known.offered(item)
        said = len(value or ()) if item in LISTS and isinstance(value, list) else value
        when = _when(sight.words, form.known.before.at)
        return {
            "kind": "offered",
            "takes": form.offered(item),
            "words": sight.t("screen.mark.offered", answer=_said(item, said, sight.t), when=when),
        }
    if told and _stands(form, told, item):
        kind = "proposed" if form.proposed(item) else "stands"
        return {"kind": kind, "words": _whence(sight, told, item), "confirmed": item in form.confirmed}
    if item in form.confirmed and form.known.before:
        when = _when(sight.words, form.known.before.at)
        return {"kind": "stands", "words": sight.t("screen.mark.taken", when=when)}
    return None


def _stands(form: Form, told: Told, item: str) -> bool:
    if item in LISTS:
        return form.fields.one(item) == "whole"
    return form.said.answers.get(item) == told.case.answers.get(item)


def _whence(sight: Sight, told: Told, item: str) -> str:
    source = told.source(item)
    when = _when(sight.words, source.time if source and source.time else told.at)
    if source:
        return sight.t(f"screen.mark.{ORIGINS.get(source.origin, 'record')}", when=when)
    if told.by_person:
        return sight.t("screen.mark.person", who=told.by.name or sight.t(f"role.{told.by.role}"), when=when)
    return sight.t("screen.mark.record", when=when)


def _when(words: Words, moment: datetime) -> str:
    """Say a moment: its time today, its day this year, and with the year when it is longer ago."""
    day = oslo_day(moment)
    if (oslo_day(words.now) - day).days >= SHORTEST_TIME_AGO:
        return words.date(day)
    return words.moment(moment) if day == oslo_day(words.now) else words.day(day)


def _said(item: str, answer: object, t: Texts) -> str:
    """Say an answer as it is quoted beside a question."""
    if answer is None:
        return t("screen.unknown")
    if item in LISTS:
        return t("screen.lines", count=answer)
    if isinstance(answer, SetAnswer):
        return _set_words(item, answer, t)
    words = answer_words(item, answer, t)
    return words if len(words) <= LONGEST_QUOTE else words[:LONGEST_QUOTE].rstrip() + "…"


def _set_words(item: str, answer: SetAnswer, t: Texts) -> str:
    yes = [t(f"answer.{item}.{code}") for code in ITEMS[item].codes if code in answer.yes]
    if len(answer.yes) + len(answer.no) == len(ITEMS[item].codes):
        return ", ".join(yes) or t("answer.none_of_these")
    return answer_words(item, as_content(answer), t)


def _missing(sight: Sight) -> tuple[str, ...]:
    wanted = {item for each in sight.outlook.assessment.undecided for item in each.missing}
    return tuple(item for item in ITEMS if item in wanted)


def _next(sight: Sight) -> View | None:
    item = sight.outlook.next
    return {"item": item, "words": _asks(sight, item)} if item else None


def error_words(error: InputError, t: Texts) -> str:
    """Return what is wrong and what mends it, for the place it stands beside."""
    return _capital(fault_in_words(error, t))


def _name(name: str, t: Texts) -> str:
    return label(name, t) if name in ITEMS else t(f"screen.field.{name}") if f"screen.field.{name}" in t else ""


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
