"""The history page: events in words with their way back, and a form for each thing life changes."""

from __future__ import annotations

import re

import pytest

from api.screening import texts_in
from api.storage.access_log import lines_about
from api.storage.engine import reading
from api.ward.history.events import SAID, Ground, lines
from api.ward.history.life import FORMS
from api.ward.words import Words
from careplans.course.events import (
    KINDS,
    AddressProtected,
    Died,
    Discharged,
    DischargeExpected,
    Merged,
    Moved,
    PracticeSet,
    ReadyForDischarge,
    Recorded,
    Retracted,
    StepDone,
    Transferred,
    Undone,
)
from tests.v1.people import number
from tests.ward.plans import DOCTOR, admitted, ago, at_home, with_plan, words_of
from tests.ward.signed_in import hospital


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with hospital(tmp_path_factory.mktemp("history")) as served:
        yield served


@pytest.fixture(scope="module")
def doctor(demo):
    return demo.browser("amina")


@pytest.fixture(scope="module")
def administrator(demo):
    return demo.browser("lena")


def offered(browser, patient) -> set[str]:
    """Return the forms on the page."""
    return set(re.findall(r'name="form" value="(\w+)"', browser.get(f"{patient.path}/history").text))


def test_every_kind_of_event_has_its_words():
    assert set(SAID) == {kind.__dataclass_fields__["kind"].default for kind in KINDS}


def test_the_newest_event_stands_first_with_who_and_when_it_happened(demo, doctor):
    patient = with_plan(admitted(demo, 0)).tell(StepDone("E-0", "municipal_notice", ago(hours=20)))
    page = words_of(doctor.get(f"{patient.path}/history").text)
    assert page.index("Gjort: Varsle kommunen") < page.index("Planen startet") < page.index("Innlagt på GER2")
    assert "Amina Warsame, Lege på sykehuset Skjedde" in page


def test_what_is_undone_is_struck_through_with_who_and_why_and_undoing_that_brings_it_back(demo, doctor):
    patient = admitted(demo, 1).tell(Moved("4601"))
    moved = patient.seen.stream.recorded[-1].id
    assert patient.send(doctor, "history", "undo", event=moved).status_code == 422
    answer = patient.send(doctor, "history", "undo", event=moved, reason="Det var naboen")
    assert answer.status_code == 303
    page = doctor.get(f"{patient.path}/history").text
    assert "<s>Hører til Bergen</s>" in page
    assert "«Det var naboen»" in page
    assert patient.course().municipality == "5001"
    undoing = patient.seen.stream.recorded[-1].id
    patient.send(doctor, "history", "undo", event=undoing, reason="Jo, det stemte")
    assert patient.course().municipality == "4601"


def test_undoing_an_undoing_without_end_is_still_said_on_the_page(demo, doctor):
    patient = admitted(demo, 1).tell(Moved("4601"))
    told = patient.seen.stream.recorded
    by, at = told[-1].by, told[-1].at
    for which in range(2_000):
        told = (*told, Recorded(f"u{which}", Undone(told[-1].id, "Feil"), at, by))
    texts = texts_in("nb")
    ground = Ground(texts, Words(texts, at), told)
    shown = lines(told, ground, user=DOCTOR, now=at)
    assert [each.said for each in shown[:3]] == [
        "Gjelder igjen: Hører til Bergen",
        "Angret: Hører til Bergen",
        "Gjelder igjen: Hører til Bergen",
    ]
    assert next(each.recorded.id for each in shown if each.may_undo) == "u1999"


def test_a_program_that_sends_an_older_version_is_told_so(demo, doctor):
    patient = admitted(demo, 1)
    sent = {"form": "moved", "municipality": "4601", "version": "1"}
    csrf = re.search(r'name="csrf" value="([^"]*)"', doctor.get(f"{patient.path}/history").text)
    assert csrf
    patient.tell(Moved("4602"))
    answer = doctor.post(f"{patient.path}/history", data={**sent, "csrf": csrf[1]}, headers={"Accept": "*/*"})
    assert (answer.status_code, answer.json()["code"]) == (412, "changed_meanwhile")


def test_the_stay_changes_from_the_page(demo, doctor):
    patient = admitted(demo, 2)
    stay = {"stay": patient.stay}
    patient.send(doctor, "history", "discharge_moved", on="2026-12-24", **stay)
    assert patient.newest() == DischargeExpected(patient.stay, patient.course().stay.expected)
    assert "discharge_cancelled" in offered(doctor, patient)
    patient.send(doctor, "history", "discharge_cancelled", **stay)
    assert patient.newest() == DischargeExpected(patient.stay, None)
    patient.send(doctor, "history", "ready", **stay)
    assert isinstance(patient.newest(), ReadyForDischarge)
    assert patient.newest().at
    patient.send(doctor, "history", "ready_withdrawn", **stay)
    assert patient.newest() == ReadyForDischarge(patient.stay, None)
    leaving = patient.send(doctor, "history", "discharged", to="care_home", municipality="4601", **stay)
    assert "Sende epikrisen" in leaving.text
    assert "Ta stilling til forslagene" in leaving.text
    assert not isinstance(patient.newest(), Discharged)
    sure = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', leaving.text.partition('class="event"')[2]))
    assert doctor.post(f"{patient.path}/history", data=sure).status_code == 303
    assert isinstance(patient.newest(), Discharged)
    assert (patient.newest().to, patient.newest().municipality) == ("care_home", "4601")
    assert not {"ready", "discharged", "transferred"} & offered(doctor, patient)


def test_a_day_that_is_left_out_cancels_nothing(demo, doctor):
    patient = admitted(demo, 3)
    before = patient.seen.stream.version
    answer = patient.send(doctor, "history", "discharge_moved", stay=patient.stay, on="")
    assert answer.status_code == 422
    assert 'id="discharge_moved-life-on-wrong"' in answer.text
    assert patient.seen.stream.version == before


def test_a_number_that_is_no_municipality_is_refused_beside_its_field_with_what_was_written(demo, doctor):
    patient = admitted(demo, 4)
    answer = patient.send(doctor, "history", "moved", municipality="Andeby")
    assert answer.status_code == 422
    assert 'id="moved-life-municipality-wrong"' in answer.text
    assert 'value="Andeby"' in answer.text


def test_who_sends_the_patient_to_another_ward_is_told_that_it_is_saved_and_may_take_it_back(demo, doctor):
    patient = admitted(demo, 5)
    nurse = demo.browser("ingrid")
    answer = patient.send(nurse, "history", "transferred", stay=patient.stay, hospital="demosykehuset", ward="MED1")
    moved = patient.newest()
    assert isinstance(moved, Transferred)
    assert moved.hospital == "demo"
    assert "Flyttet til MED1, Demosykehuset" in demo.browser("henrik").get(f"{patient.path}/history").text
    gone = nurse.get(answer.headers["location"]).text
    assert "Det er lagret" in gone
    assert nurse.get(f"{patient.path}/history").status_code == 404
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', gone.partition('class="event"')[2]))
    assert nurse.post(f"{patient.path}/history", data=sent).status_code == 422
    back = nurse.post(f"{patient.path}/history", data=sent | {"reason": "Feil pasient"})
    assert (back.status_code, back.headers["location"]) == (303, f"{patient.path}/history")
    assert patient.course().stay.ward == "GER2"


def test_practice_and_address_are_set_and_taken_back(demo, doctor):
    patient = admitted(demo, 6)
    patient.send(doctor, "history", "practice", practice="Solsiden")
    assert patient.newest() == PracticeSet("Solsiden")
    patient.send(doctor, "history", "practice_unknown")
    assert patient.newest() == PracticeSet(None)
    patient.send(doctor, "history", "protect")
    assert patient.newest() == AddressProtected(protected=True)
    patient.tell(Moved("4601"))
    assert "4601" not in doctor.get(f"{patient.path}/history").text
    patient.send(doctor, "history", "unprotect")
    assert patient.newest() == AddressProtected(protected=False)


def test_death_is_asked_about_once_more_and_then_everything_stops(demo, doctor):
    patient = with_plan(admitted(demo, 7))
    day = ago(days=0).date().isoformat()
    asked = patient.send(doctor, "history", "died", on=day)
    assert asked.status_code == 200
    assert "Alt stanser nå" in asked.text
    assert not isinstance(patient.newest(), Died)
    again = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked.text.partition('class="event"')[2]))
    assert doctor.post(f"{patient.path}/history", data=again).status_code == 303
    assert isinstance(patient.newest(), Died)
    assert patient.seen.clocks == ()
    assert offered(doctor, patient) <= {"undo", "wrong_patient", "block", "unblock", "protect"}


def test_a_screening_on_the_wrong_patient_is_explained_then_taken_away_for_everyone(demo, doctor):
    patient = with_plan(admitted(demo, 8))
    screening = patient.course().screening
    filled = {"what": f"screening:{screening.id}", "reason": "Naboen i senga ved siden av"}
    asked = patient.send(doctor, "history", "wrong_patient", **filled)
    assert "blir borte for alle" in asked.text
    assert "står igjen blant dem som ikke er kartlagt" in asked.text
    patient.send(doctor, "history", "wrong_patient", sure="yes", **filled)
    assert isinstance(patient.newest(), Retracted)
    page = words_of(doctor.get(f"{patient.path}/history").text)
    assert "Kartlagt" not in page
    assert "Naboen" not in page
    assert "Planen startet" not in page


def test_only_the_screening_is_the_first_choice_and_leaves_the_patient_among_those_not_screened(demo, doctor):
    patient = admitted(demo, 27)
    page = doctor.get(f"{patient.path}/history").text
    assert re.findall(r'name="what" value="(\w+):', page) == ["screening", "stay"]
    assert "(pasienten ligger her)" in page
    assert "(pasienten har aldri vært her)" in page
    what = f"screening:{patient.course().screening.id}"
    patient.send(doctor, "history", "wrong_patient", what=what, reason="Naboen", sure="yes")
    coming = patient.seen.next_step
    assert coming
    assert coming.what == "screening"
    assert doctor.get(f"{patient.path}/history").status_code == 200


def test_who_took_a_screening_away_is_shown_the_way_back_for_a_day_and_nobody_else_is(demo, doctor):
    patient = admitted(demo, 21)
    what = f"screening:{patient.course().screening.id}"
    patient.send(doctor, "history", "wrong_patient", what=what, reason="Naboen", sure="yes")
    taken = patient.seen.stream.recorded[-1].id
    assert f'id="taken-{taken}"' in doctor.get(f"{patient.path}/history").text
    assert f'id="taken-{taken}"' not in demo.browser("henrik").get(f"{patient.path}/history").text
    patient.send(doctor, "history", "undo", event=taken, reason="Det var rett pasient")
    assert patient.course().screening


def test_the_whole_stay_is_said_to_disappear_and_leaves_nobody_to_see_but_the_writer_may_undo_it(demo, doctor):
    patient = admitted(demo, 9)
    filled = {"what": f"stay:{patient.stay}", "reason": "Feil pasient"}
    assert "går av alle lister" in patient.send(doctor, "history", "wrong_patient", **filled).text
    answer = patient.send(doctor, "history", "wrong_patient", sure="yes", **filled)
    assert doctor.get(f"{patient.path}/history").status_code == 404
    gone = doctor.get(answer.headers["location"]).text
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', gone.partition('class="event"')[2]))
    doctor.post(f"{patient.path}/history", data=sent | {"reason": "Lå her likevel"})
    assert patient.course().in_hospital


def test_what_is_wrong_with_a_retraction_stands_beside_its_choices(demo, doctor):
    patient = admitted(demo, 22)
    answer = patient.send(doctor, "history", "wrong_patient", reason="Naboen")
    assert answer.status_code == 422
    assert 'id="wrong_patient-life-what-wrong"' in answer.text


@pytest.mark.parametrize(
    ("kind", "asks"),
    [("admitted", "Ligger pasienten på avdelingen?"), ("discharged", "Ligger pasienten fortsatt på sykehuset?")],
)
def test_undoing_an_admission_or_a_discharge_is_asked_about_first(demo, doctor, kind, asks):
    patient = admitted(demo, {"admitted": 23, "discharged": 24}[kind])
    if kind == "discharged":
        patient.tell(Discharged(patient.stay, ago(hours=1), to="home"))
    event = next(each.id for each in patient.seen.stream.recorded if each.event.kind == kind)
    before = patient.seen.stream.version
    asked = patient.send(doctor, "history", "undo", event=event, reason="test")
    assert (asked.status_code, asks in asked.text) == (200, True)
    assert patient.seen.stream.version == before
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked.text.partition('class="event"')[2]))
    assert doctor.post(f"{patient.path}/history", data=sent).status_code == 303
    assert patient.newest() == Undone(event, "test")


def test_who_may_not_undo_is_told_whom_to_ask(demo):
    patient = at_home(demo, 25, days=2).tell(StepDone("E-25", "HPH0", ago(hours=30)))
    page = words_of(demo.browser("tariq").get(f"{patient.path}/history").text)
    assert "Feil? Spør den som skrev det: Amina Warsame." in page
    assert "undo" not in offered(demo.browser("tariq"), patient)
    nurse = demo.browser("ingrid").get(f"{admitted(demo, 26).path}/history").text
    assert "Lege eller geriatrisk team retter det som journalsystemet har sendt." in nurse


def test_an_administrator_merges_by_number_and_never_sees_what_is_in_a_record(demo, administrator):
    patient, other = admitted(demo, 10), admitted(demo, 11)
    page = administrator.get(f"{patient.path}/history").text
    assert "Prøve 10" not in page
    assert "Innlagt" not in page
    assert {"merge", "block", "protect", "undo"} == offered(administrator, patient)
    asked = patient.send(administrator, "history", "merge", identity=number(11))
    assert number(11) not in asked.text
    assert "Prøve" not in asked.text
    patient.send(administrator, "history", "merge", other=other.id, sure="yes")
    assert patient.newest() == Merged(other.id)


def test_a_number_that_nobody_has_is_not_merged(demo, administrator):
    patient = admitted(demo, 12)
    answer = patient.send(administrator, "history", "merge", identity=number(40))
    assert answer.status_code == 422
    assert 'id="merge-life-identity-wrong"' in answer.text


def test_an_administrator_prints_the_patients_own_access_log_and_nobody_else_does(demo, doctor, administrator):
    patient = admitted(demo, 13)
    shown = administrator.get(f"{patient.path}/access-log?language=nn")
    assert "Prøve 13" in shown.text
    assert administrator.get(f"{patient.path}/access-log.pdf").content.startswith(b"%PDF-")
    assert doctor.get(f"{patient.path}/access-log.pdf").status_code == 403
    with reading(demo.record.engine) as connection:
        assert lines_about(connection, patient.id)[-1].action == "access_log_read"


@pytest.mark.parametrize(
    ("person", "forms"),
    [
        ("ingrid", {"discharged", "transferred", "moved", "practice", "protect"}),
        ("amina", {"discharged", "died", "wrong_patient", "block"}),
        ("anne", set()),
    ],
)
def test_a_role_is_offered_what_it_may_record_and_nothing_else(demo, person, forms):
    patient = admitted(demo, {"ingrid": 14, "amina": 15, "anne": 16}[person])
    found = offered(demo.browser(person), patient)
    assert forms <= found
    assert found <= set(FORMS)
    if person == "ingrid":
        assert not {"died", "wrong_patient", "merge", "block"} & found
    if person == "anne":
        assert found == set()


def test_the_municipality_sees_the_history_of_those_shared_with_it_and_may_tell_of_a_death(demo):
    patient = at_home(demo, 17, days=3)
    assert {"died", "moved", "practice"} <= offered(demo.browser("tariq"), patient)


def test_neither_name_nor_number_stands_in_an_address_or_a_title(demo, doctor):
    patient = admitted(demo, 18)
    page = doctor.get(f"{patient.path}/history").text
    title = re.search(r"<title>([^<]*)</title>", page)
    assert title
    assert "Prøve" not in title[1]
    assert not [
        link for link in re.findall(r'(?:href|action)="([^"]*)"', page) if number(18) in link or "Pr%C3" in link
    ]


def test_an_administrator_brings_a_patient_back_from_a_hospital_that_does_not_exist_and_sees_no_place(
    demo, administrator
):
    patient = admitted(demo, 19)
    nurse = demo.browser("ingrid")
    patient.send(nurse, "history", "transferred", stay=patient.stay, hospital="dem0", ward="GER2")
    moved = patient.seen.stream.recorded[-1].id
    page = words_of(administrator.get(f"{patient.path}/history").text)
    assert "En overflytting" in page
    assert not [word for word in ("dem0", "GER2", "Prøve 19") if word in page]
    answer = patient.send(administrator, "history", "undo", event=moved, reason="Skrev null for o")
    assert answer.status_code == 303
    assert patient.course().stay.hospital == "demo"
    assert "En overflytting ble angret" in words_of(administrator.get(f"{patient.path}/history").text)


@pytest.mark.parametrize("tab", ["assessment", "plan", "history"])
def test_what_the_record_system_asked_nobody_about_is_told_the_hospital_after_the_patient_has_left(demo, doctor, tab):
    told = "slik journalsystemet har meldt. Ikke gjort ennå:"
    which = {"assessment": 33, "plan": 34, "history": 35}[tab]
    patient = at_home(demo, which, days=1)
    page = words_of(doctor.get(f"{patient.path}/{tab}").text)
    assert told in page
    assert "epikrise" in page.partition(told)[2].partition(".")[0]
    assert told not in words_of(demo.browser("tariq").get(f"{patient.path}/{tab}").text)
    asked = with_plan(admitted(demo, which + 10)).tell(Discharged(f"E-{which + 10}", ago(hours=1), to="home"))
    assert told not in words_of(doctor.get(f"{asked.path}/{tab}").text)  # a doctor wrote it, and was asked
