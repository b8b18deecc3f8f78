"""A plan whose answers were corrected says so in red on its page, and somebody looks through it."""

from __future__ import annotations

import pytest

from api.record.screenings import correct, newest, prepare
from api.storage.engine import reading
from careplans.course.events import Discharged, StepDone
from tests.record.hospital import words
from tests.ward.plans import Planned, admitted, ago, with_plan, words_of
from tests.ward.signed_in import EPJ, hospital


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with hospital(tmp_path_factory.mktemp("corrected")) as served:
        yield served


@pytest.fixture(scope="module")
def doctor(demo):
    return demo.browser("amina")


def corrected(demo, which: int, **answers: object) -> Planned:
    """A patient whose plan runs, with other answers than it was started from."""
    patient = with_plan(admitted(demo, which))
    content = demo.case(patient.id)
    content["answers"] |= answers
    record = demo.record
    ready = prepare(record, content, words(), now=ago(days=0))
    with reading(record.engine) as connection:
        held = newest(connection, patient.course().screening.id)
    assert held
    record.writer.run(lambda change: correct(record, EPJ, ready, change=change, held=held))
    return patient


def test_the_page_says_in_red_which_answers_were_corrected_and_offers_to_say_that_the_plan_stands(demo, doctor):
    patient = corrected(demo, 0, living_alone=False)
    step = patient.seen.next_step
    assert step
    assert step.what == "review_plan"
    page = doctor.get(f"{patient.path}/plan").text
    line = page[page.index('id="corrected"') :]
    assert "Planen bygger på svar som er rettet" in words_of(line)
    assert "review" in line[: line.index("</section>")]
    answer = patient.send(doctor, "plan", "review", course=patient.plan, key="review:corrected")
    assert answer.status_code == 303
    assert isinstance(patient.newest(), StepDone)
    page = doctor.get(f"{patient.path}/plan").text
    line = page[page.index('id="corrected"') :]
    assert 'value="review"' not in line[: line.index("</section>")]


def test_a_plan_whose_answers_are_as_they_were_has_no_such_line(demo, doctor):
    patient = corrected(demo, 1, treatment_limits="Ikke HLR")
    page = doctor.get(f"{patient.path}/plan").text
    assert 'id="corrected"' not in page
    assert "Ikke HLR" in words_of(page)


def test_whoever_left_undecided_is_on_the_teams_list_and_has_the_task_on_the_plan_page(demo):
    patient = admitted(demo, 2, days=6).tell(Discharged("E-2", ago(days=1), "home"), who=EPJ)
    team = demo.browser("henrik")
    assert "Reiste uavklart" in words_of(team.get("/lists/team").text)
    assert "Avklare hva som skal skje" in words_of(team.get(f"{patient.path}/plan").text)


def test_a_plan_that_runs_is_not_offered_to_be_started_and_the_page_says_what_no_longer_speaks_for_it(demo, doctor):
    patient = corrected(demo, 3, cfs_clinician=3)
    assert patient.course().running
    plan = doctor.get(f"{patient.path}/plan").text
    line = plan[plan.index('id="corrected"') :].partition("</section>")[0]
    assert "CFS 6 → 3" in words_of(line)
    assert "start planen" not in line
    page = words_of(doctor.get(f"{patient.path}/assessment").text)
    track = words()("track.cga_team")
    assert f"Planen som går, har «{track}». De nye svarene taler ikke for det lenger." in page
    assert "Planen kan startes når" not in page


def test_nothing_says_that_a_track_is_no_longer_suggested_where_it_is(demo, doctor):
    patient = corrected(demo, 4, falls_last_12_months=5)
    assert "taler ikke for det lenger" not in doctor.get(f"{patient.path}/assessment").text
