"""The facts in a national message as a case: it proposes answers, and confirms none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from api.intake.epikrise_facts import epikrise_facts
from api.intake.fitted import checked, fitting, named
from api.intake.mapped import Intake, Mapped, Values, count_note, known, proposed, shortened
from api.intake.message_elements import Node, report_table
from api.intake.message_events import encounter
from api.intake.message_head import Envelope, described, full_name, opened
from api.intake.report_function import function, services
from api.intake.report_medicines import medicines
from api.messages.tables import qualified
from engine.errors import InputError
from forms.model import DiagnosisModel
from rules.case import Note


def message_to_case(root: etree._Element) -> Intake:
    """Return the case that a message proposes, or raise `InputError` where it is another message, or cancelled."""
    envelope = opened(root)
    if envelope.status == "cancelled":
        raise InputError(_status_node(envelope).where, "report_cancelled")
    return facts_of(envelope)


def facts_of(envelope: Envelope) -> Intake:
    """Return the case that a message proposes; each fact says from which message it is, and from when."""
    source = proposed(envelope.title, envelope.msg_id, envelope.sent.start.isoformat())
    who = Mapped(notes=tuple(_status_notes(envelope))), described(envelope)
    if envelope.kind == "epikrise":
        return fitting([*who, *epikrise_facts(envelope.body, source)], envelope.body)
    return fitting([*who, *_facts(envelope, source)], envelope.body)


def _facts(envelope: Envelope, source: Values) -> Iterator[Mapped]:
    body = envelope.body
    yield _contacts(body, source)
    yield _diagnoses(body, source)
    yield medicines(body, source)
    if envelope.kind in report_table()["function_at_home"]["kinds"]:
        yield services(body, envelope.sent.first_day, source)
        yield function(body, source)
        yield _function_in_words(body, source)
    else:
        yield Mapped(notes=count_note("input_function_in_stay", body.said, _count(body, "po:KartlagtFunksjon")))
    yield encounter(envelope)
    yield Mapped(notes=tuple(_unread(body)))


def _status_node(envelope: Envelope) -> Node:
    path = ("po:InformasjonOmForsendelsen", "po:Forsendelsesstatus")
    return envelope.body.one(*(("dis:ServType",) if envelope.kind == "epikrise" else path)) or envelope.body


def _status_notes(envelope: Envelope) -> Iterator[Note]:
    if envelope.status == "changed":
        yield Note("input_report_changed", "Forsendelsesstatus")
    if envelope.status == "addition":
        yield Note("input_report_addition", "Forsendelsesstatus")


# Who it is


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
    name = full_name(person, "fk1") if person else None
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
    return ", ".join(filter(None, [full_name(person, "fk1"), _phones(person)])) or None


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
    name = named(shortened(" ".join(called.split())))
    return checked(DiagnosisModel, {**row, "name": name} if name and name != row["code"] else row, diagnosis)


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


def _function_in_words(report: Node, source: Values) -> Mapped:
    """Return the message's own words on function."""
    assessed = report.one("po:InfoKartleggingFunksjonsniva", "po:SamletVurderingFunksjonsniva")
    found = (assessed.text("po:VurderingPleietyngde"), assessed.text("po:Merknad")) if assessed else ()
    answers = known({"function_before": "\n".join(filter(None, found)) or None})
    return Mapped(answers=answers, sources=dict.fromkeys(answers, source))


def _unread(report: Node) -> Iterator[Note]:
    """Count what stands in words, for a person to read."""
    for code, names in UNREAD.items():
        yield from count_note(code, report.said, _count(report, *names))


UNREAD = {
    "input_report_words": ("epj2:Notat",),
    "input_report_allergies": ("epj1:Cave", "epj1:Allerginotat"),
    "input_report_earlier_diseases": ("po:TidligereSykdom",),
    "input_report_aids": ("po:StatusHjelpemiddel", "po:FasteHjelpemidler"),
    "input_report_needs": ("po:TjenesteBehov",),
}


def _count(report: Node, *names: str) -> int:
    return sum(1 for _ in report.element.iter(*map(qualified, names)))
