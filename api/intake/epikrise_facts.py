"""The facts in an Epikrise 1.2: diagnoses, medicines and the GP; what stands in words is counted."""

from __future__ import annotations

from collections.abc import Iterator

from api.intake.mapped import Mapped, Values, count_note, known, shortened
from api.intake.message_elements import Code, Node, report_table
from api.messages.tables import name_of
from rules.case import Note

USES = {"regular": "regular", "as_needed": "as_needed"}
STOPPED = "stop"


def epikrise_facts(report: Node, source: Values) -> Iterator[Mapped]:
    """Yield what the epikrise says of the person."""
    items = report.many("dis:Event", "dis:InfItem")
    yield _gp(report, source)
    yield _diagnoses(items, source)
    yield _medicines(items, source)
    words = report.many("dis:Event", "dis:Comment")
    unread = [each for each in items if _kind(each) not in {"main", "other", "medicine"}]
    yield Mapped(notes=count_note("input_report_words", "Epikrise", len(words) + len(unread)))


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
    rows = tuple(
        row for each in every if (row := _diagnosis(each, main=each is mains[0] if len(mains) == 1 else False))
    )
    if not rows:
        return Mapped()
    several = (Note("input_main_diagnosis_unclear", "InfItem"),) if len(mains) > 1 else ()
    return Mapped(conditions=rows, sources={"conditions": source}, notes=several)


def _diagnosis(item: Node, *, main: bool) -> Values | None:
    table = report_table()["diagnosis"]
    concept = item.code("dis:Observation", "dis:CodedDescr", "dis:Concept")
    if concept is None or not (concept.value or concept.name):
        return None
    told = concept.system if concept.system in table["systems"] else concept.oid
    system = told or str(table["unnamed_system"])
    code = concept.value.rstrip(table["icd10_marks"]).strip() if concept.value else None
    row = {"code": shortened(code or concept.name or ""), "system": shortened(system if code else table["text_system"])}
    name = shortened(concept.name) if concept.name and concept.name != row["code"] else None
    return {**row, **({"main": True} if main else {}), **known({"name": name})}


def _medicines(items: tuple[Node, ...], source: Values) -> Mapped:
    every = [found for each in items if _kind(each) == "medicine" and (found := each.one("dis:Medication"))]
    kept = [each for each in every if _use(each) != STOPPED]
    rows = tuple(_line(each) for each in kept)
    unknown = sum(1 for row in rows if "use" not in row)
    notes = (
        *count_note("input_medicines_not_current", "medicines", len(every) - len(kept)),
        *count_note("input_medicines_use_unknown", "medicines", unknown),
    )
    if not rows:
        return Mapped(notes=(*notes, *((Note("input_no_medicine_in_use", "medicines"),) if every else ())))
    return Mapped(medicines=rows, sources={"medicines": source}, notes=notes)


def _line(medicine: Node) -> Values:
    drug = medicine.code("dis:DrugId")
    atc = "".join(drug.value.split()) if drug and drug.value and drug.system == "atc" else None
    name = (drug.name if drug else None) or (None if atc else report_table()["medicine"]["name_not_known"])
    return known({"atc": atc, "name": shortened(name) if name else None, "use": USES.get(_use(medicine) or "")})


def _use(medicine: Node) -> str | None:
    status = medicine.code("dis:Status")
    return name_of("medicine_status", status.value) if status else None
