"""Every figure counted once more, over the stays of `raw.py`: nothing of `population/steering` is used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
VISITS = ("HPH1", "HPH2", "HPH3", "HPH4")
REASONS = {"already_done", "later", "short_course", "declined", "benefit_greater", "not_suitable", "facts_wrong"}
REASONS |= {"already_checked"}

Row = Mapping[str, Any]
Key = tuple[str, str, str, str, str]


def counts(rows: Iterable[Row], month: date, steps: Iterable[str]) -> Counter[Key]:
    """Return the counts of a month by hospital, breakdown, figure, part and category."""
    found: Counter[Key] = Counter()
    for row in rows:
        if _left(row) is None or _left(row).replace(day=1) != month or row["eligible"] is False:  # type: ignore[union-attr]
            continue
        for figure, category, number in _of(row, tuple(steps)):
            for breakdown, part in [("all", ""), *_parts(row)]:
                found[row["hospital"], breakdown, figure, part, category] += number
    return Counter({key: number for key, number in found.items() if number})


def _left(row: Row) -> date | None:
    left: date | None = _day(row["discharged"]) if row["discharged"] else row["died"]
    return left


def _of(row: Row, steps: tuple[str, ...]) -> Iterator[tuple[str, str, int]]:
    yield "stays", "stay", 1
    screened = "met" if row["screened"] else "lacking" if row["eligible"] is None else "not"
    yield "screened", screened, 1
    if screened == "met":
        yield from _of_screened(row)
    clocks = row["clocks"]
    for step in steps[:3]:
        if step in clocks:
            yield f"clock.{step}", "met" if clocks[step] == "kept" else "not", 1
    if clocks.get("municipal_notice") == "kept":
        yield "notice_weekday", _weekday(row["noticed"]), 1
    planned = any(step in clocks for step in ("HPH0", *VISITS, "HPH5"))
    yield "planned", "met" if planned else "not", 1
    if planned:
        yield from _of_planned(clocks, steps[3:])
    if row["died"] is None:
        yield "readmitted", {True: "met", False: "not", None: "lacking"}[row["readmitted"]], 1
    yield from _of_days(row)
    for rule, verdict, reason in row["decisions"]:
        yield f"decided.{rule}", verdict, 1
        if verdict == "overridden":
            yield f"reason.{rule}", "lacking" if reason is None else reason if reason in REASONS else "other", 1
    if row["raters"]:
        one, other = row["raters"]
        yield "agreement", {0: "same", 1: "one_off"}.get(abs(one - other), "more"), 1
        yield "agreement", f"pair:{one}:{other}", 1


def _of_screened(row: Row) -> Iterator[tuple[str, str, int]]:
    hours = (row["screened"] - row["admitted"]).total_seconds() / 3600 if row["admitted"] else None
    yield "hours_to_screening", _hours(hours), 1
    low, high = row["cfs"] or (0, 9)
    frail = "met" if low >= 5 else "not" if high < 5 else "lacking"
    yield "frail", frail, 1
    tracks = row["tracks"]
    one = None if not tracks else tracks[0] if len(tracks) == 1 else "several"
    if frail == "met":
        yield "track_frail", _named(one, {"cga_team", "palliative_focus", "several"}), 1
    if frail == "not":
        yield "track_not_frail", _named(one, {"standard", "prevention", "cga_team"}), 1
    yield "pathway", row["pathway"] or "lacking", 1


def _named(track: str | None, known: set[str]) -> str:
    return "lacking" if track is None else track if track in known else "other"


def _hours(hours: float | None) -> str:
    if hours is None:
        return "lacking"
    return "hours_0_11" if hours < 12 else "hours_12_23" if hours < 24 else "hours_24_47" if hours < 48 else "hours_48"


def _of_planned(clocks: Mapping[str, str], steps: tuple[str, ...]) -> Iterator[tuple[str, str, int]]:
    for step in steps:
        if step in clocks:
            yield f"clock.{step}", "met" if clocks[step] == "kept" else "not", 1
    if all(step in clocks for step in VISITS):
        missed = [step for step in VISITS if clocks[step] in {"not_done", "open"}]
        yield "adherence", missed[0] if len(missed) > 1 else "three" if missed else "all", 1


def _of_days(row: Row) -> Iterator[tuple[str, str, int]]:
    left = _left(row)
    after = row["days_after_ready"]
    bands = (("days_50", 50), ("days_8_49", 8), ("days_1_7", 1), ("none", 0))
    band = "lacking" if after is None else next(name for name, least in bands if after >= least)
    yield "days_after_ready", band, 1
    yield "days_after_ready", "total", after or 0
    if band not in {"none", "lacking"}:
        yield "ready_weekday", _weekday(row["ready"]), 1
    until = min(_day(row["ready"]), left) if row["ready"] and left else left
    treated = max(0, (until - _day(row["admitted"])).days) if row["admitted"] and until else None
    bands = (("days_14", 14), ("days_7_13", 7), ("days_3_6", 3), ("days_0_2", 0))
    of = "lacking" if treated is None else next(name for name, least in bands if treated >= least)
    yield "treatment_days", of, 1
    yield "treatment_days", "total", treated or 0
    if row["discharged"] or not row["died"]:
        sent = (_day(row["epikrise"]) - _day(row["discharged"])).days if row["epikrise"] else None
        bands = (("day_0", 0), ("day_1", 1), ("days_2_7", 7), ("days_8", 10_000))
        yield "epikrise", "lacking" if sent is None else next(name for name, most in bands if sent <= most), 1


def _weekday(moment: datetime | None) -> str:
    return DAYS[moment.astimezone(OSLO).weekday()] if moment else "lacking"


def _parts(row: Row) -> Iterator[tuple[str, str]]:
    for breakdown, part in PARTS.items():
        yield breakdown, part(row) or ""


def _from(names: Mapping[str, int], value: int | None) -> str:
    reached = [name for name, least in names.items() if value is not None and value >= least]
    return reached[-1] if reached else ""


PARTS: Mapping[str, Callable[[Row], str | None]] = {
    "ward": lambda row: row["ward"],
    "municipality": lambda row: row["municipality"],
    "sex": lambda row: row["sex"],
    "arrival": lambda row: row["arrival"],
    "weekday": lambda row: DAYS[row["admitted"].astimezone(OSLO).weekday()] if row["admitted"] else None,
    "hour": lambda row: _from(
        {"00-07": 0, "08-11": 8, "12-15": 12, "16-19": 16, "20-23": 20},
        row["admitted"].astimezone(OSLO).hour if row["admitted"] else None,
    ),
    "age": lambda row: _from({"65-74": 65, "75-79": 75, "80-84": 80, "85-89": 85, "90+": 90}, row["age"]),
}


def _day(moment: datetime) -> date:
    return moment.astimezone(OSLO).date()
