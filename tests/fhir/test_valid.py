"""Every resource that we send is FHIR R4: of every patient of the demo in every language, and of random cases."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from api.demo.fill import fill
from api.fhir.about import About, read_about
from api.fhir.capability import capability_statement, operation_definition
from api.fhir.elements import narrative
from api.fhir.forms import forms
from api.fhir.resources.audit_event import audit_event
from api.fhir.screen import screen
from api.fhir.told import OF_PATIENT
from api.record.record import Record
from api.screening import Screening
from api.storage.access_log import lines_about
from api.storage.engine import make_engine, reading
from api.storage.schema import upgrade
from api.storage.tables import person
from api.v1.languages import LANGUAGES, texts_of
from tests.fhir.bundles import bundle_of
from tests.fhir.checks import faults, unresolved, walk
from tests.patients import random_case

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CASES = 60


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    """The demo's record."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('fhir')}/demo.sqlite")
    upgrade(engine)
    record = Record.start(Screening(synthetic_only=True), engine, "demo")
    fill(record)
    yield record
    record.close()


def told(record: Record, language: str) -> Iterator[About]:
    """Return every patient's record."""
    with reading(record.engine) as connection:
        for of in connection.execute(select(person.c.id)).scalars().all():
            yield read_about(record, connection, of, texts_of(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_resource_of_every_patient_is_valid(demo: Record, language: str):
    kinds = set()
    for about in told(demo, language):
        for make in OF_PATIENT.values():
            for resource in make(about):
                kinds.add(resource["resourceType"])
                assert faults(resource) == [], resource["resourceType"]
    assert kinds == set(OF_PATIENT)


def test_every_reference_leads_to_a_resource_that_can_be_read(demo: Record):
    for about in told(demo, "nb"):
        every = [resource for make in OF_PATIENT.values() for resource in make(about)]
        named = {f"{each['resourceType']}/{each['id']}": each for each in every}
        assert len(named) == len(every)
        assert unresolved(named) == []


def test_every_line_of_the_access_log_is_a_valid_audit_event(demo: Record):
    with reading(demo.engine) as connection:
        people = connection.execute(select(person.c.id)).scalars().all()
        lines = [(of, line) for of in people for line in lines_about(connection, of)]
    assert len(lines) > 100
    for of, line in lines:
        assert faults(audit_event(line, of, texts_of("nb"))) == []


def test_the_forms_and_what_the_server_says_of_itself_are_valid():
    for language in LANGUAGES:
        texts = texts_of(language)
        assert faults(operation_definition("https://x.example/fhir", texts)) == []
        assert faults(capability_statement("https://x.example/fhir", "1.0.0", texts)) == []
    for form in forms("1.0.0"):
        assert faults(form) == []


def test_nothing_that_a_person_wrote_is_markup():
    said = narrative(["<script>alert(1)</script> & <b>", "]]>", "\u00a0"])
    assert faults({"resourceType": "Basic", "code": {"text": "x"}, "text": said}) == []
    assert "<script" not in said["div"]


GOOD: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "a",
    "status": "final",
    "code": {"text": "CFS"},
    "subject": {"reference": "Patient/a"},
    "valueInteger": 6,
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "done"},
        {"valueInteger": "6"},
        {"valueInteger": 6.0},
        {"code": {"text": ""}},
        {"note": []},
        {"method": None},
        {"id": "a_b"},
        {"unknown": 1},
        {"effectiveDateTime": "2026-11-16T14:10:00"},
        {"meta": {"lastUpdated": "2026-11-16"}},
        {"text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><script>x</script></div>'}},
        {"text": {"status": "done", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div>'}},
    ],
)
def test_the_checks_find_what_is_wrong(wrong: dict[str, Any]):
    assert faults(GOOD) == []
    assert faults(GOOD | wrong)


def test_the_checks_find_a_reference_that_leads_nowhere():
    assert unresolved({"Observation/a": GOOD}) == ["Patient/a"]


@pytest.mark.parametrize("seed", range(CASES))
def test_what_is_screened_is_valid_and_leads_to_itself(demo: Record, seed: int):
    bundle = bundle_of(random_case(random.Random(seed)))
    found = screen(demo.screening, bundle, texts_of(LANGUAGES[seed % 3]), now=NOW)
    assert faults(found) == []
    named: dict[str, Any] = {each["fullUrl"]: each["resource"] for each in found["entry"]}
    for resource in named.values():
        assert faults(resource) == []
    assert unresolved(named) == []


def test_no_number_is_sent_as_text_and_no_text_as_a_number(demo: Record):
    for about in told(demo, "en"):
        for make in (OF_PATIENT["Observation"], OF_PATIENT["QuestionnaireResponse"]):
            for place, value in walk(list(make(about))):
                if place[-1:] == ("valueInteger",) or place[-2:] == ("valueQuantity", "value"):
                    assert type(value) is int
