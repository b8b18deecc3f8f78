"""A national message taken apart: which kind it is, whether it is new, whom it is about, and its body."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from api.intake.fitted import checked, named
from api.intake.mapped import Mapped, Values, known
from api.intake.message_elements import Code, Node, report_table
from api.intake.reading import names_in_messages
from api.intake.times import Moment, parse_moment
from api.messages.model import Kind, Status
from api.messages.tables import KINDS, kind_table, name_of, namespaces, qualified
from engine.errors import InputError
from forms.identity import parse_identity_number
from forms.model import PatientModel
from rules.case import Note

CONTENT = ("mh:Document", "mh:RefDoc", "mh:Content")
REPORT = "dis:ServRprt"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message with its parts: `head` is MsgInfo or the epikrise's own root, `body` what the message says.

    `event` is the element of a logistic message that its type names.
    """

    kind: Kind
    status: Status
    sent: Moment
    head: Node = field(repr=False)
    body: Node = field(repr=False)
    person: Node = field(repr=False)
    event: str | None = None

    @property
    def msg_id(self) -> str | None:
        """Return what the sender calls the message."""
        return self.head.text("dis:MsgId" if self.kind == "epikrise" else "mh:MsgId")

    @property
    def title(self) -> str:
        """Return what the kind of message is called."""
        return str(kind_table(self.kind)["types"][0]["name"]) if self.event is None else "Pasientlogistikk"


def opened(root: etree._Element) -> Envelope:
    """Return a message taken apart, or raise `InputError` where it is another one, or damaged."""
    if root.tag == qualified("mh:MsgHead"):
        _refuse_unknown(root)
        return _with_msghead(Node(root, "mh:MsgHead"))
    if root.tag == qualified("dis:Message"):
        _refuse_unknown(root)
        return _epikrise(Node(root, "dis:Message"))
    name = etree.QName(root).localname
    where = f"line {root.sourceline} {name if name in names_in_messages() else ''}".strip()
    if name == "Bundle":
        raise InputError(where, "fhir_as_xml")
    raise InputError(where, "not_msghead")


def _refuse_unknown(root: etree._Element) -> None:
    """Refuse an element that the schemas have not: a misspelt one would be passed over, and what it says be lost."""
    spaces, names = namespaces(), names_in_messages()
    for each in root.iter(etree.Element):
        tag = etree.QName(each)
        if tag.namespace in spaces and tag.localname not in names:
            parent = each.getparent()
            around = etree.QName(parent).localname if parent is not None else ""
            raise InputError(f"line {each.sourceline} {around if around in names else ''}".strip(), "element_unknown")


def described(envelope: Envelope) -> Mapped:
    """Return who the patient is, as the message says it."""
    person, epikrise = envelope.person, envelope.kind == "epikrise"
    born = person.moment("dis:DateOfBirth") if epikrise else person.day("mh:DateOfBirth")
    sex = person.code("dis:Sex" if epikrise else "mh:Sex")
    table = report_table()["sex"]
    about = known(
        {
            "name": named(_given_first(person.text("dis:Name")) if epikrise else full_name(person, "mh")),
            "birth_date": _birth_date(born),
            "sex": table.get(sex.value, table["other"]) if sex and sex.value else None,
        }
    )
    identity, notes = _epikrise_identity(person) if epikrise else _identity(person)
    return Mapped(patient=checked(PatientModel, {**identity, **about}, person), notes=notes)


def full_name(person: Node, prefix: str) -> str | None:
    """Return a name in the order that it is said."""
    names = (person.text(f"{prefix}:{part}") for part in ("GivenName", "MiddleName", "FamilyName"))
    return " ".join(filter(None, names)) or None


# MsgHead


def _with_msghead(root: Node) -> Envelope:
    info = root.one("mh:MsgInfo") or root
    kind, event = _kind(info)
    body = _body(root, kind)
    _refuse_other_version(body)
    if event and body.one(f"p1:{event}") is None:
        raise InputError(body.where, "type_and_content_differ")
    return Envelope(
        kind=kind,
        status=_status(body),
        sent=_sent(info, info.text("mh:GenDate"), info.one("mh:GenDate")),
        head=info,
        body=body,
        person=_person(info.one("mh:Patient"), root),
        event=event,
    )


def _kind(info: Node) -> tuple[Kind, str | None]:
    """Return the kind, and the element of a logistic message; an epikrise has no MsgHead around it."""
    said = info.code("mh:Type")
    for kind in KINDS:
        for each in kind_table(kind)["types"]:
            if said and said.value == each["code"] and kind != "epikrise":
                return kind, each.get("element")
    raise InputError((info.one("mh:Type") or info).where, "other_message")


def _body(root: Node, kind: Kind) -> Node:
    table = kind_table(kind)
    bodies = root.many(*CONTENT, f"{table['prefix']}:{table['root']}")
    if len(bodies) != 1:
        where = (*bodies[1:], *root.many(*CONTENT), root)[0].where
        raise InputError(where, "several_reports" if bodies else "no_report")
    return bodies[0]


def _refuse_other_version(body: Node) -> None:
    """Refuse a report whose parts are of another version: each would be passed over, as if nothing was said."""
    spaces, names = namespaces(), names_in_messages()
    for each in body.element.iterchildren(etree.Element):
        tag = etree.QName(each)
        if tag.localname in names and tag.namespace not in spaces:
            raise InputError(f"line {each.sourceline} {tag.localname}", "element_of_other_version")


def _status(body: Node) -> Status:
    path = ("po:InformasjonOmForsendelsen", "po:Forsendelsesstatus")
    return _known_status(body.code(*path), body.one(*path) or body)


def _known_status(said: Code | None, node: Node) -> Status:
    found = name_of("status", said.value) if said else None
    if found is None:
        raise InputError(node.where, "report_status_unknown")
    return found  # type: ignore[return-value] # the table's own names


def _sent(head: Node, text: str | None, node: Node | None) -> Moment:
    if text is None or node is None:
        raise InputError(head.where, "no_gendate")
    return parse_moment(text, node.where, zone_may_lack=True)


def _person(person: Node | None, root: Node) -> Node:
    if person is None:
        raise InputError(root.where, "message_without_patient")
    return person


def _birth_date(born: object) -> str | None:
    if isinstance(born, Moment):
        return born.first_day.isoformat() if born.full_date else None
    return str(born) if born else None


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


# Epikrise 1.2


def _epikrise(root: Node) -> Envelope:
    kind, report = root.code("dis:Type"), root.one(REPORT)
    if kind is None or kind.value != kind_table("epikrise")["types"][0]["code"]:
        raise InputError((root.one("dis:Type") or root).where, "other_message")
    if report is None:
        raise InputError(root.where, "no_report")
    made = root.one("dis:GenDate")
    return Envelope(
        kind="epikrise",
        status=_known_status(report.code("dis:ServType"), report.one("dis:ServType") or report),
        sent=_sent(root, made.attribute("V") if made else None, made),
        head=root,
        body=report,
        person=_person(report.one("dis:Patient"), root),
    )


def _epikrise_identity(person: Node) -> tuple[Values, tuple[Note, ...]]:
    kind, number = person.code("dis:TypeOffId"), person.one("dis:OffId")
    if number and kind and kind.value in report_table()["identity"]["national"]:
        return {"id": parse_identity_number(person.text("dis:OffId"), number.where).value}, ()
    return known({"local_id": person.text("dis:OffId")}), (Note("input_local_id", "Patient"),)


def _given_first(name: str | None) -> str | None:
    """Return a name in the order that it is said; an epikrise may have the family name first, and a comma."""
    family, _, given = (name or "").partition(",")
    return f"{given.strip()} {family.strip()}".strip() or None
