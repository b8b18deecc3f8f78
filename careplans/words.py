"""Dates, dues, scores and answers said in words; every word comes from the texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from string import Formatter

from careplans.catalogue import read
from careplans.parts import Action, Corrected, Due, Step
from engine.facts import SetAnswer
from engine.texts import Texts
from engine.words import number
from rules.assessment import Finding, ScoreResult, Track
from rules.case import Note
from rules.items import cfs_clinician
from rules.times import oslo

CFS = cfs_clinician.id
LABELS = ("item", "score", "rule")
Say = Callable[[date, Texts], str]


def day_words(day: date, texts: Texts) -> str:
    """Say a day in full, as «man. 23. nov. 2026»."""
    return texts("calendar.weekday_date", **_day(day, texts), year=day.year)


def short_day_words(day: date, texts: Texts) -> str:
    """Say a day without its year, as «man. 23. nov.», for tables whose page carries the year."""
    return texts("calendar.short", **_day(day, texts))


def date_words(day: date, texts: Texts) -> str:
    """Say a day without its weekday."""
    return texts("calendar.date", day=day.day, month=day.month, year=day.year)


def moment_words(moment: datetime, texts: Texts, *, say: Say = day_words) -> str:
    """Say a day and time."""
    return texts("calendar.at", date=say(moment.date(), texts), hour=moment.hour, minute=moment.minute)


def due_words(due: Due, texts: Texts, *, say: Say = day_words) -> str:
    """Say when: the date where it is known, else what it is counted from."""
    if due.event:
        return texts(f"due.{due.event}")
    if due.at:
        return moment_words(due.at, texts, say=say)
    if due.on:
        day = say(due.on, texts)
        return texts("due.before", date=day) if due.before else day
    return _undated(due, texts)


def moved_words(due: Due, texts: Texts) -> str | None:
    """Say which day a date was moved from, if it was."""
    return texts("due.moved", date=short_day_words(due.moved_from, texts)) if due.moved_from else None


def score_words(score: ScoreResult | None, texts: Texts) -> str:
    """Say a score: its value, its interval, open upwards, or that it does not apply."""
    if score is None:
        return texts("plan.interval.unknown")
    if score.value is not None:
        return number(score.value, texts)
    if score.low is None:
        return texts("plan.interval.not_applicable")
    if score.high is None and not score.low:
        return texts("plan.interval.unknown")
    if score.high is None:
        return texts("plan.interval.at_least", low=number(score.low, texts))
    if len(score.levels) < score.high - score.low + 1 and score.levels:  # someone who is 6 or 9 is not 7
        return _either([number(level, texts) for level in score.levels], texts)
    return texts("plan.interval.between", low=number(score.low, texts), high=number(score.high, texts))


def label(name: str, texts: Texts) -> str:
    """Return the short name of an item, score or rule; a name without a text is a fault in the texts."""
    key = next((f"{kind}.{name}" for kind in LABELS if f"{kind}.{name}" in texts), f"item.{name}")
    return texts(key)


def open_label(item: str, texts: Texts) -> str:
    """Return the name of an open question where the patient may read it: what bears on prognosis is named as wishes."""
    return texts("plan.open.wishes") if item in read("questions")["private"] else label(item, texts)


def corrected_words(corrected: Corrected | None, texts: Texts, *, say: Callable[[str, Texts], str]) -> str | None:
    """Say which answers behind a plan were corrected after it began, and when; `say` names an item."""
    if corrected is None:
        return None
    items = dict.fromkeys(_corrected_item(item, corrected, texts, say=say) for item in corrected.items)
    when = moment_words(oslo(corrected.at), texts, say=date_words)
    return texts("plan.corrected.staff", when=when, what=", ".join(items))


def _corrected_item(item: str, corrected: Corrected, texts: Texts, *, say: Callable[[str, Texts], str]) -> str:
    """Name an item; of the CFS, say what it was and what it is."""
    if item != CFS or corrected.cfs is None:
        return say(item, texts)
    before, now = (texts("plan.corrected.unknown") if each is None else str(each) for each in corrected.cfs)
    return texts("plan.corrected.cfs", before=before, now=now)


def because_words(finding: Finding, texts: Texts) -> tuple[tuple[str, str], ...]:
    """Return each fact behind a finding as (name, answer)."""
    return tuple((label(item, texts), answer_words(item, value, texts)) for item, value in finding.because.items())


def answer_words(item: str, value: object, texts: Texts) -> str:
    """Say an answer; codes without a text of their own (ICD-10, ATC) stand as they are."""
    if isinstance(value, bool):
        return texts("answer.yes" if value else "answer.no")
    if isinstance(value, int | float):
        return number(value, texts)
    if value is None:
        return texts("plan.interval.unknown")
    if isinstance(value, str):
        return texts(f"answer.{item}.{value}") if f"answer.{item}.{value}" in texts else value
    return _many(item, value, texts)


def action_words(action: Action, texts: Texts) -> str:
    """Say what is to be done; a question names the item it asks for."""
    about = {"item": open_label(action.about, texts)} if action.about else {}
    return texts(f"action.{action.id}", **about)


def step_words(step: Step, texts: Texts) -> str:
    """Say a step of the pathway by what it is called where the patient goes."""
    return texts(f"step.{step.name or step.id}")


def owners_words(owners: tuple[str, ...], texts: Texts) -> str:
    """Say who does it, one role or two together."""
    *first, last = [texts(f"owner.{owner}") for owner in owners]
    return texts("plan.join.two", first=", ".join(first), second=inside(last)) if first else last


def named(key: str, variant: str, texts: Texts) -> str:
    """Return the text's key for a focus or a place of its own, where it has one."""
    return f"{key}_{variant}" if f"{key}_{variant}" in texts else key


def one_line(words: str) -> str:
    """Write what a person wrote on one line, so that a line of theirs can never pass for a heading of ours."""
    return " / ".join(part for line in words.splitlines() if (part := line.strip()))


def note_words(note: Note, texts: Texts) -> str:
    """Say a note about the input or a score; one that is not ours is only said to be there."""
    key = f"note.{note.code}"
    ours = key in texts and _places(texts.unfilled(key)) <= note.values.keys()
    return texts(key, **note.values) if ours else texts("note.not_ours")


def _places(text: str) -> set[str]:
    """Return the names of what is to be filled in."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def inside(words: str) -> str:
    """Write words without their capital, inside a sentence; an abbreviation such as GP keeps it."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


def _either(words: list[str], texts: Texts) -> str:
    *first, last = words
    return texts("plan.join.either", first=", ".join(first), last=last)


def _many(item: str, value: object, texts: Texts) -> str:
    if isinstance(value, SetAnswer):
        return _listed(item, sorted(value.yes), texts)
    if isinstance(value, Mapping) and "code" in value:
        return str(value["code"])
    if isinstance(value, Mapping):
        said = (f"{answer_words(item, str(k), texts)}: {answer_words(item, v, texts)}" for k, v in value.items())
        return ", ".join(said)
    return _listed(item, value if isinstance(value, Iterable) else (value,), texts)


def _listed(item: str, values: Iterable[object], texts: Texts) -> str:
    said = [answer_words(item, value, texts) for value in values]
    return ", ".join(said) or texts("plan.none_of_them")


def _day(day: date, texts: Texts) -> dict[str, object]:
    weekday, month = texts(f"calendar.weekday.{day.weekday()}"), texts(f"calendar.month.{day.month}")
    return {"weekday": weekday, "day": day.day, "month": month}


def _undated(due: Due, texts: Texts) -> str:
    if due.anchor == "admission":
        if due.hours:
            return texts("due.hours_after_admission", hours=due.hours)
        return texts("due.days_after_admission", days=due.days) if due.days else texts("due.on_admission")
    if due.before:
        return _counted(due.days, ("due.before_unknown", "due.day_before_unknown", "due.days_before_unknown"), texts)
    return _counted(due.days, ("due.on_discharge_unknown", "due.day_after_unknown", "due.days_after_unknown"), texts)


def _counted(days: int, keys: tuple[str, str, str], texts: Texts) -> str:
    return texts(keys[2], days=days) if days > 1 else texts(keys[days])


def strength_words(track: Track, texts: Texts) -> str:
    """Say how strongly a track is suggested, and that it is preliminary; one that is not, is still no decision."""
    strength = texts(f"strength.{track.strength}")
    return f"{strength}, {texts('status.preliminary')}" if track.status == "preliminary" else strength
