"""Why a patient is on a list, or stands where it does, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from api.record.list_kinds import ListName
from api.record.list_rows import Listing
from api.record.taking_over import acknowledging_step
from api.ward.lists.reader import Reader, how_long, who_in_words
from careplans.course.left import LEFT

SETTLED = frozenset({"running", "chosen", "declined"})
"""Where people have answered, the list no longer says that something is suggested."""


def why_in_words(each: Listing, reader: Reader) -> str:
    """Say why the patient is on the list, or in this place of it."""
    return WHY[reader.list](each, reader)


def _why_team(each: Listing, reader: Reader) -> str:
    t = reader.t
    if not rests_on_cfs(each, reader):
        return t(f"lists.why.{each.reason}")
    if each.cfs_low is None:
        return t(f"team_list.{each.reason}")
    code = each.track_is if each.track_is in SETTLED else each.reason
    return t("lists.why.by_cfs", cfs=reader.words.cfs(each.cfs_low, each.cfs_high), why=t(f"lists.why_team.{code}"))


def rests_on_cfs(each: Listing, reader: Reader) -> bool:
    """Return whether an assessment put the patient on the team's list, and is what tells why."""
    return reader.list == "team" and each.reason not in {None, "unscreened", "next_step", LEFT}


def _why_unscreened(each: Listing, reader: Reader) -> str:
    return _since("lists.why.admitted", each.admitted, reader)


def _why_ready(each: Listing, reader: Reader) -> str:
    left = each.discharged is not None
    since = _where(each, reader) if left else _since("lists.why.waited", each.ready, reader)
    return reader.t("lists.both", first=reader.t(f"lists.why.{each.reason}"), then=since)


def _why_late(each: Listing, reader: Reader) -> str:
    owner, since = _latest(each, reader.now)
    return reader.t("lists.why.late", who=who_in_words(owner, reader.t), time=how_long(reader.now - since, reader.t))


def _why_new(each: Listing, reader: Reader) -> str:
    step = acknowledging(each)
    return reader.t("lists.why.new", step=reader.t(f"next.{step}")) if step else _where(each, reader)


def _where(each: Listing, reader: Reader) -> str:
    """Say where in the course the patient is."""
    if each.discharged:
        return _since("lists.why.left", each.discharged, reader)
    return _since("lists.why.admitted", each.admitted, reader)


WHY: Mapping[ListName, Callable[[Listing, Reader], str]] = {
    "team": _why_team,
    "unscreened": _why_unscreened,
    "ready": _why_ready,
    "late": _why_late,
    "coordinator": _why_new,
    "municipality": _where,
    "practice": _where,
}


def acknowledging(each: Listing) -> str | None:
    """Return the step that says that the municipality has taken over, while nobody has marked it."""
    return acknowledging_step((clock.clock.step, clock.clock.state) for clock in each.clocks)


def _since(key: str, moment: datetime | None, reader: Reader) -> str:
    if moment is None:
        return reader.t("lists.why.unknown")
    return reader.t(key, time=how_long(reader.now - moment, reader.t))


def _latest(each: Listing, now: datetime) -> tuple[str, datetime]:
    """Return who has been late for the longest, and since when."""
    late = [(clock.clock.due, clock.clock.owner) for clock in each.clocks if clock.standing == "late"]
    if each.next_step and each.next_step.due:
        late.append((each.next_step.due, each.next_step.owner))
    due, owner = min(((due, owner) for due, owner in late if due), default=(now, ""))
    return owner, due
