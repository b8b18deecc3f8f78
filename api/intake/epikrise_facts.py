"""The facts in an Epikrise 1.2: diagnoses, medicines and the GP; what stands in words is counted."""

from __future__ import annotations

from collections.abc import Iterator

from api.intake.fitted import checked, named
from api.intake.mapped import Mapped, Values, count_note, known, shortened
from api.intake.message_elements import Code, Node, report_table
from api.messages.tables import name_of
from forms.model import DiagnosisModel, EncounterModel, MedicineModel
from rules.case import Note

USES = {"regular": "regular", "as_needed": "as_needed"}
STOPPED = "stop"


def epikrise_facts(report: Node, source: Values) -> Iterator[Mapped]:
    """Yield what the epikrise says of the person."""
    items = report.many("dis:Event", "dis:InfItem")
    yield _gp(report, source)
    yield _diagnoses(items, source)
    yield _medicines(items, source)
    yield _stay(report)
    words = report.many("dis:Event", "dis:Comment")
    unread = [each for each in items if _kind(each) not in {"main", "other", "medicine", "allergy"}]
    allergies = [each for each in items if _kind(each) == "allergy"]
    yield Mapped(notes=count_note("input_report_words", "Epikrise", len(words) + len(unread)))
    yield Mapped(notes=count_note("input_report_allergies", "Epikrise", len(allergies)))


def _stay(report: Node) -> Mapped:
    """Return when the stay began and ended; of several, none is the one that is meant."""
    stays = report.many("dis:Event", "dis:ReportedEvent")
    if len(stays) != 1:
        return Mapped(notes=count_note("input_events_not_used", "ReportedEvent", len(stays)))
    found = {"admitted": "dis:StartDateTime", "discharged": "dis:EndDateTime"}
    times = {name: moment for name, path in found.items() if (moment := stays[0].moment(path)) and moment.full_date}
    days = [f"input_{name}_without_time" for name, moment in times.items() if moment.precision == "day"]
    held = {name: (moment.end if name == "discharged" else moment.start).isoformat() for name, moment in times.items()}
    notes = tuple(Note(code, "ReportedEvent") for code in days)
    return Mapped(encounter=checked(EncounterModel, held, stays[0]), notes=notes)


def _kind(item: Node) -> str | None:
    said = item.code("dis:Type")
    return name_of("item_epikrise", said.value) if said else None


def _gp(report: Node, source: Values) -> Mapped:
    names = [
        each.text("dis:HCP", "dis:HCProf", "dis:Name")
        for each in report.many("dis:Patient", "dis:PatRelHCP")
        if _is_gp(each.code("dis:Relation"))
    ]
    answers = known({"gp": "; ".join(filter(None, names)) or None})
    return Mapped(answers=answers, sources=dict.fromkeys(answers, source))


def _is_gp(relation: Code | None) -> bool:
    return relation is not None and relation.value in report_table()["roles"]["gp_epikrise"]


def _diagnoses(items: tuple[Node, ...], source: Values) -> Mapped:
    every = [each for each in items if _kind(each) in {"main", "other"}]
    mains = [each for each in every if _kind(each) == "main"]
    main = mains[0] if len(mains) == 1 else None
    rows = tuple(row for each in every for row in _rows(each, main=each is main))
    if not rows:
        return Mapped()
    several = (Note("input_main_diagnosis_unclear", "InfItem"),) if len(mains) > 1 else ()
    return Mapped(conditions=rows, sources={"conditions": source}, notes=several)


def _rows(item: Node, *, main: bool) -> Iterator[Values]:
    """Yield a diagnosis, and each code that is part of it: what an asterisk code names is a diagnosis too."""
    concept = ("dis:Observation", "dis:CodedDescr", "dis:Concept")
    first = _diagnosis(item.code(*concept), item.one(*concept) or item)
    if first:
        yield {**first, "main": True} if main else first
    for node in item.many("dis:Observation", "dis:CodedDescr", "dis:Modifier", "dis:Value"):
        if more := _diagnosis(node.coded, node):
            yield more


def _diagnosis(concept: Code | None, node: Node) -> Values | None:
    table = report_table()["diagnosis"]
    if concept is None or not (concept.value or concept.name):
        return None
    told = concept.system if concept.system in table["systems"] else concept.oid
    system = told or str(table["unnamed_system"])
    code = concept.value.rstrip(table["icd10_marks"]).strip() if concept.value else None
    row = {"code": shortened(code or concept.name or ""), "system": shortened(system if code else table["text_system"])}
    name = named(shortened(concept.name)) if concept.name and concept.name != row["code"] else None
    return checked(DiagnosisModel, {**row, **known({"name": name})}, node)


def _medicines(items: tuple[Node, ...], source: Values) -> Mapped:
    every = [found for each in items if _kind(each) == "medicine" and (found := each.one("dis:Medication"))]
    kept = [each for each in every if _use(each) != STOPPED]
    rows = tuple(_line(each) for each in kept)
    unknown = sum(1 for row in rows if "use" not in row)
    dosed = sum(1 for each in kept if each.one("dis:UnitDose") or each.text("dis:DosageText"))
    notes = (
        *count_note("input_medicines_dosage", "medicines", dosed),
        *count_note("input_medicines_not_current", "medicines", len(every) - len(kept)),
        *count_note("input_medicines_use_unknown", "medicines", unknown),
    )
    if not rows:
        return Mapped(notes=(*notes, *((Note("input_no_medicine_in_use", "medicines"),) if every else ())))
    return Mapped(medicines=rows, sources={"medicines": source}, notes=notes)


def _line(medicine: Node) -> Values:
    drug = medicine.code("dis:DrugId")
    atc = "".join(drug.value.split()) if drug and drug.value and drug.system == "atc" else None
    name = named(drug.name if drug else None) or (None if atc else report_table()["medicine"]["name_not_known"])
    row = known({"atc": atc, "name": shortened(name) if name else None, "use": USES.get(_use(medicine) or "")})
    return checked(MedicineModel, row, medicine)


def _use(medicine: Node) -> str | None:
    status = medicine.code("dis:Status")
    return name_of("medicine_status", status.value) if status else None
