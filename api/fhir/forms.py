"""The screening form as Questionnaire resources, one for each language; they ask the same with the same codes."""

from __future__ import annotations

from datetime import UTC, datetime

from api.fhir.elements import Json, meta, narrative
from api.record.courses import NoSuchPatient
from api.v1.languages import LANGUAGES, texts_of
from engine.texts import Texts
from forms.questionnaire import SCREENING, questionnaire

BY_ID = {f"{SCREENING}-{language}": language for language in LANGUAGES}
STARTED = datetime.now(UTC)


def form(id: str, version: str, texts: Texts) -> Json:
    """Return a form; `screening` alone is in the language of the texts."""
    if id != SCREENING:
        if id not in BY_ID:
            raise NoSuchPatient
        texts = texts_of(BY_ID[id])
    return _told(version, texts) | {"id": id}


def forms(version: str) -> list[Json]:
    """Return the form in every language."""
    return [_told(version, texts_of(language)) for language in LANGUAGES]


def _told(version: str, texts: Texts) -> Json:
    plain = questionnaire(texts, version)
    head = {
        "resourceType": plain["resourceType"],
        "id": plain["id"],
        "meta": meta(f"{version}-{texts.language}", STARTED),
    }
    return head | {"language": plain["language"], "text": narrative([plain["title"], plain["description"]])} | plain
