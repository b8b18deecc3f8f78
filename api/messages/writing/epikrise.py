"""The Epikrise 1.2: a message of its own, without MsgHead, whose words are XHTML that the schema does not look into."""

from __future__ import annotations

from lxml import etree

from api.messages.model import Head, Party
from api.messages.tables import kind_table, messages_table, oid_of
from api.messages.writing.content import Content, MedicineLine
from api.messages.writing.msghead import her_ids, identity, timestamp
from api.messages.writing.plo import diagnosis_set, sent_code, written
from api.messages.writing.tree import child, coded, family_and_given, root
from api.messages.writing.xhtml import as_xhtml, paragraph
from rules.case import Diagnosis, Patient
from rules.times import oslo

Element = etree._Element  # noqa: SLF001 # lxml has no public name for it


def epikrise_message(content: Content, head: Head) -> Element:
    """Return the whole message."""
    kind = kind_table("epikrise")
    message = root("dis:Message", own=kind["namespace"])
    child(message, "dis:Type", V=kind["types"][0]["code"], DN=kind["types"][0]["name"])
    child(message, "dis:MIGversion", messages_table()["fixed"]["epikrise"])
    child(message, "dis:GenDate", V=timestamp(head))
    child(message, "dis:MsgId", head.msg_id)
    report = child(message, "dis:ServRprt")
    _about_report(report, content, head)
    _event(report, content)
    _patient(report, content.patient)
    _provider(report, head.sender, content)
    _requester(report, head.receiver, content)
    _responsible(report, content)
    return message


def _about_report(report: Element, content: Content, head: Head) -> None:
    """Say whether it is new, changed or cancelled, and draft or final; ServProvId stays the same in all of them."""
    coded(report, "dis:ServType", "status", head.status)
    child(report, "dis:IssueDate", V=timestamp(head))
    if content.approved:
        child(report, "dis:ApprDate", V=written(oslo(content.approved.at)))
    coded(report, "dis:Status", "report_status", "final" if content.approved else "draft")
    child(report, "dis:MsgDescr", kind_table("epikrise")["types"][0]["name"])
    child(report, "dis:ServProvId", head.conversation or head.refers_to or head.msg_id)


def _event(report: Element, content: Content) -> None:
    event = child(report, "dis:Event")
    times = {each.event: written(each.at) for each in content.events}
    reported = child(event, "dis:ReportedEvent")
    child(reported, "dis:StartDateTime", V=times.get("admitted"))
    if times.get("discharged"):
        child(reported, "dis:EndDateTime", V=times["discharged"])
    coded(event, "dis:ServType", "status", "new")
    coded(child(event, "dis:Service"), "dis:AdmCat", "episode", "inpatient")
    for diagnosis in content.diagnoses or ():
        _diagnosis(event, diagnosis)
    for medicine in content.medicines or ():
        _medicine(event, medicine, content.unknown)
    for section in content.sections:
        comment = child(event, "dis:Comment")
        coded(comment, "dis:Heading", section.code_set, section.heading)
        as_xhtml(child(comment, "dis:TextResultValue"), section)


def _diagnosis(event: Element, diagnosis: Diagnosis) -> None:
    item = child(event, "dis:InfItem")
    observation = child(item, "dis:Observation")
    code_set = diagnosis_set(diagnosis)
    if code_set:
        described = child(observation, "dis:CodedDescr")
        child(described, "dis:Concept", V=sent_code(diagnosis), S=oid_of(code_set), DN=diagnosis.name)
    else:
        paragraph(child(observation, "dis:Description"), diagnosis.said)
    coded(item, "dis:Type", "item_epikrise", "main" if diagnosis.main else "other")


def _medicine(event: Element, medicine: MedicineLine, unknown: str) -> None:
    item = child(event, "dis:InfItem")
    drug = child(item, "dis:Medication")
    child(drug, "dis:DrugId", V=medicine.atc, S=oid_of("atc") if medicine.atc else None, DN=medicine.name)
    if medicine.stopped:
        coded(drug, "dis:Status", "medicine_status", "stop")
    elif medicine.use:
        coded(drug, "dis:Status", "medicine_status", medicine.use)
    else:
        child(drug, "dis:Status", DN=unknown)
    if medicine.dosing:
        child(drug, "dis:DosageText", medicine.dosing)
    coded(item, "dis:Type", "item_epikrise", "medicine")
    if medicine.start:
        child(item, "dis:StartDateTime", V=medicine.start.isoformat())
    if medicine.stop:
        child(item, "dis:EndDateTime", V=medicine.stop.isoformat())


def _patient(report: Element, patient: Patient) -> None:
    element = child(report, "dis:Patient")
    if patient.sex:
        coded(element, "dis:Sex", "sex", patient.sex)
    if patient.birth_date:
        child(element, "dis:DateOfBirth", V=patient.birth_date.isoformat())
    if patient.name:
        family_first = ", ".join(filter(None, family_and_given(patient.name)))
        child(element, "dis:Name", family_first)
    number, kind = identity(patient)
    if number and kind:
        child(element, "dis:OffId", number)
        coded(element, "dis:TypeOffId", "person_id", kind)


def _provider(report: Element, sender: Party, content: Content) -> None:
    provider = child(report, "dis:ServProvider")
    coded(provider, "dis:Role", "provider_role", "provider")
    _institution(provider, Party(sender.organisation, sender.unit or content.ward, sender.her_ids), content.unknown)


def _requester(report: Element, receiver: Party, content: Content) -> None:
    requester = child(report, "dis:Requester")
    coded(requester, "dis:Role", "provider_role", "requester")
    _institution(requester, receiver, content.unknown)


def _institution(parent: Element, party: Party, unknown: str) -> None:
    institution = child(child(parent, "dis:HCP"), "dis:Inst")
    own, its_unit = her_ids(party)
    _named(institution, party.organisation or unknown, own)
    if party.unit:
        _named(child(institution, "dis:Dept"), party.unit, its_unit)
    if party.person:
        child(child(institution, "dis:HCPerson"), "dis:Name", party.person)


def _named(element: Element, name: str, her_id: str | None) -> None:
    child(element, "dis:Name", name)
    if her_id:
        child(element, "dis:Id", her_id)
        coded(element, "dis:TypeId", "unit_id", "her")


def _responsible(report: Element, content: Content) -> None:
    if content.approved is None:
        return
    provider = child(report, "dis:RelServProvider")
    coded(provider, "dis:Relation", "provider_relation", "responsible")
    person = child(child(provider, "dis:HCP"), "dis:HCProf")
    child(person, "dis:Name", content.approved.name or content.unknown)
    if content.approved.hpr:
        child(person, "dis:Id", content.approved.hpr)
        coded(person, "dis:TypeId", "person_id", "hpr")
