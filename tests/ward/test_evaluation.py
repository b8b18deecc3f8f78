"""The evaluation after four weeks: CFS is scored again as it is now, the rest goes along, and nothing begun is lost."""

from __future__ import annotations

import pytest

from careplans.course.events import AddressProtected, StepDone
from tests.ward.plans import admitted, at_home, words_of
from tests.ward.signed_in import fields, hospital

NOTED = {"note": "Bærer ved igjen", "checked": ["cognition", "health"]}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with hospital(tmp_path_factory.mktemp("evaluation")) as served:
        yield served


@pytest.fixture(scope="module")
def nurse(demo):
    return demo.browser("tariq")


@pytest.fixture(scope="module")
def home(demo):
    """Someone who went home five weeks ago, with nothing marked since."""
    return at_home(demo, 0, days=35)


def signed(browser, patient, **changes):
    """Sign the form of the evaluation as it opens, with some fields changed."""
    path = f"{patient.path}/screen?again=1"
    sent = fields(browser.get(path).text) | changes
    return browser.post(path, data=sent | {"do": "save"})


def box(patient, **more):
    """Return what the box of the evaluation sends."""
    return {"course": patient.stay, "step": "HPH4", "asks_cfs": "yes", "key": "done:step-HPH4"} | NOTED | more


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nb", "Slik det har vært de siste to ukene, hjemme. Ikke slik det var før innleggelsen."),
        ("nn", "Slik det har vore dei siste to vekene, heime. Ikkje slik det var før innlegginga."),
        ("en", "As things have been for the last two weeks, at home. Not as they were before the admission."),
    ],
)
def test_the_form_asks_about_now_and_not_about_before_the_illness(demo, home, language, said):
    browser = demo.browser("tariq")
    browser.cookies.set("language", language)
    page = words_of(browser.get(f"{home.path}/screen?again=1").text)
    assert said in page
    for before in ("uker før den akutte", "veker før den akutte", "weeks before the acute"):
        assert before not in page


def test_what_is_no_judgement_of_today_goes_along_and_is_marked_with_who_and_when(nurse, home):
    page = nurse.get(f"{home.path}/screen?again=1").text
    opened = fields(page)
    assert opened["what_matters"] == ["Komme hjem til hagen."]
    assert opened["next_of_kin"] == ["Ola Pårørende"]
    assert opened["conditions"] == opened["medicines"] == ["whole"]
    assert opened["residence"] == ["home"]
    kin = words_of(page[page.index('id="q-next_of_kin"') :].partition('<div class="question"')[0])
    assert "fra journalen" in kin


@pytest.mark.parametrize("item", ["cfs_clinician", "four_at", "mst", "recent_function_decline", "function_now"])
def test_what_is_of_today_is_asked_and_never_taken_over(nurse, home, item):
    page = nurse.get(f"{home.path}/screen?again=1").text
    assert fields(page).get(item, [""]) == [""]
    assert f":{item}" not in page.partition('id="g-sign"')[0].replace(f"q-{item}", "")


def test_a_level_other_than_before_is_asked_about(demo, nurse, home):
    path = f"{home.path}/screen?again=1"
    sent = fields(nurse.get(path).text) | {"cfs_clinician": "5", "do": "draft"}
    page = nurse.post(path, data=sent, headers={"HX-Request": "true"}).text
    assert "CFS 5 nå, CFS 6 ved innleggelsen. Er endringen reell?" in words_of(page)


def test_what_goes_along_keeps_where_it_came_from_and_the_new_plan_still_says_it(demo, nurse):
    patient = at_home(demo, 1, days=35)
    assert signed(nurse, patient, cfs_clinician="6").headers["location"] == f"{patient.path}/plan#step-HPH4"
    stored = demo.case(patient.id)
    assert stored["answers"]["what_matters"] == "Komme hjem til hagen."
    assert stored["medicines"] == [{"atc": "C03CA01", "name": "furosemid", "use": "regular"}]
    assert stored["sources"]["what_matters"]["from"] == "previous_screening"
    assert "four_at" not in stored["answers"]
    page = nurse.get(f"{patient.path}/plan").text
    rules = [each.partition('"')[0] for each in page.split('name="rules" value="')[1:]]
    assert patient.send(nurse, "plan", "renew_plan", plan=patient.plan, rules=rules).status_code == 303
    renewed = words_of(nurse.get(f"{patient.path}/plan").text)
    assert "Komme hjem til hagen." in renewed
    print_ = words_of(nurse.get(f"{patient.path}/print?what=municipality&language=nb&as=html").text)
    assert "Ola Pårørende" in print_


def test_what_tells_where_someone_protected_is_goes_along_unseen(demo, nurse):
    patient = at_home(demo, 2, days=35).tell(AddressProtected(protected=True))
    assert "Ola Pårørende" not in nurse.get(f"{patient.path}/screen?again=1").text
    assert signed(nurse, patient, cfs_clinician="6").status_code == 303
    assert demo.case(patient.id)["answers"]["next_of_kin"] == "Ola Pårørende"


def test_what_was_ticked_and_noted_waits_while_cfs_is_scored_and_is_gone_once_stored(demo, nurse):
    patient = at_home(demo, 3, days=35)
    left = patient.send(nurse, "plan", "done", **box(patient, rescore="yes"))
    assert left.headers["location"] == f"{patient.path}/screen?again=1"
    assert not isinstance(patient.newest(), StepDone)
    page = nurse.get(f"{patient.path}/plan").text
    assert "Bærer ved igjen" in page
    assert "Bærer ved igjen" not in demo.browser("amina").get(f"{patient.path}/plan").text
    assert signed(nurse, patient, cfs_clinician="5").status_code == 303
    page = nurse.get(f"{patient.path}/plan").text
    assert "Ny CFS er satt" in page
    assert "Bærer ved igjen" in page
    assert patient.send(nurse, "plan", "done", **box(patient)).status_code == 303
    assert isinstance(patient.newest(), StepDone)
    assert patient.newest().note == "Bærer ved igjen"
    assert patient.newest().checked == ("cognition", "health")


def test_scoring_again_is_for_someone_at_home_with_a_plan(demo):
    patient = admitted(demo, 4)
    page = words_of(demo.browser("amina").get(f"{patient.path}/screen?again=1").text)
    assert "før den akutte sykdommen" in page


def test_a_form_that_was_signed_today_opens_to_be_corrected_and_still_asks_about_now(demo, nurse):
    patient = at_home(demo, 5, days=35)
    assert signed(nurse, patient, cfs_clinician="5", what_matters="").status_code == 303
    page = nurse.get(f"{patient.path}/screen?again=1").text
    assert "ut fra slik pasienten har hatt det de siste to ukene" in page
    assert fields(page)["cfs_clinician"] == ["5"]
    assert fields(page)["what_matters"] == [""]


def test_the_assessment_asks_whether_a_change_since_the_stay_is_real(demo, nurse):
    patient = at_home(demo, 6, days=35)
    signed(nurse, patient, cfs_clinician="4")
    said = words_of(nurse.get(f"{patient.path}/assessment").text)
    assert "Er endringen reell? Nivået nå gjelder de siste to ukene hjemme" in said
