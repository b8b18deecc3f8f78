"""The municipality's admission report in the demo: taken in as any message is, by the hospital's record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import NAMESPACE_OID, uuid5

from lxml import etree

from api.demo.people import Person
from api.demo.ward import DATA, Patient
from api.intake.reading import read_document
from api.messages.reading import read_message
from api.messages.receiving import Delivery
from api.places.municipalities import municipalities
from rules.times import oslo

FILE = DATA / "innleggelsesrapport.xml"


def admission_report(patient: Patient, person: Person, at: datetime) -> Delivery:
    """Return the report on a patient: what home care knows, without next of kin, diagnoses and medicines."""
    root: etree._Element = read_document(FILE.read_bytes()).content
    given, _, family = patient.name.rpartition(" ")
    sent = oslo(at).isoformat(timespec="seconds")
    written: Mapping[str, str | None] = {
        "GenDate": sent,
        "MsgId": str(uuid5(NAMESPACE_OID, f"demo-{patient.number}-{sent}")),
        "Sender/{*}Organisation/{*}OrganisationName": municipalities().get(patient.municipality),
        "Patient/{*}FamilyName": family,
        "Patient/{*}GivenName": given,
        "Patient/{*}DateOfBirth": person.born.isoformat(),
        "Patient/{*}Ident/{*}Id": person.identity,
    }
    for path, words in written.items():
        found = root.find(f".//{{*}}MsgInfo/{{*}}{path}")
        if found is not None:
            found.text = words
    return Delivery.of(read_message(root), root)
