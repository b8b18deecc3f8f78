"""`retthjem population …`: an extract and its faults, everyone screened, what came out as a page, made-up people."""

from __future__ import annotations

import csv
import io
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.files import print_out, read_bytes, write_whole
from engine.errors import InputError
from engine.texts import LANGUAGES, Texts

if TYPE_CHECKING:
    from population.run import Found, Request
    from population.runners import Runner

FAULTY = 2
WIDTH = 30
SHORTEST_KEY = 32
KEY = "RETTHJEM_POPULATION_KEY"
RUNNERS = ("local", "spark", "ray")
TASKS = {
    "template": "an empty file for each table of an extract, in FOLDER",
    "check": "what is wrong with the extract in FOLDER, by file, row and column",
    "screen": "screen everyone in the extract in FOLDER",
    "page": "show what came out in FOLDER as one page: who should be screened, by municipality",
    "synth": "write a synthetic extract",
}
READS_EXTRACT = frozenset({"check", "screen"})
"""What `retthjem population` does."""

Command = Callable[[Namespace], int]


def add_to(commands: Any, parser: type[ArgumentParser], day: Callable[[str], date]) -> None:
    """Add the commands; `day` reads a date as the other commands do."""
    population = commands.add_parser("population", help="a whole population: " + ", ".join(TASKS))
    tasks = population.add_subparsers(required=True, metavar="TASK", dest="what", parser_class=parser)
    for what, told in TASKS.items():
        task = tasks.add_parser(what, help=told)
        task.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
        task.set_defaults(run=run)
        if what != "synth":
            task.add_argument("folder", type=Path, metavar="FOLDER")
        if what in {"screen", "synth"}:
            task.add_argument("-o", dest="out", type=Path, required=True, metavar="OUT", help="a folder of its own")
        if what == "page":
            task.add_argument("-o", dest="out", type=Path, required=True, metavar="FILE.html")
        if what in READS_EXTRACT | {"synth"}:
            task.add_argument("--on", type=day, metavar="DATE", help="the day that is screened on, else today")
        if what in READS_EXTRACT:
            task.add_argument("--workers", type=int, metavar="N", help="processes at once, else one for each core")
            task.add_argument("--overlay", type=Path, metavar="FILE.toml", help="local limits")
            task.add_argument("--key-file", type=Path, metavar="FILE", help=f"hides who people are; else {KEY}")
        if what == "screen":
            task.add_argument("--runner", choices=RUNNERS, default="local")
        if what == "synth":
            task.add_argument("-n", dest="people", type=int, required=True, metavar="N")
            task.add_argument("--seed", type=int, required=True, metavar="S")
            task.add_argument("--format", choices=("parquet", "csv"), default="parquet")


def run(arguments: Namespace) -> int:
    """Do what was asked, and return the exit code."""
    return COMMANDS[arguments.what](arguments)


def _template(arguments: Namespace) -> int:
    from population.extract import templates

    folder: Path = arguments.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise InputError("FOLDER", "out_not_writable") from None
    if any((folder / name).exists() for name, _ in templates()):
        raise InputError("FOLDER", "out_not_empty")
    for name, header in templates():
        write_whole(folder / name, header.encode(), read_from="-")
    return 0


def _check(arguments: Namespace) -> int:
    from population.run import checked

    texts = _texts(arguments)
    found = checked(_request(arguments), _runner(arguments), _progress())
    print_out("".join(f"{line}\n" for line in _told(found, texts)))
    return FAULTY if found.faults.height else 0


def _screen(arguments: Namespace) -> int:
    from population.run import screen

    texts, request = _texts(arguments), _request(arguments)
    found = screen(request, arguments.out, _runner(arguments), tell=_progress(), dictionary=_dictionary(request, texts))
    if found is None:
        print_out(texts("population.whole_already") + "\n")
        return 0
    print_out(texts("population.screened", people=found.people, faults=int(found.faults["rows"].sum())) + "\n")
    if found.went_on:
        print_out(texts("population.went_on", count=found.went_on) + "\n")
    return 0


def _synth(arguments: Namespace) -> int:
    from population.synth import synthetic

    if arguments.people < 1:
        raise InputError("-n", "people_too_few")
    if arguments.out.exists() and any(arguments.out.iterdir()):
        raise InputError("-o", "out_not_empty")
    synthetic(arguments.people, arguments.seed, arguments.on or _today(), form=arguments.format, into=arguments.out)
    print_out(_texts(arguments)("population.made_up", people=arguments.people) + "\n")
    return 0


def _page(arguments: Namespace) -> int:
    from api.population_page import page
    from population.finished import finished
    from population.shown import result_of

    if arguments.out.suffix != ".html":
        raise InputError("-o", "ending_not_allowed", allowed=[".html"])
    written = page(result_of(finished(arguments.folder)), _texts(arguments))
    write_whole(arguments.out, written.encode(), read_from="-")
    return 0


COMMANDS: Mapping[str, Command] = {
    "template": _template,
    "check": _check,
    "screen": _screen,
    "page": _page,
    "synth": _synth,
}


def request_of(folder: Path, on: date | None, *, overlay: Path | None = None, key_file: Path | None = None) -> Request:
    """Return a request to read an extract, on a day or today; who the people are is hidden by the key, if any."""
    from api.screening import read_overlay
    from population.run import Request

    return Request(
        extract=folder,
        on=on or _today(),
        names_a_person=_names_a_person,
        overlay=read_overlay(overlay) if overlay else None,
        key=_key(key_file),
    )


def _request(arguments: Namespace) -> Request:
    named = arguments.overlay or os.environ.get("RETTHJEM_OVERLAY")
    overlay = Path(named) if named else None
    return request_of(arguments.folder, arguments.on, overlay=overlay, key_file=arguments.key_file)


def _runner(arguments: Namespace) -> Runner:
    from population.runners import local

    name = getattr(arguments, "runner", RUNNERS[0])
    if name != RUNNERS[0]:
        from population.clusters import runner_of

        return runner_of(name)
    workers = arguments.workers if arguments.workers is not None else os.cpu_count() or 1
    if workers < 1:
        raise InputError("--workers", "workers_too_few")
    return local(workers)


def _key(file: Path | None) -> bytes | None:
    """Return the key that hides who people are; a short one could be guessed."""
    given = read_bytes(str(file)) if file else os.environ.get(KEY, "").encode()
    key = given.strip()
    if not key and not file:
        return None
    if len(key) < SHORTEST_KEY:
        raise InputError("--key-file" if file else KEY, "key_too_short", least=SHORTEST_KEY)
    return key


def _names_a_person(text: str) -> bool:
    from forms.identity import parse_identity_number

    try:
        parse_identity_number(text, "person")
    except InputError:
        return False
    return True


def _told(found: Found, texts: Texts) -> Iterator[str]:
    """Yield what is wrong, a line for each kind of fault: where it stands, never what stands there."""
    for fault in found.faults.iter_rows(named=True):
        first = ", ".join(map(str, fault["first"]))
        more = texts("population.more") if fault["rows"] > len(fault["first"]) else ""
        kind = texts(f"population.fault.{fault['kind']}")
        aside = texts(f"population.aside.{fault['aside']}")
        where = {"table": fault["table"], "column": fault["column"], "rows": fault["rows"]}
        yield texts("population.fault_line", **where, kind=kind, aside=aside, first=first, more=more)
    rows = ", ".join(f"{name} {count}" for name, count in found.rows.items())
    yield texts("population.looked_through", people=found.people, rows=rows)


def _dictionary(request: Request, texts: Texts) -> str:
    """Return what each column of the rows of everyone means, with the versions it was made by."""
    from population.outputs import columns

    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(
        texts(f"population.dictionary.{name}") for name in ("column", "type", "values", "means", "versions")
    )
    versions = f"{request.ruleset.version} {request.ruleset.digest} polars {_version('polars')}"
    for column in columns(request.ruleset):
        values = " | ".join(column.values)
        writer.writerow((column.name, column.kind, values, _means(column.name, texts), versions))
    return written.getvalue()


def _means(column: str, texts: Texts) -> str:
    name, _, part = column.partition(".")
    if name == "rule":
        return texts(f"rule.{part}")
    if name == "track":
        track, _, side = part.partition(".")
        return f"{texts(f'track.{track}')}: {texts(f'population.column.{side}')}"
    if part in {"low", "high"}:
        return f"{texts(f'score.{name}')}: {texts(f'population.column.{part}')}"
    return texts(f"population.column.{name}")


def _version(package: str) -> str:
    from importlib.metadata import version

    return version(package)


def _progress() -> Callable[[int, int], None]:
    """Return what tells how far it has come: a bar on a terminal, else nothing."""
    shown = sys.stderr is not None and sys.stderr.isatty()

    def tell(done: int, of: int) -> None:
        if shown:
            bar = "#" * (WIDTH * done // max(of, 1))
            sys.stderr.write(f"\r[{bar:<{WIDTH}}] {done}/{of}" + ("\n" if done == of else ""))
            sys.stderr.flush()

    return tell


def _texts(arguments: Namespace) -> Texts:
    from api.screening import texts_in

    return texts_in(arguments.lang)


def _today() -> date:
    from rules.times import oslo_day

    return oslo_day(datetime.now(UTC))
