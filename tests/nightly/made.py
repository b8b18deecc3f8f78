"""Runs to read: an extract of a few people in hospital, screened as an operator does it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any

from api.cli import main
from rules.times import oslo_day
from tests.population.extracts import written

KEY = "a-key-that-is-known-to-no-one-else-at-all"
TODAY = oslo_day(datetime.now(UTC))
ROW = {"birth_date": "1936-01-05", "sex": "female", "municipality": "5001"}


def lies_in(person: str, *, hospital: str = "demo", ward: str = "GER2", **row: Any) -> dict[str, Any]:
    """Return someone of an extract who lies on a ward."""
    return {"person": person, "hospital": hospital, "ward": ward, **ROW, **row}


def extract_in(folder: Path, people: Sequence[dict[str, Any]], answers: Sequence[dict[str, Any]] = ()) -> Path:
    """Write an extract of people in hospital."""
    names = ("person", "birth_date", "sex", "municipality")
    patients = [{name: each[name] for name in names} for each in people]
    stays = [
        {"person": each["person"], "admitted": f"{TODAY}", "ward": each["ward"], "hospital": each["hospital"]}
        for each in people
    ]
    tables: dict[str, Any] = {"patients": patients, "stays": stays}
    return written(folder, **tables, **({"answers": list(answers)} if answers else {}))


def run_in(
    out: Path, people: Sequence[dict[str, Any]], *, answers: Sequence[dict[str, Any]] = (), key: str | None = KEY,
    on: str = f"{TODAY}", more: Sequence[str] = (),
) -> Path:  # fmt: skip
    """Screen people in hospital into a folder, with `retthjem population screen`."""
    work = out.parent / f".{out.name}.made"
    rmtree(work, ignore_errors=True)
    folder = extract_in(work / "in", people, answers)
    words = ["population", "screen", str(folder), "-o", str(work / "out"), "--on", on, "--workers", "1", *more]
    if key:
        (work / "key").write_text(key)
        words += ["--key-file", str(work / "key")]
    assert main(words) == 0
    rmtree(out, ignore_errors=True)
    copytree(work / "out", out)
    return out
