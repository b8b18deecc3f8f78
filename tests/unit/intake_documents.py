"""Small FHIR Bundles and admission reports to test the intake with."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from api.intake import Intake, read_document, to_case
from engine.errors import InputError
from tests.shared import SHARED, skip_without

ICD10 = "urn:oid:2.16.578.1.12.4.1.1.7110"
ATC = "http://www.whocc.no/atc"
SNOMED = "http://snomed.info/sct"
FNR = "urn:oid:2.16.578.1.12.4.1.4.1"
NUMBER = "15814512336"

Json = dict[str, Any]


def shared(path: str) -> bytes:
    """Return a file beside the repository, or skip the test with the reason."""
    file = SHARED / path
    skip_without(file)
    return file.read_bytes()


def patient(**more: Any) -> Json:
    """Return a Patient with an identity number made for testing."""
    return {"resourceType": "Patient", "id": "p", "identifier": [{"system": FNR, "value": NUMBER}]} | more


def about_patient(kind: str, **more: Any) -> Json:
    """Return a resource about the patient."""
    return {"resourceType": kind, "subject": {"reference": "Patient/p"}} | more


def concept(code: str, system: str = ICD10, **more: Any) -> Json:
    """Return a CodeableConcept with one code."""
    return {"coding": [{"system": system, "code": code} | more]}


def condition(icd10: str = "I50.9", /, **more: Any) -> Json:
    """Return an active diagnosis."""
    return about_patient("Condition", clinicalStatus=concept("active", "status"), code=concept(icd10)) | more


def medicine(atc: str = "C03CA01", /, **more: Any) -> Json:
    """Return a medicine in regular use."""
    return (
        about_patient("MedicationStatement", status="active", dosage=[{"asNeededBoolean": False}])
        | {"medicationCodeableConcept": concept(atc, ATC)}
        | more
    )


def prescription(atc: str = "C03CA01", /, **more: Any) -> Json:
    """Return an active prescription for regular use."""
    return (
        about_patient("MedicationRequest", status="active", intent="order")
        | {"dosageInstruction": [{"asNeededBoolean": False}], "medicationCodeableConcept": concept(atc, ATC)}
        | more
    )


def cfs(level: object = 6, time: str | None = "2026-11-16T16:00:00+01:00", **more: Any) -> Json:
    """Return a final CFS observation."""
    when = {"effectiveDateTime": time} if time else {}
    found = about_patient("Observation", status="final", code=concept("763264000", SNOMED), valueInteger=level)
    return found | when | more


def form(*items: Json, authored: str | None = "2026-11-16T12:00:00+01:00", **more: Any) -> Json:
    """Return a completed form with the questions."""
    when = {"authored": authored} if authored else {}
    return about_patient("QuestionnaireResponse", status="completed", item=list(items)) | when | more


def question(link: str, *answers: Json) -> Json:
    """Return a question with its answers."""
    return {"linkId": link, "answer": list(answers)}


def encounter(**more: Any) -> Json:
    """Return the stay that goes on now."""
    stay = {"status": "in-progress", "class": {"code": "IMP"}, "period": {"start": "2026-11-16T14:10:00+01:00"}}
    return about_patient("Encounter", **stay) | more


def bundle(*resources: Json, person: Json | None = None, urls: Mapping[int, str] | None = None) -> Json:
    """Return a Bundle of a patient and the resources; `urls` gives entries their full URL."""
    every = [person or patient(), *resources]
    entries = [
        {"resource": each} | ({"fullUrl": urls[n]} if urls and n in urls else {}) for n, each in enumerate(every)
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def intake(document: object) -> Intake:
    """Return what the intake makes of a JSON value."""
    return to_case(read_document(json.dumps(document).encode()))


def read(*resources: Json, **more: Any) -> Json:
    """Return the case that a Bundle of a patient and the resources becomes."""
    return intake(bundle(*resources, **more)).case


def notes(*resources: Json, **more: Any) -> dict[str, Json]:
    """Return the notes by code with their values."""
    return {note.code: dict(note.values) for note in intake(bundle(*resources, **more)).notes}


def refusal(document: object) -> InputError:
    """Return the error that refuses a JSON value."""
    with pytest.raises(InputError) as refused:
        intake(document)
    return refused.value


# Admission reports

REPORT = """<MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24">
<MsgInfo><Type V="{kind}"/><MIGversion>v1.2 2006-05-24</MIGversion>
<GenDate>2026-11-16T15:34:47</GenDate><MsgId>m-1</MsgId>
<Patient><FamilyName>Danser</FamilyName><GivenName>Line</GivenName><DateOfBirth>1945-01-15</DateOfBirth><Sex V="2"/>
<Ident><Id>15814512336</Id><TypeId V="FNR" S="2.16.578.1.12.4.1.1.8116"/></Ident></Patient></MsgInfo>
<Document><RefDoc><MsgType V="XML"/><Content>
<ir:Innleggelsesrapport xmlns:ir="http://www.kith.no/xmlstds/po/Innleggelsesrapport/2012-04-01"
 xmlns="http://www.kith.no/xmlstds/po/poKomponent/2012-04-01" xmlns:fk1="http://www.kith.no/xmlstds/felleskomponent1"
 xmlns:epj1="http://www.kith.no/xmlstds/epj/epj1/2008-02-20" xmlns:epj2="http://www.kith.no/xmlstds/epj/epj2/2008-02-20"
 xmlns:epj3="http://www.kith.no/xmlstds/epj/epj3/2008-02-20">
<InformasjonOmForsendelsen><Forsendelsesstatus V="{status}"/></InformasjonOmForsendelsen>
{body}
</ir:Innleggelsesrapport></Content></RefDoc></Document></MsgHead>"""


def report(body: str = "", *, status: str = "N", kind: str = "INNLEGGELSESRAPPORT") -> str:
    """Return an admission report with the elements in `body`."""
    return REPORT.format(body=body, status=status, kind=kind)


def read_report(message: str) -> Intake:
    """Return what the intake makes of a message."""
    return to_case(read_document(message.encode()))


def refused_report(message: str) -> InputError:
    """Return the error that refuses a message."""
    with pytest.raises(InputError) as refused:
        read_report(message)
    return refused.value
