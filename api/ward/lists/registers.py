"""What a nightly run over registers says, beside what the record knows: in words, with its day, and as a suggestion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from api.nightly.kept import Nightly
from api.nightly.run import NightlyRun, Told
from api.nightly.waiting import waiting
from api.record.lists import Filters
from api.record.record import by
from api.storage.access_log import Seen
from api.ward.desk import Desk
from api.ward.words import Words
from engine.errors import InputError
from engine.rules import short_digest

MOST_OTHERS = 60
ANY_CFS = (1, 9)


@dataclass(frozen=True, slots=True)
class Other:
    """Someone whom registers alone know of."""

    who: str
    where: str
    says: str


@dataclass(frozen=True, slots=True)
class Registers:
    """What a list shows of a run: when it was, what is wrong, what it says of whom, and who else it says lies in."""

    told: tuple[str, ...] = ()
    wrong: str | None = None
    says: Mapping[str, str] = field(default_factory=dict)
    others: tuple[Other, ...] = ()
    more: int = 0
    day: str = ""
    seen: tuple[Seen, ...] = ()


def registers(desk: Desk, filters: Filters, *, of: Iterable[str], with_others: bool = True) -> Registers | None:
    """Return what the run says now of the patients and of others; None where none is set. Log `seen` first."""
    nightly: Nightly = desk.request.app.state.nightly
    if not nightly.is_set:
        return None
    kept = nightly.now()
    wrong = wrong_in_words(kept.wrong, desk) if kept.wrong else None
    if kept.run is None:
        return Registers(wrong=wrong)
    with desk.reading() as connection:
        found = waiting(nightly, kept, connection, user=desk.user, filters=filters)
    others = found.others if with_others else ()
    shown, day = others[:MOST_OTHERS], desk.words.day(kept.run.day)
    return Registers(
        told=tuple(_of_run(kept.run, nightly, desk)),
        wrong=wrong,
        says={each: says_in_words(found.known[each], day, desk.words) for each in of if each in found.known},
        others=tuple(_other(told, desk.words) for told in shown),
        more=len(others) - len(shown),
        day=day,
        seen=tuple(Seen(told.logged_as, "list", by(desk.user)) for told in shown),
    )


def wrong_in_words(wrong: InputError, desk: Desk) -> str:
    """Say which file cannot be read and why."""
    return desk.t("nightly.not_read", where=wrong.where, reason=desk.t(f"refused.{wrong.code}.reason"))


def _of_run(run: NightlyRun, nightly: Nightly, desk: Desk) -> Iterator[str]:
    """Yield when the run was, and what makes it less sure."""
    yield desk.t("nightly.told", day=desk.words.date(run.day))
    if days := nightly.days_old(run, desk.today):
        yield desk.t("nightly.old", days=days)
    if run.finished.rules_digest != desk.record.screening.ruleset.digest:
        yield desk.t("nightly.other_rules", digest=short_digest(run.finished.rules_digest))


def _other(told: Told, words: Words) -> Other:
    t = words.t
    age = t("nightly.no_age") if told.age is None else t("nightly.age", age=told.age)
    return Other(
        who=t("lists.both", first=t(f"nightly.sex.{told.sex}"), then=age),
        where=told.ward or t("nightly.no_ward"),
        says=" · ".join(_parts(told, words)),
    )


def says_in_words(told: Told, day: str, words: Words) -> str:
    """Say what registers say of someone, with their day."""
    return f"{words.t('nightly.row', day=day)} {' · '.join(_parts(told, words))}"


def _parts(told: Told, words: Words) -> Iterator[str]:
    """Yield the CFS, the track or that it cannot be told, and what to ask."""
    t = words.t
    if told.cfs_own is not None:
        yield t("nightly.cfs_own", cfs=told.cfs_own)
    elif (told.cfs_low, told.cfs_high) == ANY_CFS:
        yield t("nightly.cfs_unknown")
    else:
        yield t("nightly.cfs", cfs=words.cfs(told.cfs_low, told.cfs_high))
    for track, status in told.tracks:
        yield t(f"nightly.{status}", track=t(f"track.{track}"))
    if told.undecided:
        yield t("nightly.undecided")
    if told.ask:
        yield t("nightly.ask", item=t(f"item.{told.ask}") if f"item.{told.ask}" in t else told.ask)
