"""A municipality's Innleggelsesrapport (PLO 1.6 in MsgHead 1.2) as a case: it proposes answers, and confirms none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from api.intake.mapped import Intake, Mapped, Values, count_note, known, proposed, shortened, to_intake
from api.intake.message_elements import Code, Node, qualified, report_table
from api.intake.report_function import function, services
from api.intake.report_medicines import medicines
from api.intake.times import Moment, parse_moment
from engine.errors import InputError
from forms.identity import parse_identity_number
from rules.case import Note


def message_to_case(root: etree._Element) -> Intake:
    """Return the case that an admission report proposes, or raise `InputError` where it is another message."""
    head = _head(root)
    report = _report(head)
    sent = _sent(head)
    source = proposed("Innleggelsesrapport", head.text("mh:MsgInfo", "mh:MsgId"), sent.start.isoformat())
    return to_intake(
        [
            Mapped(notes=tuple(_status_notes(report))),
            _patient(head),
            _contacts(report, source),
            _diagnoses(report, source),
            medicines(report, source),
            services(report, sent.first_day, source),
            function(report, source),
            _words(report, source),
        ]
    )


# The message around the report


def _head(root: etree._Element) -> Node:
    if root.tag == qualified("mh:MsgHead"):
        return Node(root, "mh:MsgHead")
    where = f"line {root.sourceline}"
    if etree.QName(root).localname == "Bundle":
        raise InputError(where, "fhir_as_xml")
    raise InputError(where, "not_msghead")


def _report(head: Node) -> Node:
    kind = head.code("mh:MsgInfo", "mh:Type")
    if kind is None or kind.value != report_table()["message"]["type"]:
        where = (head.one("mh:MsgInfo", "mh:Type") or head).where
        raise InputError(where, "other_message")
    contents = head.many("mh:Document", "mh:RefDoc", "mh:Content")
    reports = head.many("mh:Document", "mh:RefDoc", "mh:Content", "ir:Innleggelsesrapport")
    if len(reports) != 1:
        where = (*reports[1:], *contents, head)[0].where
        raise InputError(where, "several_reports" if reports else "no_report")
    _refuse_cancelled(reports[0])
    return reports[0]


def _status(report: Node) -> Code | None:
    return report.code("po:InformasjonOmForsendelsen", "po:Forsendelsesstatus")


def _refuse_cancelled(report: Node) -> None:
    status, table = _status(report), report_table()["status"]
    node = report.one("po:InformasjonOmForsendelsen", "po:Forsendelsesstatus") or report
    if status and status.value in table["cancelled"]:
        raise InputError(node.where, "report_cancelled")
    if status is None or status.value not in {*table["new"], *table["changed"], *table["addition"]}:
        raise InputError(node.where, "report_status_unknown")


def _status_notes(report: Node) -> Iterator[Note]:
    status, table = _status(report), report_table()["status"]
    if status and status.value in table["changed"]:
        yield Note("input_report_changed", "Forsendelsesstatus")
    if status and status.value in table["addition"]:
        yield Note("input_report_addition", "Forsendelsesstatus")


def _sent(head: Node) -> Moment:
    path = ("mh:MsgInfo", "mh:GenDate")
    text, node = head.text(*path), head.one(*path)
    if text is None or node is None:
        raise InputError(head.where, "no_gendate")
    return parse_moment(text, node.where, zone_may_lack=True)


# Who it is


def _patient(head: Node) -> Mapped:
    person = head.one("mh:MsgInfo", "mh:Patient")
    if person is None:
        raise InputError(head.where, "message_without_patient")
    born, sex, table = person.day("mh:DateOfBirth"), person.code("mh:Sex"), report_table()["sex"]
    about = known(
        {
            "name": _full_name(person, "mh"),
            "birth_date": born.isoformat() if born else None,
            "sex": table.get(sex.value, table["other"]) if sex and sex.value else None,
        }
    )
    identity, notes = _identity(person)
    return Mapped(patient={**identity, **about}, notes=notes)


def _identity(person: Node) -> tuple[Values, tuple[Note, ...]]:
    numbers: dict[str, Node] = {}
    for ident in person.many("mh:Ident"):
        kind, number = ident.code("mh:TypeId"), ident.one("mh:Id")
        if kind and kind.value and number:
            numbers.setdefault(kind.value, ident)
    for kind_of_number in report_table()["identity"]["national"]:
        if kind_of_number in numbers:
            found = numbers[kind_of_number]
            return {"id": parse_identity_number(found.text("mh:Id"), found.where).value}, ()
    local = next(iter(numbers.values()), None)
    return known({"local_id": local.text("mh:Id") if local else None}), (Note("input_local_id", "Patient"),)


def _full_name(person: Node, prefix: str) -> str | None:
    names = (person.text(f"{prefix}:{part}") for part in ("GivenName", "MiddleName", "FamilyName"))
    return " ".join(filter(None, names)) or None


def _contacts(report: Node, source: Values) -> Mapped:
    relatives = filter(None, map(_relative, report.many("po:ParorendeForesatt")))
    doctors = filter(None, map(_gp, report.many("po:KontaktpersonHelsepersonell", "po:Kontaktperson")))
    answers = known(
        {
            "next_of_kin": "; ".join(relatives) or None,
            "gp": "; ".join(doctors) or None,
            "interpreter": _interpreter(report),
            "living_alone": report.truth("po:TilleggsopplysningPasient", "po:BorAlene"),
        }
    )
    return Mapped(answers=answers, sources=dict.fromkeys(answers, source))


def _relative(relative: Node) -> str | None:
    person, kin = relative.one("po:Referanseperson"), relative.code("po:Slektskap")
    name = _full_name(person, "fk1") if person else None
    relation = kin.name.lower() if kin and kin.name else None
    who = f"{name} ({relation})" if name and relation else name or relation
    remark = relative.text("po:Merknad")
    return ", ".join(filter(None, [who, _phones(person), remark])) or None


def _phones(person: Node | None) -> str | None:
    found = person.many("fk1:TeleCom", "fk1:TeleAddress") if person else ()
    written = (str(each.element.get("V", "")).strip() for each in found)
    return ", ".join(each.removeprefix("tel:") for each in written if each and not each.startswith("mailto:")) or None


def _gp(person: Node) -> str | None:
    role = person.code("fk1:RoleToPatient")
    if role is None or role.value not in report_table()["roles"]["gp"]:
        return None
    return ", ".join(filter(None, [_full_name(person, "fk1"), _phones(person)])) or None


def _interpreter(report: Node) -> str | None:
    """Return the language to interpret for the patient; a need that has ended, or is another's, says nothing."""
    for need in report.many("po:InfoAssistertKommunikasjon", "po:AssistertKommunikasjon"):
        language = need.code("po:BehovTolkSprak")
        if language and not need.one("po:PersonTolkebehov") and not need.moment("po:BehovOpphortDato"):
            return language.name or language.value
    return None


# What they have


def _diagnoses(report: Node, source: Values) -> Mapped:
    every = report.many("po:InfoMedisinskDiagnose", "po:MedisinskDiagnose")
    if not every:
        return Mapped()
    mains = [each for each in every if each.truth("po:Hoveddiagnose")]
    main = mains[0] if len(mains) == 1 else None
    rows = tuple(_diagnosis(each, main=each is main) for each in every)
    several = (Note("input_main_diagnosis_unclear", "MedisinskDiagnose"),) if len(mains) > 1 else ()
    notes = (*several, *_other_systems(rows))
    return Mapped(conditions=rows, sources={"conditions": source}, notes=notes)


def _diagnosis(diagnosis: Node, *, main: bool) -> Values:
    code, system = _diagnosis_code(diagnosis)
    row = {"code": shortened(code), "system": shortened(system), **({"main": True} if main else {})}
    coded = diagnosis.code("po:Diagnosekode")
    called = (coded.name if coded else None) or diagnosis.text("po:DiagnoseBeskrivelse") or ""
    name = shortened(" ".join(called.split()))
    return {**row, "name": name} if name and name != row["code"] else row


def _diagnosis_code(diagnosis: Node) -> tuple[str, str]:
    """Return the code and its system: ICD-10 or ICPC-2, else the sender's OID, else the words."""
    table, code = report_table()["diagnosis"], diagnosis.code("po:Diagnosekode")
    if code is None or code.value is None:
        named = code.name if code else None
        return diagnosis.text("po:DiagnoseBeskrivelse") or named or table["unnamed_system"], table["text_system"]
    if code.system is None or code.system not in table["systems"]:
        return code.value, code.oid or table["unnamed_system"]
    return code.value.rstrip(table["icd10_marks"]).strip() or code.value, code.system


def _other_systems(rows: tuple[Values, ...]) -> Iterator[Note]:
    known_systems = report_table()["diagnosis"]["systems"]
    counts = Counter(str(row["system"]) for row in rows if row["system"] not in known_systems)
    for system, count in sorted(counts.items()):
        yield Note("input_diagnoses_other_system", "MedisinskDiagnose", {"count": count, "system": system})


# Words


def _words(report: Node, source: Values) -> Mapped:
    """Return the report's own words on function; all other words are counted, for a person to read."""
    assessed = report.one("po:InfoKartleggingFunksjonsniva", "po:SamletVurderingFunksjonsniva")
    found = (assessed.text("po:VurderingPleietyngde"), assessed.text("po:Merknad")) if assessed else ()
    before = "\n".join(filter(None, found)) or None
    answers = known({"function_before": before})
    notes = (
        *count_note("input_report_words", "Innleggelsesrapport", _count(report, "epj2:Notat")),
        *count_note("input_report_allergies", "Innleggelsesrapport", _count(report, "epj1:Cave", "epj1:Allerginotat")),
        *count_note("input_report_earlier_diseases", "Innleggelsesrapport", _count(report, "po:TidligereSykdom")),
        *count_note(
            "input_report_aids", "Innleggelsesrapport", _count(report, "po:StatusHjelpemiddel", "po:FasteHjelpemidler")
        ),
    )
    return Mapped(answers=answers, sources=dict.fromkeys(answers, source), notes=notes)


def _count(report: Node, *names: str) -> int:
    return sum(1 for _ in report.element.iter(*map(qualified, names)))
