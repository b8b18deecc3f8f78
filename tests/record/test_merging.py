"""Records that are merged and parted: each keeps what was told of it, and its log says who saw it meanwhile."""

from __future__ import annotations

import pytest

from api.record.courses import Changed
from api.record.drafts import Place, read_draft, save_draft
from api.record.opening import identify
from api.record.record import by
from api.record.screenings import newest as newest_version
from api.record.streams import Naming
from api.storage.access_log import Seen, lines_about
from careplans.course.events import Died, Merged, Moved, PlanClosed, StepDone, Undone
from engine.errors import InputError
from tests.record.hospital import ADMINISTRATOR, DOCTOR, EPJ, NURSE, Hospital, case


@pytest.fixture
def people(hospital) -> list[str]:
    """Three people who were screened."""
    return [hospital.screen(case(each), EPJ).person for each in "123"]


def merge(hospital: Hospital, kept: str, other: str) -> str:
    """Merge a record into another, and return the event's id."""
    return hospital.tell(kept, Merged(other), ADMINISTRATOR).recorded[-1].id


def undo(hospital: Hospital, person: str, event: str) -> str:
    """Undo an event, and return the undoing's id."""
    return hospital.tell(person, Undone(event, "To personer"), ADMINISTRATOR).recorded[-1].id


def stays(hospital: Hospital, person: str) -> set[str]:
    """Return the ids of someone's stays."""
    return {each.id for each in hospital.read(person).stream.course.stays}


def actions(hospital: Hospital, *ids: str) -> list[str]:
    """Return what the access log says was done."""
    with hospital.engine.connect() as connection:
        return [line.action for line in lines_about(connection, *ids)]


def test_the_inner_of_two_mergings_is_undone_for_good(hospital, people):
    kept, middle, first = people
    inner = merge(hospital, middle, first)
    outer = merge(hospital, kept, middle)
    undo(hospital, kept, inner)
    assert (stays(hospital, kept), stays(hospital, first)) == ({"E1", "E2"}, {"E3"})
    undo(hospital, kept, outer)
    assert [stays(hospital, each) for each in people] == [{"E1"}, {"E2"}, {"E3"}]
    assert hospital.projected() == hospital.rebuilt()


def test_an_undoing_brings_no_record_into_a_second_one(hospital, people):
    one, two, third = people
    parted = undo(hospital, one, merge(hospital, one, third))
    merge(hospital, two, third)
    with pytest.raises(InputError, match="cannot_be_merged"):
        undo(hospital, one, parted)
    assert (stays(hospital, one), stays(hospital, two)) == ({"E1"}, {"E2", "E3"})


def test_no_record_is_merged_into_what_is_merged_into_it(hospital, people):
    one, two, _ = people
    parted = undo(hospital, one, merge(hospital, one, two))
    merge(hospital, two, one)
    with pytest.raises(InputError, match="cannot_be_merged"):
        undo(hospital, two, parted)


def test_a_merging_told_twice_is_undone_twice(hospital, people):
    one, two, _ = people
    first = merge(hospital, one, two)
    parted = undo(hospital, one, first)
    again = merge(hospital, one, two)
    undo(hospital, one, parted)
    undo(hospital, one, again)
    assert stays(hospital, one) == {"E1", "E2"}
    undo(hospital, one, first)
    assert stays(hospital, one) == {"E1"}
    assert hospital.projected() == hospital.rebuilt()


def test_nobody_is_dead_again_by_a_merging_because_a_clock_was_behind(hospital, people):
    one, two, _ = people
    died = hospital.tell(one, Died(hospital.now.date()), EPJ).recorded[-1].id
    hospital.later(minutes=-3)
    hospital.tell(one, Undone(died, "Feil pasient"), EPJ)
    hospital.later(days=1)
    merge(hospital, two, one)
    assert hospital.read(two).stream.course.died is None


def test_what_is_told_of_merged_records_comes_after_all_that_was_told_before(hospital, people):
    one, two, _ = people
    hospital.later(minutes=5)
    hospital.tell(two, Moved("5059"), EPJ)
    hospital.later(minutes=-4)
    merge(hospital, one, two)
    hospital.tell(one, Moved("5001"), EPJ)
    assert hospital.read(one).stream.course.municipality == "5001"
    assert hospital.projected() == hospital.rebuilt()


def test_what_was_told_of_a_plan_while_its_record_was_merged_stays_with_it(hospital):
    one, two = hospital.screen(case("1"), EPJ), hospital.screen(case("2"), EPJ)
    hospital.start_plan(two, "P2")
    merged = merge(hospital, one.person, two.person)
    hospital.tell(one.person, StepDone("P2", "HPH0", hospital.now))
    hospital.tell(one.person, PlanClosed("P2", "completed"))
    corrected = hospital.correct(two, case("2", answers={"cfs_clinician": 7}))
    assert corrected.person == one.person
    undo(hospital, one.person, merged)
    course = hospital.read(two.person).stream.course
    assert [(each.id, each.status) for each in course.plans] == [("P2", "closed")]
    assert course.screening.assessment == corrected.assessment
    with hospital.engine.connect() as connection:
        found = newest_version(connection, two.screening)
    assert found is not None
    assert found.person == two.person
    assert hospital.read(one.person).stream.course.plans == ()


def test_a_change_made_from_a_record_before_it_was_merged_is_refused(hospital, people):
    one, two, _ = people
    version = hospital.tell(two, Moved("5059"), EPJ).version
    merge(hospital, one, two)
    with pytest.raises(Changed) as told:
        hospital.tell(two, Died(hospital.now.date()), EPJ, expected=version)
    found = hospital.record.writer.run(lambda change: identify(NURSE, Naming(local_id="STO/2"), change))
    assert (found.person, found.version) == (one, told.value.version)


def test_a_version_is_never_used_again_after_records_were_parted(hospital, people):
    one, two, _ = people
    seen = [hospital.read(one).stream.version]
    merged = merge(hospital, one, two)
    seen.append(hospital.read(one).stream.version)
    undo(hospital, one, merged)
    seen.append(hospital.read(one).stream.version)
    assert seen == sorted(set(seen))


def test_whoever_saw_merged_records_is_in_the_log_of_each_and_told_once(hospital, people):
    one, two, _ = people
    merged = merge(hospital, one, two)
    hospital.record.writer.run_log([Seen(one, "read", by(DOCTOR))] * 2)
    assert actions(hospital, one, two).count("read") == 2
    undo(hospital, one, merged)
    hospital.record.writer.run_log([Seen(one, "read", by(DOCTOR))])
    for each, reads in ((one, 3), (two, 2)):
        assert actions(hospital, each).count("read") == reads
        assert {"merged", "undone"} < set(actions(hospital, each))


def test_a_form_that_was_begun_is_found_in_the_record_that_was_kept(hospital, people):
    one, two, third = people
    written = {each: Place(each, "screening") for each in (two, third)}
    for each, place in written.items():
        hospital.record.writer.run(
            lambda change, of=each, at=place: save_draft(NURSE, at, of, change=change, expected=None)
        )
    for each in (two, third):
        merge(hospital, one, each)
    with hospital.engine.connect() as connection:
        found = read_draft(connection, NURSE, written[two], now=hospital.now)
    assert found is not None
    assert found.body == two
