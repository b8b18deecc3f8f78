"""What a new user finds in the demo: each situation that is promised, something to do for everyone, and nobody real."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from api.app import Service
from api.demo import fill
from api.demo.fill import tell_all
from api.demo.staff import user_of
from api.demo.ward import patients
from api.people.access import may
from api.people.demo_issuer import people
from api.record import courses
from api.record.courses import Seen
from api.record.list_kinds import LISTS
from api.record.lists import Asked, Filters, board, listed
from api.record.projection import rebuild
from api.record.record import by
from api.record.retractions import standing_retractions
from api.record.streams import standing_merges
from api.storage.tables import REBUILT, access, alias, event, listing, person
from api.storage.writer import Change
from api.ward.desk import NAVIGATION
from careplans.course.due import standing
from careplans.course.events import ClockPaused, DischargeExpected, OwnerSet, StepNotDone, Transferred
from forms.identity import parse_identity_number
from rules.times import OSLO, oslo_day
from tests.ward.demo_house import filled_service

NOBODY = {"analyst", "administrator"}


@dataclass(frozen=True)
class House:
    """The filled demo, and each of its patients as the record has them."""

    service: Service
    now: datetime
    all: dict[str, Seen]

    def count(self, holds: Callable[[Seen], bool]) -> int:
        return sum(map(holds, self.all.values()))

    def named(self, name: str) -> Seen:
        return next(each for each in self.all.values() if each.stream.course.who.name == name)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with filled_service(tmp_path_factory.mktemp("demo")) as service:
        yield House(service, datetime.now(UTC), _everyone(service))


def _everyone(service: Service) -> dict[str, Seen]:
    with service.record.engine.connect() as connection:
        merged = select(alias.c.person)
        ids = connection.execute(select(person.c.id).where(person.c.id.not_in(merged))).scalars().all()
        return {id: courses.read(service.record, connection, id) for id in ids}


def _next(what: str) -> Callable[[Seen], bool]:
    return lambda seen: seen.next_step is not None and seen.next_step.what == what


def _has(*kinds: type) -> Callable[[Seen], bool]:
    return lambda seen: any(isinstance(each.event, kinds) for each in seen.stream.recorded)


def _step(step: str, how: str) -> Callable[[Seen], bool]:
    def holds(seen: Seen) -> bool:
        return any(each.step == step and standing(each, datetime.now(UTC)) == how for each in seen.clocks)

    return holds


def _undecided(seen: Seen) -> bool:
    course = seen.stream.course
    if not course.in_hospital or course.screening is None or course.screening.assessment not in seen.basis:
        return False
    return bool(seen.basis[course.screening.assessment].assessment.undecided)


def _proposed(seen: Seen) -> bool:
    sources = [source for basis in seen.basis.values() for source in basis.case.sources.values()]
    return any(source.status == "proposed" for source in sources)


def _moved(seen: Seen) -> bool:
    days = {each.event.on for each in seen.stream.recorded if isinstance(each.event, DischargeExpected)}
    return len(days) > 1


PROMISED = {
    "not screened": (_next("screening"), 10),
    "not screened in time": (_step("screening", "late"), 3),
    "answers proposed by the record": (_proposed, 3),
    "undecided": (_undecided, 5),
    "suggestions that wait": (_next("decide"), 6),
    "a shared decision that waits": (_next("shared_decision"), 2),
    "a shared decision settled": (lambda seen: bool(seen.stream.course.choices), 1),
    "a plan before discharge": (lambda seen: bool(seen.stream.course.in_hospital and seen.stream.course.running), 8),
    "a running plan at home": (
        lambda seen: bool(not seen.stream.course.in_hospital and seen.stream.course.running),
        12,
    ),
    "a visit done": (_step("HPH2", "done"), 5),
    "a visit done late": (_step("HPH2", "done_late"), 1),
    "a visit that is late": (_step("HPH2", "late"), 2),
    "a visit not done": (_has(StepNotDone), 1),
    "an evaluation that is due": (_next("HPH4"), 3),
    "a clock that waits": (_has(ClockPaused), 1),
    "a step handed over": (_has(OwnerSet), 1),
    "a plan paused by readmission": (lambda seen: any(p.why == "readmitted" for p in seen.stream.course.plans), 1),
    "a plan renewed": (lambda seen: any(plan.renews for plan in seen.stream.course.plans), 1),
    "a plan completed": (lambda seen: any(p.ending == "completed" for p in seen.stream.course.plans), 2),
    "a plan declined": (lambda seen: any(p.ending == "declined" for p in seen.stream.course.plans), 1),
    "ready for discharge": (lambda seen: bool(seen.stream.course.in_hospital and seen.stream.course.stay.ready), 4),
    "a discharge that was moved": (_moved, 1),
    "a transfer": (_has(Transferred), 1),
    "an epikrise that is owed": (lambda seen: seen.stream.course.owes_epikrise, 1),
    "a protected address": (lambda seen: seen.stream.course.protected, 1),
    "a blocked record": (lambda seen: seen.stream.course.blocked, 1),
    "two records merged": (lambda seen: bool(standing_merges(seen.stream.recorded)), 1),
    "a death": (lambda seen: seen.stream.course.died is not None, 1),
    "followed by Solsiden": (lambda seen: seen.stream.course.practice == "Solsiden", 3),
    "an interpreter": (lambda seen: any("interpreter" in b.case.answers for b in seen.basis.values()), 5),
}


@pytest.mark.parametrize("situation", PROMISED)
def test_the_situation_that_is_promised_is_there(house, situation):
    holds, least = PROMISED[situation]
    assert house.count(holds) >= least


def test_about_sixty_people_with_every_frailty_level_are_on_two_wards_and_in_two_municipalities(house):
    assert 58 <= len(house.all) <= 62
    courses_ = [each.stream.course for each in house.all.values() if not each.stream.course.empty]
    assert {course.municipality for course in courses_} == {"5001", "4601"}
    assert {course.stay.ward for course in courses_ if course.in_hospital} == {"GER2", "MED1"}
    assert {each.cfs for each in patients() if each.cfs} >= {2, 3, 4, 5, 6, 7, 9}


def test_whoever_nobody_has_begun_on_came_two_to_thirty_hours_ago(house):
    courses = [seen.stream.course for seen in house.all.values() if _next("screening")(seen)]
    stays = [course.stay for course in courses if not course.screenings]
    hours = [(house.now - stay.admitted) / timedelta(hours=1) for stay in stays]
    assert 2 <= min(hours) < 3
    assert 29 < max(hours) < 31


def test_nobody_is_real_and_each_way_of_marking_a_test_number_is_there(house):
    with house.service.record.engine.connect() as connection:
        numbers = connection.execute(select(person.c.identity).where(person.c.identity.is_not(None))).scalars().all()
    parsed = [parse_identity_number(number, "patient.id") for number in numbers]
    assert all(number.synthetic and number.valid_today for number in parsed)
    assert {int(number[2:4]) // 20 for number in numbers} >= {2, 3, 4}


def test_ages_are_what_the_file_says(house):
    today = oslo_day(house.now)
    for patient in patients():
        born = patient.person(today).born
        turned = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        assert turned == patient.age


@pytest.mark.parametrize("who", [id for id, each in people().items() if each.role not in {*NOBODY, "system"}])
def test_the_first_list_of_everyone_who_has_one_is_not_empty(house, who):
    user = user_of(people()[who])
    path = next(path for action, path, _ in NAVIGATION if may(user.role, action))
    first = next(name for name in LISTS if path.endswith(f"/{name}"))
    with house.service.record.engine.connect() as connection:
        page = listed(house.service.record, connection, Asked(first), user=user, now=house.now)
    assert page.rows


def test_the_coordinators_of_both_municipalities_have_new_patients_to_answer(house):
    with house.service.record.engine.connect() as connection:
        for who in ("solveig", "oddny"):
            user = user_of(people()[who])
            assert listed(house.service.record, connection, Asked("coordinator"), user=user, now=house.now).rows


def test_the_administrator_has_a_screen_and_a_retraction_to_look_at(house):
    administrator = user_of(people()["lena"])
    assert house.service.entrance.devices.of_wards(frozenset({"demo"}))
    with house.service.record.engine.connect() as connection:
        assert {each.of for each in standing_retractions(connection, administrator)} == {"screening", "stay"}


def test_the_dead_the_blocked_and_the_wrong_patient_are_on_no_list_and_no_board(house):
    hidden = {"Alfred Grønli", "Dagfinn Ersland", "Oddvar Lillebø", "Ukjent kvinne"}
    users = [user_of(each) for each in people().values()]
    with house.service.record.engine.connect() as connection:
        for user in users:
            for name in LISTS:
                page = listed(house.service.record, connection, Asked(name, size=200), user=user, now=house.now)
                assert not hidden & {row.name for row in page.rows}, (user.id, name)
        shown = board(house.service.record, connection, "demo/GER2", by=by(users[0]), now=house.now)
        initials = {row.initials for row in shown.rows}
    assert initials
    assert not {"AG", "DE", "OL", "UK"} & initials


def test_the_protected_address_is_on_lists_without_its_municipality(house):
    user = user_of(people()["tariq"])
    with house.service.record.engine.connect() as connection:
        rows = listed(house.service.record, connection, Asked("municipality", size=200), user=user, now=house.now).rows
    protected = [row for row in rows if row.protected]
    assert protected
    assert all(row.municipality is None for row in protected)


def test_the_boards_patients_have_rooms_once_they_are_screened(house):
    with house.service.record.engine.connect() as connection:
        nurse = by(user_of(people()["ingrid"]))
        rows = board(house.service.record, connection, "demo/GER2", by=nurse, now=house.now).rows
    assert len([row.room for row in rows if row.room]) >= 15
    rooms = [row.room for row in rows if row.room]
    assert len(rooms) == len(set(rooms))


def test_a_second_start_adds_nothing(house):
    record = house.service.record
    tables_ = (person, event, access, listing)

    def counts() -> list[int]:
        with record.engine.connect() as connection:
            return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables_]

    before = counts()
    fill(record)
    assert counts() == before


def test_the_lists_are_those_that_the_events_give(house):
    record = house.service.record

    def projected() -> dict[str, list[object]]:
        with record.engine.connect() as connection:
            return {each.name: sorted(map(tuple, connection.execute(each.select())), key=repr) for each in REBUILT}

    before = projected()
    record.writer.run(lambda change: rebuild(change.connection, record.bases, record.offsets))
    assert projected() == before


@pytest.mark.parametrize(
    "now",
    [
        datetime(2027, 1, 1, 0, 4, tzinfo=OSLO),
        datetime(2028, 2, 29, 8, 30, tzinfo=OSLO),
        datetime(2027, 3, 28, 3, 10, tzinfo=OSLO),
        datetime(2027, 10, 31, 2, 30, tzinfo=OSLO),
        datetime(2026, 12, 25, 23, 55, tzinfo=OSLO),
    ],
    ids=str,
)
def test_the_demo_can_be_started_at_any_hour_of_the_year(tmp_path, monkeypatch, now):
    monkeypatch.setattr("tests.ward.demo_house.fill", lambda _: None)
    with filled_service(tmp_path) as service:
        record = service.record
        record.writer.run(lambda change: tell_all(record, Change(change.connection, now.astimezone(UTC))))
        with record.engine.connect() as connection:
            user = user_of(people()["tariq"])
            late = listed(record, connection, Asked("late", Filters()), user=user, now=now).rows
            times = connection.execute(select(func.min(event.c.at), func.max(event.c.at))).one()
    assert late
    assert times[1] <= now


def test_each_life_was_recorded_in_the_order_in_which_it_took_place(house):
    for seen in house.all.values():
        times = [each.at for each in seen.stream.recorded]
        assert times == sorted(times), seen.stream.course.who.name
