"""What a message says has happened, or is to happen, in the stay: each with its time and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from api.intake.mapped import Mapped, count_note, known
from api.intake.message_elements import Node, report_table
from api.intake.message_head import Envelope
from api.intake.times import Moment
from api.messages.tables import name_of, qualified
from engine.errors import InputError
from rules.case import Note

What = Literal["admitted", "ready_for_discharge", "withdrawn", "discharge_expected", "discharged", "died"]
WHATS: tuple[What, ...] = get_args(What)
EVENT = "po:TidsfestetHendelse"
OF_ELEMENT: dict[str, What] = {
    "MeldingInnlagtPasient": "admitted",
    "MeldingUtskrivningsklarPasient": "ready_for_discharge",
    "AvmeldingUtskrivningsklarPasient": "withdrawn",
    "MeldingOmUtskrevetPasient": "discharged",
    "OrienteringOmDod": "died",
}
"""What each logistic message is sent to tell."""

OF_CODE: dict[str, What] = {"dead": "died"}
"""Our own names for the codes, where they differ from what has happened."""

FIRST = {"admitted", "ready_for_discharge", "withdrawn"}
"""What begins, and so is counted from the first moment of a day without a time; the others from its end."""


@dataclass(frozen=True, slots=True)
class Happened:
    """Something in the stay; `day_only` where the message has no time of day."""

    what: What
    at: datetime
    day_only: bool
    where: str


SAID: dict[What, str] = {
    "ready_for_discharge": "input_message_ready_for_discharge",
    "withdrawn": "input_message_withdrawn",
}
"""The notes on what a case has no place for."""


def happened(envelope: Envelope) -> tuple[Happened, ...]:
    """Return what the message tells, the admission first; a logistic message must hold what it is sent to tell."""
    if envelope.kind == "pasientlogistikk":
        return _logistic(envelope)
    found = (_one(node, envelope) for node in envelope.body.many("po:OpplysningOpphold", EVENT))
    return _ordered(each for each in found if each)


def encounter(envelope: Envelope) -> Mapped:
    """Return the stay as the case has it, with notes on what a case has no place for."""
    told = {each.what: each for each in happened(envelope)}
    expected = told.get("discharge_expected")
    held = known(
        {
            "admitted": told["admitted"].at.isoformat() if "admitted" in told else None,
            "expected_discharge": expected.at.date().isoformat() if expected else None,
            "discharged": told["discharged"].at.isoformat() if "discharged" in told else None,
        }
    )
    return Mapped(encounter=held, notes=tuple(_notes(envelope, told)))


def _notes(envelope: Envelope, told: dict[What, Happened]) -> Iterator[Note]:
    for what, code in SAID.items():
        if what in told:
            yield Note(code, "TidspunktForHendelse", {"date": told[what].at.date().isoformat()})
    if "died" in told:
        yield Note("input_deceased", "OrienteringOmDod")
    for what, code in (("admitted", "input_admitted_without_time"), ("discharged", "input_discharged_without_time")):
        if what in told and told[what].day_only:
            yield Note(code, "TidspunktForHendelse")
    yield from count_note("input_events_not_used", envelope.title, _unused(envelope))


def _logistic(envelope: Envelope) -> tuple[Happened, ...]:
    application = envelope.body.one(f"p1:{envelope.event}") or envelope.body
    told = OF_ELEMENT[str(envelope.event)]
    nodes = application.many(EVENT)
    found = [each for node in nodes if (each := _one(node, envelope, alone=told if len(nodes) == 1 else None))]
    if told == "withdrawn":  # from when the patient was ready is told too, and is so no longer
        found = [each for each in found if each.what != "ready_for_discharge"]
    if told not in {each.what for each in found} and not _estimated(told, found):
        raise InputError((*nodes, application)[0].where, "message_without_event")
    return _ordered(found)


def _estimated(told: What, found: list[Happened]) -> bool:
    """Return whether a day of discharge is told as expected, and not yet as having come."""
    return told in {"ready_for_discharge", "discharged"} and any(each.what == "discharge_expected" for each in found)


def _one(node: Node, envelope: Envelope, *, alone: What | None = None) -> Happened | None:
    """Return what an event says, or None where it has no time, or is of a kind that we do not use.

    `alone` is what the only event of a message is sent to tell, with whatever code, or none.
    """
    what = _what(node) or alone
    moment = node.moment("po:TidspunktForHendelse")
    if what is None or moment is None or not moment.full_date:
        return None
    if node.truth("po:Anslag") and what != "died":
        if what not in {"ready_for_discharge", "discharged"}:
            return None  # one that is planned has not taken place
        what = "discharge_expected"
    where = (node.one("po:TidspunktForHendelse") or node).where
    return Happened(what, _at(what, moment, envelope.sent), moment.precision == "day", where)


def _what(node: Node) -> What | None:
    said = node.code("po:Hendelsekode")
    if said is None:
        return _in_words(node)
    name = name_of("event", said.value)
    found = OF_CODE.get(name or "", name)
    return next((what for what in WHATS if what == found), None)


def _in_words(node: Node) -> What | None:
    """Return what an event without a code is called, where the words are those of the official examples."""
    said = (node.text("po:BeskrivelseAvHendelse") or "").casefold().rstrip(":. ")
    return next((what for what in WHATS if said in report_table()["event_words"].get(what, ())), None)


def _at(what: What, moment: Moment, sent: Moment) -> datetime:
    """Return the moment; of a day without a time its beginning or end, but nothing has ended after it was told."""
    if moment.precision == "time" or what in FIRST:
        return moment.start
    return min(moment.end, sent.start) if what != "discharge_expected" and moment.start <= sent.start else moment.end


def _ordered(found: Iterator[Happened] | list[Happened]) -> tuple[Happened, ...]:
    """Return each kind once, the last one told, the admission first."""
    last = {each.what: each for each in found}
    return tuple(sorted(last.values(), key=lambda each: WHATS.index(each.what)))


def _unused(envelope: Envelope) -> int:
    every = sum(1 for _ in envelope.body.element.iter(qualified(EVENT)))
    return every - len(happened(envelope))
