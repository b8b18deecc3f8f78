"""A patient's messages on the pages: written from the plan, made final by whoever may, corrected and taken back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from api.messages.deviations import deviations_by_element
from api.messages.log import mark
from api.record.record import by
from api.record.screenings import correct, newest, prepare
from api.storage.engine import reading
from api.storage.tables import draft, message
from careplans.course.events import Died, Discharged, DischargeExpected, RecordBlocked
from tests.record.hospital import words
from tests.ward.plans import admitted, ago, with_plan, words_of
from tests.ward.signed_in import EPJ, hospital

NOW = datetime.now(UTC)
ELEMENT = re.compile(r'name="message" value="(\w+)">\s*<input type="hidden" name="element" value="(\w+)"')

START = re.compile(r'StartDateTime V="([^"]+)"')


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with hospital(tmp_path_factory.mktemp("messages")) as served:
        yield served


@pytest.fixture(scope="module")
def doctor(demo):
    return demo.browser("amina")


@pytest.fixture(scope="module")
def nurse(demo):
    return demo.browser("ingrid")


def page_of(patient, kind):
    return f"{patient.path}/messages/new/{kind}"


def sent_from(browser, address, **more):
    """Return the answer to the form of a draft's page, with what the page itself sends along."""
    page = browser.get(address).text
    form = page[page.index('<form class="drafting"') :]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    return browser.post(address.partition("?")[0], data=hidden | more)


def finished(browser, patient, kind, **more):
    """Make a message final and return its page's address."""
    answer = sent_from(browser, page_of(patient, kind), do="approve", lacks_seen="1", **more)
    assert answer.status_code == 303, words_of(answer.text)
    return answer.headers["location"]


def csrf_in(page):
    return re.findall(r'name="csrf" value="([^"]*)"', page)[0]


def rows(demo, patient):
    with reading(demo.record.engine) as connection:
        return connection.execute(select(message).where(message.c.person == patient.id)).all()


def test_a_draft_is_the_plan_as_it_is_now_and_nothing_is_stored_before_it_is_final(demo, doctor):
    patient = with_plan(admitted(demo, 1))
    said = words_of(doctor.get(page_of(patient, "epikrise")).text)
    assert "Planer for videre oppfølging" in said
    assert "Funksjonsnivå/hjelpetiltak" in said
    assert "Utkast" in said
    assert rows(demo, patient) == []


def test_a_draft_to_someone_without_a_her_id_says_that_it_cannot_be_sent(demo, doctor, monkeypatch):
    patient = with_plan(admitted(demo, 19))
    assert "Godkjenn som endelig" in doctor.get(page_of(patient, "epikrise")).text
    monkeypatch.setattr("api.ward.messages.pages.unaddressed", lambda *_: ("receiver",))
    page = doctor.get(page_of(patient, "epikrise")).text
    assert "Meldingen kan ikke bli endelig: mottakeren mangler, eller har ikke HER-id" in words_of(page)
    assert "be driften legge inn HER-id" in words_of(page).replace("ber du", "be")
    assert "Godkjenn som endelig" not in page


def test_an_epikrise_says_that_it_lacks_when_the_patient_left_until_the_stay_has_ended(demo, doctor):
    patient = with_plan(admitted(demo, 20))
    end = re.compile(r'<li data-state="(\w+)"><span>Når pasienten reiste')
    (before,) = end.findall(doctor.get(page_of(patient, "epikrise")).text)
    assert before != "present"
    patient.tell(Discharged(patient.stay, NOW, "home"))
    assert end.findall(doctor.get(page_of(patient, "epikrise")).text) == ["present"]


def test_what_lacks_must_be_seen_before_a_message_is_final(demo, doctor):
    patient = with_plan(admitted(demo, 2))
    answer = sent_from(doctor, page_of(patient, "epikrise"), do="approve")
    assert answer.status_code == 422
    assert "ikke krysset av for at du har sett det" in words_of(answer.text)
    assert rows(demo, patient) == []


def test_a_final_message_says_who_approved_it_and_stands_in_the_log(demo, doctor):
    patient = with_plan(admitted(demo, 3))
    page = words_of(doctor.get(finished(doctor, patient, "epikrise")).text)
    assert "Endelig" in page
    assert "Godkjent av Amina Warsame" in page
    assert "Epikrise" in words_of(doctor.get(f"{patient.path}/messages").text)
    (row,) = rows(demo, patient)
    assert "<Status" in row.content
    assert 'V="F"' in row.content


@pytest.mark.parametrize(("person", "kind"), [("ingrid", "epikrise"), ("amina", "helseopplysninger_til_lege")])
def test_a_role_finishes_only_its_own_kinds_of_message(demo, person, kind):
    patient = with_plan(admitted(demo, 4 if person == "ingrid" else 5))
    browser = demo.browser(person)
    assert browser.get(page_of(patient, kind)).status_code == 403
    assert browser.post(page_of(patient, kind), data={"do": "approve"}).status_code == 403


def test_a_plan_that_changed_since_the_page_was_shown_is_not_approved_unseen(demo, doctor):
    patient = with_plan(admitted(demo, 6))
    page = doctor.get(page_of(patient, "utskrivningsrapport")).text
    form = page[page.index('<form class="drafting"') :]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    patient.tell(DischargeExpected(patient.stay, (NOW + timedelta(days=9)).date()))
    answer = doctor.post(page_of(patient, "utskrivningsrapport"), data=hidden | {"do": "approve", "lacks_seen": "1"})
    assert answer.status_code in {409, 422}
    assert rows(demo, patient) == []


def test_words_that_are_not_on_the_preview_are_not_approved_unseen(demo, nurse):
    patient = with_plan(admitted(demo, 7))
    address = page_of(patient, "helseopplysninger")
    answer = sent_from(nurse, address, do="approve", lacks_seen="1", course_words="Regner med fire dager")
    assert answer.status_code == 422
    assert "en annen enn den du så" in words_of(answer.text)
    assert sent_from(nurse, address, do="save", course_words="Regner med fire dager").status_code == 303
    assert "Regner med fire dager" in words_of(nurse.get(address).text)
    final = nurse.get(finished(nurse, patient, "helseopplysninger", course_words="Regner med fire dager"))
    assert "Regner med fire dager" in words_of(final.text)
    with reading(demo.record.engine) as connection:
        assert connection.execute(select(draft).where(draft.c.person == patient.id)).all() == []


def test_a_stay_has_one_epikrise_and_a_second_is_a_correction_of_it(demo, doctor):
    patient = with_plan(admitted(demo, 8))
    first = finished(doctor, patient, "epikrise")
    assert sent_from(doctor, page_of(patient, "epikrise"), do="approve", lacks_seen="1").status_code == 422
    id = first.rpartition("/")[2]
    answer = sent_from(doctor, f"{page_of(patient, 'epikrise')}?of={id}", do="approve", lacks_seen="1")
    assert answer.status_code == 303, words_of(answer.text)
    assert "Erstattet" in words_of(doctor.get(first).text)
    old, new = sorted(rows(demo, patient), key=lambda row: row.at)
    assert (new.status, new.refers_to) == ("changed", old.msg_id)


def test_a_message_that_no_longer_says_what_the_plan_says_asks_to_be_corrected(demo, doctor):
    patient = with_plan(admitted(demo, 9))
    finished(doctor, patient, "utskrivningsrapport")
    assert "Planen er endret siden" not in words_of(doctor.get(f"{patient.path}/messages").text)
    patient.tell(DischargeExpected(patient.stay, (NOW + timedelta(days=11)).date()))
    assert "Planen er endret siden meldingen ble skrevet" in words_of(doctor.get(f"{patient.path}/messages").text)


def test_a_message_whose_answers_were_corrected_says_so_and_offers_a_correction(demo, doctor):
    patient = with_plan(admitted(demo, 18))
    finished(doctor, patient, "epikrise")
    content = demo.case(patient.id)
    content["answers"] |= {"living_alone": False}
    ready = prepare(demo.record, content, words(), now=ago(days=0))
    with reading(demo.record.engine) as connection:
        held = newest(connection, patient.course().screening.id)
    assert held
    demo.record.writer.run(lambda change: correct(demo.record, EPJ, ready, change=change, held=held))
    page = doctor.get(f"{patient.path}/messages").text
    assert "Meldingen bygger på svar som er rettet" in words_of(page)
    offered = re.findall(r'href="(/patients/[^"]*/messages/new/epikrise\?of=\w+)"', page)[0]
    answer = sent_from(doctor, offered, do="approve", lacks_seen="1")
    assert answer.status_code == 303, words_of(answer.text)
    assert "bygger på svar som er rettet" not in words_of(doctor.get(f"{patient.path}/messages").text)


def test_taking_back_what_was_not_sent_sends_nothing_and_needs_a_reason(demo, doctor):
    patient = with_plan(admitted(demo, 10))
    address = finished(doctor, patient, "epikrise")
    token = csrf_in(doctor.get(address).text)
    assert doctor.post(address, data={"csrf": token, "key": "cancel"}).status_code == 422
    assert doctor.post(address, data={"csrf": token, "key": "cancel", "reason": "Feil pasient"}).status_code == 303
    said = words_of(doctor.get(address).text)
    assert "Trukket før sending" in said
    assert "Feil pasient" in said
    assert len(rows(demo, patient)) == 1


def test_taking_back_what_was_sent_sends_a_cancellation_that_refers_to_it(demo, doctor):
    patient = with_plan(admitted(demo, 11))
    address = finished(doctor, patient, "epikrise")
    (row,) = rows(demo, patient)
    demo.record.writer.run(lambda change: _sent(change, row.id))
    token = csrf_in(doctor.get(address).text)
    assert doctor.post(address, data={"csrf": token, "key": "cancel", "reason": "Feil"}).status_code == 303
    old, new = sorted(rows(demo, patient), key=lambda each: each.at)
    assert (new.status, new.refers_to) == ("cancelled", old.msg_id)
    assert START.findall(new.content) == START.findall(old.content) != []
    assert "Kansellert" in words_of(doctor.get(address).text)


def _sent(change, id):
    mark(change, id, "sent", by(EPJ))


def test_nothing_but_the_epikrise_is_made_final_after_death(demo, doctor):
    patient = with_plan(admitted(demo, 12))
    patient.tell(Died(ago(hours=2).date()))
    page = words_of(doctor.get(f"{patient.path}/messages").text)
    assert "Ingenting annet enn epikrisen blir endelig" in page
    assert "Utskrivningsrapport" not in page
    stopped = doctor.get(page_of(patient, "utskrivningsrapport"))
    assert "Pasienten er død" in words_of(stopped.text)
    assert "Godkjenn som endelig" not in stopped.text
    finished(doctor, patient, "epikrise")


def test_no_message_leaves_a_blocked_record(demo, doctor):
    patient = with_plan(admitted(demo, 13))
    address = page_of(patient, "epikrise")
    page = doctor.get(address).text
    assert "Godkjenn som endelig" in page
    patient.tell(RecordBlocked(blocked=True))
    assert doctor.get(address).status_code == 404
    assert rows(demo, patient) == []


def test_what_a_message_lacks_is_a_deviation_that_one_sends_or_drops_and_is_counted(demo, doctor):
    patient = with_plan(admitted(demo, 14))
    finished(doctor, patient, "epikrise")
    address = f"{patient.path}/messages"
    page = doctor.get(address).text
    id, element = ELEMENT.findall(page)[0]
    sent = {"csrf": csrf_in(page), "message": id, "element": element}
    assert doctor.post(address, data=sent | {"do": "dropped", "words": " "}).status_code == 422
    assert doctor.post(address, data=sent | {"do": "dropped", "words": "Avtalt på telefon"}).status_code == 303
    assert doctor.post(address, data=sent | {"do": "sent", "words": "En gang til"}).status_code == 422
    assert "Avtalt på telefon" in words_of(doctor.get(address).text)
    with reading(demo.record.engine) as connection:
        found = deviations_by_element(connection, since=NOW - timedelta(days=1), until=NOW + timedelta(days=1))
    assert found[element].missing >= 1
    assert found[element].dropped == 1


def test_another_patients_message_answers_as_one_that_does_not_exist(demo, doctor):
    mine, other = with_plan(admitted(demo, 15)), with_plan(admitted(demo, 16))
    address = finished(doctor, other, "epikrise")
    assert doctor.get(f"{mine.path}/messages/{address.rpartition('/')[2]}").status_code == 404


def test_whoever_may_only_read_sees_the_log_and_writes_nothing(demo, doctor):
    patient = with_plan(admitted(demo, 17))
    address = finished(doctor, patient, "epikrise")
    reader = demo.browser("anne")
    page = reader.get(f"{patient.path}/messages").text
    assert "Epikrise" in words_of(page)
    assert "Skriv en melding" not in page
    assert "Trekk meldingen tilbake" not in reader.get(address).text
    assert reader.post(address, data={"reason": "x"}).status_code == 403
