"""The lists: who is on them and in which order, a page at a time, and what they keep to themselves."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, update

from api.record.cursors import cursor_from_text
from api.record.list_kinds import LISTS, years_before
from api.record.list_rows import initials
from api.record.lists import Filters
from api.storage.tables import clock, listing, opened
from careplans.course.due import assessments_behind, measures_of, standing
from careplans.course.events import (
    AddressProtected,
    Admitted,
    Described,
    Discharged,
    DischargeExpected,
    PracticeSet,
    ReadyForDischarge,
    StepDone,
    StepNotDone,
)
from careplans.course.state import RECEIPT
from engine.errors import InputError
from tests.bench.lists import counted
from tests.record.hospital import COORDINATOR, DOCTOR, EPJ, GP, MONDAY, NURSE, NURSE_OF_MED1, TEAM, Hospital, case, user

TEAM_OF_BOTH = user("geriatric_team", "hospital:STO", "municipality:5001")
ANALYST = user("analyst", "hospital:STO")


def rows_of(person: str, **values: Any) -> dict[str, Any]:
    """Return a row of `listing`: in hospital, screened, with nothing due, unless said."""
    usual = {
        "name": f"Prøve {person}",
        "born": date(1940, 1, 1),
        "hospital": "STO",
        "ward": "GER2",
        "municipality": "5001",
        "shared": True,
        "practice": "Solsiden",
        "blocked": False,
        "protected": False,
        "status": "running",
        "listed": True,
        "soonest": MONDAY,
        "track": "cga_team",
        "track_is": "suggested",
        "cfs_low": 5,
        "cfs_high": 5,
        "cfs_is": "judged",
        "team_list": "cga_team",
        "next_what": "HPH0",
        "next_owner": "ward_nurse",
        "next_due": MONDAY,
        "admitted": MONDAY,
        "ready": MONDAY,
    }
    return {"person": person, **usual, **values}


def clock_of(person: str, step: str = "HPH0", **values: Any) -> dict[str, Any]:
    """Return a row of `clock`: open, unless said."""
    return {"person": person, "course": f"S{person}", "step": step, "owner": "ward_nurse", "state": "open", **values}


def fill(engine: Engine, *rows: dict[str, Any], clocks: tuple[dict[str, Any], ...] = ()) -> None:
    """Write rows straight into the projections."""
    with engine.begin() as connection:
        for row in rows:
            connection.execute(insert(listing), row)
        for row in clocks:
            connection.execute(insert(clock), {"due": MONDAY - timedelta(hours=1), **row})


def walk(hospital: Hospital, name: Any, who: Any, **asked: Any) -> list[str]:
    """Return everyone on a list, read page by page."""
    found, cursor = [], None
    while True:
        page = hospital.page(name, who, cursor=cursor, **asked)
        found += [row.person for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            return found


def test_the_order_is_late_then_due_soonest_then_high_cfs_then_name(hospital):
    fill(
        hospital.engine,
        rows_of("none", soonest=datetime.max.replace(tzinfo=UTC)),
        rows_of("b", name="B", soonest=MONDAY + timedelta(days=1)),
        rows_of("a", name="A", soonest=MONDAY + timedelta(days=1)),
        rows_of("frail", name="Å", soonest=MONDAY + timedelta(days=1), cfs_high=8),
        rows_of("late", soonest=MONDAY - timedelta(days=1), cfs_high=1),
    )
    page = hospital.page("team", TEAM)
    assert [row.person for row in page.rows] == ["late", "frail", "a", "b", "none"]
    assert [row.late for row in page.rows] == [True, False, False, False, False]
    assert page.order == "soonest"


def test_pages_hold_everyone_once_however_they_are_cut(hospital):
    fill(hospital.engine, *(rows_of(f"{n:02d}", cfs_high=n % 3, soonest=MONDAY + timedelta(n % 2)) for n in range(23)))
    whole = hospital.on("team", TEAM)
    assert sorted(whole) == [f"{n:02d}" for n in range(23)]
    for name in ("team", "municipality", "practice", "ready"):
        who = {"municipality": COORDINATOR, "practice": GP}.get(name, TEAM)
        assert [len(walk(hospital, name, who, size=size)) for size in (1, 4, 23)] == [23, 23, 23]
    assert walk(hospital, "team", TEAM, size=4) == whole


def test_a_page_goes_on_where_it_was_when_someone_new_comes_before_it(hospital):
    fill(hospital.engine, *(rows_of(f"{n}") for n in range(6)))
    first = hospital.page("team", TEAM, size=3)
    fill(hospital.engine, rows_of("earlier", soonest=MONDAY - timedelta(days=1)))
    second = hospital.page("team", TEAM, size=3, cursor=first.next_cursor)
    assert [row.person for row in (*first.rows, *second.rows)] == ["0", "1", "2", "3", "4", "5"]


def test_nobody_is_lost_when_the_last_of_a_page_is_gone_before_the_next_is_asked_for(hospital):
    fill(hospital.engine, *(rows_of(f"{n}") for n in range(6)))
    first = hospital.page("team", TEAM, size=3)
    with hospital.engine.begin() as connection:
        connection.execute(listing.delete().where(listing.c.person == "2"))
    second = hospital.page("team", TEAM, size=10, cursor=first.next_cursor)
    assert {"3", "4", "5"} <= {row.person for row in second.rows}


def test_nobody_is_lost_when_the_last_of_a_page_has_another_date_before_the_next_is_asked_for(hospital):
    fill(hospital.engine, *(rows_of(f"{n}") for n in range(6)))
    first = hospital.page("team", TEAM, size=3)
    with hospital.engine.begin() as connection:
        later = {"soonest": MONDAY + timedelta(days=9)}
        connection.execute(update(listing).where(listing.c.person == "2").values(later))
    second = hospital.page("team", TEAM, size=10, cursor=first.next_cursor)
    assert [row.person for row in second.rows] == ["3", "4", "5", "2"]


def test_a_cursor_stands_in_addresses_and_holds_neither_name_nor_cfs(hospital):
    fill(hospital.engine, *(rows_of(f"{n}", name="Olga Prøve", cfs_high=7, cfs_low=7) for n in range(3)))
    cursor = hospital.page("team", TEAM, size=2).next_cursor
    assert cursor
    assert cursor_from_text(cursor, "team").person == "1"
    plain = base64.urlsafe_b64decode(cursor + "==").decode()
    assert "Olga" not in plain
    assert plain.count(":7") == 0


@pytest.mark.parametrize("cursor", ["", "x", "ÆØÅ", "e30", base64.urlsafe_b64encode(b"[" * 400).decode(), "A" * 5000])
def test_a_cursor_that_the_list_did_not_give_is_refused(cursor):
    with pytest.raises(InputError, match="cursor_unreadable"):
        cursor_from_text(cursor, "team")


def test_a_cursor_of_another_list_is_refused(hospital):
    fill(hospital.engine, *(rows_of(f"{n}") for n in range(3)))
    cursor = hospital.page("team", TEAM, size=2).next_cursor
    with pytest.raises(InputError, match="cursor_unreadable"):
        hospital.page("ready", TEAM, cursor=cursor)


def test_how_many_there_are_is_said_when_asked_whatever_the_page(hospital):
    fill(hospital.engine, *(rows_of(f"{n}") for n in range(7)), rows_of("away", hospital="ORK"))
    first = hospital.page("team", TEAM, size=3, count=True)
    assert (first.total, hospital.page("team", TEAM, size=3).total) == (7, None)
    assert hospital.page("team", TEAM, size=3, count=True, cursor=first.next_cursor).total == 7


def test_a_list_that_is_counted_has_the_rows_of_one_that_is_not_on_every_page(hospital):
    ready = [rows_of(f"{n}", ready=MONDAY - timedelta(days=n), cfs_high=n % 3) for n in range(9)]
    gone = [rows_of(f"gone{n}", discharged=MONDAY - timedelta(days=n % 2)) for n in range(4)]
    here = rows_of("not_ready", ready=None)
    steps = [clock_of(f"gone{n}", "epikrise") for n in range(4)] + [clock_of(f"{n}", "HPH0") for n in range(0, 9, 2)]
    fill(hospital.engine, *ready, *gone, here, clocks=tuple(steps))
    cursor, pages = None, 0
    while pages == 0 or cursor:
        plain, counted = (hospital.page("ready", TEAM, size=4, cursor=cursor, count=count) for count in (False, True))
        assert (counted.rows, counted.next_cursor, counted.total) == (plain.rows, plain.next_cursor, 13)
        cursor, pages = plain.next_cursor, pages + 1
    assert pages == 4
    assert hospital.page("ready", NURSE, count=True).total == 13
    assert hospital.page("ready", COORDINATOR, count=True).total == 9


def test_a_page_is_never_longer_than_two_hundred(hospital):
    fill(hospital.engine, *(rows_of(f"{n:03d}") for n in range(205)))
    assert len(hospital.page("team", TEAM, size=10_000).rows) == 200
    assert len(hospital.page("team", TEAM, size=0).rows) == 1


def test_every_row_that_is_read_is_a_line_for_the_access_log(hospital):
    fill(
        hospital.engine,
        *(rows_of(f"{n}") for n in range(3)),
        clocks=(clock_of("0"), clock_of("0", "epikrise"), clock_of("1")),
    )
    for name in ("team", "ready"):
        assert [line.person for line in hospital.page(name, TEAM, size=2).seen] == ["0", "1"]
    lines = (*hospital.page("team", TEAM).seen, *hospital.board().seen)
    assert {(line.action, line.by.id) for line in lines} == {("list", TEAM.id), ("list", NURSE.id)}
    assert len(hospital.board().seen) == 3


@pytest.mark.parametrize("name", LISTS)
def test_a_list_takes_as_many_statements_for_two_hundred_as_for_twenty(hospital, name):
    who = {"municipality": COORDINATOR, "coordinator": COORDINATOR, "practice": GP}.get(name, TEAM)

    def statements(count: bool, cursor: str | None = None) -> int:
        with counted(hospital.engine) as found:
            assert hospital.page(name, who, size=200, count=count, cursor=cursor).rows, name
        return found["select"]

    def people(first: int, last: int) -> None:
        numbers = range(first, last)
        steps = ("screening", "HPH0", "epikrise", RECEIPT)
        clocks = tuple(clock_of(f"{n:03d}", step) for n in numbers for step in steps)
        late = {"soonest": MONDAY - timedelta(hours=1), "next_what": "screening"}
        fill(hospital.engine, *(rows_of(f"{n:03d}", **late) for n in numbers), clocks=clocks)

    people(0, 20)
    few = statements(count=False), statements(count=True)
    cursor = hospital.page(name, who, size=5).next_cursor
    further = statements(count=True, cursor=cursor)
    people(20, 220)
    counts = 3 if name == "ready" else 4  # which is found whole before its first row is, and counted with it
    assert (statements(count=False), statements(count=True)) == few == (3, counts)
    assert statements(count=True, cursor=cursor) == further == few[1] + 1


def test_the_board_takes_two_statements_however_many_lie_there(hospital):
    for first, last in ((0, 20), (20, 200)):
        numbers = range(first, last)
        fill(hospital.engine, *(rows_of(f"{n}") for n in numbers), clocks=tuple(clock_of(f"{n}") for n in numbers))
        with counted(hospital.engine) as found:
            assert len(hospital.board().rows) == last
        assert found["select"] == 2


def test_the_clocks_of_a_patient_come_with_how_they_stand_now(hospital):
    stored = hospital.screen()
    hospital.later(hours=22)
    (row,) = hospital.page("team", TEAM).rows
    read = hospital.read(stored.person)
    assert {each.clock for each in row.clocks} == set(read.clocks)
    assert {each.clock.step: each.standing for each in row.clocks}["municipal_notice"] == "due_soon"
    assert row.next_step == read.next_step


def test_unscreened_are_those_old_enough_and_those_of_unknown_age_whom_nobody_has_screened(hospital):
    day = hospital.now.date()
    births: dict[str, date | None] = {
        "70": day.replace(year=day.year - 70),
        "69": day.replace(year=day.year - 70) + timedelta(days=1),
        "": None,
    }
    found = {}
    for number, (age, born) in enumerate(births.items()):
        stay = Admitted(f"S{number}", MONDAY, "STO", "GER2")
        found[age] = hospital.open(str(number), Described("Prøve", born), stay).person
    hospital.screen(case("9"))
    assert set(hospital.on("unscreened", NURSE)) == {found["70"], found[""]}
    assert set(hospital.on("unscreened", TEAM)) == {found["70"], found[""]}
    reasons = {row.person: row.reason for row in hospital.page("team", TEAM).rows}
    assert reasons[found["70"]] == reasons[found[""]] == "unscreened"
    assert found["69"] not in reasons
    assert hospital.on("unscreened", NURSE_OF_MED1) == []
    hospital.screen(case("0", encounter={"id": "S0"}))
    assert hospital.on("unscreened", NURSE) == [found[""]]


def test_the_longest_in_hospital_is_first_of_the_unscreened(hospital):
    for number, days in enumerate((1, 3, 2)):
        hospital.open(str(number), Admitted(f"S{number}", MONDAY - timedelta(days=days), "STO", "GER2"))
    admitted = [row.admitted for row in hospital.page("unscreened", NURSE).rows]
    assert admitted == [MONDAY - timedelta(days=days) for days in (3, 2, 1)]


def test_who_is_not_to_be_screened_is_no_longer_asked_for(hospital):
    person = hospital.open("1", Admitted("S1", MONDAY, "STO", "GER2")).person
    hospital.tell(person, StepNotDone("S1", "screening", "declined"), NURSE)
    assert hospital.on("unscreened", NURSE) == []


@pytest.mark.parametrize(
    ("born_before", "day"),
    [
        (date(1956, 11, 16), date(2026, 11, 16)),
        (date(1958, 2, 28), date(2028, 2, 29)),
        (date(1956, 2, 28), date(2026, 2, 28)),
    ],
)
def test_someone_is_seventy_from_the_birthday_on(born_before, day):
    assert years_before(day, 70) == born_before


def test_the_team_sees_why_each_patient_is_on_its_list(hospital):
    answers: dict[str, dict[str, Any]] = {
        "cga_team": {"cfs_clinician": 6},
        "palliative_focus": {"cfs_clinician": 8},
        "unscreened": {"cfs_clinician": None},
        "undecided": {"lifelong_disability": None},
        "clinical_judgement": {"lifelong_disability": True},
    }
    for number, each in enumerate(answers.values()):
        hospital.screen(case(str(number), answers=each))
    hospital.screen(case("robust", answers={"cfs_clinician": 2}))
    assert sorted(str(row.reason) for row in hospital.page("team", TEAM).rows) == sorted(answers)


def test_who_has_left_stays_on_the_hospitals_list_until_its_last_steps_are_done(hospital):
    stored = hospital.screen()
    hospital.start_plan(stored)
    hospital.tell(stored.person, Discharged("E1", hospital.now, "home"), EPJ)
    (row,) = hospital.page("ready", NURSE).rows
    assert row.reason == "left_owing"
    assert hospital.on("ready", COORDINATOR) == []
    for step in ("epikrise", "HPH1", "control_appointments"):
        assert hospital.on("ready", DOCTOR) == [stored.person], step
        hospital.tell(stored.person, StepDone("E1", step, hospital.now), DOCTOR)
    assert hospital.on("ready", DOCTOR) == []


def test_whom_to_fetch_first_is_the_long_stayer_then_the_one_without_services_then_the_one_who_waited_longest(hospital):
    def ready(person: str, days: float) -> dict[str, Any]:
        return rows_of(person, ready=MONDAY - timedelta(days=days))

    fill(
        hospital.engine,
        ready("two days", 2),
        ready("three days", 3),
        ready("nothing settled", 1),
        ready("nine days", 9),
        rows_of("not ready", ready=None),
        rows_of("at home", discharged=MONDAY),
        clocks=(clock_of("nothing settled"), clock_of("three days", state="done", done=MONDAY)),
    )
    page = hospital.page("ready", TEAM)
    assert [(row.person, row.reason) for row in page.rows] == [
        ("nine days", "over_a_week"),
        ("nothing settled", "services_not_settled"),
        ("three days", "waited_longest"),
        ("two days", "waited_longest"),
    ]
    assert page.order == "fetch_first"
    assert walk(hospital, "ready", TEAM, size=1) == [row.person for row in page.rows]


def test_a_patient_is_ready_from_the_report_until_it_is_withdrawn(hospital):
    person = hospital.screen().person
    assert hospital.on("ready", NURSE) == []
    hospital.tell(person, ReadyForDischarge("E1", MONDAY), NURSE)
    assert hospital.on("ready", NURSE) == [person]
    hospital.tell(person, ReadyForDischarge("E1", None), NURSE)
    assert hospital.on("ready", NURSE) == []


def test_late_is_every_open_clock_that_is_past_due_and_no_other(hospital):
    one, two = hospital.screen(), hospital.screen(case("2"))
    hospital.start_plan(one)
    hospital.tell(one.person, DischargeExpected("E1", date(2026, 11, 20)))
    hospital.tell(one.person, StepDone("E1", "municipal_notice", MONDAY), NURSE)
    hospital.now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    page = hospital.page("late", TEAM)
    found = {(row.person, each.clock.step) for row in page.rows for each in row.clocks}
    expected = {
        (row.person, each.clock.step)
        for row in hospital.page("team", TEAM).rows
        for each in row.clocks
        if each.standing == "late"
    }
    assert found == expected
    assert {person for person, _ in found} == {one.person, two.person}
    assert (two.person, "municipal_notice") in found
    assert (one.person, "municipal_notice") not in found
    assert all(row.late for row in page.rows)


def test_what_is_late_is_narrowed_to_those_for_whom_one_owner_is_late(hospital):
    soon = MONDAY - timedelta(hours=1)
    fill(
        hospital.engine,
        *(rows_of(each, soonest=soon, next_due=soon) for each in ("1", "2", "3")),
        rows_of("4", soonest=MONDAY + timedelta(hours=1)),
        clocks=(
            clock_of("1", "HPH3", owner="gp"),
            clock_of("2", "HPH3", owner="gp", state="paused"),
            clock_of("3", "HPH3", owner="gp", due=MONDAY + timedelta(hours=1)),
            clock_of("4", "HPH3", owner="gp"),
        ),
    )
    assert hospital.on("late", TEAM, filters=Filters(owner="gp")) == ["1"]
    assert hospital.on("late", TEAM, filters=Filters(owner="ward_nurse")) == ["1", "2", "3"]
    assert walk(hospital, "late", TEAM, size=1) == ["1", "2", "3"]


def test_the_coordinators_new_patients_are_those_nobody_has_answered_for(hospital):
    person = hospital.screen().person
    assert hospital.on("coordinator", COORDINATOR) == []
    hospital.tell(person, StepDone("E1", "municipal_notice", MONDAY), NURSE)
    assert hospital.on("coordinator", COORDINATOR) == [person]
    hospital.tell(person, StepDone("E1", "admission_report", MONDAY), COORDINATOR)
    assert hospital.on("coordinator", COORDINATOR) == []
    assert hospital.on("municipality", COORDINATOR) == [person]


def test_a_patient_with_a_plan_is_no_coordinators_before_the_notice_and_anew_after_a_later_one(hospital):
    stored = hospital.screen()
    hospital.start_plan(stored)
    assert not hospital.sees(COORDINATOR, stored.person)
    assert hospital.on("coordinator", COORDINATOR) == []
    hospital.tell(stored.person, StepDone("E1", "municipal_notice", hospital.now), NURSE)
    hospital.tell(stored.person, StepDone("E1", RECEIPT, hospital.now), COORDINATOR)
    assert hospital.on("coordinator", COORDINATOR) == []
    hospital.later(hours=1)
    hospital.tell(stored.person, StepDone("E1", "municipal_notice", hospital.now), NURSE)
    assert hospital.on("coordinator", COORDINATOR) == [stored.person]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {"a", "b", "c"}),
        (Filters(ward="STO/GER2"), {"a", "c"}),
        (Filters(ward="ORK/GER2"), set()),
        (Filters(municipality="5001"), {"a"}),
        (Filters(track="prevention"), {"b"}),
        (Filters(owner="gp"), {"b", "c"}),
        (Filters(status="paused"), {"c"}),
        (Filters(ward="STO/GER2", owner="gp"), {"c"}),
    ],
)
def test_a_list_is_narrowed_by_ward_municipality_track_owner_and_status(hospital, filters, expected):
    fill(
        hospital.engine,
        rows_of("a"),
        rows_of("b", ward="MED1", track="prevention", next_owner="gp", municipality="5059"),
        rows_of("c", status="paused", next_owner="gp", municipality="5059"),
    )
    page = hospital.page("team", TEAM, filters=filters, count=True)
    assert {row.person for row in page.rows} == expected
    assert page.total == len(expected)


def test_to_narrow_to_a_municipality_does_not_tell_where_someone_protected_lives(hospital):
    person = hospital.screen().person
    hospital.tell(person, AddressProtected(protected=True), NURSE)
    narrowed = hospital.page("team", TEAM, filters=Filters(municipality="5001"), count=True)
    assert (narrowed.rows, narrowed.total) == ((), 0)
    assert hospital.on("team", TEAM) == [person]
    assert hospital.on("team", TEAM_OF_BOTH, filters=Filters(municipality="5001")) == [person]


def test_a_practice_has_its_own_patients_and_no_others(hospital):
    person = hospital.screen().person
    hospital.screen(case("2"))
    hospital.tell(person, PracticeSet("Solsiden"), EPJ)
    assert hospital.on("practice", GP) == [person]
    assert hospital.on("practice", TEAM) == []


@pytest.mark.parametrize("name", LISTS)
def test_who_only_sees_figures_and_who_has_no_unit_has_empty_lists(hospital, name):
    fill(hospital.engine, rows_of("1"), clocks=(clock_of("1"), clock_of("1", "screening")))
    assert hospital.on(name, ANALYST) == hospital.on(name, user("nurse")) == []


def test_who_opened_a_record_with_a_reason_does_not_find_it_on_lists(hospital):
    person = hospital.screen().person
    row = {"id": "o", "by": NURSE_OF_MED1.id, "person": person, "reason": "Tilsyn", "at": MONDAY}
    with hospital.engine.begin() as connection:
        connection.execute(insert(opened), row | {"until": MONDAY + timedelta(hours=12)})
    assert hospital.sees(NURSE_OF_MED1, person)
    assert hospital.lists_with(person, NURSE_OF_MED1) == set()


def test_the_board_shows_initials_and_what_comes_next_in_the_order_of_the_rooms(hospital):
    hospital.screen(case("1", patient={"name": "Olga Marie Prøve"}, encounter={"room": "14"}))
    hospital.screen(case("2", patient={"name": "Åse Test"}, encounter={"room": "12"}))
    hospital.screen(case("3", encounter={"ward": "MED1"}), by=EPJ)
    rows = hospital.board().rows
    assert [(row.room, row.initials) for row in rows] == [("12", "ÅT"), ("14", "OP")]
    assert rows[0].next_what == "decide"
    assert "Olga" not in repr(rows)
    assert hospital.board("STO/MED2").rows == ()


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Olga Marie Prøve", "OP"), ("Prøve, Olga", "OP"), ("olga", "O"), (" ", None), (None, None), ("- Åse", "Å")],
)
def test_initials_are_of_the_first_name_and_the_last(name, letters):
    assert initials(name) == letters


def test_a_decision_takes_the_patient_to_whoever_has_the_next_step(hospital):
    stored = hospital.screen()
    assert hospital.on("team", TEAM, filters=Filters(owner="geriatric_team")) == [stored.person]
    hospital.start_plan(stored)
    assert hospital.on("team", TEAM, filters=Filters(owner="geriatric_team")) == []
    assert hospital.on("team", DOCTOR) == [stored.person]


def test_a_list_counts_the_measures_that_are_late_and_they_make_nobody_late_by_themselves(hospital):
    stored = hospital.screen()
    hospital.start_plan(stored)

    def shown():
        rows = hospital.page("team", TEAM).rows
        return next(each for each in rows if each.person == stored.person)

    assert shown().late_measures == 0
    late_list = hospital.on("late", TEAM)
    hospital.later(days=3)
    course = hospital.read(stored.person).stream.course
    with hospital.engine.connect() as connection:
        ids = assessments_behind(course)
        clocks = measures_of(course, hospital.record.bases.of(connection, ids))
    late = [each for each in clocks if standing(each, hospital.now) == "late"]
    assert late
    assert shown().late_measures == len(late)
    assert not {each.step for each in late} & {each.clock.step for each in shown().clocks}
    assert late_list == []
    hospital.tell(stored.person, StepDone("P1", late[0].step, hospital.now), DOCTOR)
    assert shown().late_measures == len(late) - 1
