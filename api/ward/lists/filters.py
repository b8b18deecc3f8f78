"""What a list is narrowed to: what can be chosen, what was, in words and as part of an address."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query

from api.places.municipalities import municipality_in_words
from api.record.list_kinds import ListName
from api.record.lists import Filters
from api.ward.lists.places import Places
from api.ward.words import Words
from engine.texts import Texts
from rules.frailty import TRACKS

Said = Annotated[str, Query(max_length=300)]
STATUSES = ("unscreened", "screened", "running", "paused", "discharged", "left_undecided")
HOSPITAL_ONLY = frozenset({"unscreened", "ready"})
"""Lists where everyone has the same status, or nearly."""

OWNERS = (
    "ward_nurse",
    "treating_doctor",
    "geriatric_team",
    "coordinator",
    "coordinating_unit",
    "primary_nurse",
    "home_care",
    "care_home_nurse",
    "care_home_doctor",
    "gp",
)
"""Who has the steps of the pathway and what comes next; whom one only calls, or has for one measure, has none."""

Option = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that a list can be narrowed by, and what was chosen of it."""

    name: str
    options: tuple[Option, ...]
    chosen: str | None


def filters_in(
    ward: Said = "", municipality: Said = "", track: Said = "", owner: Said = "", status: Said = ""
) -> Filters:
    """Return the filters of an address; a choice that was left open is none."""
    return Filters(ward or None, municipality or None, track or None, owner or None, status or None)


def address(of: ListName, filters: Filters, **more: str) -> str:
    """Return the address of a list with these filters: places and codes, and nothing of any patient."""
    asked = {name: value for name, value in asdict(filters).items() if value} | more
    return f"/lists/{of}?{urlencode(asked)}" if asked else f"/lists/{of}"


def choices(of: ListName, filters: Filters, places: Places, words: Words) -> tuple[Choice, ...]:
    """Return what the list can be narrowed by; of what there is only one, there is nothing to choose."""
    t = words.t
    options: dict[str, list[Option]] = {
        "ward": [(each, ward_in_words(each, places, words)) for each in places.wards],
        "municipality": [(each, municipality_in_words(each, t)) for each in places.municipalities],
        "track": [(each, t(f"track.{each}")) for each in (track.partition(":")[2] for track in TRACKS)],
        "owner": sorted(((each, t(f"who.{each}")) for each in OWNERS), key=lambda pair: pair[1]),
        "status": [] if of in HOSPITAL_ONLY else [(each, t(f"lists.status.{each}")) for each in STATUSES],
    }
    chosen = asdict(filters)
    return tuple(
        Choice(name, tuple(some), chosen[name]) for name, some in options.items() if len(some) > 1 or chosen[name]
    )


def in_words(made: tuple[Choice, ...], t: Texts) -> list[str]:
    """Say what a list is narrowed to."""
    found = ((each.name, dict(each.options).get(each.chosen, each.chosen)) for each in made if each.chosen)
    return [t(f"lists.narrowed.{name}", value=value) for name, value in found]


def ward_in_words(ward: str, places: Places, words: Words) -> str:
    """Say a ward; its hospital too where there is more than one."""
    hospital, _, name = ward.partition("/")
    several = len({each.partition("/")[0] for each in places.wards}) > 1
    return words.t("lists.place.at", hospital=words.hospital(hospital), ward=name) if several else name
