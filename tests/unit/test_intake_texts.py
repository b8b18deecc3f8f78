"""Every note of the intake has its text, filled by the values that the note carries, and no text is left over."""

import re
import string
import tomllib
from pathlib import Path

import pytest

from api.screening import texts_in
from careplans.words import note_words
from engine.texts import Texts
from rules.case import Note
from tests.unit.intake_documents import (
    bundle,
    cfs,
    concept,
    condition,
    encounter,
    intake,
    medicine,
    patient,
    read_report,
    report,
)

ROOT = Path(__file__).parents[2]
TEXTS = tomllib.loads((ROOT / "api/texts/nb/notes.toml").read_text("utf-8"))["note"]


def codes_in_the_source() -> set[str]:
    """Return every note code that the intake, the services of CDS and what puts messages together can give."""
    folders = (ROOT / "api/intake", ROOT / "api/cds", ROOT / "api/messages", ROOT / "api/messages/receiving")
    sources = [path.read_text("utf-8") for folder in folders for path in folder.glob("*.py")]
    return {code for source in sources for code in re.findall(r'"(input_[a-z_]+)"', source)}


def test_every_note_has_a_text_and_every_text_a_note():
    assert set(TEXTS) == codes_in_the_source()


def test_a_text_asks_only_for_values_that_notes_carry():
    asked = {name for text in TEXTS.values() for _, name, _, _ in string.Formatter().parse(text) if name}
    assert asked == {"count", "items", "keys", "kinds", "system", "date", "days", "service", "time"}


def test_the_notes_of_a_bundle_and_a_report_can_be_written():
    resources = [
        encounter(),
        cfs(6, "2026-01-01"),
        condition(),
        condition(code=concept("1", "http://snomed.info/sct")),
        medicine(status="stopped"),
        {"resourceType": "Procedure", "subject": {"reference": "Patient/p"}},
    ]
    service = '<EksisterendeTjeneste><IPLOStjenestetype V="9" S="2.16.578.1.12.4.1.1.9151"/></EksisterendeTjeneste>'
    texts = Texts.load("nb", ROOT / "api/texts")
    found = [*intake(bundle(*resources, person=patient(identifier=[]))).notes, *read_report(report(service)).notes]
    assert len(found) > 6
    for note in found:
        assert "{" not in texts(f"note.{note.code}", **note.values)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize(
    "note",
    [
        Note("kari_nordmann"),
        Note("input_cfs_old", "", {}),
        Note("input_cfs_old", "", {"a": 1, "key": 2, "self": 3}),
    ],
)
def test_a_senders_own_note_or_one_without_its_values_is_only_said_to_be_there(note, language):
    texts = texts_in(language)
    assert note_words(note, texts) == texts("note.not_ours")


def test_a_note_of_ours_with_values_to_spare_is_said_as_ours():
    values = {"date": "2026-01-01", "days": 14, "key": 2, "self": 3}
    assert "2026-01-01" in note_words(Note("input_cfs_old", "", values), texts_in("nb"))
