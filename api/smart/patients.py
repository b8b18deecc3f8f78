"""The patient on the record system's screen as ours: read from its server, found here, or told as the record tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from api.cds.call import Call
from api.cds.facts import case_content
from api.cds.fetching import Fetcher, NotFetched, Server
from api.cds.gathering import Gathered, gather
from api.cds.services import Service, services
from api.intake.fhir_elements import Element
from api.observing.logs import logger
from api.people.refused import LaunchUnavailable
from api.people.user import User
from api.record.record import Record
from api.record.screenings import Prepared, naming_of, prepare, store
from api.record.streams import Naming, Stream, find, read_stream
from api.record.who_sees import may_see
from api.smart.granting import ID, Granted
from api.storage.writer import Change
from engine.errors import InputError
from engine.texts import Texts

PREFETCH = "patient-view"
STAY = "Encounter/{{context.encounterId}}"
FEWER: tuple[tuple[str, ...], ...] = (("patient", "encounter", "cfs"), ("patient", "encounter"), ("patient",))
"""What is read where not all of it can be: a list that is wrong must not keep anyone from the form."""

TELLS = ("answers", "conditions", "medicines")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A patient whom the person must open with a reason, as anyone of another unit."""

    naming: Naming


async def facts_of(fetcher: Fetcher, server: Server, granted: Granted) -> tuple[Call, Gathered]:
    """Return what the system's server tells of the patient on its screen, within two seconds; the rest is unknown."""
    said = services()[f"rett-hjem-{PREFETCH}"].prefetch
    stay = {"encounter": STAY} if granted.encounter else {}
    service = Service("smart", "smart-launch", {**said, **stay}, ("patient",), ("encounterId",) if stay else ())
    call = Call(service, "", str(granted.patient), granted.encounter, server=server.base, token=server.token)
    gathered = await gather(call, fetcher)
    if not gathered.entries.get("patient"):
        raise LaunchUnavailable
    return call, gathered


async def name_of(fetcher: Fetcher, server: Server, place: str | None) -> str | None:
    """Return the name of the person, where the system's own server tells it; it is shown, and decides nothing."""
    kind, _, id = (place or "").removeprefix(f"{server.base}/").partition("/")
    if kind not in {"Practitioner", "PractitionerRole"} or not ID.fullmatch(id):
        return None
    try:
        names = Element(await fetcher.get(server, f"{kind}/{id}"), kind).many("name")
        first = names[0] if names else None
        said = first and (first.text("text") or " ".join([*first.texts("given"), first.text("family") or ""]).strip())
    except (NotFetched, InputError):
        return None
    return said if said and said.isprintable() else None


def content_of(call: Call, gathered: Gathered, now: datetime) -> dict[str, Any]:
    """Return what is told as a case, without what cannot be read; raise `InputError` where it is no patient."""
    for keys in FEWER:
        try:
            return case_content(call, gathered, now)
        except InputError as wrong:
            logger().info("launch_read_less", why=wrong.code)
            gathered = replace(
                gathered, entries={key: gathered.entries[key] for key in keys if key in gathered.entries}
            )
            call = call if "encounter" in keys else replace(call, encounter=None)
    return case_content(call, gathered, now)


def found_or_told(
    record: Record, user: User, content: Mapping[str, Any], *, texts: Texts, now: datetime
) -> str | Elsewhere:
    """Return the patient's id; where nobody has told of this stay, what the system tells is stored as the record's.

    Whoever is on another unit is not moved by someone who looks.
    """
    made = prepare(record, dict(content), texts, now=now)
    system = User("smart", "system", user.units, None)
    naming = naming_of(made.case, record.hospital_of(user))

    def work(change: Change) -> str | Elsewhere:
        found = find(change.connection, naming)
        stream = read_stream(change.connection, found) if found else None
        if stream is None:
            return store(record, system, made, change).person
        if not may_see(change.connection, user, stream.person, now=change.now):
            return Elsewhere(naming)
        return store(record, system, made, change).person if _is_news(stream, made) else stream.person

    return record.writer.run(work)


def _is_news(stream: Stream, made: Prepared) -> bool:
    """Return whether the system tells something, of a patient whom nobody has screened in this stay."""
    course = stream.course
    if course.died is not None or course.blocked:
        return False
    stay = course.stay.id if course.stay and course.in_hospital else None
    screened = stay is not None and any(each.stay == stay for each in course.screenings)
    case = made.case
    return not screened and bool(case.answers or case.diagnoses or case.medicines or case.encounter.admitted)
