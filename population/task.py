"""One bucket is one task: the same function on a local pool, on Spark and on Ray, where they see the same files.

A finished bucket is two files, the rows and a note of them; the note is written last and holds the rows' checksum, so
that a bucket is either whole or not there, however the task ended.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from engine.rules import RuleSet
from population.bucket import read_bucket
from population.compiled import Compiled, compiled
from population.facts import facts_of
from population.faults import Fault
from population.files import checksum, made_whole, written_whole
from population.outputs import by_municipality, persons
from population.screened import screened
from rules.ruleset import Overlay, local, national

PARTS, DONE = "parts", "done"


@dataclass(frozen=True, slots=True)
class Job:
    """A bucket to be screened: where its files are, on which day, by which rules, and what its rows may lack."""

    folder: Path
    bucket: int
    on: date
    faults_of: Mapping[str, Sequence[Fault]]
    overlay: Overlay | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A bucket that was screened or looked through: how many people and rows, and what was wrong with them.

    `municipalities`, of one that was screened: by column, how many people of each a rule says yes and cannot tell of.
    """

    bucket: int
    people: int
    rows: Mapping[str, int]
    faults: Sequence[Mapping[str, object]]
    municipalities: Mapping[str, Sequence[object]] = field(default_factory=dict)


def screen_bucket(job: Job) -> Done:
    """Screen a bucket, unless it is done already, and return what was found of its rows."""
    done = finished(job)
    if done:
        return done
    rules = _rules(job.overlay)
    bucket = read_bucket(job.folder / PARTS, job.bucket, job.on, faults_of=job.faults_of)
    facts = facts_of(bucket.tables, job.on, rules.ruleset.limits)
    # Parquet is written in the bits that rows lie in, which may follow the threads; its bytes are not to.
    rows = persons(bucket, facts, screened(facts, rules), limits=rules.ruleset.limits).rechunk()
    made_whole(rows_of(job), lambda path: rows.write_parquet(path, compression="zstd", statistics=False))
    municipalities = by_municipality(rows, from_age=rules.ruleset.limits["screened_from_age"])
    done = Done(job.bucket, rows.height, bucket.rows, bucket.faults, municipalities.to_dict(as_series=False))
    written_whole(_note_of(job), json.dumps(asdict(done) | {"checksum": checksum(rows_of(job))}).encode())
    return done


def look_through(job: Job) -> Done:
    """Return what is wrong with a bucket's rows, and screen nobody."""
    bucket = read_bucket(job.folder / PARTS, job.bucket, job.on, faults_of=job.faults_of)
    return Done(job.bucket, bucket.who.height, bucket.rows, bucket.faults)


def finished(job: Job) -> Done | None:
    """Return what was found of a bucket that is done, None where it is not, or not whole."""
    try:
        note: dict[str, Any] = json.loads(_note_of(job).read_bytes())
        if note.pop("checksum") == checksum(rows_of(job)):
            return Done(**note)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None


def rows_of(job: Job) -> Path:
    """Return the file of a bucket's rows."""
    return job.folder / DONE / f"{job.bucket:05}.parquet"


def _note_of(job: Job) -> Path:
    return job.folder / DONE / f"{job.bucket:05}.json"


_COMPILED: dict[str, Compiled] = {}


def _rules(overlay: Overlay | None) -> Compiled:
    """Return the rules as columns, compiled once a process for each rule set."""
    ruleset = ruleset_of(overlay)
    if ruleset.digest not in _COMPILED:
        _COMPILED[ruleset.digest] = compiled(ruleset)
    return _COMPILED[ruleset.digest]


def ruleset_of(overlay: Overlay | None) -> RuleSet:
    """Return the rule set in force."""
    return local(overlay) if overlay else national()
