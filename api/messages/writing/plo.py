"""The three PLO 1.6 messages that we write, each part in the order of its schema."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import NAMESPACE_OID, uuid5

from lxml import etree

from api.messages.model import Head
from api.messages.tables import messages_table, oid_of, qualified
from api.messages.writing.content import Approved, Content, MedicineLine, Section, StayEvent
from api.messages.writing.msghead import msghead
from api.messages.writing.tree import boolean, child, coded, coded_with_set, family_and_given
from rules.case import Diagnosis
from rules.times import oslo_day

Element = etree._Element  # noqa: SLF001 # lxml has no public name for it


def plo_message(content: Content, head: Head) -> Element:
    """Return the whole message."""
    root, body = msghead(content, head)
    information = child(body, "po:InformasjonOmForsendelsen")
    coded(information, "po:Forsendelsesstatus", "status", head.status)
    _about_patient(body, content)
    _responsible(body, content)
    _BODIES[head.kind](body, content, head)
    return root


def _about_patient(body: Element, content: Content) -> None:
    if content.living_alone is not None:
        boolean(child(body, "po:TilleggsopplysningPasient"), "po:BorAlene", content.living_alone)
    if content.next_of_kin:
        relative = child(body, "po:ParorendeForesatt")
        child(relative, "po:Referanseperson")
        child(relative, "po:Merknad", content.next_of_kin)
    if content.ward:
        unit = child(child(body, "po:TilknyttetEnhet"), "po:Kontaktenhet")
        child(unit, "fk1:OrganisationName", content.ward)
        ident = child(unit, "fk1:Ident")
        child(ident, "fk1:Id", content.ward)
        coded_with_set(ident, "fk1:TypeId", "unit_id", "local")


def _responsible(body: Element, content: Content) -> None:
    if content.approved is None:
        return
    answer = child(body, "po:AnsvarForRapport")
    _professional(child(answer, "po:AnsvarligRapport"), content.approved, content.unknown)
    child(answer, "po:GodkjentDato", oslo_day(content.approved.at).isoformat())


def _professional(person: Element, approved: Approved, unknown: str) -> None:
    if approved.profession:
        coded(person, "fk1:TypeHealthcareProfessional", "profession", approved.profession)
    family, given = family_and_given(approved.name)
    child(person, "fk1:FamilyName", family or unknown)
    if given:
        child(person, "fk1:GivenName", given)
    ident = child(person, "fk1:Ident")
    child(ident, "fk1:Id", approved.hpr or unknown)
    coded_with_set(ident, "fk1:TypeId", "person_id", "hpr")


# The bodies


def _notice(body: Element, content: Content, head: Head) -> None:
    _type(body, content)
    _stay(body, content)
    _diagnoses(body, content)
    _medical(body, content, head)
    _interpreter(body, content)


def _discharge_report(body: Element, content: Content, head: Head) -> None:
    _type(body, content)
    _stay(body, content)
    _diagnoses(body, content)
    _medical(body, content, head)
    _medicines(body, content, head)
    _nursing(body, content)
    _interpreter(body, content)
    for control in content.controls:
        tentative = child(child(body, "po:InfoKontrolltime"), "po:InformasjonOmTentativTime")
        child(tentative, "po:TentativtTidspunktTime", control.when)
        child(tentative, "po:Merknad", control.what)


def _to_doctor(body: Element, content: Content, head: Head) -> None:
    if content.content_type:
        coded(child(body, "po:InnholdKonsultasjon"), "po:TypeInnholdKonsultasjon", *content.content_type)
    _diagnoses(body, content)
    _medical(body, content, head)
    _medicines(body, content, head)
    _interpreter(body, content)


_BODIES: dict[str, Callable[[Element, Content, Head], None]] = {
    "helseopplysninger": _notice,
    "utskrivningsrapport": _discharge_report,
    "helseopplysninger_til_lege": _to_doctor,
}


# Their parts


def _type(body: Element, content: Content) -> None:
    if content.content_type:
        coded_with_set(child(body, "po:TypeInnholdIMelding"), "po:TypeInnhold", *content.content_type)


def _stay(body: Element, content: Content) -> None:
    for each in content.events:
        _event(child(child(body, "po:OpplysningOpphold"), "po:TidsfestetHendelse"), each)


def _event(element: Element, event: StayEvent) -> None:
    coded_with_set(element, "po:Hendelsekode", "event", event.event)
    child(element, "po:TidspunktForHendelse", V=written(event.at))
    boolean(element, "po:Anslag", event.estimate)
    if event.remark:
        child(element, "po:Merknad", event.remark)


def written(at: datetime | date | None) -> str | None:
    """Return a time or a day as XML Schema writes it."""
    return at.isoformat(timespec="seconds") if isinstance(at, datetime) else at.isoformat() if at else None


def _diagnoses(body: Element, content: Content) -> None:
    if not content.diagnoses:
        return
    listed = child(body, "po:InfoMedisinskDiagnose")
    for each in content.diagnoses:
        diagnosis = child(listed, "po:MedisinskDiagnose")
        boolean(diagnosis, "po:Hoveddiagnose", each.main)
        code_set = diagnosis_set(each)
        if code_set:
            child(diagnosis, "po:Diagnosekode", V=sent_code(each), S=oid_of(code_set), DN=each.name)
        else:
            child(diagnosis, "po:DiagnoseBeskrivelse", each.said)


def diagnosis_set(diagnosis: Diagnosis) -> str | None:
    """Return our name for the code set of a diagnosis, or None where the message has none for it."""
    sets = messages_table()["code_sets"].items()
    systems = {entry["system"]: name for name, entry in sets if entry.get("system")}
    return systems.get(diagnosis.system)


def sent_code(diagnosis: Diagnosis) -> str:
    """Return the code as messages write it: ICD-10 without its point."""
    return diagnosis.code.replace(".", "") if diagnosis.system == "icd-10" else diagnosis.code


def _medical(body: Element, content: Content, head: Head) -> None:
    sections = [each for each in content.sections if each.code_set != "heading_nursing"]
    if not sections:
        return
    note = child(child(body, "po:MedisinskfagligeOpplysninger"), "epj2:GenereltJournalnotat")
    _component(note, "note", "Andre notater", f"{head.msg_id}/note")
    for section in sections:
        _journal_text(note, section)


def _component(element: Element, name: str, category: str, id: str) -> None:
    """Say which component of a journal this is, as the schema demands; its id is the same each time it is written."""
    element.set(qualified("m1:basiskomponenttype"), "EPJ dokument")
    element.set(qualified("m1:komponenttype"), messages_table()["components"][name])
    element.set(qualified("m1:informasjonskategori"), category)
    element.set("komponentID", str(uuid5(NAMESPACE_OID, id)))


def _journal_text(parent: Element, section: Section) -> None:
    journal = child(parent, "epj2:Journaltekst")
    coded_with_set(journal, "epj2:Overskriftskode", section.code_set, section.heading)
    child(journal, "epj2:Notat", section.text)


def _medicines(body: Element, content: Content, head: Head) -> None:
    for place, each in enumerate(content.medicines or ()):
        info = child(body, "epj3:Legemiddelinfo")
        _component(info, "medicine", "Legemidler", f"{head.msg_id}/medicine/{place}")
        prescription = child(info, "epj3:ForenkletForskrivning")
        if each.stopped:
            coded(prescription, "epj3:StatusTilForskrivningen", "prescription_status", "stopped")
        _prescribed(child(prescription, "epj3:Forskrivningsinfo"), each)


def _prescribed(info: Element, medicine: MedicineLine) -> None:
    if medicine.dosing:
        child(info, "epj3:DosVeiledEnkel", medicine.dosing)
    child(info, "epj3:Navn", medicine.name)
    if medicine.atc:
        child(info, "epj3:Atc", V=medicine.atc)
    if medicine.use:
        coded(info, "epj3:Bruk", "medicine_use", medicine.use)
    if medicine.start:
        child(info, "epj3:DoseringStarttidspunkt", V=medicine.start.isoformat())
    if medicine.stop:
        child(info, "epj3:DoseringSluttidspunkt", V=medicine.stop.isoformat())


def _nursing(body: Element, content: Content) -> None:
    sections = [each for each in content.sections if each.code_set == "heading_nursing"]
    if not sections and not content.change_of_function:
        return
    nurse = child(child(body, "po:Sykepleierdokumentasjon"), "po:InfoFraSykepleier")
    if content.change_of_function:
        relevant = child(nurse, "po:OpplysningerRelevantOppfolging")
        child(relevant, "po:EndringFunksjonsnivaa", content.change_of_function)
    for section in sections:
        _journal_text(nurse, section)


def _interpreter(body: Element, content: Content) -> None:
    if content.interpreter:
        needed = child(child(body, "po:InfoAssistertKommunikasjon"), "po:AssistertKommunikasjon")
        child(needed, "po:BehovTolkSprak", DN=content.interpreter)
