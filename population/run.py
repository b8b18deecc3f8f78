"""A whole run: an extract is split, each bucket screened, and what was found put together; it goes on where it stopped.

What is written stands in `unfinished` until all of it is there; `_COMPLETE` is written last, and says that it is.
"""

from __future__ import annotations

import hmac
import json
import platform
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from engine.errors import InputError
from engine.rules import RuleSet
from population.faults import Fault, all_told
from population.files import checksum, checksums, has_room, held_alone, is_full, written_whole
from population.joined import UnlikeError, join
from population.opening import Source, opened
from population.outputs import write_lists, write_municipalities
from population.runners import Runner, Task
from population.splitting import (
    PEOPLE_A_BUCKET,
    ROWS_A_BUCKET,
    NamesPerson,
    Splitting,
    faults_of,
    how_to_split,
    refuse_named,
    split,
)
from population.task import PARTS, Done, Job, look_through, rows_of, ruleset_of, screen_bucket
from rules.ruleset import Overlay

UNFINISHED, COMPLETE, MANIFEST, RUN, LOCK = "unfinished", "_COMPLETE", "manifest.json", "run.json", ".lock"
PERSONS, QUALITY, LISTS, DICTIONARY = "persons.parquet", "data_quality", "worklists", "data_dictionary.csv"
KEY_MARK = b"retthjem population key"
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Request:
    """What is asked: which extract, on which day, by which rules, and who the people are to be called."""

    extract: Path
    on: date
    names_a_person: NamesPerson
    overlay: Overlay | None = None
    key: bytes | None = None
    people_a_bucket: int = PEOPLE_A_BUCKET

    @cached_property
    def ruleset(self) -> RuleSet:
        """Return the rules in force."""
        return ruleset_of(self.overlay)

    @cached_property
    def sources(self) -> dict[str, Source]:
        """Return the extract's files, found fit to be read."""
        found = opened(self.extract)
        if self.key is None:
            refuse_named(found["patients"], self.names_a_person)
        return found

    def as_json(self) -> dict[str, object]:
        """Return all that decides what comes out, so that two runs can be told apart."""
        overlay, key = self.overlay, self.key
        return {
            "day": self.on.isoformat(),
            "rules": {"version": self.ruleset.version, "digest": self.ruleset.digest},
            "overlay": overlay.name if overlay else None,
            "key": hmac.digest(key, KEY_MARK, sha256).hex()[:16] if key else None,
            "people_a_bucket": self.people_a_bucket,
            "rows_a_bucket": ROWS_A_BUCKET,
            "inputs": {source.name: source.checksum for source in self.sources.values()},
            "programs": {
                "retthjem": version("retthjem"),
                "polars": pl.__version__,
                "numpy": version("numpy"),
                "python": platform.python_version(),
            },
        }


@dataclass(frozen=True, slots=True)
class Found:
    """What a run found: how many people and rows there are, what is wrong with these, and what the buckets counted."""

    people: int
    rows: Mapping[str, int]
    faults: pl.DataFrame
    municipalities: Sequence[Mapping[str, Sequence[object]]] = ()
    went_on: int = 0


def checked(request: Request, runner: Runner, tell: Tell) -> Found:
    """Return what is wrong with an extract; nothing of it is kept."""
    with TemporaryDirectory(prefix="retthjem-") as folder, room_told("TMPDIR", Path(folder)):
        jobs = split_into_jobs(request, Path(folder))
        return _found(list(_told(runner, look_through, jobs, tell=tell)))


def screen(request: Request, out: Path, runner: Runner, *, tell: Tell, dictionary: str) -> Found | None:
    """Screen an extract into a folder; None where the folder holds that already, whole."""
    if _is_whole(request, out):
        return None
    with _begun(request, out), room_told("-o", out):
        folder = out / UNFINISHED
        jobs = split_into_jobs(request, folder)
        before = sum(rows_of(job).exists() for job in jobs)
        found = _found(list(_told(runner, screen_bucket, jobs, tell=tell)))
        for source in request.sources.values():
            source.refuse_changed()
        _put_together(request, out, jobs, found=found, dictionary=dictionary)
    return replace(found, went_on=before)


def _is_whole(request: Request, out: Path) -> bool:
    """Return whether a folder holds the same run, whole; that of another is refused."""
    asked = request.as_json()
    if not (out / COMPLETE).exists():
        return False
    _refuse_other(json.loads((out / MANIFEST).read_bytes())["run"], asked)
    shutil.rmtree(out / UNFINISHED, ignore_errors=True)
    return True


@contextmanager
def _begun(request: Request, out: Path) -> Iterator[None]:
    """Begin a run in a folder, or find the same one there; any other content is refused and left as it is."""
    asked, mark = request.as_json(), out / UNFINISHED / RUN
    try:
        if not mark.exists():
            out.mkdir(mode=0o700, parents=True, exist_ok=True)
            if any(out.iterdir()) and not _barely_begun(out):
                raise InputError("-o", "out_not_empty")
            mark.parent.mkdir(mode=0o700, exist_ok=True)
        with ExitStack() as held:
            held.enter_context(held_alone(mark.parent / LOCK))
            if mark.exists():
                _refuse_other(json.loads(mark.read_bytes()), asked)
            else:
                written_whole(mark, json.dumps(asked).encode())
            kept = held.pop_all()
    except BlockingIOError:
        raise InputError("-o", "out_in_use") from None
    except OSError:
        raise InputError("-o", "out_not_writable") from None
    with kept:
        yield


def _barely_begun(out: Path) -> bool:
    """Return whether a run was stopped here before it had said which one it is."""
    return [each.name for each in out.iterdir()] == [UNFINISHED] and all(
        each.name.startswith(".") for each in (out / UNFINISHED).iterdir()
    )


def _refuse_other(before: Mapping[str, object], asked: Mapping[str, object]) -> None:
    differing = [name for name in asked if asked[name] != before.get(name)]
    if differing:
        raise InputError("-o", "out_of_other_run", differing=differing)


def split_into_jobs(request: Request, folder: Path) -> list[Job]:
    """Split an extract into buckets under a folder, and return a job for each."""
    sources = request.sources
    how = how_to_split(sources, request.on, key=request.key, people_a_bucket=request.people_a_bucket)
    for _ in split(sources, how, folder / PARTS):
        pass
    (folder / "done").mkdir(exist_ok=True)
    return _jobs(request, how, folder)


def _jobs(request: Request, how: Splitting, folder: Path) -> list[Job]:
    faults: dict[str, Sequence[Fault]] = {
        name: faults_of(source, request.on) for name, source in request.sources.items()
    }
    return [Job(folder, bucket, request.on, faults, request.overlay) for bucket in range(how.buckets)]


def _told(runner: Runner, task: Task, jobs: Sequence[Job], *, tell: Tell) -> Iterator[Done]:
    tell(0, len(jobs))
    for count, done in enumerate(runner(task, jobs), start=1):
        yield done
        tell(count, len(jobs))


def _found(done: Sequence[Done]) -> Found:
    rows: dict[str, int] = {}
    for each in done:
        rows = {name: rows.get(name, 0) + count for name, count in each.rows.items()}
    ordered = sorted(done, key=lambda each: each.bucket)
    faults = all_told(line for each in ordered for line in each.faults)
    return Found(sum(each.people for each in done), rows, faults, [each.municipalities for each in ordered])


# What is put together


def _put_together(request: Request, out: Path, jobs: Sequence[Job], *, found: Found, dictionary: str) -> None:
    made = out / UNFINISHED / "made"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    everyone = made / PERSONS
    _join([rows_of(job) for job in jobs], everyone)
    (made / LISTS).mkdir()
    write_lists(everyone, made / LISTS, from_age=request.ruleset.limits["screened_from_age"])
    write_municipalities(found.municipalities, made / LISTS)
    _write_quality(found, made)
    (made / DICTIONARY).write_text(dictionary, "utf-8")
    files = sorted(path for path in made.rglob("*") if path.is_file())
    manifest = {
        "run": request.as_json(),
        "people": found.people,
        "rows": found.rows,
        "buckets": len(jobs),
        "outputs": dict(zip((path.relative_to(made).as_posix() for path in files), checksums(files), strict=True)),
    }
    shutil.rmtree(out / LISTS, ignore_errors=True)
    for path in made.iterdir():
        path.replace(out / path.name)
    written_whole(out / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False).encode())
    written_whole(out / COMPLETE, checksum(out / MANIFEST).encode())
    shutil.rmtree(out / UNFINISHED)


def _join(parts: list[Path], whole: Path) -> None:
    """Put rows end to end as they are encoded; those that other programs wrote are encoded anew."""
    try:
        join(parts, whole)
    except UnlikeError:
        pl.scan_parquet(parts, glob=False).sink_parquet(whole, maintain_order=True, statistics=False)


def _write_quality(found: Found, folder: Path) -> None:
    lines = found.faults.to_dicts()
    told = {"people": found.people, "rows": found.rows, "faults": lines}
    (folder / f"{QUALITY}.json").write_text(json.dumps(told, indent=1), "utf-8")
    first = pl.col("first").cast(pl.List(pl.String)).list.join(" ")
    found.faults.with_columns(first).write_csv(folder / f"{QUALITY}.csv")


@contextmanager
def room_told(where: str, folder: Path) -> Iterator[None]:
    """Say that there is no room where a disk is full; what was finished stays, and the same command goes on."""
    try:
        yield
    except (OSError, pl.exceptions.PolarsError) as wrong:
        if is_full(wrong) or not has_room(folder):
            raise InputError(where, "disk_full") from None
        raise
