"""What each stay is, worked out once more from the rows of the events alone: nothing of `careplans/course` is used.

Written from what the events mean, so that a mistake in the course or in what the figures make of it shows as another
number. It knows the events that `lives.py` tells.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

OSLO = ZoneInfo("Europe/Oslo")
HOLIDAYS = {"2026-01-01", "2026-04-02", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25"}
HOLIDAYS |= {"2026-12-24", "2026-12-25", "2026-12-31", "2027-01-01"}
NOTICE = ("municipal_notice", "early_warning")
VISITS = {"HPH1": 0, "HPH2": 3, "HPH3": 14, "HPH4": 28}
OF_A_HOMECOMING = {"municipal_notice", "admission_report", "control_appointments", "HPH0", "epikrise", "HPH1", "HPH2"}

Body = dict[str, Any]


@dataclass
class Plan:
    """A plan, and how it goes with it."""

    id: str
    of: str
    stay: str | None
    began: date
    running: bool = True
    since: datetime | None = None
    closed: datetime | None = None
    before: list[str] = field(default_factory=list)
    after_it: bool = False


@dataclass
class Patient:
    """What the events of one patient say."""

    stays: dict[str, Body] = field(default_factory=dict)
    screenings: dict[str, Body] = field(default_factory=dict)
    plans: list[Plan] = field(default_factory=list)
    marks: dict[tuple[str, str], Body] = field(default_factory=dict)
    decided: dict[tuple[str, str], Body] = field(default_factory=dict)
    born: date | None = None
    sex: str | None = None
    municipality: str | None = None
    died: date | None = None
    blocked: bool = False
    newest: str | None = None


def stays(connection: Connection, *, now: datetime) -> Iterator[Body]:
    """Give every stay of every patient whose record is not blocked."""
    rows = connection.execute(text("SELECT id, person, seq, body, at FROM event ORDER BY person, seq"))
    records: dict[str, list[Body]] = defaultdict(list)
    for row in rows:
        said = json.loads(row.body)
        records[row.person].append({**said, "_id": row.id, "_at": _moment(row.at), "_person": row.person})
    found = connection.execute(text("SELECT id, inputs, outcome FROM assessment"))
    facts = {row.id: (json.loads(row.inputs), json.loads(row.outcome)) for row in found}
    standing = {person: _not_undone(events) for person, events in records.items()}
    merged = {e["other"] for events in standing.values() for e in events if e["kind"] == "merged"}
    for person in records.keys() - merged:
        events = sorted(_told_with(person, standing, set()), key=lambda each: each["_at"])
        yield from _stays(person, _patient(_not_wrong(events)), facts, now)


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _not_undone(events: list[Body]) -> list[Body]:
    taken: set[str] = set()
    for each in reversed(events):
        if each["kind"] == "undone" and each["_id"] not in taken:
            taken.add(each["event"])
    return [each for each in events if each["_id"] not in taken and each["kind"] != "undone"]


def _told_with(person: str, standing: Mapping[str, list[Body]], seen: set[str]) -> Iterator[Body]:
    if person in seen:
        return
    seen.add(person)
    for each in standing.get(person, []):
        yield each
        if each["kind"] == "merged":
            yield from _told_with(each["other"], standing, seen)


def _not_wrong(events: list[Body]) -> list[Body]:
    """Leave out what was recorded on the wrong patient, and all that began in it."""
    stays = {e["id"] for e in events if e["kind"] == "retracted" and e["of"] == "stay"}
    wrong = {e["id"] for e in events if e["kind"] == "retracted" and e["of"] == "screening"}
    known: set[str] = set()
    made_in: dict[str, str] = {}
    for each in events:
        if each["kind"] == "admitted":
            known.add(each["stay"])
        if each["kind"] == "screened" and each["stay"] in known:
            made_in[each["screening"]] = each["stay"]
    wrong |= {screening for screening, stay in made_in.items() if stay in stays}
    of = {e["assessment"] for e in events if e["kind"] == "screened" and e["screening"] in wrong}
    return [
        each
        for each in events
        if not (
            each["kind"] not in {"step_done", "step_not_done"}
            and each.get("stay") in stays
            and each["kind"] != "screened"
        )
        and not (each["kind"] == "screened" and each["screening"] in wrong)
        and not (each["kind"] in {"decided", "plan_started"} and each["assessment"] in of)
    ]


def _patient(events: Iterable[Body]) -> Patient:
    patient = Patient()
    for each in events:
        tell = globals().get(f"_{each['kind']}")
        if tell:
            tell(patient, each)
    if patient.died:
        for plan in patient.plans:
            plan.running = False
    return patient


def _described(patient: Patient, said: Body) -> None:
    patient.born = date.fromisoformat(said["born"]) if said["born"] else patient.born
    patient.sex = said["sex"] or patient.sex


def _admitted(patient: Patient, said: Body) -> None:
    patient.municipality = said["municipality"] or patient.municipality
    known = patient.stays.get(said["stay"])
    stay = patient.stays.setdefault(said["stay"], {"id": said["stay"], "place": (said["hospital"], said["ward"])})
    stay |= {"admitted": _moment(said["at"]), "assumed": said["assumed"], "now": (said["hospital"], said["ward"])}
    stay["municipality"], stay["how"] = patient.municipality, said["urgency"] or stay.get("how")
    if known is None and max(patient.stays.values(), key=lambda each: each["admitted"]) is stay:
        _pause_for(patient, stay)
    if known is None:
        waits = any(not plan.running and not _over(plan) for plan in patient.plans)
        stay["waited"] = waits and not any(plan.running for plan in patient.plans) and patient.died is None
    patient.newest = said["stay"]


def _over(plan: Plan) -> bool:
    return plan.closed is not None


def _pause_for(patient: Patient, stay: Body) -> None:
    for plan in patient.plans:
        done = patient.marks.get((plan.stay or plan.id, "HPH4"))
        began = datetime.combine(plan.began, datetime.min.time(), OSLO)
        if not plan.running or (done and done["kind"] == "step_done"):
            continue
        if plan.stay is None and stay["admitted"] < began:
            continue
        plan.running, plan.since = False, plan.since or max(stay["admitted"], began)


def _transferred(patient: Patient, said: Body) -> None:
    if stay := patient.stays.get(said["stay"]):
        stay["now"], stay["municipality"] = (said["hospital"], said["ward"]), patient.municipality
        patient.newest = said["stay"]


def _discharge_expected(patient: Patient, said: Body) -> None:
    if stay := patient.stays.get(said["stay"]):
        stay["expected"] = date.fromisoformat(said["on"])
        stay.setdefault("expected_at", said["_at"])


def _ready_for_discharge(patient: Patient, said: Body) -> None:
    if stay := patient.stays.get(said["stay"]):
        stay["ready"] = _moment(said["at"])


def _discharged(patient: Patient, said: Body) -> None:
    if stay := patient.stays.get(said["stay"]):
        patient.municipality = said["municipality"] or patient.municipality
        stay["discharged"], stay["municipality"] = _moment(said["at"]), patient.municipality
        patient.newest = said["stay"]


def _moved(patient: Patient, said: Body) -> None:
    patient.municipality = said["municipality"]
    stay = patient.stays.get(patient.newest or "")
    if stay and "discharged" not in stay:
        stay["municipality"] = said["municipality"]


def _screened(patient: Patient, said: Body) -> None:
    stay = said["stay"] if said["stay"] in patient.stays else None
    known = patient.screenings.get(said["screening"])
    new = {"stay": stay, "second": said["second"], "every": []}
    screening = patient.screenings.setdefault(said["screening"], new)
    screening["every"].append(said["assessment"])
    screening["unjudged"], screening["stay"] = said["unjudged"], stay or screening["stay"]
    if not said["unjudged"] and stay and not (known or said)["second"]:
        judged = patient.stays[stay].setdefault("judged", [])
        judged.append((said["_at"], said["screening"], patient.stays[stay]["now"]))


def _decided(patient: Patient, said: Body) -> None:
    if any(said["assessment"] in each["every"] for each in patient.screenings.values()):
        patient.decided.pop((said["assessment"], said["rule"]), None)
        patient.decided[said["assessment"], said["rule"]] = said


def _plan_started(patient: Patient, said: Body) -> None:
    made = next((each for each in patient.screenings.values() if said["assessment"] in each["every"]), None)
    if made is None:
        return
    _give_way(patient, said["_at"])
    patient.plans.append(Plan(said["plan"], said["assessment"], made["stay"], date.fromisoformat(said["on"])))


def _give_way(patient: Patient, at: datetime) -> None:
    for plan in patient.plans:
        if not _over(plan):
            plan.running, plan.since = False, plan.since or at


def _plan_paused(patient: Patient, said: Body) -> None:
    for plan in patient.plans:
        if plan.id == said["plan"] and plan.running:
            plan.running, plan.since = False, said["_at"]


def _plan_closed(patient: Patient, said: Body) -> None:
    for plan in patient.plans:
        if plan.id == said["plan"]:
            plan.running, plan.closed = False, said["_at"]


def _plan_resumed(patient: Patient, said: Body) -> None:
    plan = next((each for each in patient.plans if each.id == said["plan"]), None)
    if plan is None or plan.running or _over(plan):
        return
    _give_way(patient, said["_at"])
    plan.running, plan.since = True, None
    newest = max(patient.stays.values(), key=lambda each: each["admitted"])
    came_after = _day(newest["admitted"]) >= plan.began if plan.stay is None else True
    if newest["id"] == (plan.stay or plan.id) or not came_after:
        return
    before = plan.stay or plan.id
    for (of, step), mark in list(patient.marks.items()):
        if of == before and step not in OF_A_HOMECOMING:
            patient.marks.setdefault((newest["id"], step), mark)
    plan.before.append(before)
    plan.stay, plan.after_it = newest["id"], "discharged" in newest


def _step_done(patient: Patient, said: Body) -> None:
    if said["course"] in patient.stays:
        patient.marks[said["course"], said["step"]] = said


_step_not_done = _step_done


def _died(patient: Patient, said: Body) -> None:
    patient.died = date.fromisoformat(said["on"])


def _record_blocked(patient: Patient, said: Body) -> None:
    patient.blocked = said["blocked"]


def _stays(person: str, patient: Patient, facts: Mapping[str, tuple[Body, Body]], now: datetime) -> Iterator[Body]:
    if patient.blocked:
        return
    ordered = sorted(patient.stays.values(), key=lambda each: each["admitted"])
    for stay, later in pairwise(ordered):
        stay.setdefault("discharged", later["admitted"])
        stay["until"] = later["admitted"]
    for stay in ordered:
        stay["how"] = stay.get("how") or _how(patient, stay, facts)
    for stay in ordered:
        yield {"person": person, **_told(patient, stay, ordered, facts, now)}


def _here(patient: Patient, stay: Body, *, second: bool) -> list[Body]:
    return [e for e in patient.screenings.values() if e["stay"] == stay["id"] and e["second"] is second]


def _how(patient: Patient, stay: Body, facts: Mapping[str, tuple[Body, Body]]) -> str | None:
    every = [each for each in patient.screenings.values() if each["stay"] == stay["id"]]
    said = [facts[each["every"][-1]][0]["encounter"].get("urgency") for each in reversed(every)]
    return next((each for each in said if each), None)


def _told(patient: Patient, stay: Body, ordered: list[Body], facts: Any, now: datetime) -> Body:
    left = stay.get("discharged")
    judged = [each for each in _here(patient, stay, second=False) if not each["unjudged"]]
    last = judged[-1]["every"][-1] if judged else None
    first = min(stay.get("judged", []), default=None)
    outcome = facts[last][1] if last else {}
    fired = {each["rule"] for each in outcome.get("findings", [])}
    cfs = outcome.get("scores", {}).get("cfs", {})
    valid = "clinical_judgement" not in fired
    age = _years(patient.born, _day(stay["admitted"])) if patient.born else None
    place = first[2] if first else stay["place"]
    died = patient.died
    in_stay = died and died >= _day(stay["admitted"]) and (left is None or died <= _day(left))
    ended = _day(left) if left else (died if in_stay else None)
    return {
        "stay": stay["id"],
        "hospital": place[0],
        "ward": place[1],
        "admitted": None if stay["assumed"] else stay["admitted"],
        "municipality": stay["municipality"],
        "arrival": stay["how"],
        "age": age,
        "sex": patient.sex if patient.sex != "unknown" else None,
        "eligible": True if (age or 0) >= 70 or stay["waited"] else None if age is None else False,
        "screened": first[0] if judged and first else None,
        "cfs": (cfs["low"], cfs["high"]) if valid and cfs.get("low") is not None else None,
        "tracks": tuple(t["track"] for t in outcome.get("tracks", []) if t["status"] == "final"),
        "decisions": _verdicts(patient, stay) if judged else (),
        "pathway": outcome.get("pathway"),
        "raters": _raters(patient, stay, last, facts),
        "clocks": dict(_clocks(patient, stay, facts, judged)),
        "noticed": _marked(patient, stay, "municipal_notice"),
        "epikrise": _marked(patient, stay, "epikrise"),
        "ready": stay.get("ready"),
        "discharged": left,
        "days_after_ready": _waited(stay, ended),
        "readmitted": _readmitted(stay, ordered, now) if left else None,
        "died": died if in_stay else None,
    }


def _marked(patient: Patient, stay: Body, step: str) -> datetime | None:
    mark = patient.marks.get((stay["id"], step))
    return _moment(mark["at"]) if mark and mark["kind"] == "step_done" else None


def _waited(stay: Body, ended: date | None) -> int | None:
    if ended is None or not stay.get("ready"):
        return None
    return max(0, (ended - _day(stay["ready"])).days)


def _readmitted(stay: Body, ordered: list[Body], now: datetime) -> bool | None:
    until = stay["discharged"].astimezone(OSLO) + timedelta(days=30)
    how = [each["how"] for each in ordered if stay["discharged"] < each["admitted"] <= until]
    return True if "acute" in how else None if None in how or now < until else False


def _verdicts(patient: Patient, stay: Body) -> tuple[tuple[str, str, str | None], ...]:
    here = {a for s in patient.screenings.values() if s["stay"] == stay["id"] for a in s["every"]}
    last = {rule: each for (of, rule), each in patient.decided.items() if of in here}
    codes = {None, "later", "not_suitable"}
    return tuple(
        (
            rule,
            e["verdict"],
            (e["reason"] if e["reason"] in codes else "other") if e["verdict"] == "overridden" else None,
        )
        for rule, e in sorted(last.items())
    )


def _raters(patient: Patient, stay: Body, last: str | None, facts: Any) -> tuple[int, int] | None:
    seconds = _here(patient, stay, second=True)
    if not last or not seconds:
        return None
    levels = [facts[of][0]["answers"].get("cfs_clinician") for of in (last, seconds[-1]["every"][-1])]
    return (levels[0], levels[1]) if None not in levels else None


def _clocks(patient: Patient, stay: Body, facts: Any, judged: list[Body]) -> Iterator[tuple[str, str]]:
    of_stay = [each for each in patient.screenings.values() if each["stay"] == stay["id"] and not each["unjudged"]]
    old = patient.born is None or _years(patient.born, _day(stay["admitted"])) >= 70
    if not of_stay and not old:
        return
    plan = next((p for p in reversed(patient.plans) if stay["id"] == p.stay or stay["id"] in p.before), None)
    firsts = _here(patient, stay, second=False)
    routed = judged if firsts else of_stay  # what a second rater says leads to nothing while there is a first
    own = facts[routed[-1]["every"][-1]][1] if routed else None
    until = _until(patient, stay, plan)
    owed = _owed(stay, facts[plan.of][1] if plan else own, with_plan=plan is not None)
    if plan and plan.after_it and plan.stay == stay["id"]:
        in_stay = {"expected_discharge_set", *NOTICE, "admission_report"}
        kept = [each for each in owed if each[0] not in {*in_stay, "HPH0"}]  # there was no plan before the journey home
        owed = iter([*(each for each in _owed(stay, own, with_plan=False) if each[0] in in_stay), *kept])
    for step, due, may_be_late in owed:
        mark = _mark_of(patient, stay, step)
        if mark is None and due and may_be_late and (until is None or due <= until):
            yield step, "open"
        elif mark is not None:
            at, done = mark
            yield step, "not_done" if not done else "late" if due and at and at > due else "kept"


def _mark_of(patient: Patient, stay: Body, step: str) -> tuple[datetime | None, bool] | None:
    if step == "expected_discharge_set":
        if "expected_at" in stay:
            return stay["expected_at"], True
        return (None, False) if "discharged" in stay else None
    mark = patient.marks.get((stay["id"], step))
    if mark is None:
        return None
    done = mark["kind"] == "step_done"
    return (_moment(mark["at"]) if done else None), done


def _until(patient: Patient, stay: Body, plan: Plan | None) -> datetime | None:
    ends = [stay["until"]] if "until" in stay else []
    if plan and plan.stay == stay["id"]:
        ends += [each for each in (plan.closed, plan.since) if each]
    if patient.died:
        ends.append(datetime.combine(patient.died, datetime.min.time(), OSLO))
    return min(ends, default=None)


def _owed(stay: Body, outcome: Body | None, *, with_plan: bool) -> Iterator[tuple[str, datetime | None, bool]]:
    """Give each step with its last moment, and whether anyone can be late for it."""
    came, is_known = stay["admitted"], "discharged" in stay
    day = _day(stay["discharged"]) if is_known else stay.get("expected")
    if outcome is None:
        if is_known:
            yield "epikrise", _end(day), True
        return
    yield "expected_discharge_set", came + timedelta(hours=24), True
    fired = {each["rule"] for part in ("findings", "undecided", "errors") for each in outcome[part]}
    if fired & set(NOTICE):
        yield "municipal_notice", came + timedelta(hours=24), True
        yield "admission_report", came + timedelta(hours=48), True
    yield "control_appointments", _end(day), True
    yield "epikrise", _end(day), is_known
    if not with_plan:
        return
    in_pathway = outcome["pathway"] != "A"
    if in_pathway:
        yield "HPH0", _end(day), True
    for step, days in VISITS.items():
        if in_pathway or step == "HPH3":
            on = day + timedelta(days=days) if day else None
            yield step, _end(_office(on, day) if step == "HPH3" and on and day else on), is_known


def _office(on: date, left: date) -> date:
    while on.weekday() > 4 or on.isoformat() in HOLIDAYS:
        on -= timedelta(days=1)
    return max(on, left)


def _end(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=OSLO) if day else None


def _day(moment: datetime) -> date:
    return moment.astimezone(OSLO).date()


def _years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
