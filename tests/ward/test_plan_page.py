"""The plan page: late steps can be completed, clocks wait, the evaluation accounts for CFS, and prints are made."""

from __future__ import annotations

import re

import pytest

from careplans.course.events import (
    AddressProtected,
    Admitted,
    ClockPaused,
    Died,
    OwnerSet,
    PlanClosed,
    PlanStarted,
    PracticeSet,
    RecordBlocked,
    StepDone,
    StepNotDone,
    Undone,
)
from tests.ward.plans import admitted, ago, at_home, with_plan, words_of
from tests.ward.signed_in import EPJ, hospital


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with hospital(tmp_path_factory.mktemp("plan")) as served:
        yield served


@pytest.fixture(scope="module")
def doctor(demo):
    return demo.browser("amina")


@pytest.fixture(scope="module")
def home(demo):
    """Someone who went home five weeks ago, with nothing marked since."""
    return at_home(demo, 0, days=35)


def row(page: str, key: str) -> str:
    """Return a row of the page in words."""
    return words_of(page[page.index(f'id="{key}"') :].partition('<div class="row"')[0])


def test_what_matters_to_the_patient_stands_before_the_way_home(doctor, home):
    page = doctor.get(f"{home.path}/plan")
    assert page.status_code == 200
    assert (
        page.text.index("Komme hjem til hagen.") < page.text.index('id="step-HPH0"') < page.text.index('id="step-HPH4"')
    )


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("tab", ["plan", "plan/step-HPH3", "history"])
def test_the_pages_are_written_in_every_language(demo, home, language, tab):
    browser = demo.browser("amina")
    browser.cookies.set("language", language)
    page = browser.get(f"{home.path}/{tab}")
    assert page.status_code == 200
    assert f'lang="{language}"' in page.text


def test_a_late_visit_is_completed_with_its_checklist_and_stands_as_done_after_the_deadline(demo, doctor):
    late = at_home(demo, 1, days=20)
    assert "Over fristen" in row(doctor.get(f"{late.path}/plan").text, "step-HPH2")
    filled = {"course": late.stay, "step": "HPH2", "checked": ["matters", "safety"], "note": "Alt vel"}
    answer = late.send(doctor, "plan", "done", key="done:step-HPH2", **filled)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{late.path}/plan#step-HPH2")
    event = late.newest()
    assert isinstance(event, StepDone)
    assert (event.checked, event.note) == (("matters", "safety"), "Alt vel")
    said = row(doctor.get(f"{late.path}/plan").text, "step-HPH2")
    assert "Gjort, etter fristen" in said
    assert "Amina Warsame" in said
    assert "Alt vel" in said


def test_another_time_than_now_can_be_given_and_is_the_clock_of_norway(demo, doctor):
    patient = at_home(demo, 2, days=20)
    patient.send(doctor, "plan", "done", course=patient.stay, step="HPH1", at="2026-01-15T10:30")
    assert isinstance(patient.newest(), StepDone)
    assert patient.newest().at.isoformat() == "2026-01-15T10:30:00+01:00"


def test_a_time_that_is_not_yet_is_refused_beside_its_field_and_nothing_is_written(demo, doctor, home):
    before = home.seen.stream.version
    filled = {"course": home.stay, "step": "HPH1", "at": ago(days=-2).strftime("%Y-%m-%dT%H:%M"), "note": "Snart"}
    answer = home.send(doctor, "plan", "done", key="done:step-HPH1", **filled)
    assert answer.status_code == 422
    assert 'id="done-step-HPH1-at-wrong"' in answer.text
    assert 'role="alert"' in answer.text
    assert "Snart" in answer.text
    assert home.seen.stream.version == before


def test_what_will_not_be_done_says_why_and_the_way_back_is_to_undo_it(demo, doctor):
    patient = at_home(demo, 3, days=20)
    filled = {"course": patient.stay, "step": "HPH2", "because": "not_at_home"}
    patient.send(doctor, "plan", "not_done", key="not_done:step-HPH2", **filled)
    assert isinstance(patient.newest(), StepNotDone)
    assert "Pasienten var ikke hjemme" in row(doctor.get(f"{patient.path}/plan").text, "step-HPH2")
    marked = patient.seen.stream.recorded[-1].id
    patient.send(doctor, "plan", "undo", event=marked, reason="Feil pasient")
    assert isinstance(patient.newest(), Undone)
    assert "Over fristen" in row(doctor.get(f"{patient.path}/plan").text, "step-HPH2")


def test_a_reason_that_is_left_out_is_asked_for_on_the_page_of_the_step(doctor, home):
    answer = home.send(
        doctor, "plan", "pause", key="pause:step-HPH3", page="step", course=home.stay, step="HPH3", reason=" "
    )
    assert answer.status_code == 422
    assert "Fyll ut dette feltet." in answer.text
    assert 'id="pause-step-HPH3-reason"' in answer.text


def test_a_clock_waits_goes_on_and_gets_another_owner(demo, doctor):
    patient = at_home(demo, 4, days=20)
    names = {"course": patient.stay, "step": "HPH3"}
    patient.send(doctor, "plan", "pause", reason="Fastlegen har ferie", **names)
    assert isinstance(patient.newest(), ClockPaused)
    assert "På pause: «Fastlegen har ferie»" in row(doctor.get(f"{patient.path}/plan").text, "step-HPH3")
    patient.send(doctor, "plan", "go_on", **names)
    patient.send(doctor, "plan", "hand_over", owner="primary_nurse", **names)
    assert isinstance(patient.newest(), OwnerSet)
    said = row(doctor.get(f"{patient.path}/plan").text, "step-HPH3")
    assert "Primærkontakt" in said
    assert "På pause" not in said


def test_an_action_of_the_plan_is_marked_as_the_steps_are(demo, doctor):
    patient = at_home(demo, 5, days=20)
    key = "action-what_matters-follow_up"
    assert "Over fristen" in row(doctor.get(f"{patient.path}/plan").text, key)
    filled = {"course": patient.stay, "step": "what_matters.follow_up", "key": f"done:{key}"}
    answer = patient.send(doctor, "plan", "done", **filled)
    assert answer.headers["location"].endswith(f"#{key}")
    assert "Gjort, etter fristen" in row(doctor.get(f"{patient.path}/plan").text, key)


def test_the_evaluation_asks_for_a_new_cfs_or_why_there_is_none(demo, doctor):
    patient = at_home(demo, 6, days=35)
    filled = {"course": patient.stay, "step": "HPH4", "asks_cfs": "yes", "key": "done:step-HPH4"}
    without = patient.send(doctor, "plan", "done", **filled)
    assert without.status_code == 422
    assert 'id="done-step-HPH4-not_rescored-wrong"' in without.text
    assert patient.send(doctor, "plan", "done", not_rescored="Hjemme hos datter", **filled).status_code == 303
    assert isinstance(patient.newest(), StepDone)
    assert "Hjemme hos datter" in (patient.newest().note or "")


def test_a_cfs_scored_after_the_stay_is_enough_for_the_evaluation_and_is_what_a_renewal_starts_from(demo, doctor):
    patient = at_home(demo, 7, days=35)
    content = demo.case(patient.id)
    content["encounter"], content["answers"] = {}, content["answers"] | {"cfs_clinician": 4}
    demo.sends(content)
    assert "Ny CFS er satt" in doctor.get(f"{patient.path}/plan").text
    filled = {"course": patient.stay, "step": "HPH4", "asks_cfs": "yes", "key": "done:step-HPH4"}
    assert patient.send(doctor, "plan", "done", **filled).status_code == 303
    newest = patient.course().screening
    assert newest
    rules = re.findall(r'name="rules" value="(\w+)"', doctor.get(f"{patient.path}/plan").text)
    assert rules
    answer = patient.send(doctor, "plan", "renew_plan", plan=patient.plan, rules=rules[:1])
    assert answer.status_code == 303
    event = patient.newest()
    assert isinstance(event, PlanStarted)
    assert (event.renews, event.assessment, event.rules) == (patient.plan, newest.assessment, tuple(rules[:1]))


def test_a_renewal_of_nothing_is_refused(demo, doctor, home):
    answer = home.send(doctor, "plan", "renew_plan", plan=home.plan, key="renew_plan:plan-ending")
    assert answer.status_code == 422
    assert home.course().running


def test_a_renewed_plan_has_the_evaluation_ahead_and_nothing_of_the_way_home(demo, doctor):
    patient = at_home(demo, 8, days=35)
    before = patient.plan
    with_plan(patient, renews=before)
    page = doctor.get(f"{patient.path}/plan").text
    assert 'id="step-HPH4"' in page
    assert 'id="step-HPH2"' not in page
    assert "Over fristen" not in page[page.index('id="way"') :]
    assert "Tidligere planer" in page


def test_a_closed_plan_says_how_it_ended_and_the_closing_can_be_undone(demo, doctor):
    patient = at_home(demo, 9, days=35)
    patient.send(doctor, "plan", "close_plan", plan=patient.plan, ending="completed", reason="Klarer seg selv")
    assert isinstance(patient.newest(), PlanClosed)
    page = doctor.get(f"{patient.path}/plan").text
    assert "Planen er avsluttet. Fullført «Klarer seg selv»" in words_of(page)
    closing = patient.seen.stream.recorded[-1].id
    patient.send(doctor, "plan", "undo", event=closing, reason="For tidlig")
    assert patient.course().running


def test_a_plan_paused_by_a_readmission_says_so_and_is_taken_up_again(demo, doctor):
    patient = at_home(demo, 10, days=35)
    patient.tell(Admitted("E-again", ago(hours=3), "demo", "GER2"), who=EPJ)
    page = doctor.get(f"{patient.path}/plan").text
    assert "Pasienten er lagt inn igjen" in page
    assert 'id="stay-screening"' in page
    assert f'href="{patient.path}/screen"' in row_html(page, "stay-screening")
    patient.send(doctor, "plan", "resume_plan", plan=patient.plan)
    assert patient.course().running


def row_html(page: str, key: str) -> str:
    """Return a row of the page as it is."""
    return page[page.index(f'id="{key}"') :].partition('<div class="row"')[0]


def test_a_patient_without_a_plan_has_the_hospitals_clocks_and_the_way_to_the_assessment(demo, doctor):
    patient = admitted(demo, 11)
    page = doctor.get(f"{patient.path}/plan").text
    assert f'href="{patient.path}/assessment"' in page
    assert 'id="stay-municipal_notice"' in page


def test_nothing_is_done_or_printed_for_someone_who_is_dead(demo, doctor):
    patient = at_home(demo, 12, days=5).tell(Died(ago(days=1).date()))
    page = doctor.get(f"{patient.path}/plan").text
    assert 'class="do"' not in page.partition('id="epikrise"')[0]
    assert f'action="{patient.path}/print"' not in page
    assert doctor.get(f"{patient.path}/print?what=patient&language=nb&as=html").status_code == 409


def test_a_change_made_from_an_older_page_says_that_someone_was_first(demo, doctor):
    patient = at_home(demo, 13, days=20)
    old = str(patient.seen.stream.version)
    patient.tell(OwnerSet(patient.stay, "HPH2", "home_care"))
    answer = patient.send(doctor, "plan", "done", version=old, course=patient.stay, step="HPH2")
    assert answer.status_code == 409
    assert not isinstance(patient.newest(), StepDone)


def test_a_reader_sees_the_plan_and_can_change_nothing(demo, home):
    reader = demo.browser("anne")
    page = reader.get(f"{home.path}/plan")
    assert page.status_code == 200
    assert 'name="form"' not in page.text
    before = home.seen.stream.version
    csrf = {"csrf": "x", "version": str(before), "form": "done", "course": home.stay, "step": "HPH2"}
    assert home.send(reader, "plan", **csrf | {"csrf": csrf_of(page.text)}).status_code == 403
    assert home.seen.stream.version == before


def csrf_of(page: str) -> str:
    """Return what a page's forms send along."""
    found = re.search(r'name="csrf" value="([^"]*)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("what", ["clinician", "municipality", "patient", "checklists", "notice", "discharge"])
def test_every_print_is_on_the_screen_in_every_language_without_a_style_of_its_own(doctor, home, what, language):
    answer = doctor.get(f"{home.path}/print?what={what}&language={language}&as=html")
    assert answer.status_code == 200
    assert answer.headers["content-language"] == language
    assert "<style" not in answer.text
    assert 'href="/print/' in answer.text


def test_prints_are_files_and_the_access_log_says_that_they_were_made(doctor, home):
    assert doctor.get(f"{home.path}/print?what=patient&language=nn").content.startswith(b"%PDF-")
    assert doctor.get(f"{home.path}/print?what=conversation&language=nb&as=pdf").content.startswith(b"%PDF-")
    assert b"BEGIN:VCALENDAR" in doctor.get(f"{home.path}/visits.ics").content


def test_a_protected_address_is_on_no_print(demo, doctor):
    office = "Byåsen legesenter"
    patient = with_plan(admitted(demo, 14, gp=office))
    shown = f"{patient.path}/print?what=clinician&language=nb&as=html"
    assert "Ola Pårørende" in doctor.get(shown).text
    assert office in doctor.get(shown).text
    patient.tell(AddressProtected(protected=True))
    for page in (shown, f"{patient.path}/plan", f"{patient.path}/print?what=patient&language=nb&as=html"):
        assert "Ola Pårørende" not in doctor.get(page).text
        assert office not in doctor.get(page).text


def test_a_blocked_record_is_seen_by_nobody_who_has_not_opened_it(demo, doctor):
    patient = at_home(demo, 15, days=20).tell(RecordBlocked(blocked=True))
    assert doctor.get(f"{patient.path}/plan").status_code == 404
    assert doctor.get(f"{patient.path}/print?what=patient&language=nb").status_code == 404


def test_the_section_for_the_epikrise_stands_beside_what_it_lacks(doctor, home):
    page = doctor.get(f"{home.path}/plan").text
    assert 'data-copies="epikrise-text"' in page
    assert "Er planavsnittet komplett?" in page
    script = doctor.get("/ward/copy.js")
    assert "clipboard" in script.text
    assert script.headers["content-type"].startswith("text/javascript")


def test_a_pasted_epikrise_is_read_through_and_not_kept(demo, doctor, home):
    before = home.seen.stream.version
    pasted = "Pasienten trenger sykehjemsplass. Innlagt for fall."
    answer = home_check(doctor, home, pasted)
    assert answer.status_code == 200
    assert "mangler" in words_of(answer.text)
    assert "bestiller plass eller tjeneste" in words_of(answer.text)
    assert home.seen.stream.version == before
    empty = home_check(doctor, home, " ")
    assert (empty.status_code, "Fyll ut dette feltet." in empty.text) == (422, True)


def home_check(browser, patient, text):
    """Paste a text into the box."""
    csrf = csrf_of(browser.get(f"{patient.path}/plan").text)
    return browser.post(f"{patient.path}/plan/epikrise", data={"csrf": csrf, "key": "epikrise:check", "epikrise": text})


@pytest.mark.parametrize(
    ("which", "writes", "lets"), [(30, "amina", {"amina", "ingrid", "henrik"}), (32, "tariq", {"tariq"})]
)
def test_an_undo_is_offered_to_those_whom_the_server_lets_and_others_are_told_whom_to_ask(demo, which, writes, lets):
    patient = at_home(demo, which, days=20).tell(PracticeSet("Solsiden"), who=EPJ)
    names = {"course": patient.stay, "step": "HPH2"}
    patient.send(demo.browser(writes), "plan", "done", key="done:step-HPH2", sure="yes", **names)
    patient.send(demo.browser(writes), "plan", "hand_over", owner="primary_nurse", **(names | {"step": "HPH3"}))
    marked, handed = (each.id for each in patient.seen.stream.recorded[-2:])
    for person in ("amina", "ingrid", "henrik", "tariq", "marte"):
        browser = demo.browser(person)
        for event, at in ((marked, "plan"), (handed, "plan/step-HPH3")):
            page = browser.get(f"{patient.path}/{at}").text
            offered, asks = f'name="event" value="{event}"' in page, "Feil? Spør den som skrev det:" in page
            assert (offered, asks) == (person in lets, person not in lets), (person, at)
            answer = patient.send(browser, "plan", "undo", event=event, reason="" if offered else "test")
            assert answer.status_code == (422 if offered else 403), (person, at)  # 422: the reason is asked for


def test_who_only_reads_is_neither_offered_an_undo_nor_told_whom_to_ask(demo):
    patient = at_home(demo, 31, days=20).tell(StepDone("E-31", "HPH1", ago(hours=1)))
    page = demo.browser("anne").get(f"{patient.path}/plan")
    assert page.status_code == 200
    assert 'name="form" value="undo"' not in page.text
    assert "Spør den som skrev" not in page.text
