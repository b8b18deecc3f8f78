"""The calendar file: the visits with their days, and nothing that tells whose they are."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from icalendar import Calendar

from api.screening import texts_in
from careplans.calendar import calendar_of
from careplans.parts import Plan
from engine.errors import InputError
from rules.case import Encounter
from tests.unit.test_careplans_example import example_case, plan_of, texts

STAMPED = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)
NAME = "Šuŋŋá Bæresen"


def named_plan(**changes: Any) -> Plan:
    """The example's plan for a person with a name, the encounter changed as asked."""
    case = example_case()
    patient = replace(case.patient, name=NAME)
    return plan_of(case=replace(case, patient=patient, encounter=replace(case.encounter, **changes)))


def events(plan: Plan, language: str = "nb") -> list[Any]:
    """The calendar's events, read back."""
    content = calendar_of(plan, texts_in(language), stamped=STAMPED)
    return list(Calendar.from_ical(content).walk("VEVENT"))


def uids(plan: Plan) -> list[str]:
    """The events' ids."""
    return [str(event["UID"]) for event in events(plan)]


def test_the_visits_are_whole_days_with_a_plain_title() -> None:
    assert [(str(e["SUMMARY"]), e.decoded("DTSTART"), e.decoded("DTEND")) for e in events(named_plan())] == [
        ("Besøk fra hjemmetjenesten", date(2026, 11, 26), date(2026, 11, 27)),
        ("Fysioterapeuten ser til deg", date(2026, 11, 30), date(2026, 12, 1)),
        ("Ergoterapeuten ser på hjemmet", date(2026, 12, 3), date(2026, 12, 4)),
        ("Time hos fastlegen", date(2026, 12, 7), date(2026, 12, 8)),
        ("Besøk fra hjemmetjenesten", date(2026, 12, 21), date(2026, 12, 22)),
    ]


def test_the_days_are_those_of_oslo() -> None:
    assert b"X-WR-TIMEZONE:Europe/Oslo" in calendar_of(named_plan(), texts(), stamped=STAMPED)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_nothing_tells_who_the_patient_is_or_what_ails(language: str) -> None:
    content = calendar_of(named_plan(ward="GER2"), texts_in(language), stamped=STAMPED).decode()
    unfolded = content.replace("\r\n ", "")
    for secret in (NAME, "Šuŋŋá", "15814512336", "158145", "1945", "GER2", "E-1001", "S72", "hofte", "CFS", "falls"):
        assert secret not in unfolded, secret
    assert {str(p).split(";")[0] for p in re.findall(r"^([A-Z-]+)[;:]", content, re.MULTILINE)} <= {
        "BEGIN", "END", "VERSION", "PRODID", "METHOD", "X-WR-TIMEZONE", "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY",
        "STATUS", "TRANSP", "CLASS",
    }  # fmt: skip


def test_the_same_plan_gives_the_same_bytes() -> None:
    first, second = (calendar_of(named_plan(), texts(), stamped=STAMPED) for _ in range(2))
    assert first == second


def test_a_visit_keeps_its_id_when_its_day_is_moved() -> None:
    moved = named_plan(expected_discharge=date(2026, 11, 25))
    assert uids(moved) == uids(named_plan())
    assert [e.decoded("DTSTART") for e in events(moved)] != [e.decoded("DTSTART") for e in events(named_plan())]


def test_no_two_stays_and_no_two_visits_share_an_id() -> None:
    stays = [named_plan(), named_plan(id="E-1002"), named_plan(id=None), named_plan(id=None, ward="KIR")]
    ids = [uid for plan in stays for uid in uids(plan)]
    assert len(set(ids)) == len(ids) == 20
    assert all(re.fullmatch("[0-9a-f]{40}", uid) for uid in ids)


def test_an_id_does_not_hang_on_who_the_patient_is() -> None:
    for encounter in ("E-1001", None):
        plan = named_plan(id=encounter)
        other = replace(plan.banner, patient=replace(plan.banner.patient, id="29824512349", name="Ola"))
        assert uids(replace(plan, banner=other)) == uids(plan)


def test_a_visit_is_tentative_even_when_the_day_of_discharge_is_known() -> None:
    for plan in (named_plan(), plan_of(discharge=date(2026, 11, 23))):
        assert {str(e["STATUS"]) for e in events(plan)} == {"TENTATIVE"}


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_where_the_patient_lives_in_a_care_home_nobody_from_home_care_comes(language: str) -> None:
    said = texts_in(language)
    titles = {str(e["SUMMARY"]) for e in events(replace(named_plan(), destination="institution"), language)}
    assert titles.isdisjoint({said("patient.calendar.HPH2"), said("patient.calendar.HPH3")})


def test_without_a_day_of_discharge_there_is_no_calendar() -> None:
    with pytest.raises(InputError, match="no_dates_for_calendar"):
        calendar_of(plan_of(case=replace(example_case(), encounter=Encounter())), texts(), stamped=STAMPED)
