"""What is known of someone in a spec case: as plain data that can be kept in a file, and as a line of words.

Days are counted from the day of the assessment, so that a case reads the same whenever it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from engine.facts import SetAnswer
from engine.texts import Texts
from engine.words import number
from rules.case import Case, Diagnosis, Medicine
from rules.knowledge import ITEMS, in_form_order
from rules.times import age_on

Known = Mapping[str, Any]
"""By item, in the order of the form: a number, a code, yes or no, `{yes, no}` of a set, or the rows of a list."""

USES = {"regular": "known.regular", "as_needed": "known.as_needed", None: "known.use_unknown"}
EASILY_COUNTED = 2
NEAR = {-1: "known.yesterday", 0: "known.today", 1: "known.tomorrow"}


def known_of(case: Case, on: date) -> Known:
    """Return what is known of someone on a day, as data."""
    known: dict[str, Any] = {item: _answer(item, answer) for item, answer in case.answers.items()}
    if case.patient.birth_date:
        known["age"] = age_on(case.patient.birth_date, on)
    if case.diagnoses is not None:
        known["conditions"] = [_diagnosis(each) for each in case.diagnoses]
    if case.medicines is not None:
        known["medicines"] = [_medicine(each, on) for each in case.medicines]
    return {item: known[item] for item in in_form_order(known)}


def known_in_words(known: Known, texts: Texts) -> str:
    """Return what is known as one line, or that nothing is."""
    said = (line for item, answer in known.items() for line in _lines(item, answer, texts))
    return "; ".join(said) or texts("known.nothing")


def _answer(item: str, answer: object) -> object:
    if not isinstance(answer, SetAnswer):
        return answer
    codes = ITEMS[item].codes
    return {"yes": [code for code in codes if code in answer.yes], "no": [code for code in codes if code in answer.no]}


def _diagnosis(each: Diagnosis) -> dict[str, Any]:
    system = {} if each.system == "icd-10" else {"system": each.system}
    return {"code": each.code, **system, **({"main": True} if each.main else {})}


def _medicine(each: Medicine, on: date) -> dict[str, Any]:
    days = {"first_day": each.start and (each.start - on).days, "last_day": each.stop and (each.stop - on).days}
    row = {"atc": each.atc, "name": each.name, "use": each.use, "dose": each.dose, "unit": each.unit, **days}
    return {name: value for name, value in row.items() if value is not None}


def _lines(item: str, answer: Any, texts: Texts) -> Iterator[str]:
    if item == "medicines" and answer:
        for use, key in USES.items():
            if rows := [row for row in answer if row.get("use") == use]:
                yield texts("known.fact", item=texts(key), answer=_medicines_words(rows, texts))
    else:
        yield texts("known.fact", item=texts(f"item.{item}"), answer=_said(item, answer, texts))


def _said(item: str, answer: Any, texts: Texts) -> str:
    match answer:
        case bool():
            return texts("answer.yes" if answer else "answer.no")
        case int() | float():
            return number(answer, texts)
        case {"yes": yes, "no": no}:
            return _set_words(item, (yes, no), texts)
        case []:
            return texts("known.none")
        case list():
            return _listed(_diagnosis_words(row, texts) for row in answer)
    return texts(f"answer.{item}.{answer}")


def _set_words(item: str, said: tuple[Sequence[str], Sequence[str]], texts: Texts) -> str:
    yes, no = (_listed(texts(f"answer.{item}.{code}") for code in codes) for codes in said)
    if len(said[0]) + len(said[1]) == len(ITEMS[item].codes):
        return texts("known.only", codes=yes) if yes else texts("answer.none_of_these")
    parts = _listed(filter(None, (yes, texts("known.not_these", codes=no) if no else "")))
    return texts("known.partly", codes=parts)


def _diagnosis_words(row: Mapping[str, Any], texts: Texts) -> str:
    about = [texts("known.main")] if row.get("main") else []
    about += [str(row["system"]).upper()] if "system" in row else []
    return _with(row["code"], about)


def _medicines_words(rows: Sequence[Mapping[str, Any]], texts: Texts) -> str:
    listed = _listed(_medicine_words(row, texts) for row in rows)
    return texts("known.counted", count=len(rows), listed=listed) if len(rows) > EASILY_COUNTED else listed


def _medicine_words(row: Mapping[str, Any], texts: Texts) -> str:
    about = []
    if "dose" in row:
        about.append(texts("known.dose", amount=number(row["dose"], texts), unit=row["unit"]))
    about += [texts(f"known.{end}", day=_day(row[end], texts)) for end in ("first_day", "last_day") if end in row]
    return _with(row.get("atc") or texts("known.no_code"), about)


def _day(days: int, texts: Texts) -> str:
    if days in NEAR:
        return texts(NEAR[days])
    return texts("known.days_before" if days < 0 else "known.days_after", days=abs(days))


def _with(what: str, about: Sequence[str]) -> str:
    return f"{what} ({_listed(about)})" if about else what


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
