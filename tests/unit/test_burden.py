"""Burden of treatment: what is known before the plan, what the plan adds, and the 84-year-old of section 2.2."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.planning import Request, planned
from api.result import to_result
from api.screening import Screening, texts_in
from careplans.as_json import plan_to_json
from careplans.burden import added_by
from careplans.burden_words import DAILY, amount_words, burden_rows
from careplans.parts import Action, Added, Due, Plan, PlanBurden
from careplans.print import render_html
from engine.errors import InputError
from forms.model import read_case
from rules.assess import assess
from rules.burden import KINDS, NOTHING, UNKNOWN, Amount, Burden, total
from rules.case import Appointment, Medicine, Treatment
from rules.ruleset import national
from rules.times import OSLO
from tests.spec.people import ON, person
from tests.unit.profiles import medicines
from tests.unit.test_careplans_example import plan_of

NOW = datetime(2026, 11, 17, 9, tzinfo=OSLO)

# Five guidelines followed at once (blood pressure, diabetes, osteoporosis, painful joints, COPD). The numbers are the
# specification's; the list is ours, after the regimen of Boyd 2005, JAMA 294:716 [confirm].
FIVE_GUIDELINES = {
    "ipratropium": ("R03BB01", ["07:00", "13:00", "19:00", "23:00"]),
    "alendronsyre": ("M05BA04", ["07:00"]),
    "kalsiumkarbonat": ("A12AA04", ["08:00", "13:00", "19:00"]),
    "hydroklortiazid": ("C03AA03", ["08:00"]),
    "lisinopril": ("C09AA03", ["08:00"]),
    "amlodipin": ("C08CA01", ["08:00"]),
    "glibenklamid": ("A10BB01", ["08:00"]),
    "metformin": ("A10BA02", ["08:00", "19:00"]),
    "acetylsalisylsyre": ("B01AC06", ["08:00"]),
    "naproksen": ("M01AE02", ["08:00", "19:00"]),
    "omeprazol": ("A02BC01", ["08:00"]),
    "simvastatin": ("C10AA01", ["19:00"]),
}


def five_guidelines() -> dict[str, Any]:
    """The 84-year-old as a case file holds her."""
    return {
        "schema": "retthjem/case/1",
        "patient": {"birth_date": "1942-05-04", "sex": "female"},
        "encounter": {"admitted": "2026-11-16T14:10:00+01:00", "expected_discharge": "2026-11-23"},
        "answers": {"residence": "home", "cfs_clinician": 5, "lifelong_disability": False},
        "medicines": [
            {"name": name, "atc": atc, "use": "regular", "doses_per_day": len(times), "times": times}
            for name, (atc, times) in FIVE_GUIDELINES.items()
        ],
        "treatment": {
            "daily_tasks": 14,
            "appointments_a_year": [{"kind": "gp", "times": 4}, {"kind": "eye", "times": 1}],
        },
    }


def result_of(case: dict[str, Any]) -> dict[str, Any]:
    """The result of a case file, read and assessed as the command line does it."""
    screening = Screening()
    assessment = screening.assess(screening.read(json.dumps(case).encode()), None, NOW)
    written: dict[str, Any] = json.loads(json.dumps(to_result(assessment, texts_in("nb"))))
    return written


def burden_of(*lines: Medicine, treatment: Treatment | None = None) -> Burden:
    """The burden of these medicines and what is said of the treatment."""
    return assess(replace(person(medicines=lines), treatment=treatment or Treatment()), ON, national()).burden


def taken(atc: str, *times: str, doses: float | None = None) -> Medicine:
    """A medicine in regular use, taken at these times."""
    return Medicine(atc=atc, use="regular", times=times or None, doses_per_day=doses)


def test_the_84_year_old_of_the_specification_has_exactly_its_numbers() -> None:
    found = result_of(five_guidelines())["burden"]
    assert found["medicines"] == {"low": 12, "high": 12}
    assert found["times_a_day"] == {"low": 5, "high": 5}
    assert found["doses_a_day"] == {"low": 19, "high": 19}
    assert found["daily_tasks"] == {"low": 14, "high": 14}
    by_kind = found["appointments_a_year"].pop("by_kind")
    assert found["appointments_a_year"] == {"low": 5, "high": 5}
    assert {kind: each["high"] for kind, each in by_kind.items() if each["high"]} == {"gp": 4, "eye": 1}


def test_doses_without_times_leave_the_times_a_day_an_interval() -> None:
    case = five_guidelines()
    for line in case["medicines"]:
        del line["times"]
    found = result_of(case)["burden"]
    assert found["times_a_day"] == {"low": 4, "high": 19}
    assert found["doses_a_day"] == {"low": 19, "high": 19}


def test_times_without_doses_give_the_doses() -> None:
    case = five_guidelines()
    for line in case["medicines"]:
        del line["doses_per_day"]
    assert result_of(case)["burden"]["doses_a_day"] == {"low": 19, "high": 19}


def test_what_nobody_has_said_is_unknown_and_not_none() -> None:
    found = assess(person(), ON, national()).burden
    assert found == Burden()
    assert found.daily_tasks == UNKNOWN
    assert found.appointments_a_year.by_kind["gp"] == UNKNOWN


def test_a_list_of_appointments_is_complete_and_an_empty_one_is_none() -> None:
    assert burden_of(treatment=Treatment(appointments_a_year=())).appointments_a_year.high == 0
    said = burden_of(treatment=Treatment(appointments_a_year=(Appointment("gp", 4),))).appointments_a_year
    assert (said.low, said.high) == (4, 4)
    assert said.by_kind["eye"] == NOTHING
    assert tuple(said.by_kind) == KINDS


def test_appointments_without_a_number_are_open_upwards() -> None:
    said = burden_of(treatment=Treatment(appointments_a_year=(Appointment("gp", 4), Appointment("eye"))))
    assert (said.appointments_a_year.low, said.appointments_a_year.high) == (4, None)
    assert said.appointments_a_year.by_kind["gp"] == Amount(4, 4)


def test_medicines_at_one_time_are_taken_together() -> None:
    assert burden_of(taken("A10BA02", "08:00", "19:00"), taken("C07AB02", "08:00")).times_a_day == Amount(2, 2)


def test_a_part_of_the_day_may_be_the_hour_that_another_medicine_names() -> None:
    assert burden_of(taken("A10BA02", "08:00", "19:00"), taken("C07AB02", "morning")).times_a_day == Amount(2, 3)


def test_a_medicine_without_times_may_be_taken_with_the_others_or_alone() -> None:
    assert burden_of(taken("A10BA02", "08:00"), taken("C07AB02", doses=2)).times_a_day == Amount(2, 3)
    assert burden_of(taken("A10BA02", "08:00"), taken("C07AB02")).times_a_day == Amount(1, None)


def test_a_medicine_every_other_day_keeps_its_time() -> None:
    found = burden_of(taken("A10BA02", "08:00", doses=0.5))
    assert found.times_a_day == Amount(1, 1)
    assert found.doses_a_day == Amount(0.5, 0.5)


@pytest.mark.parametrize(
    "line",
    [
        {"times": ["8:00"]},
        {"times": ["24:00"]},
        {"times": ["lunch"]},
        {"times": []},
        {"times": "08:00"},
        {"times": ["08:00", "08:00"]},
        {"times": ["08:00"], "doses_per_day": 2},
    ],
)
def test_times_that_cannot_be_are_refused_by_their_place(line: dict[str, Any]) -> None:
    with pytest.raises(InputError) as refused:
        read_case({"medicines": [{"atc": "A10BA02", **line}]})
    assert refused.value.where.startswith("medicines[0]")


@pytest.mark.parametrize(
    "said",
    [
        {"daily_tasks": -1},
        {"daily_tasks": "14"},
        {"daily_tasks": 14.5},
        {"tasks": 14},
        {"appointments_a_year": {"gp": 4}},
        {"appointments_a_year": [{"kind": "barber", "times": 1}]},
        {"appointments_a_year": [{"times": 1}]},
        {"appointments_a_year": [{"kind": "gp", "times": True}]},
    ],
)
def test_a_treatment_that_cannot_be_is_refused_by_its_place(said: dict[str, Any]) -> None:
    with pytest.raises(InputError) as refused:
        read_case({"treatment": said})
    assert refused.value.where.startswith("treatment")


@given(st.lists(medicines(), max_size=8))
def test_no_part_of_the_burden_is_higher_at_the_low_end(lines: list[Medicine]) -> None:
    found = burden_of(*lines)
    for part in (found.medicines, found.times_a_day, found.doses_a_day):
        assert part.high is None or part.low <= part.high


def test_amounts_add_up_and_stay_open() -> None:
    assert total([Amount(1, 2), Amount(3, 3)]) == Amount(4, 5)
    assert total([Amount(1, 2), UNKNOWN]) == Amount(1, None)
    assert total([]) == NOTHING


def plan_for(case: dict[str, Any], accept: str = "all") -> Plan:
    """The plan of a case file, made as the command line makes it."""
    screening = Screening()
    return planned(screening, screening.read(json.dumps(case).encode()), Request(accept), now=NOW)


def test_the_plan_carries_the_specifications_numbers_from_before_it() -> None:
    before = plan_to_json(plan_for(five_guidelines()))["burden"]["before"]
    assert before["medicines"] == {"low": 12, "high": 12}
    assert before["times_a_day"] == {"low": 5, "high": 5}
    assert before["doses_a_day"] == {"low": 19, "high": 19}
    assert before["daily_tasks"] == {"low": 14, "high": 14}
    assert before["appointments_a_year"]["by_kind"]["gp"] == {"low": 4, "high": 4}
    assert before["appointments_a_year"]["by_kind"]["eye"] == {"low": 1, "high": 1}


def test_after_the_plan_is_before_and_what_its_actions_and_steps_add() -> None:
    plan = plan_for(five_guidelines())
    assert plan.burden.after == plan.burden.before.plus(plan.burden.added)
    assert plan.burden.added == added_by((*plan.actions, *plan.timeline))
    assert plan.burden.after.medicines == Amount(12, 12)
    assert plan.burden.after.appointments_a_year.by_kind["gp"].low == 5


def test_what_an_action_adds_stands_with_the_action() -> None:
    actions = {action.id: action for action in plan_of().actions}
    assert [(a.of, a.kind, a.low, a.high) for a in actions["exercise.strength_and_balance"].adds] == [
        ("daily_tasks", None, 0, 1),
        ("appointments_a_year", "physiotherapist", 1, None),
    ]
    assert actions["evaluation.four_weeks"].adds == ()


def test_nothing_accepted_leaves_only_the_visits_of_the_way_home() -> None:
    plan = plan_for(five_guidelines(), accept="screening_indicated")
    assert plan.burden.added.daily_tasks == NOTHING
    by_kind = plan.burden.added.appointments_a_year.by_kind
    assert (by_kind["gp"], by_kind["home_visit"]) == (Amount(1, 1), Amount(0, 2))


def test_visits_by_one_person_at_one_time_are_one_visit() -> None:
    visit = Added("appointments_a_year", 1, 1, "a test", "gp")
    one = Action("a", "health", "m", "gp", Due("discharge", days=14), ("clinician",), "safety", adds=(visit,))
    together = added_by((one, replace(one, id="b")))
    apart = added_by((one, replace(one, id="b", due=Due("discharge", days=20))))
    by_others = added_by((one, replace(one, id="b", owner="home_care")))
    assert [each.appointments_a_year.low for each in (together, apart, by_others)] == [1, 2, 2]


def test_unknown_before_the_plan_stays_unknown_after_it() -> None:
    case = five_guidelines()
    del case["treatment"]
    after = plan_for(case).burden.after
    assert after.daily_tasks.high is None
    assert after.appointments_a_year.high is None


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_clinicians_print_has_the_burden_before_and_after(language: str) -> None:
    plan, texts = plan_for(five_guidelines()), texts_in(language)
    page = render_html(plan, texts, printed=ON)
    rows = {row.part: row for row in burden_rows(plan.burden, texts)}
    assert texts("burden.heading") in page
    assert [rows[texts(f"burden.row.{part}")].before for part in DAILY] == ["12", "5", "19", "14"]
    assert rows[texts("burden.row.appointments_a_year")].before.startswith("5 (")
    assert all(row.after in page for row in rows.values())


def test_what_is_unknown_is_said_to_be_unknown() -> None:
    (_, times, *_), texts = burden_rows(PlanBurden(), texts_in("nb")), texts_in("nb")
    assert times.before == times.after == texts("plan.interval.unknown")
    assert amount_words(Amount(1, None), texts) == "minst 1"
    assert amount_words(Amount(1, 2.5), texts) == "mellom 1 og 2,5"
