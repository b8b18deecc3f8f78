"""A run as it is kept in memory: what registers say of each person in hospital, and whose rules said it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl

from api.record.streams import Naming
from engine.errors import InputError
from population.finished import Finished, finished
from population.routed import NONE, NOT_FIRED, UNDECIDED
from population.run import KEY_MARK
from population.shown import SCREENED, Result, result_of
from population.splitting import HEX
from rules.frailty import TRACKS

TRACK_NAMES = tuple(track.partition(":")[2] for track in TRACKS)
STATUSES = {f"track.{track}.status": track for track in TRACK_NAMES}
PLAIN = ("person", "hospital", "ward", "municipality", "sex", "age", "cfs_clinician", "on_team_list", "ask_next")
NEEDED = (*PLAIN, "in_hospital", "cfs.low", "cfs.high", SCREENED, *STATUSES)
MARK = "nightly:"


@dataclass(frozen=True, slots=True)
class Told:
    """What registers say of someone in hospital; `called` is the person's name in the run, hidden by a key or not."""

    called: str
    hospital: str | None
    ward: str | None
    municipality: str | None
    sex: str
    age: int | None
    cfs_own: int | None
    cfs_low: int | None
    cfs_high: int | None
    tracks: tuple[tuple[str, str], ...]
    """Each track that is suggested, with whether that is `preliminary` or `final`."""

    undecided: bool
    ask: str | None
    to_screen: bool
    """Whether the person should be screened, or it cannot be told."""

    keyed: bool
    """Whether a key hides who it is."""

    @property
    def logged_as(self) -> str:
        """Return how the access log names someone who has no record: a hash, from which nobody comes to an id."""
        return MARK + (self.called if self.keyed else _plain_hash(self.called))


@dataclass(frozen=True, slots=True)
class NightlyRun:
    """A whole run: its people in hospital by their names in it, its counts, and the key that hid who they are."""

    finished: Finished
    people: Mapping[str, Told]
    result: Result
    key: bytes | None

    @property
    def day(self) -> date:
        """Return the day that was screened on."""
        return self.finished.day

    def called(self, name: str) -> str:
        """Return what someone is called in the run."""
        return hidden(name, self.key) if self.key else name


def read_run(folder: Path, key: bytes | None) -> NightlyRun:
    """Return the whole run in a folder; one whose people were hidden by another key is refused."""
    run = finished(folder)
    if run.key_mark is not None and key is None:
        raise InputError("manifest.json", "run_without_key")
    if run.key_mark is not None and key is not None and not hmac.compare_digest(run.key_mark, _mark(key)):
        raise InputError("manifest.json", "run_other_key")
    return NightlyRun(run, _people(run), result_of(run), key if run.key_mark else None)


def hidden(name: str, key: bytes) -> str:
    """Return the keyed hash that stands for a name, as the run made it."""
    return hmac.digest(key, name.encode(), sha256).hex()[:HEX]


def logged_before(naming: Naming, key: bytes | None) -> tuple[str, ...]:
    """Return the names under which someone was logged before there was a record, by a run with the key or without."""
    own = (naming.local_id or "").partition("/")[2]
    names = [_plain_hash(own)] if own else []
    if key:
        names += [hidden(each, key) for each in (naming.identity, own) if each]
    return tuple(MARK + each for each in names)


def _plain_hash(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:HEX]


def _mark(key: bytes) -> str:
    return hmac.digest(key, KEY_MARK, sha256).hex()[:16]


def _people(run: Finished) -> dict[str, Told]:
    rows = run.persons(*NEEDED).filter(pl.col("in_hospital")).select(NEEDED)
    try:
        found = rows.collect(engine="streaming")
    except (OSError, pl.exceptions.PolarsError):
        raise InputError("persons.parquet", "run_damaged") from None
    keyed = run.key_mark is not None
    return {str(row["person"]): _told(row, keyed=keyed) for row in found.iter_rows(named=True)}


def _told(row: Mapping[str, object], *, keyed: bool) -> Told:
    def whole(name: str) -> int | None:
        value = row[name]
        return int(str(value)) if value is not None else None

    def text(name: str) -> str | None:
        value = row[name]
        return str(value) if value not in {None, NONE} else None

    return Told(
        called=str(row["person"]),
        hospital=text("hospital"),
        ward=text("ward"),
        municipality=text("municipality"),
        sex=text("sex") or "unknown",
        age=whole("age"),
        cfs_own=whole("cfs_clinician"),
        cfs_low=whole("cfs.low"),
        cfs_high=whole("cfs.high"),
        tracks=tuple((track, str(row[name])) for name, track in STATUSES.items() if row[name] != NONE),
        undecided=row["on_team_list"] == UNDECIDED,
        ask=text("ask_next"),
        to_screen=row[SCREENED] != NOT_FIRED,
        keyed=keyed,
    )
