"""The steps of the plan page: one tick for one task, a day that is set by its date, a receipt, and a list that asks."""

from __future__ import annotations

import re

import pytest

from api.screening import texts_in
from careplans.course.events import Admitted, Decided, Died, Discharged, DischargeExpected, StepDone
from careplans.course.state import RECEIPT
from tests.ward.plans import admitted, ago, at_home, with_plan, words_of
from tests.ward.signed_in import EPJ, fields, hospital
from tests.ward.test_plan_page import row

NEW_DAY = ago(days=-3).date()


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with hospital(tmp_path_factory.mktemp("steps")) as served:
        yield served


@pytest.fixture(scope="module")
def doctor(demo):
    return demo.browser("amina")


@pytest.fixture(scope="module")
def nurse(demo):
    return demo.browser("ingrid")


def test_a_step_shows_the_action_that_it_is_and_the_action_stands_nowhere_else(demo, doctor):
    patient = at_home(demo, 0, days=35)
    page = doctor.get(f"{patient.path}/plan").text
    evaluation = row(page, "step-HPH4")
    assert "Evaluer planen mot målet" in evaluation
    assert words_of(page).count("Evaluer planen mot målet") == 1
    assert 'id="action-evaluation-four_weeks"' not in page


@pytest.mark.parametrize(("marked", "which"), [("evaluation.four_weeks", 1), ("HPH4", 2)])
def test_one_tick_serves_the_step_and_the_action(demo, doctor, marked, which):
    patient = at_home(demo, which, days=35)
    patient.tell(StepDone(patient.stay, marked, ago(hours=1)))
    said = row(doctor.get(f"{patient.path}/plan").text, "step-HPH4")
    assert "Gjort, etter fristen" in said
    assert "Amina Warsame" in said
    clocks = {each.step: each.state for each in patient.seen.clocks}
    assert clocks["HPH4"] == "done"


def test_a_point_of_the_checklist_is_done_when_it_is_ticked_and_not_when_the_step_is_done_without_it(demo, doctor):
    key, step = (
        "action-medicines-gp_review",
        {"step": "HPH3", "key": "done:step-HPH3", "sure": "yes", "asks_points": "1"},
    )
    for which, checked, alone in ((3, ["medicines"], False), (4, ["situation"], True)):
        patient = with_plan(admitted(demo, which, days=27), modules=("medicines",))
        patient.tell(Discharged(patient.stay, ago(days=20), to="home"), who=EPJ)
        before = doctor.get(f"{patient.path}/plan").text
        assert f'id="{key}"' not in before
        assert "Legemiddelgjennomgang: virkning" in row(before, "step-HPH3")
        patient.send(doctor, "plan", "done", course=patient.stay, checked=checked, **step)
        assert (f'id="{key}"' in doctor.get(f"{patient.path}/plan").text) is alone


def test_the_day_of_discharge_is_done_when_there_is_a_date_and_never_by_a_tick(demo, doctor):
    patient = with_plan(admitted(demo, 5))
    page = doctor.get(f"{patient.path}/plan").text
    here = page[page.index('id="step-expected_discharge_set"') :].partition('<div class="row"')[0]
    assert "Sett dato" in here
    assert 'type="date"' in here
    assert 'value="done"' not in here
    told = patient.send(doctor, "plan", "done", course=patient.stay, step="expected_discharge_set")
    assert told.status_code == 422
    assert "Dagen er satt først når datoen er skrevet" in told.text
    key = "set_date:step-expected_discharge_set"
    assert patient.send(doctor, "plan", "set_date", key=key, stay=patient.stay, on="").status_code == 422
    patient.send(doctor, "plan", "set_date", key=key, stay=patient.stay, on=NEW_DAY.isoformat())
    assert patient.newest() == DischargeExpected(patient.stay, NEW_DAY)
    assert state(patient, "expected_discharge_set") == "done"
    patient.tell(DischargeExpected(patient.stay, None))
    assert state(patient, "expected_discharge_set") == "open"


def state(patient, step):
    """Return how a step's clock stands."""
    return {each.step: each.state for each in patient.seen.clocks}[step]


def test_steps_that_are_done_fold_together_and_what_comes_next_leads_to_its_step(demo, doctor):
    patient = at_home(demo, 6, days=20)
    for step in ("HPH0", "HPH1"):
        patient.tell(StepDone(patient.stay, step, ago(days=19)))
    page = doctor.get(f"{patient.path}/plan").text
    folded = page[page.index('<details class="finished"') :].partition("</details>\n  <ol")[0]
    assert re.search(r"\d+ steg er gjort", words_of(folded))
    assert 'id="step-HPH1"' in folded
    assert 'id="step-HPH4"' not in folded
    coming = patient.seen.next_step
    assert coming
    assert f'<a href="{patient.path}/plan#step-{coming.what}">' in page
    assert f'href="{patient.path}/plan#prints"' in page.partition('id="matters"')[0]


def test_a_list_without_a_tick_is_asked_about_once_and_keeps_what_was_written(demo, doctor):
    patient = at_home(demo, 7, days=20)
    filled = {"course": patient.stay, "step": "HPH2", "key": "done:step-HPH2", "asks_points": "yes", "note": "Alt vel"}
    asked = patient.send(doctor, "plan", "done", **filled, **{"note-safety": "Ingen røykvarsler"})
    assert asked.status_code == 422
    assert "Ingen punkter er krysset av" in asked.text
    assert "Lagre likevel" in asked.text
    assert 'value="Ingen røykvarsler"' in asked.text
    assert state(patient, "HPH2") == "open"
    patient.send(doctor, "plan", "done", **filled, **{"note-safety": "Ingen røykvarsler", "sure": "yes"})
    event = patient.newest()
    assert isinstance(event, StepDone)
    assert event.note is not None
    first, then = event.note.splitlines()
    assert first == "Alt vel"
    assert then.endswith(": Ingen røykvarsler")


def test_the_municipality_confirms_receipt_and_the_ward_sees_who_and_when(demo, doctor):
    patient = with_plan(admitted(demo, 8))
    solveig = demo.browser("solveig")
    assert solveig.get(f"{patient.path}/plan").status_code == 404, "nobody has told the municipality yet"
    patient.tell(StepDone(patient.stay, "municipal_notice", ago(hours=1)))
    assert "Bekreft mottatt" not in doctor.get(f"{patient.path}/plan").text
    assert "Bekreft mottatt" in solveig.get(f"{patient.path}/plan").text
    patient.send(solveig, "plan", "receipt", key="receipt:receipt", course=patient.stay)
    assert patient.course().received is not None
    page = words_of(doctor.get(f"{patient.path}/plan").text)
    assert "Kommunen har tatt imot pasienten" in page
    assert "Solveig Moen" in page
    assert state(patient, "admission_report") == "open", "the report is another thing"


def test_who_is_admitted_again_is_received_again_only_after_the_new_notice(demo, doctor):
    patient = at_home(demo, 31, days=10).tell(Admitted("again-31", ago(hours=2), "demo", "GER2"), who=EPJ)
    solveig = demo.browser("solveig")
    assert "Bekreft mottatt" not in solveig.get(f"{patient.path}/plan").text
    refused = patient.send(solveig, "plan", "receipt", key="receipt:receipt", course="again-31")
    assert "sykehuset har ikke varslet kommunen ennå" in refused.text.casefold()
    patient.tell(StepDone("again-31", "municipal_notice", ago(hours=1)))
    assert "Bekreft mottatt" in solveig.get(f"{patient.path}/plan").text


def test_the_hospital_cannot_say_that_the_municipality_has_received(demo, doctor):
    patient = with_plan(admitted(demo, 9))
    assert patient.send(doctor, "plan", "receipt", course=patient.stay).status_code == 403
    refused = patient.send(doctor, "plan", "done", course=patient.stay, step=RECEIPT)
    assert refused.status_code == 403
    assert patient.course().received is None


def test_after_death_nothing_that_was_not_done_is_asked_for_any_more(demo, doctor):
    patient = at_home(demo, 10, days=5).tell(Died(ago(days=1).date()))
    page = words_of(doctor.get(f"{patient.path}/plan").text)
    assert "Ikke aktuelt lenger" in page
    assert "Ikke merket" not in page
    assert "Varsle kommunen og fastlegen på vanlig måte." in page


def test_the_room_stands_in_the_heading_unless_the_address_is_protected(demo, nurse):
    patient = admitted(demo, 11)
    values = {"stay": patient.stay, "hospital": "demo", "ward": "GER2", "room": "12B"}
    assert patient.send(nurse, "history", "room", **values).status_code == 303
    assert "<dt>Rom</dt><dd>12B</dd>" in nurse.get(f"{patient.path}/plan").text
    assert "rom 12B" in words_of(nurse.get(f"{patient.path}/history").text)


def test_the_history_says_what_a_correction_changed(demo, doctor, nurse):
    patient = with_plan(admitted(demo, 12, falls_last_12_months=1))
    form = fields(nurse.get(f"{patient.path}/screen").text)
    sent = form | {"falls_last_12_months": ["3"], "do": ["draft"]}
    told = nurse.post(f"{patient.path}/screen", data=sent, headers={"HX-Request": "true"})
    assert "correcting" not in told.text, "what the record sent is not corrected but screened"
    nurse.post(f"{patient.path}/screen", data=sent | {"do": ["save"]})
    form = fields(nurse.get(f"{patient.path}/screen").text)
    sent = form | {"falls_last_12_months": ["2"], "do": ["draft"]}
    told = nurse.post(f"{patient.path}/screen", data=sent, headers={"HX-Request": "true"})
    assert "Du retter: Fall siste 12 måneder: 3 → 2" in words_of(told.text)
    assert nurse.post(f"{patient.path}/screen", data=sent | {"do": ["save"]}).status_code == 303
    history = words_of(doctor.get(f"{patient.path}/history").text)
    assert "Kartleggingen rettet: Fall siste 12 måneder: 3 → 2" in history


def test_a_suggestion_has_one_name_wherever_it_is_read(demo, doctor):
    patient = admitted(demo, 13)
    seen = patient.seen
    assert seen.stream.course.screening
    of = seen.stream.course.screening.assessment
    rule = seen.basis[of].assessment.offers[0].rule
    patient.tell(Decided(of, rule, "accepted"))
    name = texts_in("nb")(f"suggest.{rule}")
    assert f"Forslag godtatt: {name}" in words_of(doctor.get(f"{patient.path}/history").text)


def test_the_nurse_sees_what_others_write_and_whom_to_ask_about_the_wrong_patient(demo, doctor, nurse):
    patient = admitted(demo, 14)
    page = words_of(nurse.get(f"{patient.path}/history").text)
    assert "Pasienten er død – skrives av lege eller geriatrisk team." in page
    assert "Kartlegging skrevet på feil pasient – tas bort av lege" in page
    theirs = words_of(doctor.get(f"{patient.path}/history").text)
    assert "skrives av lege" not in theirs
    assert "Gjelder det feil pasient?" in theirs
