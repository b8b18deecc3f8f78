"""Reads a written message back to what it carries, by the schema's own names and without the writers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from lxml import etree

from api.messages.tables import messages_table, name_of
from api.messages.writing.content import Paragraph, Section

NAMES = {**messages_table()["namespaces"], "dis": messages_table()["kinds"]["epikrise"]["namespace"]}
HEADINGS = {"9145": "heading_notice", "9142": "heading_medical", "9141": "heading_nursing"}
TRUTH = {None: None, "true": True, "false": False}
Element = etree._Element
Facts = dict[str, Any]


def facts_in(root: Element) -> Facts:
    """Return every fact that the message carries."""
    return _of_epikrise(root) if root.tag.endswith("}Message") else _of_plo(root)


def text(parent: Element, path: str) -> str | None:
    """Return the words of the one element at a path, or None where there is none."""
    found = parent.findall(path, NAMES)
    assert len(found) < 2, path
    return (found[0].text or "") if found else None


def attribute(parent: Element, path: str, name: str = "V") -> str | None:
    """Return an attribute of the one element at a path."""
    found = parent.findall(path, NAMES)
    assert len(found) < 2, path
    return found[0].get(name) if found else None


def each(parent: Element, path: str) -> list[Element]:
    """Return the elements at a path."""
    return parent.findall(path, NAMES)


def moment(written: str | None) -> datetime | date | None:
    """Return a time or a day."""
    if written is None:
        return None
    return datetime.fromisoformat(written) if "T" in written else date.fromisoformat(written)


def paragraphs(plain: str) -> tuple[Paragraph, ...]:
    """Return the titles of a text, each with its lines."""
    found = []
    for block in plain.split("\n\n"):
        title, *lines = block.split("\n")
        assert all(line.startswith("- ") for line in lines)
        found.append(Paragraph(title, tuple(line.removeprefix("- ") for line in lines)))
    return tuple(found)


def _of_plo(root: Element) -> Facts:
    (body,) = each(root, "mh:Document/mh:RefDoc/mh:Content/*")
    patient = each(root, "mh:MsgInfo/mh:Patient")[0]
    names = (text(patient, "mh:GivenName"), text(patient, "mh:FamilyName"))
    return {
        "name": " ".join(filter(None, names)) or None,
        "number": text(patient, "mh:Ident/mh:Id"),
        "born": moment(text(patient, "mh:DateOfBirth")),
        "sex": name_of("sex", attribute(patient, "mh:Sex")),
        "status": name_of("status", attribute(body, "po:InformasjonOmForsendelsen/po:Forsendelsesstatus")),
        "refers_to": text(root, "mh:MsgInfo/mh:ConversationRef/mh:RefToParent"),
        "ward": text(body, "po:TilknyttetEnhet/po:Kontaktenhet/fk1:OrganisationName"),
        "living_alone": {None: None, "true": True, "false": False}[
            text(body, "po:TilleggsopplysningPasient/po:BorAlene")
        ],
        "next_of_kin": text(body, "po:ParorendeForesatt/po:Merknad"),
        "interpreter": attribute(body, "po:InfoAssistertKommunikasjon//po:BehovTolkSprak", "DN"),
        "events": [_event(each) for each in each(body, "po:OpplysningOpphold/po:TidsfestetHendelse")],
        "diagnoses": [_diagnosis(d) for d in each(body, "po:InfoMedisinskDiagnose/po:MedisinskDiagnose")],
        "medicines": [_medicine(m) for m in each(body, "epj3:Legemiddelinfo/epj3:ForenkletForskrivning")],
        "sections": [_section(s) for s in each(body, ".//epj2:Journaltekst")],
        "change_of_function": text(body, ".//po:EndringFunksjonsnivaa"),
        "controls": [
            (text(c, "po:TentativtTidspunktTime"), text(c, "po:Merknad"))
            for c in each(body, "po:InfoKontrolltime/po:InformasjonOmTentativTime")
        ],
        "approved": text(body, "po:AnsvarForRapport/po:AnsvarligRapport/fk1:Ident/fk1:Id"),
    }


def _event(event: Element) -> tuple[Any, ...]:
    return (
        name_of("event", attribute(event, "po:Hendelsekode")),
        moment(attribute(event, "po:TidspunktForHendelse")),
        text(event, "po:Anslag") == "true",
        text(event, "po:Merknad"),
    )


def _diagnosis(diagnosis: Element) -> tuple[Any, ...]:
    code, name = attribute(diagnosis, "po:Diagnosekode"), attribute(diagnosis, "po:Diagnosekode", "DN")
    return text(diagnosis, "po:Hoveddiagnose") == "true", code, name, text(diagnosis, "po:DiagnoseBeskrivelse")


def _medicine(medicine: Element) -> tuple[Any, ...]:
    info = each(medicine, "epj3:Forskrivningsinfo")[0]
    return (
        text(info, "epj3:Navn"),
        attribute(info, "epj3:Atc"),
        name_of("medicine_use", attribute(info, "epj3:Bruk")),
        moment(attribute(info, "epj3:DoseringStarttidspunkt")),
        moment(attribute(info, "epj3:DoseringSluttidspunkt")),
        text(info, "epj3:DosVeiledEnkel"),
        name_of("prescription_status", attribute(medicine, "epj3:StatusTilForskrivningen")) == "stopped",
    )


def _section(journal: Element) -> Section:
    number = str(attribute(journal, "epj2:Overskriftskode", "S")).rpartition(".")[2]
    code_set = HEADINGS[number]
    heading = name_of(code_set, attribute(journal, "epj2:Overskriftskode"))
    return Section(code_set, str(heading), paragraphs(str(text(journal, "epj2:Notat"))))


def _of_epikrise(root: Element) -> Facts:
    report, event = each(root, "dis:ServRprt")[0], each(root, "dis:ServRprt/dis:Event")[0]
    return {
        "name": _given_first(text(report, "dis:Patient/dis:Name")),
        "number": text(report, "dis:Patient/dis:OffId"),
        "born": moment(attribute(report, "dis:Patient/dis:DateOfBirth")),
        "sex": name_of("sex", attribute(report, "dis:Patient/dis:Sex")),
        "status": name_of("status", attribute(report, "dis:ServType")),
        "refers_to": text(report, "dis:ServProvId"),
        "final": name_of("report_status", attribute(report, "dis:Status")) == "final",
        "admitted": moment(attribute(event, "dis:ReportedEvent/dis:StartDateTime")),
        "discharged": moment(attribute(event, "dis:ReportedEvent/dis:EndDateTime")),
        "diagnoses": [_coded(i) for i in each(event, "dis:InfItem[dis:Observation]")],
        "medicines": [_drug(i) for i in each(event, "dis:InfItem[dis:Medication]")],
        "sections": [_comment(c) for c in each(event, "dis:Comment")],
        "approved": text(report, "dis:RelServProvider/dis:HCP/dis:HCProf/dis:Id"),
    }


def _given_first(name: str | None) -> str | None:
    """Return a name in the order that it is said; the family name stands first, as one word and a comma."""
    family, _, given = (name or "").partition(" ")
    return f"{given} {family.removesuffix(',')}" if given else family or None


def _coded(item: Element) -> tuple[Any, ...]:
    concept = "dis:Observation/dis:CodedDescr/dis:Concept"
    return (
        name_of("item_epikrise", attribute(item, "dis:Type")) == "main",
        attribute(item, concept),
        attribute(item, concept, "DN"),
        text(item, "dis:Observation/dis:Description/h:div/h:p"),
    )


def _drug(item: Element) -> tuple[Any, ...]:
    status = name_of("medicine_status", attribute(item, "dis:Medication/dis:Status"))
    return (
        attribute(item, "dis:Medication/dis:DrugId", "DN"),
        attribute(item, "dis:Medication/dis:DrugId"),
        None if status == "stop" else status,
        moment(attribute(item, "dis:StartDateTime")),
        moment(attribute(item, "dis:EndDateTime")),
        text(item, "dis:Medication/dis:DosageText"),
        status == "stop",
    )


def _comment(comment: Element) -> Section:
    heading = name_of("heading_epikrise", attribute(comment, "dis:Heading"))
    return Section("heading_epikrise", str(heading), tuple(_listed(comment)))


def _listed(comment: Element) -> Iterator[Paragraph]:
    for title in each(comment, "dis:TextResultValue/h:div/h:p"):
        listed = title.getnext()
        lines = [line.text or "" for line in listed] if listed is not None and listed.tag.endswith("}ul") else []
        yield Paragraph(title[0].text or "", tuple(lines))
