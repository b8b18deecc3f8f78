"""Measure screening, the command line, the print, memory, lists, figures, a population; each goal beside its figure."""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from api.screening import Screening, texts_in
from careplans.acceptance import Accepted
from careplans.plan import build_plan
from careplans.print.document import render_pdf
from rules.assess import assess
from rules.case import Case
from tests.bench.hooks import hooks
from tests.bench.list_pages import list_pages
from tests.bench.lists import lists
from tests.bench.population import population
from tests.bench.steering import steering
from tests.patients import random_case

ON = date(2026, 11, 16)
EXAMPLES = Path(__file__).parents[2] / "api" / "examples"
RETTHJEM = Path(sys.executable).parent / "retthjem"
Measured = list[float]


def main(words: Sequence[str] | None = None) -> None:
    """Run the benchmarks, or those that are named, and print one line a figure."""
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("what", nargs="*", metavar="WHAT", help=f"{', '.join(PARTS)}; all of them if none is named")
    parser.add_argument("--screenings", type=int, default=100_000, help="for the memory line")
    parser.add_argument(
        "--people", type=int, nargs="+", default=[100_000], help="for population; its goals are for 1000000 and 5500000"
    )
    parser.add_argument("--events", type=int, default=1_000_000, help="in the store, for figures")
    arguments = parser.parse_args(words)
    if unknown := set(arguments.what) - set(PARTS):
        parser.error(f"there is no {min(unknown)}, only {', '.join(PARTS)}")
    for name, measure in PARTS.items():
        if name in (arguments.what or PARTS):
            measure(arguments)


def _cases() -> list[Case]:
    return [random_case(random.Random(seed)) for seed in range(2_000)]


def _screening(cases: Sequence[Case]) -> None:
    screening = Screening()
    example = screening.read(_example())
    document = _example()
    baseline = _seconds(lambda _: json.loads(document), cases)
    for name, of in (("the full example", [example] * len(cases)), ("random patients", cases)):
        _ = [assess(case, ON, screening.ruleset, second=screening.second) for case in of[:200]]
        both = _seconds(lambda case: assess(case, ON, screening.ruleset, second=screening.second), of)
        alone = _seconds(lambda case: assess(case, ON, screening.ruleset), of)
        _tell(f"screening in memory, both engines, {name}", both, "goal p50 <= 2 ms, p99 <= 6 ms")
        _tell(f"  reference evaluator alone, {name}", alone, f"{_ratio(both, alone)} of it with both")
        print(f"  ratio to json.loads of the example's case: {_ratio(both, baseline)}")


def _command_line() -> None:
    path = EXAMPLES.parent / "example.case.json"
    path.write_bytes(_example())
    try:
        screen = [_cpu(str(RETTHJEM), "screen", str(path), "--format", "json") for _ in range(7)]
    finally:
        path.unlink()
    bare = [_cpu(sys.executable, "-c", "import pydantic, json") for _ in range(7)]
    median = statistics.median(screen)
    print(f"retthjem screen, whole process: median {median:.2f} s CPU (goal <= 0.6 s); ", end="")
    print(f"{median / statistics.median(bare):.1f} times a process that only imports pydantic")


def _print() -> None:
    screening, texts = Screening(), texts_in("nb")
    case = screening.read(_example())
    plan = build_plan(case, assess(case, ON, screening.ruleset), accepted=Accepted.everything())
    _ = render_pdf(plan, texts, printed=ON)
    spent = []
    for _ in range(7):
        before = time.process_time()
        _ = render_pdf(plan, texts, printed=ON)
        spent.append(time.process_time() - before)
    print(f"a plan as PDF, warm: median {statistics.median(spent):.2f} s CPU (goal <= 0.5 s)")


def _memory(cases: Sequence[Case], times: int) -> None:
    screening = Screening()
    for number in range(2_000):
        assess(cases[number % len(cases)], ON, screening.ruleset, second=screening.second)
    warm = _resident()
    for number in range(times):
        assess(cases[number % len(cases)], ON, screening.ruleset, second=screening.second)
    print(f"memory: {warm:.1f} MB warm, {_resident():.1f} MB after {times} screenings more (goal: flat)")


def _seconds(work: Callable[[Case], object], cases: Sequence[Case]) -> Measured:
    """Return each call's CPU seconds, sorted: on a shared machine the wall clock also counts what others do."""
    spent = []
    for case in cases:
        before = time.thread_time()
        work(case)
        spent.append(time.thread_time() - before)
    return sorted(spent)


def _cpu(*command: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _resident() -> float:
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _tell(what: str, spent: Measured, remark: str) -> None:
    p99 = spent[int(len(spent) * 0.99)]
    print(f"{what}: p50 {statistics.median(spent) * 1000:.2f} ms, p99 {p99 * 1000:.2f} ms CPU ({remark})")


def _ratio(one: Measured, other: Measured) -> str:
    return f"{statistics.median(one) / statistics.median(other):.1f} times"


def _example() -> bytes:
    content = json.loads(next(iter(sorted(EXAMPLES.glob("*.json")))).read_text("utf-8"))
    return json.dumps(content["case"]).encode()


PARTS: Mapping[str, Callable[[argparse.Namespace], None]] = {
    "screening": lambda _: _screening(_cases()),
    "command_line": lambda _: _command_line(),
    "print": lambda _: _print(),
    "memory": lambda arguments: _memory(_cases(), arguments.screenings),
    "cds": lambda _: hooks(),
    "lists": lambda _: lists(),
    "list_pages": lambda _: list_pages(),
    "figures": lambda arguments: steering(arguments.events),
    "population": lambda arguments: population(arguments.people),
}

if __name__ == "__main__":
    main()
