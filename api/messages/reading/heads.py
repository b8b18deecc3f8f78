"""Who sends a message to whom, what it is called, and which message it changes, adds to or cancels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from api.intake.message_elements import Code, Node
from api.intake.message_head import Envelope
from api.messages.model import Head, Party
from engine.errors import InputError

LONGEST_ID = 200


def head_of(envelope: Envelope) -> Head:
    """Return the message around its content; without an id and a sender it cannot be kept."""
    epikrise = envelope.kind == "epikrise"
    sender, receiver = _of_epikrise(envelope.body) if epikrise else _of_msghead(envelope.head)
    if sender.organisation is None and not sender.her_ids:
        raise InputError(envelope.head.where, "message_without_sender")
    refers_to, conversation = _references(envelope)
    return Head(
        msg_id=_id(envelope),
        kind=envelope.kind,
        status=envelope.status,
        sent=envelope.sent.start,
        sender=sender,
        receiver=receiver,
        refers_to=refers_to,
        conversation=conversation,
    )


def _id(envelope: Envelope) -> str:
    found = envelope.msg_id
    if found is None or len(found) > LONGEST_ID:
        raise InputError(envelope.head.where, "message_without_id")
    return found


def _references(envelope: Envelope) -> tuple[str | None, str | None]:
    """Return what the message refers to; an epikrise names no other, and has one id through all its versions."""
    if envelope.kind == "epikrise":
        return None, _short(envelope.body.text("dis:ServProvId"), envelope.body)
    reference = envelope.head.one("mh:ConversationRef")
    if reference is None:
        return None, None
    parent, first = reference.text("mh:RefToParent"), reference.text("mh:RefToConversation")
    return _short(parent, reference), _short(first, reference)


def _short(text: str | None, node: Node) -> str | None:
    if text is not None and len(text) > LONGEST_ID:
        raise InputError(node.where, "message_without_id")
    return text


def _of_msghead(info: Node) -> tuple[Party, Party]:
    return _party(info.one("mh:Sender")), _party(info.one("mh:Receiver"))


def _party(node: Node | None) -> Party:
    organisation = node.one("mh:Organisation") if node else None
    if organisation is None:
        return Party()
    unit = organisation.one("mh:Organisation")
    both = (organisation, unit) if unit else (organisation,)
    return Party(
        organisation.text("mh:OrganisationName"),
        unit.text("mh:OrganisationName") if unit else None,
        _known([next(_her_ids(each), None) for each in both]),
    )


def _her_ids(organisation: Node) -> Iterator[str]:
    for ident in organisation.many("mh:Ident"):
        kind, found = ident.code("mh:TypeId"), ident.text("mh:Id")
        if _is_her(kind) and found:
            yield found


def _of_epikrise(report: Node) -> tuple[Party, Party]:
    return _institution(report.one("dis:ServProvider")), _institution(report.one("dis:Requester"))


def _institution(node: Node | None) -> Party:
    house = node.one("dis:HCP", "dis:Inst") if node else None
    if house is None:
        return Party()
    unit = house.one("dis:Dept")
    both = (house, unit) if unit else (house,)
    ids = [each.text("dis:Id") if _is_her(each.code("dis:TypeId")) else None for each in both]
    return Party(house.text("dis:Name"), unit.text("dis:Name") if unit else None, _known(ids))


def _is_her(kind: Code | None) -> bool:
    return kind is not None and kind.value == "HER"


def _known(ids: Sequence[str | None]) -> tuple[str, ...]:
    """Return the HER-ids of a house and its unit, in that order; a unit's alone is never taken for its house's."""
    return tuple(takewhile(bool, map(str, (each or "" for each in ids))))
