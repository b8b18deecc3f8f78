"""A run that is finished and whole, as whoever reads it finds it; one that is not is refused by file and reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from engine.errors import InputError
from population.faults import Aside
from population.files import checksum
from population.run import COMPLETE, MANIFEST, PERSONS, QUALITY

FAULTS = f"{QUALITY}.json"


@dataclass(frozen=True, slots=True)
class Finished:
    """A whole run: where it lies, the digest of its manifest, and what that says of day, rules, key and programs."""

    folder: Path
    digest: str
    day: date
    rules: str
    rules_digest: str
    overlay: str | None
    key_mark: str | None
    programs: Mapping[str, str]

    def persons(self, *needed: str) -> pl.LazyFrame:
        """Return everyone's rows, which have the columns that are needed."""
        rows = pl.scan_parquet(self.folder / PERSONS, glob=False)
        try:
            there = rows.collect_schema()
        except (OSError, pl.exceptions.PolarsError):
            raise InputError(PERSONS, "run_damaged") from None
        for name in needed:
            if name not in there:
                raise InputError(f"{PERSONS}.{name}", "run_column_missing")
        return rows

    def faults(self) -> list[FaultLine]:
        """Return what was wrong with the rows of the extract."""
        try:
            lines = json.loads((self.folder / FAULTS).read_bytes())["faults"]
            return [FaultLine(*(each[name] for name in FaultLine.__slots__)) for each in lines]
        except (OSError, ValueError, KeyError, TypeError):
            raise InputError(FAULTS, "run_damaged") from None


@dataclass(frozen=True, slots=True)
class FaultLine:
    """A kind of fault in a column of a table: what was set aside for it, and in how many rows."""

    table: str
    column: str
    kind: str
    aside: Aside
    rows: int


def finished(folder: Path) -> Finished:
    """Return the run in a folder, once every sum is right of what is read of it."""
    manifest = _manifest(folder)
    for name in (PERSONS, FAULTS):
        _refuse_other(folder / name, manifest["outputs"].get(name))
    run = manifest["run"]
    try:
        return Finished(
            folder=folder,
            digest=(folder / COMPLETE).read_text("utf-8").strip(),
            day=date.fromisoformat(run["day"]),
            rules=run["rules"]["version"],
            rules_digest=run["rules"]["digest"],
            overlay=run["overlay"],
            key_mark=run["key"],
            programs=run["programs"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(MANIFEST, "run_damaged") from None


def _manifest(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise InputError("OUT", "run_folder_missing")
    try:
        promised = (folder / COMPLETE).read_text("utf-8").strip()
    except (OSError, ValueError):
        raise InputError(COMPLETE, "run_not_whole") from None
    _refuse_other(folder / MANIFEST, promised)
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        _ = manifest["run"], manifest["outputs"]
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(MANIFEST, "run_damaged") from None
    return manifest


def _refuse_other(path: Path, promised: object) -> None:
    """Refuse a file that is not the one the run wrote."""
    try:
        right = checksum(path) == promised
    except OSError:
        raise InputError(path.name, "run_file_missing") from None
    if not right:
        raise InputError(path.name, "run_damaged")
