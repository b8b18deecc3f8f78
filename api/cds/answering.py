"""From what was gathered to the answer: the case, what the rules make of it, the record, and at most one card."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from api.cds.call import Call
from api.cds.cards import Frame, Link, card_of
from api.cds.desk import Desk
from api.cds.facts import Content, had_already, readable_content, stay_said, with_orders, with_signed
from api.cds.fetching import same_server
from api.cds.gathering import Gathered
from api.cds.telling import Asked, Effect, Telling, tell
from api.cds.who import Caller
from api.observing.logs import logger
from api.people.user import User
from api.record.cards import ToShow, shown, subject_of
from api.record.elsewhere import NamedBy
from api.record.record import by
from api.record.screenings import Prepared, naming_of, prepare
from api.record.sent import store_sent
from api.record.signed import Known, known
from api.smart.routes import LAUNCH
from api.storage.engine import reading
from api.storage.writer import Change
from engine.errors import InputError
from engine.texts import Texts
from forms.model import read_case
from rules.assessment import Assessment
from rules.case import Case

STORED_AT = "encounter-start"
AT_STAY = frozenset({STORED_AT, "encounter-discharge"})


@dataclass(frozen=True, slots=True)
class Answered:
    """What a call comes to before anything is written: what to tell, of whom, and the case to store, if any."""

    telling: Telling | None
    case: Case
    known: Known | None
    sent: Prepared | None = None


def answered(desk: Desk, call: Call, gathered: Gathered, *, user: User, texts: Texts, now: datetime) -> Answered:
    """Work out what there is to tell; nothing is written here, and what is read is logged before it is answered."""
    content, gathered = readable_content(call, gathered, now)
    stay = stay_said(call, gathered)
    if stay and stay.is_void and call.service.hook in AT_STAY:
        return Answered(None, _case(desk, content), None)  # nobody came, and nobody leaves
    begins = call.service.hook == STORED_AT and (stay is None or stay.is_stay)
    sent = prepare(desk.record, content, texts, now=now) if begins else None
    case = sent.case if sent else _case(desk, content)
    with reading(desk.record.engine) as connection:
        of_record = known(desk.record, connection, user, case=case, now=now)
    whole = with_signed(content, of_record.inputs) if of_record and of_record.inputs else content
    case = _case(desk, whole) if whole is not content else case
    alone = sent is not None and whole is content
    found = sent.assessment if sent and alone else desk.record.screening.assess(case, None, now)
    asked = Asked(case, found, now, of_record, _effect(desk, call, gathered, content=whole, before=found, now=now))
    return Answered(tell(call.service.hook, asked), case, of_record, sent if asked.is_for_us else None)


async def cards(desk: Desk, call: Call, found: Answered, *, who: Caller, texts: Texts, now: datetime) -> list[Any]:
    """Return the cards, once what was read and shown is stored."""
    if found.telling is None and found.known is None and found.sent is None:
        await who.alone(desk.record)
        return []
    try:
        id, person = await desk.record.writer(lambda change: _written(desk, call, found, who=who, change=change))
    except InputError as refused:
        # What cannot be stored can still be told of; whoever sends stays and cases by the API is told why there.
        logger().info("cds_not_stored", code=refused.code)
        found = replace(found, sent=None)
        await NamedBy(desk.record, who.user, found.case).note(refused)
        id, person = await desk.record.writer(lambda change: _written(desk, call, found, who=who, change=change))
    if id is None or found.telling is None:
        return []
    screens = any(each.kind == "screening" for each in found.telling.offers)
    frame = Frame(call, texts, now, desk.settings.address, _link(desk, call, person, screens=screens))
    return [card_of(found.telling, id, frame)]


def _written(desk: Desk, call: Call, found: Answered, *, who: Caller, change: Change) -> tuple[str | None, str | None]:
    """Store the case, log what was read, and return which card to show and whose record it leads to."""
    user = who.user
    who.note(change)
    stored = store_sent(desk.record, user, found.sent, change) if found.sent else None
    person = stored.person if stored else found.known.person if found.known else None
    if found.known:
        change.saw(found.known.person, "read", by(user), f"{call.service.hook} {call.user}")
    if found.telling is None:
        return None, person
    told = ToShow(
        call.service.id,
        subject_of(naming_of(found.case, desk.record.hospital_of(user))),
        found.telling.content(call.encounter or found.case.encounter.id),
        user.id,
        found.telling.rules,
        {each.kind: each.rule for each in found.telling.offers},
    )
    return shown(change, told), person


def _effect(
    desk: Desk, call: Call, gathered: Gathered, *, content: Content, before: Assessment, now: datetime
) -> Effect | None:
    if not call.selections:
        return None
    after, ordered = with_orders(call, content, gathered, now=now)
    if not ordered:
        return None
    assessed = desk.record.screening.assess(_case(desk, after), None, now)
    names, coded = tuple(str(row["name"]) for row in ordered), all(row.get("atc") for row in ordered)
    whole, already = content.get("medicines") is not None, had_already(call, content, gathered, ordered)
    return Effect(names, before, assessed, whole_list=whole, coded=coded, already=already)


def _case(desk: Desk, content: Content) -> Case:
    return desk.record.screening.checked(read_case(content))


def _link(desk: Desk, call: Call, person: str | None, *, screens: bool) -> Link:
    """Return where a card leads: a launch by a record system that may, else a page; an id of ours says nothing."""
    address = desk.settings.address
    if call.server and any(same_server(call.server, each.iss) for each in desk.settings.smart):
        return Link(f"{address}{LAUNCH}", smart=True)
    if person is None:
        return Link(f"{address}/screen")
    return Link(f"{address}/patients/{person}/screen" if screens else f"{address}/patients/{person}")
