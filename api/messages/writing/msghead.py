"""The MsgHead around a PLO message: who sends it to whom about whom, and which message it refers to."""

from __future__ import annotations

from lxml import etree

from api.messages.model import Head, Party
from api.messages.tables import kind_table, messages_table
from api.messages.writing.content import Content
from api.messages.writing.tree import child, coded, coded_with_set, family_and_given, root
from forms.identity import parse_identity_number
from rules.case import Patient
from rules.times import oslo

ID_CODES = {"birth_number": "birth_number", "d_number": "d_number", "aid_number": "shared_aid_number"}


def msghead(content: Content, head: Head) -> tuple[etree._Element, etree._Element]:
    """Return the root, and the element that the message itself goes into."""
    table, kind = messages_table()["namespaces"], kind_table(head.kind)
    prefixes = {prefix: table[prefix] for prefix in ("po", "fk1", "epj2", "epj3", "m1")}
    message = root("mh:MsgHead", own=table["mh"], **{kind["prefix"]: kind["namespace"]}, **prefixes)
    _info(message, content, head)
    document = child(child(message, "mh:Document"), "mh:RefDoc")
    child(document, "mh:IssueDate", V=timestamp(head))
    coded(document, "mh:MsgType", "document_type", "xml")
    return message, child(child(document, "mh:Content"), f"{kind['prefix']}:{kind['root']}")


def timestamp(head: Head) -> str:
    """Return when the message is made, on Norway's clock with its zone."""
    return oslo(head.sent).isoformat(timespec="seconds")


def _info(message: etree._Element, content: Content, head: Head) -> None:
    kind = kind_table(head.kind)["types"][0]
    info = child(message, "mh:MsgInfo")
    child(info, "mh:Type", V=kind["code"], DN=kind["name"])
    child(info, "mh:MIGversion", messages_table()["fixed"]["msghead"])
    child(info, "mh:GenDate", timestamp(head))
    child(info, "mh:MsgId", head.msg_id)
    if head.refers_to:
        reference = child(info, "mh:ConversationRef")
        child(reference, "mh:RefToParent", head.refers_to)
        child(reference, "mh:RefToConversation", head.conversation or head.refers_to)
    _party(child(info, "mh:Sender"), head.sender, content.unknown)
    _party(child(info, "mh:Receiver"), head.receiver, content.unknown)
    _patient(info, content.patient)


def _party(parent: etree._Element, party: Party, unknown: str) -> None:
    """Write an organisation and its unit; what is not known is said, since the schema asks for a name and an id."""
    own, its_unit = her_ids(party)
    organisation = _organisation(parent, party.organisation or unknown, own or unknown)
    if party.unit:
        _organisation(organisation, party.unit, its_unit or unknown)


def her_ids(party: Party) -> tuple[str | None, str | None]:
    """Return the HER-id of the organisation and of its unit, as far as they are known."""
    known = dict(enumerate(party.her_ids))
    return known.get(0), known.get(1)


def _organisation(parent: etree._Element, name: str, her_id: str) -> etree._Element:
    organisation = child(parent, "mh:Organisation")
    child(organisation, "mh:OrganisationName", name)
    ident = child(organisation, "mh:Ident")
    child(ident, "mh:Id", her_id)
    coded_with_set(ident, "mh:TypeId", "unit_id", "her")
    return organisation


def _patient(info: etree._Element, patient: Patient) -> None:
    """Write who it is about, without address: nobody who receives the message needs one from us."""
    element = child(info, "mh:Patient")
    if patient.name:
        family, given = family_and_given(patient.name)
        child(element, "mh:FamilyName", family)
        if given:
            child(element, "mh:GivenName", given)
    if patient.birth_date:
        child(element, "mh:DateOfBirth", patient.birth_date.isoformat())
    if patient.sex:
        coded(element, "mh:Sex", "sex", patient.sex)
    number, kind = identity(patient)
    if number and kind:
        ident = child(element, "mh:Ident")
        child(ident, "mh:Id", number)
        coded_with_set(ident, "mh:TypeId", "person_id", kind)


def identity(patient: Patient) -> tuple[str | None, str | None]:
    """Return the patient's number and our name for its kind."""
    if patient.id:
        return patient.id, ID_CODES[parse_identity_number(patient.id, "patient.id").kind]
    return patient.local_id, "local" if patient.local_id else None
