"""Renewing a plan: every measure goes on until someone takes it out, and nobody ends or chooses a track on the way."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from api.record.renewals import renewal_of
from api.record.screenings import prepare, store
from api.record.streams import new_id
from api.screening import texts_in
from api.storage.engine import reading
from careplans.course.choices import undecided_offers
from careplans.course.events import ChoiceRecorded, Decided, Discharged, PlanStarted, StepDone, Undone
from careplans.course.renewing import basis_of
from engine.errors import InputError
from tests.ward.plans import DOCTOR, admitted, ago, at_home, with_plan, words_of
from tests.ward.signed_in import EPJ, hospital

SURPRISED = {"surprised_if_died_within_12_months": True}
CONTESTED = {"track:cga_team", "track:palliative_focus"}
LETTING_GO = {"surprised_if_died_within_12_months": False}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with hospital(tmp_path_factory.mktemp("renewal")) as served:
        yield served


@pytest.fixture(scope="module")
def doctor(demo):
    return demo.browser("amina")


@pytest.fixture(scope="module")
def nurse(demo):
    return demo.browser("tariq")


def followed(demo, which, **answers):
    """Return someone with a plan, who went home five weeks ago; None takes an answer away."""
    patient = with_plan(admitted(demo, which, days=42, **(SURPRISED | answers)))
    return patient.tell(Discharged(patient.stay, ago(days=35), to="home"), who=EPJ)


def scored_again(patient, **answers):
    """Score the patient at home, with all that was answered before; None leaves a question open."""
    content = patient.hospital.case(patient.id)
    merged = content["answers"] | answers
    content = content | {"encounter": {}, "answers": {item: each for item, each in merged.items() if each is not None}}
    record = patient.hospital.record
    made = prepare(record, content, texts_in("nb"), now=datetime.now(UTC))
    record.writer.run(lambda change: store(record, DOCTOR, made, change))
    return patient


def renewal(patient):
    """Return what the plan would be renewed from."""
    with reading(patient.hospital.record.engine) as connection:
        return renewal_of(patient.hospital.record, connection, patient.course(), patient.course().running)


def stands(patient):
    """Return how each measure stands, by its rule."""
    return {each.rule: each.stands for each in renewal(patient).measures}


def started(patient, rules):
    """Start the renewed plan with these rules, as the API does."""
    begun = PlanStarted(new_id(), renewal(patient).assessment, ago(days=0).date(), tuple(rules), renews=patient.plan)
    return patient.tell(begun)


def tracks(patient):
    """Return the tracks of the plan that runs."""
    running = patient.course().running
    return {each.suggests for each in offers(patient) if each.rule in running.rules} & CONTESTED


def offers(patient):
    """Return what the plan that runs rests on."""
    course = patient.course()
    found = basis_of(course, course.running, patient.seen.basis)
    assert found
    return found.assessment.offers


def test_the_same_score_leaves_every_measure_and_the_track_as_they_were(demo):
    patient = scored_again(followed(demo, 0), cfs_clinician=6)
    found = renewal(patient)
    assert {each.stands for each in found.measures} == {"still"}
    assert all(each.goes_on for each in found.measures)
    started(patient, found.rules)
    assert tracks(patient) == {"track:cga_team"}


def test_what_nobody_measured_again_is_undecided_and_goes_on(demo, doctor):
    patient = scored_again(followed(demo, 1, four_at=6), cfs_clinician=6, four_at=None)
    found = {each.rule: each for each in renewal(patient).measures}
    undecided = {rule: each.missing for rule, each in found.items() if each.stands == "undecided"}
    assert any("four_at" in missing for missing in undecided.values())
    assert all(found[rule].goes_on for rule in undecided)
    assert "Ikke avgjort: mangler 4AT" in words_of(doctor.get(f"{patient.path}/plan").text)
    started(patient, found)
    page = doctor.get(f"{patient.path}/plan")
    assert page.status_code == 200
    assert set(undecided) <= {each.rule for each in offers(patient)}


def test_a_better_score_ends_nothing_by_itself_and_says_what_changed(demo, doctor, nurse):
    patient = scored_again(followed(demo, 2), cfs_clinician=3)
    found = {each.rule: each for each in renewal(patient).measures}
    team = next(each for each in found.values() if each.is_track)
    assert (team.stands, team.goes_on) == ("ended", True)
    assert "fordi CFS er 3 nå" in words_of(doctor.get(f"{patient.path}/plan").text)
    others = [rule for rule in found if rule != team.rule]
    with pytest.raises(InputError, match="track_not_ended"):
        started(patient, others)
    refused = patient.send(nurse, "plan", "renew_plan", plan=patient.plan, rules=others)
    assert refused.status_code == 422
    without = patient.send(doctor, "plan", "renew_plan", plan=patient.plan, rules=others)
    assert without.status_code == 422
    ended = patient.send(
        doctor, "plan", "renew_plan", plan=patient.plan, rules=others, track_ended="Går på tur hver dag"
    )
    assert ended.status_code == 303
    assert tracks(patient) == set()
    said = [each.event for each in patient.seen.stream.recorded if isinstance(each.event, Decided)]
    assert (said[-1].rule, said[-1].verdict, said[-1].reason) == (team.rule, "overridden", "Går på tur hver dag")


@pytest.mark.parametrize(("which", "before", "after"), [(3, 6, 8), (4, 8, 6)], ids=["worse", "better"])
def test_another_track_holds_the_renewal_until_a_doctor_has_said_and_the_plan_goes_on(
    demo, doctor, which, before, after
):
    patient = scored_again(followed(demo, which, cfs_clinician=before), cfs_clinician=after)
    was = tracks(patient)
    assert renewal(patient).waits
    with pytest.raises(InputError, match="track_to_be_decided"):
        started(patient, renewal(patient).rules)
    assert "En lege må ta stilling" in words_of(doctor.get(f"{patient.path}/plan").text)
    assert patient.course().running.id == patient.plan
    of = renewal(patient).assessment
    suggested = patient.seen.basis[of].assessment.offers
    other = next(each for each in suggested if each.suggests in CONTESTED - was)
    decided = patient.tell(Decided(of, other.rule, "accepted"))
    found = {each.rule: each for each in renewal(patient).measures}
    assert not renewal(patient).waits
    assert (found[other.rule].stands, found[other.rule].goes_on) == ("new", True)
    assert [each.stands for each in found.values() if each.is_track and each.rule != other.rule] == ["not_chosen"]
    patient.tell(Undone(decided.seen.stream.recorded[-1].id, "Feil"), Decided(of, other.rule, "overridden", "Nei"))
    started(patient, [each.rule for each in renewal(patient).measures if each.goes_on])
    assert tracks(patient) == was


def test_a_track_that_was_chosen_together_goes_on_when_the_score_no_longer_asks_for_the_choice(demo):
    patient = admitted(demo, 5, days=42, cfs_clinician=7, **LETTING_GO)
    of = patient.course().screening.assessment
    patient.tell(ChoiceRecorded(of, "palliative_focus", ("patient", "treating_doctor")))
    rules = [each.rule for each in patient.seen.basis[of].assessment.offers if each.suggests != "track:cga_team"]
    patient.plan = new_id()
    patient.tell(PlanStarted(patient.plan, of, ago(days=40).date(), tuple(rules)))
    patient.tell(Discharged(patient.stay, ago(days=35), to="home"), who=EPJ)
    scored_again(patient, cfs_clinician=5, **SURPRISED)
    found = renewal(patient)
    if found.waits:  # the team is suggested alone now: whoever may decides
        with pytest.raises(InputError, match="track_to_be_decided"):
            started(patient, found.rules)
    kept = [each for each in found.measures if each.is_track]
    assert [each.goes_on for each in kept] == [True]


def test_the_notice_and_what_was_for_the_hospital_are_over(demo, doctor):
    patient = scored_again(followed(demo, 6, need_after_discharge="increased"), cfs_clinician=6)
    found = renewal(patient)
    assert "municipal_notice" not in found.rules
    assert "municipal_notice" in found.over
    assert "Hørte til oppholdet på sykehuset" in words_of(doctor.get(f"{patient.path}/plan").text)


def test_nothing_is_renewed_before_the_patient_has_come_home(demo, doctor):
    patient = with_plan(admitted(demo, 7, **SURPRISED))
    assert renewal(patient) is None
    with pytest.raises(InputError, match="not_home_yet"):
        patient.tell(
            PlanStarted(new_id(), patient.course().screening.assessment, ago(days=0).date(), renews=patient.plan)
        )
    assert "Forny planen" not in doctor.get(f"{patient.path}/plan").text


def test_a_renewed_plan_that_is_renewed_again_still_keeps_what_was_accepted_first(demo):
    patient = scored_again(followed(demo, 8, four_at=6), cfs_clinician=6, four_at=None)
    first = renewal(patient).rules
    started(patient, first)
    patient.plan = patient.course().running.id
    assert set(first) <= set(stands(patient))


def test_someone_sent_home_today_keeps_the_first_visits_when_the_plan_is_renewed_at_once(demo, doctor):
    patient = at_home(demo, 9, days=0)
    started(patient, renewal(patient).rules)
    page = doctor.get(f"{patient.path}/plan").text
    assert all(f'id="step-{step}"' in page for step in ("HPH1", "HPH2", "HPH3", "HPH4"))


def test_a_measure_that_was_to_be_done_at_home_and_is_not_stays_until_someone_takes_it_out(demo, doctor):
    patient = scored_again(followed(demo, 10, mst=3), cfs_clinician=8, mst=None)
    of = renewal(patient).assessment
    patient.tell(Decided(of, "palliative_focus", "accepted"))
    found = {each.rule: each for each in renewal(patient).measures}
    assert (found["nutrition"].stands, found["nutrition"].goes_on) == ("undecided", True)
    assert "mst" in found["nutrition"].missing
    assert "nutrition" not in renewal(patient).over
    page = words_of(doctor.get(f"{patient.path}/plan").text)
    assert re.search(r"Ikke avgjort: mangler [^.]*MST", page)


def test_what_was_weighed_at_home_and_is_suggested_no_more_is_over(demo):
    patient = followed(demo, 11, mst=3)
    patient.tell(StepDone(patient.plan, "nutrition.weigh", ago(days=1)))
    scored_again(patient, cfs_clinician=8, mst=None)
    patient.tell(Decided(renewal(patient).assessment, "palliative_focus", "accepted"))
    assert "nutrition" in renewal(patient).over


def test_at_home_the_page_leads_to_renewing_and_offers_no_start_and_nothing_of_a_stay(demo, doctor):
    patient = scored_again(followed(demo, 12, need_after_discharge="increased"), cfs_clinician=8)
    page = doctor.get(f"{patient.path}/assessment").text
    assert "municipal_notice" not in page
    patient.send(doctor, "assessment/accept-recommended", "x")
    of = patient.course().screening.assessment
    left = undecided_offers(patient.course(), of, patient.seen.basis[of].assessment)
    patient.tell(*(Decided(of, each.rule, "accepted") for each in left))
    step = patient.seen.next_step
    assert (step.what, step.about) == ("renew_plan", patient.plan)
    page = doctor.get(f"{patient.path}/assessment").text
    assert f'href="{patient.path}/plan#plan-ending">Fornye planen</a>' in page
    assert "/assessment/start" not in page
    assert 'id="plan-ending"' in doctor.get(f"{patient.path}/plan").text
