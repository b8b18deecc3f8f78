"""The screening form: what is known stands, what nobody has answered is unknown, and what is signed is stored."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from careplans.course.events import AddressProtected
from rules.knowledge import ITEMS
from tests.ward.plans import Planned
from tests.ward.signed_in import Hospital, attribute, example, fields, hospital

KNOWN = "15814512336"
ELSEWHERE = "15883255574"
OTHER = "01814000199"
STAY = {"ward": "GER2", "admitted": "2026-11-16T14:10:00+01:00", "id": "E-1"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with hospital(tmp_path_factory.mktemp("form")) as served:
        served.sends(example())
        served.sends({"patient": {"id": ELSEWHERE}, "encounter": STAY | {"ward": "MED1"}})
        yield served


@pytest.fixture(scope="module")
def nurse(demo):
    return demo.browser("ingrid")


def patient(demo: Hospital, name: str, **changes: Any) -> str:
    """Return a new patient on GER2, known by a local id; `changes` are parts of the case that the record sends."""
    content = {
        "patient": {"local_id": name, "birth_date": "1940-01-01", "municipality": "5001"},
        "encounter": STAY | {"id": f"E-{name}"},
    }
    return demo.sends(content | changes)


def send(browser: TestClient, path: str, does: str, **changes: Any) -> Any:
    """Send the form as it stands, with some fields changed, by one of its buttons."""
    sent = fields(browser.get(path).text) | {name.replace("__", "."): value for name, value in changes.items()}
    return browser.post(path, data=sent | {"do": does})


def csrf_of(page: str) -> str:
    """Return the token of a page's forms."""
    found = re.search(r'name="csrf" value="([^"]*)"', page)
    assert found
    return found[1]


def test_every_item_is_asked_for_once_and_nothing_else(demo, nurse):
    page = nurse.get(f"/patients/{demo.named(KNOWN)}/screen").text
    asked = re.findall(r'data-item="(\w+)"', page)
    assert sorted(asked) == sorted(set(ITEMS) - {"age", "sex", "municipality"})


def test_a_form_that_nobody_touches_answers_nothing(demo, nurse):
    person = patient(demo, "untouched")
    assert send(nurse, f"/patients/{person}/screen", "save").status_code == 303
    stored = demo.case(person)
    assert stored["answers"] == {}
    assert not {"conditions", "medicines", "rater"} & stored.keys()


def test_an_unticked_member_of_a_set_is_unknown_until_someone_says_none_of_the_others(demo, nurse):
    person = patient(demo, "set")
    path = f"/patients/{person}/screen"
    send(nurse, path, "save", badl_help__bathe="yes")
    assert demo.case(person)["answers"]["badl_help"] == {"bathe": True}
    assert send(nurse, path, "none:tree:badl_help").status_code == 303
    send(nurse, path, "save")
    said = demo.case(person)["answers"]["badl_help"]
    assert said == {"bathe": True, "dress": False, "eat": False, "transfer": False, "walk": False}


def test_what_the_record_sent_stands_and_is_stored_again_with_where_it_came_from(demo, nurse):
    content = example() | {"encounter": STAY | {"id": "E-known"}}
    content["patient"] = content["patient"] | {"id": OTHER}
    person = demo.sends(content)
    page = nurse.get(f"/patients/{person}/screen").text
    assert "fra journalen" in page
    assert send(nurse, f"/patients/{person}/screen", "save").status_code == 303
    stored = demo.case(person)
    given = set(content["answers"])
    assert set(stored["answers"]) == given
    assert stored["answers"]["badl_help"]["bathe"] is True
    assert stored["conditions"] == content["conditions"]
    assert stored["medicines"] == content["medicines"]
    assert stored["rater"]["role"] == "ward_nurse"
    assert stored["sources"]["four_at"]["from"] == "record"


def test_where_someone_protected_is_to_be_found_is_kept_and_not_shown(demo, nurse):
    person = patient(demo, "protected", answers={"gp": "Byåsen legesenter", "next_of_kin": "Ola Pårørende"})
    path = f"/patients/{person}/screen"
    assert "Byåsen legesenter" in nurse.get(path).text
    Planned(demo, person, "E-protected").tell(AddressProtected(protected=True))
    page = nurse.get(path).text
    assert "Byåsen" not in page
    assert "Ola Pårørende" not in page
    assert send(nurse, path, "save", four_at="3").status_code == 303
    kept = {"gp": "Byåsen legesenter", "next_of_kin": "Ola Pårørende", "four_at": 3}
    assert demo.case(person)["answers"] == kept
    send(nurse, path, "save", gp="Heimdal legesenter")
    assert demo.case(person)["answers"] == kept | {"gp": "Heimdal legesenter"}


def test_a_line_with_half_a_sign_is_refused_kindly(demo, nurse):
    path = f"/patients/{patient(demo, 'half')}/screen"
    answer = send(nurse, path, "save", conditions__row='{"code":"\\ud800"}')
    assert answer.status_code == 422


def test_signing_leads_to_the_assessment_and_throws_the_draft_away(demo, nurse):
    person = patient(demo, "signed")
    path = f"/patients/{person}/screen"
    send(nurse, path, "draft", four_at="3")
    assert "Dette er kladden din" in nurse.get(path).text
    stored = send(nurse, path, "save", cfs_clinician="6")
    assert stored.headers["location"] == f"/patients/{person}/assessment"
    assert demo.case(person)["answers"] == {"cfs_clinician": 6, "four_at": 3}
    assert demo.case(person)["rater"]["role"] == "ward_nurse"
    assert "Dette er kladden din" not in nurse.get(path).text


def test_a_second_saving_corrects_the_screening_and_keeps_who_set_the_score(demo, nurse):
    person = patient(demo, "corrected")
    path = f"/patients/{person}/screen"
    send(nurse, path, "save", cfs_clinician="6")
    first, rater = demo.stored(person), demo.case(person)["rater"]
    send(demo.browser("amina"), path, "save", four_at="0")
    again = demo.stored(person)
    assert (again.screening, again.version) == (first.screening, 2)
    assert demo.case(person)["rater"] == rater
    send(demo.browser("amina"), path, "save", cfs_clinician="5")
    assert demo.case(person)["rater"]["role"] == "treating_doctor"


def test_without_a_script_one_is_told_what_signing_corrects_before_it_is_signed(demo, nurse):
    person = patient(demo, "corrected_plainly")
    path = f"/patients/{person}/screen"
    send(nurse, path, "save", cfs_clinician="6", falls_last_12_months="1")
    asked = send(nurse, path, "save", falls_last_12_months="3", plain="1")
    assert "Du retter: Fall siste 12 måneder: 1 → 3" in asked.text[asked.text.index('id="look"') :]
    assert demo.stored(person).version == 1
    told = re.findall(r'name="told" value="([^"]*)"', asked.text)
    other = nurse.post(path, data=fields(asked.text) | {"do": "save", "plain": "1", "told": told, "four_at": "0"})
    assert "4AT" in other.text[other.text.index('id="look"') :]
    told = re.findall(r'name="told" value="([^"]*)"', other.text)
    signed = nurse.post(path, data=fields(other.text) | {"do": "save", "plain": "1", "told": told})
    assert (signed.status_code, demo.stored(person).version) == (303, 2)


def test_a_first_screening_without_a_script_is_signed_at_once(demo, nurse):
    path = f"/patients/{patient(demo, 'first_plainly')}/screen"
    assert send(nurse, path, "save", cfs_clinician="6", plain="1").status_code == 303


def test_a_draft_is_kept_through_sign_out_and_is_nobody_elses(demo):
    person = patient(demo, "draft")
    path = f"/patients/{person}/screen"
    before = demo.browser("ingrid")
    send(before, path, "draft", function_before="Gikk tur hver dag")
    before.post("/signout", data={"csrf": fields(before.get(path).text)["csrf"]})
    page = demo.browser("ingrid").get(path).text
    assert "Gikk tur hver dag" in page
    assert "Dette er kladden din fra kl." in page
    assert "Gikk tur hver dag" not in demo.browser("amina").get(path).text


def test_a_draft_can_be_thrown_away(demo, nurse):
    person = patient(demo, "thrown")
    path = f"/patients/{person}/screen"
    send(nurse, path, "draft", mst="2")
    assert fields(nurse.get(path).text)["mst"] == ["2"]
    assert send(nurse, path, "discard").status_code == 303
    assert fields(nurse.get(path).text)["mst"] == [""]


def test_enter_in_a_field_keeps_the_draft_and_nothing_more(demo, nurse):
    person = patient(demo, "enter")
    path = f"/patients/{person}/screen"
    send(nurse, path, "draft", mst="2")
    page = nurse.get(path).text
    assert 'form="screening"' not in page
    first = re.findall(r"<button[^>]*>", page[page.index('<form id="screening"') :])[0]
    assert (attribute(first, "name"), attribute(first, "value")) == ("do", "draft")


def test_what_a_script_sends_is_answered_with_the_panel_alone(demo, nurse):
    person = patient(demo, "panel")
    path = f"/patients/{person}/screen"
    sent = fields(nurse.get(path).text) | {"badl_help.dress": "yes", "do": "draft"}
    answer = nurse.post(path, data=sent, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith("<aside")
    assert "6–9" in answer.text
    assert "Kladd lagret kl." in answer.text


def test_a_button_that_a_script_presses_is_answered_with_the_page_that_holds_its_group(demo, nurse):
    person = patient(demo, "pressed")
    path = f"/patients/{person}/screen"
    sent = fields(nurse.get(path).text) | {"do": "none:tree:iadl_help"}
    answer = nurse.post(path, data=sent, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert 'id="g-tree"' in answer.text
    assert fields(answer.text)["iadl_help.money"] == ["no"]


def test_a_draft_that_is_too_long_to_keep_is_told_and_stays_on_the_page(demo, nurse):
    person = patient(demo, "heavy")
    path = f"/patients/{person}/screen"
    texts = {item.id: "å" * 20_000 for item in ITEMS.values() if item.kind == "text" and item.id != "municipality"}
    answer = send(nurse, path, "draft", **texts, reason="a" * 40_000)
    assert answer.status_code == 422
    assert fields(answer.text)["gp"] == ["å" * 20_000]


def test_two_windows_of_one_person_do_not_overwrite_each_others_draft(demo, nurse):
    person = patient(demo, "windows")
    path = f"/patients/{person}/screen"
    one, other = fields(nurse.get(path).text), fields(nurse.get(path).text)
    nurse.post(path, data=one | {"four_at": "1", "do": "draft"})
    told = nurse.post(path, data=other | {"four_at": "2", "do": "draft"})
    assert told.status_code == 409
    assert "i et annet vindu" in told.text
    assert fields(told.text)["four_at"] == ["2"]
    assert fields(nurse.get(path).text)["four_at"] == ["1"]


def test_the_second_to_save_is_told_what_the_first_changed_and_loses_nothing(demo, nurse):
    person = patient(demo, "two")
    path = f"/patients/{person}/screen"
    doctor = demo.browser("amina")
    hers, his = fields(doctor.get(path).text), fields(nurse.get(path).text)
    assert doctor.post(path, data=hers | {"four_at": "4", "mst": "1", "do": "save"}).status_code == 303
    told = nurse.post(path, data=his | {"four_at": "0", "weight_loss": "yes", "do": "save"})
    assert told.status_code == 409
    for words in ("Amina Warsame lagret en kartlegging", "4AT", "svaret ditt er beholdt (0). Der står: 4", "MST"):
        assert words in told.text
    now = fields(told.text)
    assert (now["four_at"], now["mst"], now["weight_loss"]) == (["0"], ["1"], ["yes"])
    assert fields(nurse.get(path).text)["weight_loss"] == ["yes"]
    assert nurse.post(path, data=now | {"do": "save"}).status_code == 303
    assert demo.case(person)["answers"] == {"four_at": 0, "mst": 1, "weight_loss": True}


def test_a_form_that_is_sent_twice_is_stored_once(demo, nurse):
    person = patient(demo, "twice")
    path = f"/patients/{person}/screen"
    sent = fields(nurse.get(path).text) | {"four_at": "4", "do": "save"}
    assert [nurse.post(path, data=sent).headers.get("location") for _ in range(2)] == [
        f"/patients/{person}/assessment"
    ] * 2
    assert demo.stored(person).version == 1
    assert len(demo.screenings(person)) == 2


def test_a_draft_that_another_saved_past_says_so_when_it_is_opened(demo, nurse):
    person = patient(demo, "past")
    path = f"/patients/{person}/screen"
    send(nurse, path, "draft", mst="3")
    doctor = demo.browser("amina")
    doctor.post(path, data={"do": "own", "csrf": csrf_of(doctor.get(path).text)})
    send(doctor, path, "save", four_at="4")
    page = nurse.get(path)
    assert "Amina Warsame lagret en kartlegging" in page.text
    assert (fields(page.text)["mst"], fields(page.text)["four_at"]) == (["3"], ["4"])


def test_whoever_signs_is_told_when_and_what_is_theirs_to_do_next(demo, nurse):
    person = patient(demo, "receipt")
    send(nurse, f"/patients/{person}/screen", "save", cfs_clinician="3")
    told = nurse.get(f"/patients/{person}/assessment").text.partition('class="told receipt"')[2].partition("</p>")[0]
    assert re.search(r"Signert .*kl\. \d\d:\d\d", told)
    assert "Neste for deg:" in told
    assert f'href="/patients/{person}/' in told
    assert "told receipt" not in demo.browser("henrik").get(f"/patients/{person}/assessment").text


def test_whoever_signs_with_nothing_more_to_do_is_told_what_comes_next_for_the_patient_and_whose_it_is(demo):
    person, henrik = patient(demo, "receipt-others"), demo.browser("henrik")
    send(henrik, f"/patients/{person}/screen", "save", cfs_clinician="3")
    told = henrik.get(f"/patients/{person}/assessment").text.partition('class="told receipt"')[2].partition("</p>")[0]
    assert re.search(r"Ingenting mer venter på deg her\. Neste for pasienten: .+ \((Lege|Sykepleier)\)", told)
    assert "Neste for deg" not in told


def test_one_who_was_signed_out_is_told_that_the_last_answers_were_not_kept(demo):
    person = patient(demo, "signed-out")
    path = f"/patients/{person}/screen"
    browser = demo.browser("ingrid")
    send(browser, path, "draft", mst="2")
    browser.cookies.clear()
    away = browser.post(path, data={"do": "draft", "four_at": "4"}, headers={"Referer": f"http://testserver{path}"})
    assert "unsaved%3D1" in away.headers["location"]
    back = demo.browser("ingrid")
    assert "Du ble logget ut før de siste svarene ble lagret. Kladden er fra" in back.get(f"{path}?unsaved=1").text
    send(back, path, "discard")
    assert "før noe ble lagret" in back.get(f"{path}?unsaved=1").text
    assert "før det siste du sendte" in back.get(f"/patients/{person}/history?unsaved=1").text
    assert "Du ble logget ut" not in back.get(path).text


def test_a_list_is_put_together_from_both_and_never_silently_overwritten(demo, nurse):
    rows = [{"code": "I50.9", "main": True}]
    person = patient(demo, "lists", conditions=rows)
    path = f"/patients/{person}/screen"
    mine = fields(nurse.get(path).text)
    changed = {"conditions.row": ['{"code": "J44.9"}'], "conditions.main": "", "do": "save"}
    assert demo.browser("amina").post(path, data=fields(demo.browser("amina").get(path).text)).status_code == 403
    doctor = demo.browser("amina")
    assert doctor.post(path, data=fields(doctor.get(path).text) | changed).status_code == 303
    assert nurse.post(path, data=mine | {"mst": "0", "do": "save"}).status_code == 409
    send(nurse, path, "save")
    assert demo.case(person)["conditions"] == [{"code": "J44.9"}]


@pytest.mark.parametrize(
    ("field", "written", "words"),
    [
        ("falls_last_12_months", "mange", "Dette er ikke et helt tall"),
        ("falls_last_12_months", "-1", "Tallet er for lite"),
        ("admissions_last_12_months", "400", "Tallet er for stort"),
        ("four_at", "13", "Tallet er for stort"),
    ],
)
def test_what_is_impossible_is_told_beside_the_field_and_at_the_top_and_stays(demo, nurse, field, written, words):
    person = patient(demo, f"wrong-{field}-{written}")
    answer = send(nurse, f"/patients/{person}/screen", "save", mst="1", **{field: written})
    assert answer.status_code == 422
    assert answer.text.count(words) == 2
    assert f'href="#q-{field}"' in answer.text
    assert fields(answer.text)["mst"] == ["1"]
    if field != "four_at":
        assert fields(answer.text)[field] == [written]


def test_lines_without_anyone_saying_that_the_list_is_whole_are_asked_about(demo, nurse):
    person = patient(demo, "lines")
    path = f"/patients/{person}/screen"
    written = {"conditions__new__code": "I50.9", "conditions__new__system": "icd-10"}
    answer = send(nurse, path, "save", **written)
    assert answer.status_code == 422
    assert "Velg at listen er hel" in answer.text
    assert send(nurse, path, "save", conditions="whole").status_code == 303
    assert demo.case(person)["conditions"] == [{"code": "I50.9", "system": "icd-10"}]


def test_an_empty_list_that_someone_says_is_whole_is_none_and_not_unknown(demo, nurse):
    person = patient(demo, "none")
    send(nurse, f"/patients/{person}/screen", "save", medicines="whole")
    assert demo.case(person)["medicines"] == []
    assert "conditions" not in demo.case(person)


def test_lines_are_added_and_taken_away_and_the_main_diagnosis_stays_the_main_one(demo, nurse):
    rows = [{"code": code, "main": code == "J44.9"} for code in ("I50.9", "E11.9", "J44.9")]
    person = patient(demo, "remove", conditions=rows)
    path = f"/patients/{person}/screen"
    send(nurse, path, "remove:lists:conditions:0")
    send(nurse, path, "add:lists:conditions", conditions__new__code="N18.3", conditions__new__system="icd-10")
    send(nurse, path, "save")
    stored = demo.case(person)["conditions"]
    assert [row["code"] for row in stored] == ["E11.9", "J44.9", "N18.3"]
    assert [row["code"] for row in stored if row.get("main")] == ["J44.9"]


def test_a_disagreement_is_told_at_once_and_its_reason_is_asked_for_and_kept(demo, nurse):
    tree = {"terminal_illness": False, "badl_help": ["dress", "bathe", "eat"], "iadl_help": []}
    person = patient(demo, "disagrees", answers=tree)
    path = f"/patients/{person}/screen"
    sent = fields(nurse.get(path).text) | {"cfs_clinician": "4", "do": "draft"}
    assert "data-guard" in nurse.post(path, data=sent, headers={"HX-Request": "true"}).text
    asked = send(nurse, path, "save", cfs_clinician="4")
    assert asked.status_code == 422
    assert "grunnen mangler" in asked.text
    assert send(nurse, path, "save", cfs_clinician="4", reason="Klarte seg selv <b>til</b> bruddet").status_code == 303
    assert {"code": "cfs_reason"}.items() <= demo.case(person)["notes"][0].items()
    assert demo.case(person)["notes"][0]["values"] == {"reason": "Klarte seg selv <b>til</b> bruddet"}
    page = nurse.get(path).text
    assert "<b>til</b>" not in page
    assert fields(page)["reason"] == ["Klarte seg selv <b>til</b> bruddet"]


def test_a_score_below_the_dementia_is_told_and_asks_for_no_reason(demo, nurse):
    person = patient(demo, "dementia", answers={"dementia_stage": "severe"})
    path = f"/patients/{person}/screen"
    sent = fields(nurse.get(path).text) | {"cfs_clinician": "4", "do": "draft"}
    panel = nurse.post(path, data=sent, headers={"HX-Request": "true"}).text
    assert "Se på CFS og graden av demens en gang til." in panel
    assert "data-guard" not in panel
    assert send(nurse, path, "save", cfs_clinician="4").status_code == 303


def test_a_second_rater_sees_nothing_of_the_first_and_both_are_kept(demo, nurse):
    person = patient(demo, "second")
    path = f"/patients/{person}/screen"
    first = {"cfs_clinician": "8", "badl_help__dress": "yes", "badl_help__walk": "yes", "four_at": "2"}
    send(nurse, path, "save", **first)
    doctor = demo.browser("amina")
    page = doctor.get(f"{path}?second=1")
    shown = fields(page.text)
    assert (shown["cfs_clinician"], shown["badl_help.dress"], shown["four_at"]) == ([""], [""], ["2"])
    panel = page.text[page.text.index("<aside") : page.text.index("</aside>")]
    assert "alle nivåer mulig" in panel
    assert 'class="possible">8' in panel
    assert "Lever med svært alvorlig" not in panel
    assert send(doctor, f"{path}?second=1", "save", cfs_clinician="6").status_code == 303
    assert len(demo.screenings(person)) == 3
    stored = demo.case(person)
    assert (stored["answers"]["cfs_clinician"], stored["rater"]["role"]) == (6, "treating_doctor")
    assert stored["answers"]["badl_help"] == {"dress": True, "walk": True}
    assert demo.routed_by(person) == 8


def test_a_second_rater_takes_no_unconfirmed_answer_for_a_confirmed_one(demo, nurse):
    source = {"from": "Innleggelsesrapport", "status": "proposed"}
    person = patient(demo, "unsure", answers={"badl_help": ["dress", "eat", "walk"]}, sources={"badl_help": source})
    path = f"/patients/{person}/screen?second=1"
    assert send(nurse, path, "save", cfs_clinician="3").status_code == 303
    assert demo.case(person)["sources"]["badl_help"] == source


def test_a_reason_goes_when_the_answers_come_to_agree(demo, nurse):
    person = patient(demo, "agrees", answers={"terminal_illness": False, "badl_help": ["dress", "bathe", "eat"]})
    path = f"/patients/{person}/screen"
    send(nurse, path, "save", cfs_clinician="4", reason="Usikker")
    assert demo.case(person)["notes"]
    send(nurse, path, "save", cfs_clinician="7")
    assert demo.case(person)["notes"] == []


HOSTILE = (
    "²",
    "9" * 5000,
    "-1",
    "null",
    "NaN",
    "[" * 3000,
    '{"code": 1}',
    '{"dose": 1e999, "name": {}}',
    "<b>{t}\x00",
)
ANYWHERE = (
    "base",
    "seen",
    "window",
    "confirmed",
    "conditions",
    "conditions.row",
    "conditions.main",
    "conditions.new.system",
    "medicines",
    "medicines.row",
    "medicines.new.use",
    "reason",
    "age",
    "residence",
    "badl_help.dress",
    "four_at",
    "falls_last_12_months",
    "what_matters.said",
    "filled_in",
    "rater_role",
)
DOES = ("save", "draft", "take:x", "take:tree:x", "none:x:four_at", "add:x:y", "remove:lists:medicines:²", "{t}")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_can_be_sent_is_a_defect(demo, nurse, text):
    person = patient(demo, f"hostile-{text[:9]}", conditions=[{"code": "I50.9"}])
    path = f"/patients/{person}/screen"
    csrf = fields(nurse.get(path).text)["csrf"]
    for does in DOES:
        for sent in (dict.fromkeys(ANYWHERE, text), {"conditions.row": text}, {"conditions.main": text}):
            answer = nurse.post(f"{path}?paper=1", data={"do": does, **sent, "csrf": csrf})
            assert answer.status_code in {303, 409, 422}, does
        assert nurse.get(f"{path}?paper=1").status_code == 200


def test_a_form_from_paper_says_when_it_was_filled_in_and_by_whom(demo, nurse):
    person = patient(demo, "paper")
    path = f"/patients/{person}/screen?paper=1"
    asked = send(nurse, path, "save", cfs_clinician="5")
    assert asked.status_code == 422
    assert "Tidspunktet mangler" in asked.text
    assert send(nurse, path, "save", filled_in="2199-01-01T10:00").status_code == 422
    written = {"filled_in": "2026-11-20T07:45", "rater_role": "treating_doctor", "cfs_clinician": "5", "four_at": "0"}
    assert send(nurse, path, "save", **written).status_code == 303
    stored = demo.case(person)
    assert stored["rater"] == {"role": "treating_doctor", "time": "2026-11-20T07:45:00+01:00"}
    assert stored["sources"]["four_at"] == {
        "from": "paper_form",
        "time": "2026-11-20T07:45:00+01:00",
        "status": "confirmed",
    }


def test_an_answer_read_elsewhere_is_marked_and_confirmed_with_one_press(demo, nurse):
    source = {"from": "Innleggelsesrapport", "id": "M-1", "time": "2026-11-15T08:00:00+01:00", "status": "proposed"}
    answers = {"residence": "home", "living_alone": True, "dementia_stage": "none"}
    person = patient(demo, "report", answers=answers, sources=dict.fromkeys(answers, source))
    path = f"/patients/{person}/screen"
    page = nurse.get(path).text
    assert page.count("fra innleggelsesrapporten") == 3
    assert "Alt stemmer (3)" in page
    send(nurse, path, "save", confirmed=["residence"], living_alone="no")
    sources = demo.case(person)["sources"]
    assert sources["residence"] == source | {"status": "confirmed"}
    assert sources["dementia_stage"] == source
    assert "living_alone" not in sources
    send(nurse, path, "take:function")
    send(nurse, path, "save")
    assert demo.case(person)["sources"]["dementia_stage"]["status"] == "confirmed"


def test_what_was_said_in_an_earlier_stay_counts_for_nothing_until_it_is_taken_over(demo, nurse):
    earlier = {
        "residence": "home",
        "living_alone": True,
        "municipal_services": ["home_nursing"],
        "four_at": 5,
        "cfs_clinician": 6,
    }
    stay = {
        "ward": "GER2",
        "admitted": "2026-03-01T10:00:00+01:00",
        "id": "old",
        "discharged": "2026-03-09T10:00:00+01:00",
    }
    person = patient(demo, "earlier", answers=earlier, encounter=stay)
    patient(demo, "earlier")
    path = f"/patients/{person}/screen"
    page = nurse.get(path).text
    assert "Sist: egen bolig" in page
    assert "Sist: hjemmesykepleie" in page
    assert fields(page)["residence"] == [""]
    send(nurse, path, "take:function")
    now = fields(nurse.get(path).text)
    assert (now["residence"], now["municipal_services.home_nursing"]) == (["home"], ["yes"])
    assert (now["four_at"], now["cfs_clinician"]) == ([""], [""])
    send(nurse, path, "save")
    stored = demo.case(person)
    assert set(stored["answers"]) == {"residence", "living_alone", "municipal_services"}
    assert stored["sources"]["residence"]["from"] == "previous_screening"


def test_what_is_judged_or_measured_anew_is_never_taken_over_and_never_said_to_be_as_last_time(demo, nurse):
    anew = {"four_at": 0, "mst": 1, "function_now": "Går med rullator", "need_after_discharge": "unchanged"}
    judged = {"cfs_clinician": 6, "surprised_if_died_within_12_months": False, "spict_wish": True}
    stay = STAY | {"id": "old", "admitted": "2026-03-01T10:00:00+01:00", "discharged": "2026-03-09T10:00:00+01:00"}
    person = patient(demo, "anew", answers=anew | judged | {"what_matters": "Hagen"}, encounter=stay)
    patient(demo, "anew")
    path = f"/patients/{person}/screen"
    page = nurse.get(path).text
    for item in anew | judged:
        question = page[page.index(f'id="q-{item}"') :].partition('id="q-')[2].partition('id="q-')[0]
        assert "Sist: " in question, item
        assert "take:" not in question, item
        send(nurse, path, f"take:signs:{item}")
    for group in ("cfs", "signs", "function", "matters", "discharge"):
        send(nurse, path, f"take:{group}")
    send(nurse, path, "save", four_at="0", surprised_if_died_within_12_months="no")
    stored = demo.case(person)
    assert set(stored["answers"]) == {"what_matters", "four_at", "surprised_if_died_within_12_months"}
    assert set(stored["sources"]) == {"what_matters"}


def test_one_press_confirms_no_judgement(demo, nurse):
    source = {"from": "Innleggelsesrapport", "status": "proposed"}
    judged = {"surprised_if_died_within_12_months": False, "spict_weight": True, "spict_wish": True}
    person = patient(
        demo,
        "judged",
        answers=judged | {"what_matters": "Hagen"},
        sources=dict.fromkeys([*judged, "what_matters"], source),
    )
    path = f"/patients/{person}/screen"
    assert "Alt stemmer (1)" in nurse.get(path).text
    send(nurse, path, "take:matters")
    send(nurse, path, "save", confirmed=["what_matters", "spict_weight"])
    status = {item: each["status"] for item, each in demo.case(person)["sources"].items()}
    assert status == dict.fromkeys(judged, "proposed") | {"what_matters": "confirmed", "spict_weight": "confirmed"}


def test_a_form_keeps_the_ward_that_the_patient_has_moved_to(demo, nurse):
    person = patient(demo, "moved", answers={"mst": 1})
    patient(demo, "moved", encounter=STAY | {"id": "E-moved", "ward": "MED1"})
    send(demo.browser("jonas"), f"/patients/{person}/screen", "save", four_at="0")
    assert demo.case(person)["encounter"]["ward"] == "MED1"
    assert demo.case(person)["answers"] == {"mst": 1, "four_at": 0}


def test_hostile_text_is_shown_and_stored_as_text(demo, nurse):
    person = patient(demo, "hostile")
    path = f"/patients/{person}/screen"
    text = "</textarea><script>alert(1)</script>{{ t }} {0} ' \" \x00"
    assert send(nurse, path, "save", what_matters=text, next_of_kin='"><img src=x>').status_code == 303
    assert demo.case(person)["answers"]["what_matters"] == text.replace("\x00", "").strip()
    page = nurse.get(path).text
    assert "<script>alert" not in page
    assert "<img" not in page


def test_a_text_that_is_too_long_is_told_and_stays(demo, nurse):
    person = patient(demo, "long")
    path = f"/patients/{person}/screen"
    answer = send(nurse, path, "save", function_now="a" * 20_001)
    assert answer.status_code == 422
    assert 'href="#q-function_now"' in answer.text
    assert fields(answer.text)["function_now"] == ["a" * 20_001]
    assert send(nurse, path, "save", function_now="a" * 20_000).status_code == 303


def test_the_next_question_is_the_one_that_narrows_the_score_most(demo, nurse):
    person = patient(demo, "next")
    path = f"/patients/{person}/screen"
    assert 'data-next="terminal_illness"' in nurse.get(path).text
    send(nurse, path, "draft", terminal_illness="no")
    assert 'data-next="badl_help"' in nurse.get(path).text
    send(nurse, path, "draft", **{f"badl_help__{code}": "yes" for code in ("dress", "bathe", "eat")})
    page = nurse.get(path).text
    assert "Lever med alvorlig skrøpelighet" in page[page.index("<aside") :]
    folded = page[page.index('class="folded"', page.index('id="g-tree"')) : page.index('id="g-function"')]
    assert set(re.findall(r'data-item="(\w+)"', folded)) >= {"iadl_help", "self_rated_health", "vigorous_activity"}


def test_a_new_patient_is_admitted_and_screened_on_the_same_form(demo, nurse):
    who = {"identity": "158145 12336", "born": "1945-01-15", "ward": "GER2", "admitted": "2026-11-22T10:00"}
    csrf = fields(nurse.get(f"/patients/{demo.named(KNOWN)}/screen").text)["csrf"][0]
    known = nurse.post("/screen", data=who | {"csrf": csrf})
    assert known.headers["location"] == f"/patients/{demo.named(KNOWN)}/screen"
    new = nurse.post(
        "/screen", data=who | {"csrf": csrf, "identity": "", "local_id": "Q-77", "municipality": "Trondheim"}
    )
    path = new.headers["location"]
    assert nurse.get(path).status_code == 200
    send(nurse, path, "save", cfs_clinician="3")
    stored = demo.case(path.split("/")[2])
    assert stored["patient"] == {"local_id": "Q-77", "birth_date": "1945-01-15", "municipality": "5001"}
    assert stored["encounter"]["ward"] == "GER2"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"identity": "12345678901"}, "identity"),
        ({}, "identity"),
        ({"local_id": "Q-1", "born": "1945-13-01"}, "born"),
        ({"local_id": "Q-1", "municipality": "Ingensteds"}, "municipality"),
        ({"local_id": "Q-1", "admitted": ""}, "admitted"),
        ({"local_id": "Q-1", "admitted": "2199-01-01T10:00"}, "admitted"),
        ({"identity": ELSEWHERE}, "identity"),
    ],
)
def test_a_new_patient_who_cannot_be_is_told_beside_the_field(demo, nurse, changes, field):
    csrf = fields(nurse.get(f"/patients/{demo.named(KNOWN)}/screen").text)["csrf"][0]
    answer = nurse.post("/screen", data={"csrf": csrf, "ward": "GER2", "admitted": "2026-11-22T10:00"} | changes)
    assert answer.status_code == 422
    assert f'id="e-{field}"' in answer.text
    for name, value in changes.items():
        assert attribute(answer.text[answer.text.index(f'id="{name}"') :], "value") == value


def test_age_is_asked_for_where_nobody_knows_when_the_patient_was_born(demo, nurse):
    person = demo.sends({"patient": {"local_id": "ageless"}, "encounter": STAY | {"id": "E-ageless"}})
    path = f"/patients/{person}/screen"
    assert 'data-item="age"' in nurse.get(path).text
    send(nurse, path, "save", age="82")
    assert demo.case(person)["answers"] == {"age": 82}


@pytest.mark.parametrize("person", ["anne", "solveig", "marte", "eskil", "lena"])
def test_only_those_who_may_screen_open_the_form(demo, person):
    answer = demo.browser(person).get(f"/patients/{demo.named(KNOWN)}/screen")
    assert answer.status_code in {403, 404}


def test_a_patient_of_another_ward_is_as_one_that_does_not_exist(demo, nurse):
    elsewhere = nurse.get(f"/patients/{demo.named(ELSEWHERE)}/screen")
    assert elsewhere.status_code == 404
    assert nurse.get("/patients/none/screen").status_code == 404


@pytest.mark.parametrize(("language", "words"), [("nn", "veker før den akutte"), ("en", "two weeks before the acute")])
def test_the_form_speaks_the_language_that_was_chosen(demo, language, words):
    browser = demo.browser("ingrid")
    browser.cookies.set("language", language)
    assert words in browser.get(f"/patients/{demo.named(KNOWN)}/screen").text


def test_neither_address_nor_title_holds_anything_of_the_patient(demo, nurse):
    person = demo.named(KNOWN)
    page = nurse.get(f"/patients/{person}/screen").text
    assert "<title>Kartlegging" in page
    assert not re.search(r"(href|action|hx-post)=\"[^\"]*(15814512336|degård|1945)", page)
    assert date(2026, 11, 16).isoformat() not in re.findall(r"<title>(.*?)</title>", page)[0]


def test_the_head_says_which_answer_is_missing_and_leads_to_it(demo, nurse):
    person = patient(demo, "asks-first")
    send(nurse, f"/patients/{person}/screen", "save", cfs_clinician="6")
    head = nurse.get(f"/patients/{person}/assessment").text.partition('<p class="next">')[2].partition("</p>")[0]
    assert "Svar mangler: Livslang funksjonsnedsettelse" in head
    assert f'href="/patients/{person}/screen#q-lifelong_disability"' in head
