"""Every message is valid, says what it was given and no more, and nothing that people write breaks out of it."""

from __future__ import annotations

import importlib.util
import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from lxml import etree

from api.intake.mapped import shortened
from api.intake.reading import read_document
from api.messages.model import Head, Kind, Party, Status
from api.messages.reading import read_message
from api.messages.writing import WRITTEN, Approved, Content, Ground, Paragraph, Section, Visit, content_of, write
from api.messages.writing.characters import IN_ITS_PLACE
from api.messages.writing.plo import diagnosis_set, sent_code
from api.messages.writing.xhtml import WRITTEN as XHTML
from api.planning import Request, planned
from api.screening import Screening, texts_in
from careplans.parts import Plan
from engine.errors import InputError
from forms.questionnaire import LONGEST_TEXT
from rules.case import Case, Patient
from tests.messages.hostile import hostile_case
from tests.messages.reading_back import Facts, facts_in
from tests.shared import shared

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
ON = date(2026, 11, 16)
TEXTS = texts_in("nb")
CHECKER = shared("interop/check_message.py")
SENDER = Party("ST OLAVS HOSPITAL HF", "Geriatri <2>", ("59", "90998"))
RECEIVER = Party("Alvdal kommune", "Sykepleietjeneste", ("99387", "5078"))
PATIENTS = 500
SYSTEMS = {"icd-10", "icpc-2"}
APPROVED = Approved(NOW, "Ane <Marie> Berg", "doctor", "9144889")


@pytest.fixture(scope="module")
def screening() -> Screening:
    return Screening()


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    if not CHECKER.exists():
        pytest.skip("the national schemas are not beside the repository; set RETTHJEM_SHARED")
    spec = importlib.util.spec_from_file_location("check_message", CHECKER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: etree.XMLSchema = module.load_schema()
    return found


@pytest.fixture(scope="module")
def ground(screening: Screening) -> Callable[..., Ground]:
    def of(case: Case, **more: Any) -> Ground:
        return Ground(case, planned(screening, case, Request(on=ON), now=NOW), TEXTS, **more)

    return of


def head(kind: Kind, status: Status = "new") -> Head:
    return Head("id-2", kind, status, NOW, SENDER, RECEIVER, None if status == "new" else "id-1")


def valid(data: bytes, schema: etree.XMLSchema) -> etree._Element:
    root = etree.fromstring(data)
    assert schema.validate(root), str(schema.error_log)[:500]
    return root


@pytest.mark.parametrize("part", range(5))
def test_five_hundred_patients_with_hostile_texts_give_valid_messages_that_read_back_alike(part, schema, ground):
    for number in range(part, PATIENTS, 5):
        dice = random.Random(number)
        made = ground(hostile_case(dice), approved=dice.choice((None, APPROVED)), protected=dice.random() < 0.2)
        for kind in WRITTEN:
            content = content_of(kind, made)
            data = write(content, head(kind))
            root = valid(data, schema)
            assert facts_in(root) == facts_of(content, kind), (number, kind)
            read_alike(read_document(data).content, content, head(kind))


def facts_of(content: Content, kind: Kind) -> Facts:
    """Return what a message is to carry, as the message says it."""
    shared_by_all: Facts = {
        **_person(content.patient),
        "status": "new",
        "diagnoses": [_diagnosis(each) for each in content.diagnoses or ()],
        "medicines": [
            (m.name, m.atc, None if kind == "epikrise" and m.stopped else m.use, m.start, m.stop, m.dosing, m.stopped)
            for m in content.medicines or ()
        ],
        "sections": list(content.sections),
        "approved": content.approved.hpr if content.approved else None,
    }
    if kind == "epikrise":
        times = {each.event: each.at for each in content.events}
        return {
            **shared_by_all,
            "refers_to": "id-2",
            "final": content.approved is not None,
            "admitted": times.get("admitted"),
            "discharged": times.get("discharged"),
        }
    return {
        **shared_by_all,
        "refers_to": None,
        "ward": content.ward,
        "living_alone": content.living_alone,
        "next_of_kin": content.next_of_kin,
        "interpreter": content.interpreter,
        "events": [(each.event, each.at, each.estimate, each.remark) for each in content.events],
        "change_of_function": content.change_of_function,
        "controls": [(each.when, each.what) for each in content.controls],
    }


def read_alike(root: etree._Element, content: Content, sent: Head) -> None:
    """Hold what our own reader finds against what was to be carried; it shortens names and takes space away."""
    received = read_message(root)
    assert received.head == replace(sent, refers_to=None, conversation=received.head.conversation)
    assert received.intake is not None
    case = received.intake.case
    assert case["patient"].get("birth_date") == str(content.patient.birth_date)
    assert case["patient"].get("sex") == content.patient.sex
    answers = case.get("answers", {})
    assert same_words(answers.get("interpreter"), content.interpreter)
    assert same_words(answers.get("next_of_kin"), content.next_of_kin)
    assert answers.get("living_alone") == content.living_alone
    assert [_row(row) for row in case.get("medicines", ())] == [
        (squeezed(shortened(each.name)), each.atc, each.use) for each in content.medicines or () if not each.stopped
    ]
    coded = [sent_code(each) for each in content.diagnoses or () if diagnosis_set(each)]
    assert [row["code"] for row in case.get("conditions", ()) if row["system"] in SYSTEMS] == coded
    told = {each.what: each for each in received.events}
    if sent.kind in {"helseopplysninger", "utskrivningsrapport"}:
        assert ("discharge_expected" in told) == any(each.at and each.estimate for each in content.events)
        assert ("admitted" in told) == any(each.event == "admitted" for each in content.events)


def squeezed(words: str | None) -> str | None:
    """Return words without the spaces at the ends."""
    return " ".join((words or "").split()) or None


def same_words(read: str | None, written: str | None) -> bool:
    """Return whether words are read as they were written; what no case holds is shortened, and ends so."""
    ours, theirs = squeezed(read), squeezed(written)
    if ours and theirs and len(written or "") > LONGEST_TEXT:
        return ours.endswith("…") and len(ours) > LONGEST_TEXT / 2 and theirs.startswith(ours[:-1].rstrip())
    return ours == theirs


def _row(row: Any) -> tuple[Any, ...]:
    return squeezed(row.get("name")), row.get("atc"), row.get("use")


def _person(patient: Patient) -> Facts:
    name = " ".join((patient.name or "").split()) or None
    return {"name": name, "number": patient.id or patient.local_id, "born": patient.birth_date, "sex": patient.sex}


def _diagnosis(diagnosis: Any) -> tuple[Any, ...]:
    if diagnosis_set(diagnosis):
        return diagnosis.main, sent_code(diagnosis), diagnosis.name, None
    return diagnosis.main, None, None, diagnosis.said


# What is replaced, and what is never there


def test_what_cannot_be_sent_is_replaced_and_the_message_says_how_much(ground):
    case = Case(answers={"function_now": "går\x00 med\ud800 rullator\u202e"})
    content = content_of("epikrise", ground(case))
    (function,) = [each for each in content.sections if each.heading == "function"]
    assert f"Nå: går{IN_ITS_PLACE} med{IN_ITS_PLACE} rullator{IN_ITS_PLACE}" in function.text
    note = content.sections[0].paragraphs[-1]
    assert note == Paragraph("Merknad", (f"3 tegn kunne ikke sendes i meldingen, og står som {IN_ITS_PLACE}.",))


def test_the_xhtml_of_an_epikrise_has_only_our_own_elements_and_no_attribute(ground):
    case = Case(answers={"function_now": "<script src='x'>alert(1)</script>", "what_matters": "]]><img onerror='x'>"})
    root = etree.fromstring(write(content_of("epikrise", ground(case)), head("epikrise")))
    inside = list(root.iter("{http://www.w3.org/1999/xhtml}*"))
    assert {etree.QName(each).localname for each in inside} <= set(XHTML)
    assert not [each for each in inside if each.attrib]
    assert "<script src='x'>alert(1)</script>" in "".join(map(str, root.itertext()))


def test_what_is_not_known_is_said_to_be_so_and_nobody_is_asked_to_fill_it_in(ground):
    for kind in WRITTEN:
        content = content_of(kind, ground(Case()))
        said = "\n".join(each.text for each in content.sections)
        assert "ikke oppgitt" in said
        assert "fylles ut" not in said
        assert "Skriv hvorfor" not in said


def test_a_list_that_is_not_known_is_told_from_one_that_is_empty(ground):
    for medicines, words in ((None, "Legemiddellisten: ikke oppgitt"), ((), "Legemiddellisten: ingen legemidler")):
        content = content_of("utskrivningsrapport", ground(Case(medicines=medicines)))
        assert words in "\n".join(each.text for each in content.sections)


def test_a_protected_address_leaves_no_place_and_no_next_of_kin(ground, schema):
    case = Case(
        patient=Patient(municipality="5001", name="Kari Nordmann"),
        answers={"next_of_kin": "Per, Storgata 1", "gp": "Legesenteret på Alvdal 62400000"},
    )
    open_, closed = ground(case), ground(case, protected=True)
    for kind in WRITTEN:
        data = write(content_of(kind, closed), head(kind)).decode()
        assert not re.search("Storgata|62400000|Legesenteret|5001|Address", data)
        assert "5001" not in write(content_of(kind, open_), head(kind)).decode()
    assert "Storgata" in write(content_of("helseopplysninger", open_), head("helseopplysninger")).decode()


# The four kinds


def test_a_notice_says_why_the_time_is_not_known_where_the_schema_wants_a_time(ground, schema):
    content = content_of("helseopplysninger", ground(Case(), said={"why_unknown": "Venter på operasjon"}))
    root = valid(write(content, head("helseopplysninger")), schema)
    (event,) = facts_in(root)["events"]
    assert event[:3] == ("ready_for_discharge", None, True)
    assert "Venter på operasjon" in event[3]


def test_a_notice_has_its_two_headings_and_a_later_one_is_an_update(ground):
    content = content_of("helseopplysninger", ground(Case(), said={"course_words": "Operert i dag"}, update=True))
    assert [each.heading for each in content.sections] == ["status", "course"]
    assert content.content_type == ("content_notice", "update")
    assert "Forløpet videre i sykehuset: Operert i dag" in content.sections[1].text


def test_the_plan_stands_under_op_and_the_epikrise_has_hj_and_vu_too(ground):
    wanted: dict[Kind, set[str]] = {
        "utskrivningsrapport": {"plan"},
        "epikrise": {"plan", "function", "assessment"},
    }
    for kind, headings in wanted.items():
        content = content_of(kind, ground(Case()))
        assert headings <= {each.heading for each in content.sections}
        (plan,) = [each for each in content.sections if each.heading == "plan"]
        assert "Oppfølging: når, hvem, hva" in plan.text


def test_to_the_doctor_goes_what_was_done_what_was_not_and_what_nobody_has_said(ground):
    case = Case(answers={"cfs_clinician": 6, "discharge_to": "home"})
    visits = (
        Visit("HPH2", datetime(2026, 11, 26, 10, 0, tzinfo=UTC), ("medicines",), "Sår på foten."),
        Visit("HPH3", None, note="Pasienten ønsket det ikke"),
    )
    content = content_of("helseopplysninger_til_lege", ground(case, visits=visits, said={"assessment": "Bedre"}))
    said = content.sections[0].text
    assert "gjennomført tor. 26. nov. 2026 kl. 11:00. Legemiddellisten er kontrollert. Sår på foten." in said
    assert "ikke gjennomført. Grunn: Pasienten ønsket det ikke" in said
    assert "ikke oppgitt om det er gjennomført" in said
    assert "Bedre" in content.sections[1].text


def test_an_approved_message_says_who_and_when_and_a_draft_says_nobody(ground, schema):
    for kind in WRITTEN:
        draft, final = (content_of(kind, ground(Case(), approved=approved)) for approved in (None, APPROVED))
        assert facts_in(valid(write(draft, head(kind)), schema))["approved"] is None
        assert facts_in(valid(write(final, head(kind)), schema))["approved"] == "9144889"


# Corrections and cancellations


@pytest.mark.parametrize("status", ["changed", "addition", "cancelled"])
@pytest.mark.parametrize("kind", WRITTEN)
def test_what_is_no_first_message_refers_to_the_first(kind, status, ground, schema):
    found = facts_in(valid(write(content_of(kind, ground(Case())), head(kind, status)), schema))
    assert (found["status"], found["refers_to"]) == (status, "id-1")
    with pytest.raises(InputError, match="message_refers_to_nothing"):
        write(content_of(kind, ground(Case())), replace(head(kind, status), refers_to=None))


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_cancellation_carries_nothing_clinical(kind, ground, schema):
    case = hostile_case(random.Random(7))
    root = valid(write(content_of(kind, ground(case)), head(kind, "cancelled")), schema)
    found = facts_in(root)
    assert not (found["diagnoses"])
    assert not (found["medicines"])
    assert not (found["sections"])
    assert not (found.get("next_of_kin"))
    assert found["number"] == (case.patient.id or facts_in(root)["number"])


@pytest.mark.parametrize("kind", ["innleggelsesrapport", "pasientlogistikk"])
def test_a_kind_that_is_only_read_is_not_written(kind, ground):
    with pytest.raises(InputError, match="message_not_written"):
        content_of(kind, ground(Case()))
    with pytest.raises(InputError, match="message_not_written"):
        write(Content(Patient(), "ikke oppgitt"), head(kind))


def test_a_section_is_one_text_with_a_line_each():
    section = Section("heading_medical", "plan", (Paragraph("A", ("x", "y")), Paragraph("B", ())))
    assert section.text == "A\n- x\n- y\n\nB"


def test_the_same_message_is_written_alike_each_time(ground):
    made = ground(hostile_case(random.Random(3)))
    assert isinstance(made.plan, Plan)
    for kind in WRITTEN:
        assert write(content_of(kind, made), head(kind)) == write(content_of(kind, made), head(kind))
