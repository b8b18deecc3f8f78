"""The medicines of an innleggelsesrapport: fast, kur and ved behov, and whether they come as multidose."""

from __future__ import annotations

from collections import Counter
from datetime import date

from api.intake.mapped import Mapped, Values, count_note, known, shortened
from api.intake.message_elements import Code, Node, report_table
from rules.case import Note


def medicines(report: Node, source: Values) -> Mapped:
    """Return the medicine list, or none at all where the report holds no medicine: that is unknown, not "none"."""
    prescriptions = report.many("epj3:Legemiddelinfo", "epj3:ForenkletForskrivning")
    kept = [each for each in prescriptions if not _is(each.code("epj3:StatusTilForskrivningen"), "stopped")]
    lines = [_line(each) for each in kept]
    flags = Counter(flag for _, flags in lines for flag in flags)
    notes = [note for code in sorted(flags) for note in count_note(code, "medicines", flags[code])]
    notes += count_note("input_medicines_not_current", "medicines", len(prescriptions) - len(kept))
    if not lines:
        return Mapped(notes=(*notes, *((Note("input_no_medicine_in_use", "medicines"),) if prescriptions else ())))
    return Mapped(medicines=tuple(row for row, _ in lines), sources={"medicines": source}, notes=tuple(notes))


def in_multidose(report: Node) -> bool:
    """Return whether any medicine is said to come as multidose; that none is said to says nothing."""
    prescriptions = report.many("epj3:Legemiddelinfo", "epj3:ForenkletForskrivning")
    return any(_is(each.code("epj3:InngaarIMultidose"), "multidose") for each in prescriptions)


def _is(code: Code | None, group: str) -> bool:
    return code is not None and code.value in report_table()["medicine"][group]


def _line(prescription: Node) -> tuple[Values, list[str]]:
    info = prescription.one("epj3:Forskrivningsinfo") or prescription
    atc = info.code("epj3:Atc")
    start, stop = _first_day(info), _last_day(info)
    use, flags = _use(info.code("epj3:Bruk"), stop)
    name = _name(info)
    if name is None and (atc is None or atc.value is None):
        flags.append("input_medicines_without_name")
        name = str(report_table()["medicine"]["name_not_known"])
    row = {
        "atc": atc.value if atc else None,
        "name": shortened(name) if name else None,
        "use": use,
        "from": start.isoformat() if start else None,
        "to": stop.isoformat() if stop else None,
    }
    return known(row), flags


def _name(info: Node) -> str | None:
    name, generic = info.text("epj3:Navn"), info.text("epj3:GeneriskNavn")
    if name and generic and name.casefold() != generic.casefold():
        return f"{name} ({generic})"
    return name or generic


def _use(code: Code | None, stop: date | None) -> tuple[str | None, list[str]]:
    """Return the use: a course is regular until its last day, and unknown where it has none."""
    if _is(code, "regular"):
        return "regular", []
    if _is(code, "as_needed"):
        return "as_needed", []
    if _is(code, "course"):
        return ("regular", []) if stop else (None, ["input_medicines_course_without_end"])
    return None, ["input_medicines_use_unknown"]


def _first_day(info: Node) -> date | None:
    start = info.moment("epj3:DoseringStarttidspunkt")
    return start.first_day if start else None


def _last_day(info: Node) -> date | None:
    stop = info.moment("epj3:DoseringSluttidspunkt")
    return stop.last_day if stop else None
