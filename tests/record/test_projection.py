"""Whatever happens in whatever order, the lists' rows are those that are made anew from the events."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.record.courses import write
from api.record.list_kinds import LISTS
from api.record.possible import refuse_impossible
from api.record.streams import read_stream, survivor
from api.storage.engine import make_engine
from api.storage.tables import tables
from careplans.course.events import (
    AddressProtected,
    Admitted,
    ClockPaused,
    ClockResumed,
    Decided,
    Died,
    Discharged,
    DischargeExpected,
    Event,
    Merged,
    Moved,
    OwnerSet,
    PlanClosed,
    PlanPaused,
    PlanResumed,
    PlanStarted,
    ReadyForDischarge,
    RecordBlocked,
    Recorded,
    Retracted,
    StepDone,
    StepNotDone,
    Transferred,
    Undone,
)
from engine.errors import InputError
from tests.record.hospital import COORDINATOR, DOCTOR, TEAM, Hospital, case

STEPS = ("screening", "municipal_notice", "admission_report", "HPH0", "HPH1", "HPH4")
happenings = st.lists(st.tuples(st.integers(0, 24), st.integers(0, 2), st.integers(0, 5)), min_size=3, max_size=25)


@contextmanager
def a_hospital() -> Iterator[Hospital]:
    """Give a hospital on a SQLite database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'record.db'}")
        tables.create_all(engine)
        hospital = Hospital(engine)
        try:
            yield hospital
        finally:
            hospital.close()
            engine.dispose()


def happens(hospital: Hospital, people: list[str], what: tuple[int, int, int]) -> None:
    """Let one thing happen to one of three people, unless the services refuse it."""
    kind, who, which = what
    hospital.later(hours=7)
    if kind == 0:
        hospital.screen(case(str(who + 1), answers={"cfs_clinician": which + 3}))
    elif event := event_of(hospital, people, what):
        hospital.record.writer.run(lambda change: told(hospital, change, people[who], event))


def told(hospital, change, person: str, event: Event) -> None:
    """Write an event for whoever has the record now, whether a user would see it or not."""
    stream = read_stream(change.connection, survivor(change.connection, person))
    assert stream is not None
    refuse_impossible(event, stream, now=change.now, connection=change.connection)
    write(hospital.record, DOCTOR, event, change=change, stream=stream)


def event_of(hospital: Hospital, people: list[str], what: tuple[int, int, int]) -> Event | None:
    """Return what happens, about something that the person has if there is such a thing."""
    kind, who, which = what
    stream = hospital.read(people[who]).stream
    course, now = stream.course, hospital.now
    stay = course.stays[which % len(course.stays)].id if course.stays else "none"
    plan = course.plans[which % len(course.plans)].id if course.plans else "none"
    screening = course.screenings[which % len(course.screenings)] if course.screenings else None
    assessed = screening.assessment if screening else "none"
    back = stream.recorded[-1 - which % len(stream.recorded)].id if stream.recorded else "none"
    rules_of = hospital.offered(assessed) if screening else ()
    events: dict[int, Event] = {
        1: Admitted(f"S{len(stream.recorded)}", now, "STO", "GER2", municipality="5001"),
        2: Transferred(stay, "STO", f"W{which}"),
        3: DischargeExpected(stay, now.date() + timedelta(days=which)),
        4: ReadyForDischarge(stay, now if which else None),
        5: Discharged(stay, now, "home"),
        6: Retracted("stay", stay, "Feil"),
        7: Retracted("screening", screening.id if screening else "none", "Feil"),
        8: Decided(assessed, "cga_team", "accepted"),
        9: PlanStarted(f"P{len(stream.recorded)}", assessed, now.date(), rules=rules_of),
        10: PlanPaused(plan, "Ferie"),
        11: PlanResumed(plan),
        12: PlanClosed(plan, "completed"),
        13: StepDone(plan, STEPS[which], now),
        14: StepNotDone(stay, STEPS[which], "declined"),
        15: ClockPaused(stay, STEPS[which], "Venter"),
        16: ClockResumed(stay, STEPS[which]),
        17: OwnerSet(stay, STEPS[which], "gp"),
        18: Moved(f"500{which}"),
        19: Died(now.date() - timedelta(days=which)),
        20: RecordBlocked(bool(which % 2)),
        21: AddressProtected(bool(which % 2)),
        22: Merged(people[which % 3]),
    }
    return events.get(kind) or Undone(back, "Feil")


@given(happenings)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_the_rows_of_the_lists_are_those_of_the_events_after_whatever_happened(sequence):
    with a_hospital() as hospital:
        people = [hospital.screen(case(str(each))).person for each in (1, 2, 3)]
        for what in sequence:
            try:
                happens(hospital, people, what)
            except InputError:
                continue
        written = hospital.projected()
        assert written == hospital.rebuilt()


def merges_or_parts(hospital: Hospital, people: list[str], what: tuple[int, int, int]) -> None:
    """Let one of three people be merged with another, or what was merged, parted or told lately be undone."""
    kind, who, which = what
    hospital.later(minutes=(7, -2)[which % 2])
    recorded = hospital.read(people[who]).stream.recorded
    of_merging = [each for each in recorded if isinstance(each.event, Merged)]
    of_merging += [each for each in recorded if _undoes(each.event, of_merging)]
    of_merging += [each for each in recorded if _undoes(each.event, of_merging)]
    event: Event = Merged(people[which % 3])
    if kind > 1 and of_merging:
        event = Undone(of_merging[(kind + which) % len(of_merging)].id, "Feil")
    hospital.record.writer.run(lambda change: told(hospital, change, people[who], event))


def _undoes(event: Event, those: list[Recorded]) -> bool:
    return isinstance(event, Undone) and event.event in {each.id for each in those}


mergings = st.tuples(st.just("merging"), st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 5)))
others = st.tuples(st.just("other"), st.tuples(st.integers(0, 24), st.integers(0, 2), st.integers(0, 5)))


@given(st.lists(st.one_of(mergings, mergings, others), min_size=5, max_size=20))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_whoever_is_merged_and_parted_is_told_once_and_as_the_rows_say(sequence):
    with a_hospital() as hospital:
        people = [hospital.screen(case(str(each))).person for each in (1, 2, 3)]
        versions = dict.fromkeys(people, 0)
        for kind, what in sequence:
            with suppress(InputError):
                (merges_or_parts if kind == "merging" else happens)(hospital, people, what)
            streams = {stream.person: stream for stream in (hospital.read(each).stream for each in people)}
            ids = [each.id for stream in streams.values() for each in stream.recorded]
            assert len(ids) == len(set(ids)) == hospital.count_events()
            for person, stream in streams.items():
                assert stream.version >= versions[person]
                versions[person] = stream.version
        written = hospital.projected()
        assert written == hospital.rebuilt()


@given(happenings)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_a_list_holds_only_living_patients_in_the_pathway_whom_nobody_has_blocked(sequence):
    with a_hospital() as hospital:
        people = [hospital.screen(case(str(each))).person for each in (1, 2, 3)]
        for what in sequence:
            try:
                happens(hospital, people, what)
            except InputError:
                continue
        hospital.later(days=2)
        for name in LISTS:
            for row in (*hospital.page(name, TEAM).rows, *hospital.page(name, COORDINATOR).rows):
                course = hospital.read(row.person).stream.course
                assert course.in_pathway
                assert not course.blocked
                assert row.next_step is not None
