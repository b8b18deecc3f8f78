"""The FHIR Patient: who it is, where they live, their GP, next of kin and interpreter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from api.intake.fhir_bundle import Bundle, Resource
from api.intake.fhir_elements import Element, codes, coding, words
from api.intake.fhir_tables import fhir_table
from api.intake.mapped import Mapped, Values, known, proposed
from engine.errors import InputError
from forms.code_systems import system_id
from forms.identity import parse_identity_number
from rules.case import Note


def patient(bundle: Bundle) -> Mapped:
    """Return what the Patient resource says; the next of kin, GP and interpreter are answers, and so proposed."""
    element = bundle.patient.element
    born, notes = _birth_date(element)
    answers = known(
        {
            "next_of_kin": _joined(map(_contact, _current_contacts(element))),
            "gp": _joined(_gp_names(bundle)),
            "interpreter": _interpreter(element),
        }
    )
    identity, without = _identity(bundle.patient)
    about = known(
        {
            "name": _name(element),
            "birth_date": born,
            "sex": _sex(element),
            "municipality": _municipality(element),
        }
    )
    sources = {item: proposed("Patient", bundle.patient.id) for item in answers}
    return Mapped(
        patient={**identity, **about},
        answers=answers,
        sources=sources,
        notes=(*without, *notes, *_death(element), *_not_in_use(element)),
    )


def _identity(resource: Resource) -> tuple[Values, tuple[Note, ...]]:
    for kind in fhir_table("patient")["identifier_order"]:
        numbers = {
            parse_identity_number(identifier.text("value"), identifier.place("value")).value
            for identifier in resource.element.many("identifier")
            if system_id(identifier.text("system")) == kind and identifier.text("use") != "old"
        }
        if len(numbers) > 1:
            where = resource.element.place("identifier")
            raise InputError(where, "several_identity_numbers")
        if numbers:
            return {"id": numbers.pop()}, ()
    return known({"local_id": resource.id or _any_identifier(resource)}), (Note("input_local_id", "Patient"),)


def _any_identifier(resource: Resource) -> str | None:
    return next(filter(None, (found.text("value") for found in resource.element.many("identifier"))), None)


def _birth_date(element: Element) -> tuple[str | None, tuple[Note, ...]]:
    born = element.moment("birthDate")
    if born is None:
        return None, ()
    if not born.full_date:
        return None, (Note("input_birth_date_partial", "Patient.birthDate"),)
    return born.first_day.isoformat(), ()


def _sex(element: Element) -> str | None:
    gender = element.text("gender")
    return str(fhir_table("patient")["sex"].get(gender, "unknown")) if gender else None


def _death(element: Element) -> tuple[Note, ...]:
    dead = element.truth("deceasedBoolean") or element.moment("deceasedDateTime")
    return (Note("input_deceased", "Patient"),) if dead else ()


def _not_in_use(element: Element) -> tuple[Note, ...]:
    """Tell of a record that is not in use, or that another has taken the place of."""
    replaced = any(link.text("type") == "replaced-by" for link in element.many("link"))
    return (Note("input_patient_not_in_use", "Patient"),) if replaced or element.truth("active") is False else ()


def _name(element: Element) -> str | None:
    names = _in_order(element.many("name"), "name_order", "name_left_out")
    return next(filter(None, map(_full_name, names)), None)


def _full_name(name: Element) -> str | None:
    return name.text("text") or " ".join([*name.texts("given"), *filter(None, [name.text("family")])]) or None


def _in_order(elements: Sequence[Element], first: str, left_out: str) -> list[Element]:
    """Return the elements that are in use, those whose `use` comes first in the list before the others."""
    order, never = fhir_table("patient")[first], fhir_table("patient")[left_out]

    def rank(element: Element) -> int:
        use = element.text("use")
        return order.index(use) if use in order else len(order)

    return sorted((each for each in elements if each.text("use") not in never), key=rank)


def _municipality(element: Element) -> str | None:
    addresses = _in_order(element.many("address"), "address_order", "address_left_out")
    return next((code for address in addresses for code in _municipality_codes(address)), None)


def _municipality_codes(address: Element) -> Iterator[str]:
    """Yield the kommunenummer from the address itself or, as the base profile has it, from its district."""
    for holder in filter(None, (address, address.one("_district"))):
        for extension in holder.many("extension"):
            value = extension.one("valueCoding")
            found = coding(value) if value else None
            if extension.text("url") == fhir_table("patient")["municipality_extension"] and found:
                yield found.code


def _current_contacts(element: Element) -> Iterator[Element]:
    for contact in element.many("contact"):
        kinds = {code for concept in contact.many("relationship") for code in codes(concept)}
        period = contact.one("period")
        over = period.moment("end") if period else None
        if over is None and not (kinds and kinds <= set(fhir_table("patient")["contact_left_out"])):
            yield contact


def _contact(contact: Element) -> str | None:
    name = contact.one("name")
    who = _full_name(name) if name else None
    relation = _joined(map(words, contact.many("relationship")))
    phones = _joined(_phones(contact), ", ")
    return _joined([f"{who} ({relation})" if who and relation else who or relation, phones], ", ")


def _phones(contact: Element) -> Iterator[str | None]:
    for telecom in contact.many("telecom"):
        if telecom.text("system") in fhir_table("patient")["telephones"]:
            yield telecom.text("value")


def _gp_names(bundle: Bundle) -> Iterator[str | None]:
    for reference in bundle.patient.element.many("generalPractitioner"):
        target = bundle.resolve(reference, bundle.patient)
        yield reference.text("display") or (_display_name(target) if target else None)


def _display_name(resource: Resource) -> str | None:
    if resource.kind == "Practitioner":
        return next(filter(None, map(_full_name, resource.element.many("name"))), None)
    return resource.element.text("name") if resource.kind == "Organization" else None


def _interpreter(element: Element) -> str | None:
    """Return the language to interpret, only where the record says that an interpreter is required."""
    required = any(
        extension.truth("valueBoolean")
        for extension in element.many("extension")
        if extension.text("url") == fhir_table("patient")["interpreter_extension"]
    )
    spoken = element.many("communication")
    best = next((each for each in spoken if each.truth("preferred")), spoken[0] if spoken else None)
    language = best.one("language") if best else None
    known_language = words(language) or min(codes(language), default=None)
    return (known_language or str(fhir_table("patient")["language_not_known"])) if required else None


def _joined(parts: Iterator[str | None] | Sequence[str | None], by: str = "; ") -> str | None:
    return by.join(filter(None, parts)) or None
