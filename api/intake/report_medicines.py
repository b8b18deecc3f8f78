"""The medicines of an innleggelsesrapport: fast, kur and ved behov, and whether they come as multidose."""

from __future__ import annotations

from collections import Counter
from datetime import date

from api.intake.fitted import checked, named
from api.intake.mapped import Mapped, Values, count_note, known, shortened
from api.intake.message_elements import Code, Node, report_table
from forms.model import MedicineModel
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
    (start, stop), odd = _days(info)
    use, flags = _use(info.code("epj3:Bruk"), stop)
    flags += [*odd, *(["input_medicines_dosage"] if _has_dosage(prescription, info) else [])]
    name = named(_name(info))
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
    return checked(MedicineModel, known(row), prescription), flags


def _has_dosage(prescription: Node, info: Node) -> bool:
    """Return whether the message says more of how it is taken than a list of medicines holds."""
    strength = info.one("epj3:Styrke")
    words = (info.text("epj3:DosVeiledEnkel"), prescription.text("epj3:Merknad"))
    return any(words) or bool(strength and strength.attribute("V"))


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


def _days(info: Node) -> tuple[tuple[date | None, date | None], list[str]]:
    """Return the first and the last day, and what is odd of them: days in the wrong order say nothing."""
    start, stop = info.moment("epj3:DoseringStarttidspunkt"), info.moment("epj3:DoseringSluttidspunkt")
    days = start.first_day if start else None, stop.last_day if stop else None
    if start and stop and stop.last_day < start.first_day:
        return (None, None), ["input_medicines_dates_reversed"]
    inexact = any(each and not each.full_date for each in (start, stop))
    return days, ["input_medicines_dates_inexact"] if inexact else []
