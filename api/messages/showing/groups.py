"""How each group of elements is said: an event, a diagnosis, a medicine, a note under its official heading."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from api.messages.showing.elements import (
    Element,
    child,
    children,
    coded,
    full_name,
    joined,
    lines_of,
    moment,
    phones,
    text,
)
from api.messages.showing.parts import Gathered
from api.messages.tables import oid_of
from engine.texts import Texts

Say = Callable[[Element, Gathered, Texts], None]
TRUE = frozenset({"true", "1"})
ICD10 = oid_of("icd_10")
ICD10_GROUP = len("E87")


def _event(element: Element, found: Gathered, texts: Texts) -> None:
    at = child(element, "TidspunktForHendelse")
    when = moment(at.get("V") if at is not None else None, texts) or texts("message_shown.no_time")
    guessed = text(child(element, "Anslag")) in TRUE and at is not None and at.get("V")
    said = texts("message_shown.about", when=when) if guessed else when
    what = coded(child(element, "Hendelsekode")) or text(child(element, "BeskrivelseAvHendelse"))
    found.add("stay", joined(said, text(child(element, "Merknad")), by="\n"), what)


def _diagnosis(element: Element, found: Gathered, texts: Texts) -> None:
    code = child(element, "Diagnosekode")
    said = joined(coded(code), text(child(element, "DiagnoseBeskrivelse")))
    main = text(child(element, "Hoveddiagnose")) in TRUE
    found.add("diagnoses", _with_code(said, code), texts("message_shown.main") if main else None)


def _with_code(said: str | None, code: Element | None) -> str | None:
    value = _pointed(code) if code is not None else None
    said = value if code is not None and said == code.get("V") else said
    return f"{said} ({value})" if said and value and value != said else said


def _pointed(code: Element) -> str | None:
    """Return a code as people write it: of ICD-10 with its point, which messages leave out."""
    value, oid = code.get("V"), code.get("S")
    if value and oid == ICD10 and len(value) > ICD10_GROUP and value.isalnum():
        return f"{value[:ICD10_GROUP]}.{value[ICD10_GROUP:]}"
    return value


def _note(element: Element, found: Gathered, _: Texts) -> None:
    words = joined(text(child(element, "Notat")), text(child(element, "Merknad")), by="\n")
    found.add("notes", words, heading=coded(child(element, "Overskriftskode")))


def _medicine(element: Element, found: Gathered, texts: Texts) -> None:
    for each in children(element, "ForenkletForskrivning"):
        info = child(each, "Forskrivningsinfo")
        if info is not None:
            use = coded(child(each, "StatusTilForskrivningen")) or coded(child(info, "Bruk"))
            found.add("medicines", joined(_drug(info), _dates(info, texts), text(child(each, "Merknad"))), use)


def _given(element: Element, found: Gathered, texts: Texts) -> None:
    at, info = child(element, "AdmStart"), child(element, "Forskrivningsinfo")
    if info is not None:
        found.add("given", _drug(info), moment(at.get("V") if at is not None else None, texts))


def _drug(info: Element) -> str | None:
    strength = child(info, "Styrke")
    amount = joined(strength.get("V"), strength.get("U"), by=" ") if strength is not None else None
    named = joined(text(child(info, "Navn")) or coded(child(info, "Atc")), amount, by=" ")
    return joined(named, text(child(info, "DosVeiledEnkel")))


def _dates(info: Element, texts: Texts) -> str | None:
    said = []
    for name in ("DoseringStarttidspunkt", "DoseringSluttidspunkt"):
        at = child(info, name)
        when = moment(at.get("V"), texts) if at is not None else None
        said.append(texts(f"message_shown.{name}", when=when) if when else None)
    return joined(*said)


def _service(element: Element, found: Gathered, texts: Texts) -> None:
    kind, said = coded(child(element, "IPLOStjenestetype")), text(child(element, "BetegnelseTjeneste"))
    since = moment(text(child(element, "Startdato")), texts)
    until = moment(text(child(element, "Sluttdato")), texts)
    dates = [
        texts(f"message_shown.{name}", when=when)
        for name, when in (("DoseringStarttidspunkt", since), ("DoseringSluttidspunkt", until))
        if when
    ]
    found.add("services", joined(kind, said if said != kind else None, *dates))


def _function(element: Element, found: Gathered, texts: Texts) -> None:
    score = text(child(element, "Vurdering"))
    key = f"message_shown.score.{score}"
    found.add("function", texts(key) if key in texts else score, coded(child(element, "Funksjonsvariabel")))


def _overall(element: Element, found: Gathered, _: Texts) -> None:
    found.add(
        "function", joined(text(child(element, "VurderingPleietyngde")), text(child(element, "Merknad")), by="\n")
    )


def _relative(element: Element, found: Gathered, texts: Texts) -> None:
    person = child(element, "Referanseperson")
    who = joined(full_name(person), phones(person), text(child(element, "Merknad")))
    found.add("people", who, coded(child(element, "Slektskap")) or texts("message_shown.relative"))


def _professional(element: Element, found: Gathered, texts: Texts) -> None:
    role = coded(child(element, "RoleToPatient")) or coded(child(element, "TypeHealthcareProfessional"))
    found.add("people", joined(full_name(element), phones(element)), role or texts("message_shown.professional"))


def _responsible(element: Element, found: Gathered, texts: Texts) -> None:
    for each in children(element, "AnsvarligRapport"):
        found.add("people", full_name(each), texts("message_shown.responsible"))


def _unit(element: Element, found: Gathered, texts: Texts) -> None:
    found.add("people", joined(full_name(element), phones(element)), texts("message_shown.unit"))


def _appointment(element: Element, found: Gathered, texts: Texts) -> None:
    when = moment(text(child(element, "TidspunktTime")), texts) or text(child(element, "TentativtTidspunktTime"))
    found.add("appointments", joined(text(child(element, "StedTime")), text(child(element, "Merknad"))) or when, when)


def _aid(element: Element, found: Gathered, _: Texts) -> None:
    named = text(child(element, "Hjelpemiddelbeskrivelse", "BetegnelseHjelpemiddel"))
    found.add("aids", joined(named, text(child(element, "Merknad"))))


def _earlier(element: Element, found: Gathered, _: Texts) -> None:
    found.add("earlier", joined(*(text(each) for each in element.iter("{*}Notat", "{*}Beskrivelse"))))


# The epikrise, which has elements of its own


def _stay(element: Element, found: Gathered, texts: Texts) -> None:
    for name in ("StartDateTime", "EndDateTime"):
        for each in children(element, name):
            found.add("stay", moment(each.get("V"), texts), texts(f"message_shown.label.{name}"))


def _comment(element: Element, found: Gathered, _: Texts) -> None:
    block = child(element, "TextResultValue")
    coded_text = coded(child(element, "CodedResultValue"))
    words = lines_of(block) if block is not None else coded_text
    found.add("notes", words, heading=coded(child(element, "Heading")))


def _item(element: Element, found: Gathered, texts: Texts) -> None:
    kind, drug = coded(child(element, "Type")), child(element, "Medication")
    if drug is not None:
        dose = child(drug, "UnitDose")
        amount = joined(dose.get("V"), dose.get("U"), by=" ") if dose is not None else None
        named = joined(coded(child(drug, "DrugId")), amount, by=" ")
        said = joined(named, text(child(drug, "DosageText")), text(child(drug, "Comment")))
        found.add("medicines", said, coded(child(drug, "Status")))
        return
    for code in children(element, "Observation", "CodedDescr", "Concept"):
        found.add("diagnoses", _with_code(coded(code), code), kind)
    for code in children(element, "Observation", "CodedDescr", "Modifier", "Value"):
        found.add(
            "diagnoses",
            _with_code(coded(code), code),
            coded(child(element, "Observation", "CodedDescr", "Modifier", "Name")),
        )
    for words in children(element, "Observation", "Description"):
        found.add("notes", lines_of(words), heading=kind or texts("message_shown.part.notes"))


SAID: Mapping[str, Say] = {
    "TidsfestetHendelse": _event,
    "MedisinskDiagnose": _diagnosis,
    "Journaltekst": _note,
    "Legemiddelinfo": _medicine,
    "AdmAvHelsepersonell": _given,
    "EksisterendeTjeneste": _service,
    "KartlagtFunksjon": _function,
    "SamletVurderingFunksjonsniva": _overall,
    "ParorendeForesatt": _relative,
    "Kontaktperson": _professional,
    "AnsvarForRapport": _responsible,
    "Kontaktenhet": _unit,
    "InformasjonOmTime": _appointment,
    "InformasjonOmTentativTime": _appointment,
    "StatusHjelpemiddel": _aid,
    "FasteHjelpemidler": _aid,
    "TidligereSykdom": _earlier,
    "ReportedEvent": _stay,
    "Comment": _comment,
    "InfItem": _item,
}
