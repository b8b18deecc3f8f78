"""Where the parts are put together: a document comes in, is read strictly, and is assessed by both engines."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from api.intake import to_case
from api.intake.reading import read_document
from engine.durable import DurableEngine
from engine.errors import InputError
from engine.rules import RuleSet
from engine.texts import Texts
from forms.identity import parse_identity_number, require_synthetic
from forms.model import read_case
from rules.assess import assess
from rules.assessment import Assessment
from rules.case import Case, Note
from rules.knowledge import SOURCES
from rules.ruleset import Overlay, local, national
from rules.sources import source_title
from rules.times import age_on, oslo_day

ROOT = Path(__file__).parent.parent
TEXT_FOLDERS = tuple(ROOT / package / "texts" for package in ("engine", "rules", "careplans", "api"))
LARGEST_OVERLAY, LONGEST_LINE = 100_000, 1_000


@dataclass(frozen=True)
class Screening:
    """Reads and assesses cases under one rule set; the second engine is built once."""

    overlay: Overlay | None = None
    synthetic_only: bool = False

    @cached_property
    def ruleset(self) -> RuleSet:
        """Return the rule set in force."""
        return local(self.overlay) if self.overlay else national()

    @cached_property
    def second(self) -> DurableEngine:
        """Return durable_rules over the rule set, to run beside the reference evaluator."""
        return DurableEngine(self.ruleset)

    def read(self, data: bytes) -> Case:
        """Return the case in a case file, a FHIR Bundle or an admission report."""
        return self.checked(read_case(to_case(read_document(data)).case))

    def checked(self, case: Case) -> Case:
        """Return the case; where only synthetic people may be, raise `InputError` for anyone else's number."""
        if self.synthetic_only and case.patient.id:
            require_synthetic(parse_identity_number(case.patient.id, "patient.id"), "patient.id")
        return case

    def assess(self, case: Case, on: date | None, now: datetime) -> Assessment:
        """Return the assessment on `on`, else on the day of admission, else today."""
        day, notes = _index_date(case, on, now)
        _check_dates(case, day)
        return assess(replace(case, notes=(*case.notes, *notes)), day, self.ruleset, second=self.second)


def texts_in(language: str) -> Texts:
    """Return every text in a language, with the titles of the sources."""
    titles = {f"source.{source}": source_title(source, language) for source in SOURCES}
    return Texts.load(language, *TEXT_FOLDERS).plus(titles)


def read_overlay(path: Path) -> Overlay:
    """Return a local overlay from its TOML file; whatever is wrong in it is an `InputError`."""
    from careplans.documents.local import checklist_from
    from careplans.settings import settings_from

    content = overlay_content(path)
    unknown = set(content) - {"name", "thresholds", "offsets", "contacts", "checklist"}
    if unknown:
        raise InputError(f"{path.name} {min(unknown)}", "overlay_key_unknown")
    settings = settings_from({key: _table(path, content, key) for key in ("offsets", "contacts")})
    name = content.get("name", path.stem)
    if not isinstance(name, str):
        raise InputError(f"{path.name} name", "overlay_name_not_text")
    checklist = checklist_from(_table(path, content, "checklist"))
    return Overlay(name, _table(path, content, "thresholds"), settings.offsets, settings.contacts, checklist)


def overlay_content(path: Path) -> Mapping[str, Any]:
    """Return what an overlay's or a policy's file holds; one that cannot be read, or takes long to, is refused."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_OVERLAY + 1)
        # tomllib takes time with the square of a key's dots, and a key stands on one line.
        if len(data) > LARGEST_OVERLAY or max(map(len, data.splitlines()), default=0) > LONGEST_LINE:
            raise InputError(path.name, "overlay_too_large", most=LARGEST_OVERLAY, longest=LONGEST_LINE)
        return tomllib.loads(data.decode("utf-8"))
    except (OSError, ValueError, RecursionError):  # also what is not UTF-8, not TOML, or a number of 5,000 digits
        raise InputError(path.name, "overlay_unreadable") from None


def _table(path: Path, content: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = content.get(key, {})
    if not isinstance(table, dict):
        raise InputError(f"{path.name} {key}", "overlay_not_table", key=key)
    return table


def _index_date(case: Case, on: date | None, now: datetime) -> tuple[date, tuple[Note, ...]]:
    if on:
        return on, ()
    if case.encounter.first_day:
        return case.encounter.first_day, ()
    return oslo_day(now), (Note("index_date_is_today", "encounter.admitted"),)


def _check_dates(case: Case, day: date) -> None:
    born, age = case.patient.birth_date, case.answers.get("age")
    if born and day < born:
        raise InputError("patient.birth_date", "born_after_screening")
    if born and age is not None and age != age_on(born, day):
        raise InputError("answers.age", "age_not_of_birth_date")
