"""Whatever is done to a document, it becomes a case or one `InputError` that holds nothing of the document."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from api.intake import read_document, to_case
from engine.errors import InputError
from tests.unit.intake_documents import (
    ATC,
    bundle,
    cfs,
    concept,
    condition,
    encounter,
    form,
    medicine,
    patient,
    prescription,
    question,
    report,
)

SECRET = "Bodil-Kristina-4711"
PERSON = patient(
    name=[{"use": "official", "given": ["Bjørg"], "family": "Ødegård"}],
    birthDate="1945-01-15",
    gender="female",
    address=[{"use": "home", "_district": {"extension": [{"url": "x", "valueCoding": {"code": "5001"}}]}}],
    contact=[{"name": {"text": "Ole"}, "telecom": [{"system": "phone", "value": "1"}], "period": {"end": "2030"}}],
    communication=[{"language": {"text": "norsk"}, "preferred": True}],
    generalPractitioner=[{"display": "Fastlege"}],
)
TIMED = {"timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}, "asNeededBoolean": False}
DOSED = TIMED | {"doseAndRate": [{"doseQuantity": {"value": 5, "code": "mg"}}]}
FULL = bundle(
    encounter(
        id="e",
        diagnosis=[{"condition": {"reference": "Condition/c"}, "rank": 1}],
        location=[{"location": {"display": "MED1"}}],
    ),
    condition(id="c", verificationStatus=concept("confirmed", "x"), abatementString="x"),
    condition("K77", code={"text": "hjertesvikt"}),
    medicine(dosage=[DOSED], effectivePeriod={"start": "2025", "end": "2026-01"}),
    prescription(authoredOn="2025-01-10", dispenseRequest={"validityPeriod": {"end": "2026-01-10"}}),
    medicine(
        medicationReference={"reference": "#m"},
        contained=[{"resourceType": "Medication", "id": "m", "code": concept("x", ATC)}],
    ),
    cfs(6, performer=[{"reference": "PractitionerRole/r"}]),
    form(question("mst", {"valueInteger": 2}), question("badl_help", {"valueCoding": {"code": "bathe"}})),
    {"resourceType": "PractitionerRole", "id": "r", "code": [{"text": "Sykepleier"}]},
    {"resourceType": "Procedure", "subject": {"reference": "Patient/p"}},
    person=PERSON,
    urls={0: "urn:uuid:patient-p", 1: "https://epj.example/fhir/Encounter/e"},
)


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every value in a JSON document."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from paths(child, (*path, key))


PATHS = [path for path in paths(FULL) if path]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.just(SECRET),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.just("coding"), inner, max_size=3)
    ),
    max_leaves=6,
)
DROPPED = object()


def changed(document: Any, path: tuple[Any, ...], value: object) -> Any:
    """Return the document with one value replaced or dropped; a path that is gone changes nothing."""
    *parents, last = path
    owner: Any = document
    for step in parents:
        try:
            owner = owner[step]
        except (KeyError, IndexError, TypeError):
            return document
    there = (
        last in owner
        if isinstance(owner, dict)
        else isinstance(owner, list) and isinstance(last, int) and len(owner) > last
    )
    if there and value is DROPPED:
        owner.pop(last)
    elif there:
        owner[last] = value
    return document


def refused(data: bytes) -> str | None:
    """Return the message that refuses a document, or None where it becomes a case that can be written as JSON."""
    try:
        json.dumps(to_case(read_document(data)).case, allow_nan=False)
    except InputError as error:
        return f"{error} {error.__cause__ or ''}"
    return None


def test_the_whole_bundle_is_read():
    assert refused(json.dumps(FULL).encode()) is None


@given(st.lists(st.tuples(st.sampled_from(PATHS), JSON | st.just(DROPPED)), min_size=1, max_size=4))
def test_a_mutated_bundle_becomes_a_case_or_an_input_error_without_its_content(changes):
    document = copy.deepcopy(FULL)
    for path, value in changes:
        document = changed(document, path, copy.deepcopy(value) if value is not DROPPED else DROPPED)
    message = refused(json.dumps(document).encode())
    assert message is None or (SECRET not in message and "Ødegård" not in message)


def test_a_text_anywhere_in_the_bundle_never_reaches_the_message():
    refusals = 0
    for path in PATHS:
        message = refused(json.dumps(changed(copy.deepcopy(FULL), path, SECRET)).encode())
        refusals += message is not None
        assert message is None or SECRET not in message
    assert refusals > len(PATHS) / 3


def test_a_value_of_each_wrong_type_anywhere_is_a_case_or_an_input_error():
    for path in PATHS:
        values: list[Any] = [None, True, 7, -1.5, 10**60, [], {}, [SECRET], {SECRET: SECRET}, [[]], ""]
        for value in values:
            message = refused(json.dumps(changed(copy.deepcopy(FULL), path, value)).encode())
            assert message is None or SECRET not in message


@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:\\ \n019eE.+-truefalsn<>!/&;ab', max_size=80).map(str.encode))
def test_any_bytes_at_all_become_a_document_or_an_input_error(data):
    message = refused(data)
    assert message is None or len(message) < 300


BODY = """<TilleggsopplysningPasient><BorAlene>true</BorAlene></TilleggsopplysningPasient>
<ParorendeForesatt><Slektskap V="SO" DN="x"/><Referanseperson><fk1:FamilyName>x</fk1:FamilyName><fk1:TeleCom>
<fk1:TeleAddress V="tel:1"/></fk1:TeleCom></Referanseperson></ParorendeForesatt>
<InfoMedisinskDiagnose><MedisinskDiagnose><Hoveddiagnose>true</Hoveddiagnose>
<Diagnosekode V="I50" S="2.16.578.1.12.4.1.1.7110"/>
</MedisinskDiagnose></InfoMedisinskDiagnose>
<epj3:Legemiddelinfo><epj3:ForenkletForskrivning><epj3:StatusTilForskrivningen V="1"/><epj3:InngaarIMultidose V="2"/>
<epj3:Forskrivningsinfo><epj3:Navn>x</epj3:Navn><epj3:Atc V="C03CA01"/><epj3:Bruk V="1"/>
<epj3:DoseringStarttidspunkt V="2017"/></epj3:Forskrivningsinfo></epj3:ForenkletForskrivning></epj3:Legemiddelinfo>
<EksisterendeTjeneste><IPLOStjenestetype V="20" S="2.16.578.1.12.4.1.1.9151"/><PrivatTjeneste>false</PrivatTjeneste>
<Startdato>2018-01-06</Startdato></EksisterendeTjeneste>
<InfoKartleggingFunksjonsniva><KartlagtFunksjon>
<Funksjonsvariabel V="8" S="2.16.578.1.12.4.1.1.9111"/><Vurdering>3</Vurdering>
</KartlagtFunksjon></InfoKartleggingFunksjonsniva>"""
MESSAGE = report(BODY)
SIZE = len(list(etree.fromstring(MESSAGE).iter()))
XML_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12) | st.just(SECRET)


@given(
    st.lists(
        st.tuples(st.integers(0, SIZE - 1), st.sampled_from(["text", "V", "S", "drop", "double"]), XML_TEXT),
        min_size=1,
        max_size=3,
    )
)
def test_a_mutated_report_becomes_a_case_or_an_input_error_without_its_content(changes):
    root = etree.fromstring(MESSAGE)
    for index, what, text in changes:
        element = list(root.iter())[index % len(list(root.iter()))]
        parent = element.getparent()
        if what == "text":
            element.text = text
        elif what == "drop" and parent is not None:
            parent.remove(element)
        elif what == "double" and parent is not None:
            parent.append(copy.deepcopy(element))
        elif what in {"V", "S"}:
            element.set(what, text)
    message = refused(etree.tostring(root))
    assert message is None or SECRET not in message


def test_a_text_anywhere_in_the_report_never_reaches_the_message():
    for match in re.finditer(r'(?<=V=")[^"]*|(?<=>)[^<>\n]+(?=<)', MESSAGE):
        message = refused((MESSAGE[: match.start()] + SECRET + MESSAGE[match.end() :]).encode())
        assert message is None or SECRET not in message


def test_a_report_cut_anywhere_is_refused():
    for end in range(1, len(MESSAGE), 97):
        assert refused(MESSAGE[:end].encode()) is not None
