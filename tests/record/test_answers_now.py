"""A plan that runs reads facts that ground no rule at once, and says which grounds were corrected since it began."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from api.people.user import Role, User
from api.planning import epikrise_section, rendered
from api.record.plans import Planned, plan_in, planned
from careplans.course.events import Died, Discharged, Undone
from careplans.limits import limits_signature
from careplans.print import Audience
from tests.record.hospital import DOCTOR, EPJ, MUNICIPAL_NURSE, Hospital, case, rules, user, words

PRINTED = date(2026, 11, 20)
TEXTS = {
    "treatment_limits": "Ikke HLR, ikke intensiv",
    "what_matters": "Bære inn veden selv",
    "next_of_kin": "Datter Kari, tlf. 900 00 000",
    "gp": "Solsiden legesenter, tlf. 73 00 00 00",
}
APIXABAN = {"medicines": [{"name": "Apiksaban", "atc": "B01AF02", "use": "regular"}]}


def plan_now(hospital: Hospital, person: str) -> Planned:
    """The plan as every page and print has it."""
    seen = hospital.read(person)
    state = plan_in(seen.stream.course)
    assert state
    return planned(seen.stream.course, state, seen.basis, None)


def started(hospital: Hospital, **parts: Any) -> Any:
    """Return the screening behind a plan that runs."""
    stored = hospital.screen(case(**parts))
    hospital.start_plan(stored)
    return stored


def page(found: Planned, audience: Any) -> str:
    """The plan's print for a reader."""
    return rendered(
        found.plan, ".html", ruleset=rules().ruleset, texts=words(), printed=PRINTED, audience=audience
    ).decode()


def test_words_written_after_the_plan_began_are_in_the_plan_and_in_the_epikrise_at_once(hospital):
    stored = started(hospital)
    hospital.correct(stored, case(answers=TEXTS))
    found = plan_now(hospital, stored.person)
    assert found.plan.what_matters.words == TEXTS["what_matters"]
    assert found.plan.contingency.limits == TEXTS["treatment_limits"]
    assert found.plan.banner.next_of_kin == TEXTS["next_of_kin"]
    section = epikrise_section(found.case, found.plan, words()).as_text
    assert TEXTS["treatment_limits"] in section
    assert TEXTS["what_matters"] in section
    assert "rettet" not in section.split("\n\n")[1]


def test_a_treatment_limit_written_late_is_on_what_clinician_and_municipality_print(hospital):
    stored = started(hospital)
    hospital.correct(stored, case(answers=TEXTS))
    found = plan_now(hospital, stored.person)
    for audience in ("clinician", "municipality"):
        assert TEXTS["treatment_limits"] in page(found, audience)
    assert TEXTS["what_matters"] in page(found, "patient")


def test_a_word_that_a_correction_takes_away_is_no_longer_in_the_plan(hospital):
    stored = started(hospital, answers=TEXTS)
    hospital.correct(stored, case())
    assert plan_now(hospital, stored.person).plan.contingency.limits is None


def test_words_alone_leave_nothing_to_review(hospital):
    stored = started(hospital)
    before = hospital.read(stored.person).next_step
    hospital.correct(stored, case(answers=TEXTS))
    assert plan_now(hospital, stored.person).plan.corrected is None
    assert hospital.read(stored.person).next_step == before


def test_a_new_screening_that_does_not_speak_of_the_limits_leaves_them_as_they_were(hospital):
    stored = started(hospital, answers=TEXTS)
    hospital.screen(case())
    assert plan_now(hospital, stored.person).plan.contingency.limits == TEXTS["treatment_limits"]


def test_a_limit_told_at_home_in_a_new_screening_is_in_the_plan(hospital):
    stored = started(hospital)
    hospital.tell(stored.person, Discharged("E1", hospital.now, "home"), EPJ)
    hospital.later(days=2)
    at_home = case(answers=TEXTS) | {"encounter": {}}
    hospital.screen(at_home, MUNICIPAL_NURSE)
    assert plan_now(hospital, stored.person).plan.contingency.limits == TEXTS["treatment_limits"]


def test_medicines_told_late_are_in_the_plan_for_worsening_and_named_as_corrected(hospital):
    stored = started(hospital)
    hospital.correct(stored, case() | APIXABAN)
    plan = plan_now(hospital, stored.person).plan
    assert plan.corrected
    assert plan.corrected.items == ("medicines",)
    assert "bleeding" in {each.id for each in plan.contingency.signs}


STAFF: tuple[Audience, ...] = ("clinician", "municipality")


def test_the_patients_print_is_the_same_page_whatever_was_corrected(hospital):
    stored = started(hospital)
    before = page(plan_now(hospital, stored.person), "patient")
    hospital.correct(stored, case(answers={"cfs_clinician": 8}))
    assert page(plan_now(hospital, stored.person), "patient") == before


@pytest.mark.parametrize("audience", STAFF)
def test_every_print_for_staff_says_that_the_plan_rests_on_answers_that_were_corrected(hospital, audience):
    stored = started(hospital)
    assert 'class="corrected"' not in page(plan_now(hospital, stored.person), audience)
    hospital.correct(stored, case(answers={"cfs_clinician": 8, "falls_last_12_months": 3}))
    found = page(plan_now(hospital, stored.person), audience)
    said = found.split('class="corrected">')[1].split("<")[0]
    assert "16.11.2026" in said
    assert "CFS 6 → 8" in said
    assert "fall" in said.lower()


def test_what_bears_on_prognosis_is_named_for_staff_alone(hospital):
    stored = started(hospital)
    hospital.correct(stored, case(answers={"surprised_if_died_within_12_months": False}))
    found = plan_now(hospital, stored.person)
    overrasket = words()("item.surprised_if_died_within_12_months")
    said = {audience: page(found, audience).split('class="corrected">')[1].split("<")[0] for audience in STAFF}
    assert [audience for audience, line in said.items() if overrasket in line] == ["clinician"]
    assert overrasket not in epikrise_section(found.case, found.plan, words()).as_text.split("\n\n")[1]


def test_the_epikrise_says_first_which_answers_were_corrected(hospital):
    stored = started(hospital)
    hospital.correct(stored, case(answers={"cfs_clinician": 8}))
    found = plan_now(hospital, stored.person)
    assert "CFS 6 → 8" in epikrise_section(found.case, found.plan, words()).as_text.split("\n\n")[1]


def test_a_plan_started_anew_from_the_corrected_answers_has_nothing_to_review(hospital):
    stored = started(hospital)
    again = hospital.correct(stored, case(answers={"falls_last_12_months": 3}))
    hospital.start_plan(again, "P2")
    assert plan_now(hospital, stored.person).plan.corrected is None


def test_nobody_is_asked_to_look_through_the_plan_of_someone_who_is_dead(hospital):
    stored = started(hospital)
    hospital.correct(stored, case(answers={"cfs_clinician": 8}))
    hospital.tell(stored.person, Died(hospital.now.date()), DOCTOR)
    found = plan_now(hospital, stored.person)
    assert found.plan.corrected is None
    assert "rettet" not in page(found, "clinician")


def test_undoing_the_correction_takes_the_line_away(hospital):
    stored = started(hospital)
    hospital.correct(stored, case(answers={"falls_last_12_months": 3}))
    last = hospital.read(stored.person).stream.recorded[-1]
    hospital.tell(stored.person, Undone(last.id, "Feil"), DOCTOR)
    assert plan_now(hospital, stored.person).plan.corrected is None


def named(role: Role, name: str) -> User:
    """Someone on the ward whose name stands on papers."""
    return replace(user(role, "ward:STO/GER2"), name=name)


INGRID, AMINA = named("nurse", "Ingrid Nes"), named("doctor", "Amina Noor")
FULL = {"treatment_limits": "Full behandling, også HLR og intensiv."}
BY_NURSE = "Skrevet av Ingrid Nes, sykepleier, 16.11.2026. Ikke bekreftet av lege."


@pytest.mark.parametrize("audience", ["clinician", "municipality"])
def test_full_treatment_written_by_a_nurse_stands_under_a_neutral_heading_with_who_wrote_it(hospital, audience):
    stored = started(hospital)
    hospital.correct(stored, case(answers=FULL), INGRID)
    found = plan_now(hospital, stored.person)
    texts = (page(found, audience), epikrise_section(found.case, found.plan, words()).as_text)
    for said in texts:
        assert "Behandlingsnivå – avklart" in said
        assert FULL["treatment_limits"] in said
        assert BY_NURSE in said
        assert "skal ikke gjøres" not in said
        assert "hensiktsmessig" not in said


def signature(hospital: Hospital, person: str) -> str | None:
    """What the plan says of who wrote the level of treatment."""
    return limits_signature(plan_now(hospital, person).plan.contingency, words())


def test_a_doctor_who_signs_a_version_with_the_same_words_confirms_them(hospital):
    stored = started(hospital)
    held = hospital.correct(stored, case(answers=FULL), INGRID)
    hospital.correct(held, case(answers=FULL | {"falls_last_12_months": 3}), AMINA)
    signed = "Skrevet av Ingrid Nes, sykepleier, 16.11.2026. Signert av Amina Noor, lege, 16.11.2026."
    assert signature(hospital, stored.person) == signed


def test_words_that_are_changed_after_a_doctor_signed_them_are_unconfirmed_again(hospital):
    stored = started(hospital, answers={"treatment_limits": "Ikke HLR."})
    held = hospital.correct(stored, case(answers={"treatment_limits": "Ikke intensiv."}), AMINA)
    assert signature(hospital, stored.person) == "Skrevet av Amina Noor, lege, 16.11.2026."
    hospital.correct(held, case(answers=FULL), INGRID)
    assert signature(hospital, stored.person) == BY_NURSE


def test_nobody_has_signed_a_level_that_nobody_has_settled(hospital):
    stored = started(hospital)
    assert signature(hospital, stored.person) is None
