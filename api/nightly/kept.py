"""The newest whole run, kept in memory and read again when what is in its folder changes.

What cannot be read is told by file and reason, and the newest that can be read before it is used. Where the folder is
taken away, so is what was read from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock

from api.nightly.matching import Matching
from api.nightly.run import NightlyRun, read_run
from api.observing.logs import logger
from api.settings import Settings
from engine.errors import InputError
from population.run import COMPLETE, MANIFEST, PERSONS

SETTING = "population.nightly"
Signature = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """What there is: a run with its people as the record knows them, or why there is none, or none newer."""

    run: NightlyRun | None = None
    matching: Matching | None = None
    wrong: InputError | None = None


class Nightly:
    """The run that the settings name; without one, there is never anything."""

    def __init__(self, folder: Path | None, key: bytes | None, *, hospital: str, oldest_days: int) -> None:
        self._folder, self._key, self.hospital, self._oldest = folder, key, hospital, oldest_days
        self._kept, self._lock = Kept(), Lock()
        self._signed: Signature | None = None

    @classmethod
    def of(cls, settings: Settings) -> Nightly:
        """Return the run of the settings, read once."""
        asked = settings.population
        made = cls(asked.nightly, key_of(settings), hospital=settings.hospital, oldest_days=asked.oldest_days)
        made.now()
        return made

    @property
    def is_set(self) -> bool:
        """Return whether a run is to be read at all."""
        return self._folder is not None

    def days_old(self, run: NightlyRun, today: date) -> int | None:
        """Return how old a run is where that is to be said."""
        days = (today - run.day).days
        return days if days > self._oldest else None

    def now(self) -> Kept:
        """Return what there is now; while one request reads a new run, others have the one before."""
        if self._folder is None:
            return self._kept
        found = _signature(self._folder)
        if found != self._signed and self._lock.acquire(blocking=self._signed is None):
            try:
                if found != self._signed:
                    self._kept = self._read(self._folder)
                    self._signed = found
            finally:
                self._lock.release()
        return self._kept

    def _read(self, folder: Path) -> Kept:
        wrong: InputError | None = None
        for each in _newest_first(folder):
            try:
                run = read_run(each, self._key)
            except InputError as refused:
                logger().warning("nightly_not_read", where=refused.where, code=refused.code)
                wrong = wrong or refused
            else:
                logger().info("nightly_read", day=run.day.isoformat(), in_hospital=len(run.people))
                return Kept(run, Matching(run, self.hospital), wrong)
        wrong = wrong or InputError(SETTING, "run_not_whole" if folder.is_dir() else "run_folder_missing")
        return Kept(wrong=wrong)


def key_of(settings: Settings) -> bytes | None:
    """Return the key that hides who people are in runs."""
    key = settings.population.key
    return key.get_secret_value().encode() if key else None


def _signature(folder: Path) -> Signature:
    """Return what changes when a run is finished, changed or taken away."""
    return tuple(_signs(folder))


def _signs(folder: Path) -> Iterator[tuple[str, int, int, int]]:
    for each in _runs(folder):
        for name in (COMPLETE, MANIFEST, PERSONS):
            try:
                stat = (each / name).stat()
            except OSError:
                yield f"{each.name}/{name}", 0, 0, 0
            else:
                yield f"{each.name}/{name}", stat.st_mtime_ns, stat.st_ino, stat.st_size


def _runs(folder: Path) -> list[Path]:
    """Return the folders that say they are whole: this one, else those in it."""
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return []
    if any(each.name in {COMPLETE, MANIFEST, PERSONS} for each in inside):
        return [folder]
    return [each for each in inside if (each / COMPLETE).is_file()]


def _newest_first(folder: Path) -> list[Path]:
    """Return the runs by when they were finished."""
    return sorted(_runs(folder), key=_finished_at, reverse=True)


def _finished_at(folder: Path) -> int:
    try:
        return (folder / COMPLETE).stat().st_mtime_ns
    except OSError:
        return 0
