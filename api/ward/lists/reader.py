"""Who reads a list, and what every part of it is said with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from api.people.user import User
from api.record.drafts import Begun
from api.record.list_kinds import ListName
from api.record.list_rows import Listing
from api.ward.words import Words
from engine.texts import Texts

HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads which list, in which words; `begun` are the forms that someone has begun, by patient."""

    list: ListName
    user: User
    words: Words
    begun: Mapping[str, Begun] = field(default_factory=dict)
    registers: Mapping[str, str] = field(default_factory=dict)
    """What registers say of a patient, in words."""

    @property
    def t(self) -> Texts:
        """Return the texts."""
        return self.words.t

    @property
    def now(self) -> datetime:
        """Return the moment that is read from."""
        return self.words.now


def how_long(time: timedelta, t: Texts) -> str:
    """Say a time in hours, and in whole days of 24 hours, as a stay is counted, from the first of them on."""
    few, many, count = ("hour", "hours", time // HOUR) if time < A_DAY else ("day", "days", time.days)
    return t(f"lists.lasts.{few}") if count == 1 else t(f"lists.lasts.{many}", count=max(0, count))


def cfs_mark(each: Listing, t: Texts) -> str | None:
    """Say that a CFS is no clinician's, or does not apply; of one that a clinician set, nothing."""
    return None if each.cfs_is in {None, "judged"} else t(f"lists.cfs.{each.cfs_is}")


def track_in_words(each: Listing, t: Texts) -> str:
    """Say the track and how settled it is, and the pathway out of the hospital where there is one."""
    named = {name: t(f"track.{code}") for name, code in (("track", each.track), ("other", each.other_track)) if code}
    beside = "_and_other" if "track" in named and "other" in named else ""
    track = t(f"lists.track.{each.track_is}{beside}", **named) if each.track_is else ""
    pathway = t("lists.pathway", code=each.pathway) if each.pathway else ""
    return t("lists.both", first=track, then=pathway) if track and pathway else track or pathway


def step_in_words(step: str, t: Texts) -> str:
    """Say a clock by its whole name, or else in one word, where it has one."""
    return next(t(key) for key in (f"deadline.{step}", f"clock.{step}", f"next.{step}") if key in t)


def who_in_words(owner: str, t: Texts) -> str:
    """Say whose something is."""
    return t(f"who.{owner}") if f"who.{owner}" in t else owner
