"""The assessment page: it says why, lets who may decide decide, and leaves nothing out without a word."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from html import unescape
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.people.user import Role, Unit, User
from api.record.record import Record
from api.record.screenings import Stored, correct, prepare, store
from api.screening import texts_in
from api.ward.assessment.doubts import NOTES
from tests.ward.signed_in import Hospital, hospital

T = texts_in("nb")
LOCAL_IDS = count(1)
CASE: dict[str, Any] = {
    "patient": {"local_id": "1", "name": "Olga Prøve", "birth_date": "1940-01-15", "municipality": "5001"},
    "encounter": {"id": "E1", "admitted": "2026-11-16T14:10:00+01:00", "ward": "GER2"},
    "answers": {
        "residence": "home",
        "lifelong_disability": False,
        "terminal_illness": False,
        "cfs_clinician": 6,
        "falls_last_12_months": 2,
        "weight_loss": True,
        "need_after_discharge": "increased",
    },
}
MEDICINES = {"C03CA01": "furosemid", "C07AB02": "metoprolol", "A10BA02": "metformin", "N02BE01": "paracetamol"}
TWO_TRACKS = {"cfs_clinician": 7, "surprised_if_died_within_12_months": False}


@dataclass(frozen=True)
class Ward:
    """A patient who was screened, and someone at a browser."""

    record: Record
    browser: TestClient
    stored: Stored

    def screen(self, by: User, *, stay: str = "E1", **answers: Any) -> Stored:
        """Store another screening of the same patient."""
        return _screen(self.record, by, _case(_local(self.stored), stay=stay, **answers))

    def read(self, path: str = "/assessment") -> str:
        """Return a page of the patient, with its marks as they are read."""
        answer = self.browser.get(f"/patients/{self.stored.person}{path}")
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    def send(self, action: str, **fields: Any) -> Response:
        """Send a form of the page as it stands now."""
        page = self.browser.get(f"/patients/{self.stored.person}/assessment").text
        version = re.search(r'name="version" value="(\d+)"', page)
        sent = {"version": version.group(1) if version else "1", "csrf": _csrf(page), **fields}
        return self.browser.post(f"/patients/{self.stored.person}/assessment/{action}", data=sent)


Arrange = Callable[..., Ward]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    """Serve a demo."""
    with hospital(tmp_path_factory.mktemp("demo")) as served:
        yield served


@pytest.fixture(scope="module")
def browsers(demo: Hospital) -> Callable[[str], TestClient]:
    """Give each of the demo's people one browser."""
    return cache(demo.browser)


@pytest.fixture
def ward(demo: Hospital, browsers: Callable[[str], TestClient]) -> Arrange:
    """Give a way to screen a new patient and sit down as one of the demo's people."""

    def arranged(person: str = "amina", *, born: str = "1940-01-15", **answers: Any) -> Ward:
        stored = _screen(demo.record, NURSE, _case(str(next(LOCAL_IDS)), born=born, **answers))
        return Ward(demo.record, browsers(person), stored)

    return arranged


def _user(id: str, role: Role, name: str) -> User:
    return User(id, role, frozenset({Unit("ward", "demo/GER2")}), name)


EPJ = User("epj", "system", frozenset({Unit("hospital", "demo")}))
NURSE, DOCTOR = _user("ingrid", "nurse", "Ingrid Nes"), _user("amina", "doctor", "Amina Warsame")


def _case(local_id: str = "1", *, born: str = "1940-01-15", stay: str = "E1", **answers: Any) -> dict[str, Any]:
    made = deepcopy(CASE)
    made["patient"].update(local_id=local_id, birth_date=born)
    made["medicines"] = [
        *({"atc": atc, "name": name, "use": "regular"} for atc, name in MEDICINES.items()),
        {"atc": "C10AA05", "use": "regular"},
        {"atc": "N05CF01", "name": "zopiklon", "use": "as_needed"},
    ]
    made["encounter"]["id"] = f"{stay}-{local_id}"
    made["answers"] = {item: answer for item, answer in {**CASE["answers"], **answers}.items() if answer is not None}
    return made


def _screen(record: Record, by: User, case: dict[str, Any]) -> Stored:
    ready = prepare(record, case, T, now=datetime.now(UTC))
    return record.writer.run(partial(store, record, by, ready))


def _local(stored: Stored) -> str:
    return str(json.loads(stored.inputs)["patient"]["local_id"])


def _csrf(page: str) -> str:
    return str(re.findall(r'name="csrf" value="([^"]+)"', page)[0])


def _events(page: str) -> list[str]:
    return re.findall(r'name="event" value="([^"]+)"', page)


def _place(page: str, words: str) -> str:
    """Return the part of the page with one suggestion."""
    return next(part for part in page.split("<li id=") if words in part).partition("</li>")[0]


def test_each_suggestion_says_its_answers_rule_limit_source_and_review(ward: Arrange) -> None:
    falls = _place(ward().read(), T("suggest.fall_prevention"))
    assert "Fall siste 12 måneder: <strong>2</strong>" in falls
    shown, _, detail = falls.partition(T("assessment.suggestion.in_detail"))
    assert "<code>fall_prevention</code>" in detail
    assert "fall_prevention" not in shown
    assert T("threshold.one_fall", limit="1") in falls
    assert T("source.world_falls_2022") in falls
    assert T("review.not_checked") in falls


def test_medicines_are_called_what_the_list_calls_them_also_those_as_needed(ward: Arrange) -> None:
    page = ward().read()
    assert f"Legemidler: <strong>{', '.join([*MEDICINES.values(), 'C10AA05'])}</strong>" in page
    assert "furosemid, zopiklon." in page.partition(T("assessment.heading.hits"))[2]
    assert "as_needed" not in page


def test_a_nurse_sees_every_suggestion_and_no_button(ward: Arrange) -> None:
    page = ward("ingrid").read()
    assert T("suggest.fall_prevention") in page
    assert "<button" not in page.partition('aria-labelledby="suggestions"')[2].partition("</main>")[0]
    assert T("assessment.lead.suggestions_read") in page


def test_a_nurse_who_sends_the_form_anyway_is_turned_away_and_nothing_is_stored(ward: Arrange) -> None:
    here = ward("ingrid")
    assert here.send("decide", rule="fall_prevention", verdict="accepted").status_code == 403
    assert T("assessment.suggestion.accepted") not in here.read()


def test_who_accepts_stands_beside_the_suggestion_and_can_take_it_back(ward: Arrange) -> None:
    here = ward()
    answer = here.send("decide", rule="fall_prevention", verdict="accepted")
    assert answer.status_code == 303
    assert "fall" not in answer.headers["location"], "an address must not hold what was suggested"
    falls = _place(here.read(), T("suggest.fall_prevention"))
    assert T("assessment.suggestion.accepted") in falls
    assert "Amina Warsame, lege på sykehuset" in falls
    assert here.send("undo", event=_events(falls)[0]).status_code == 303
    assert T("assessment.suggestion.accepted") not in _place(here.read(), T("suggest.fall_prevention"))


def test_an_override_without_a_reason_is_asked_for_one_beside_the_field(ward: Arrange) -> None:
    here = ward()
    answer = here.send("decide", rule="fall_prevention", verdict="overridden", reason="  ")
    assert answer.status_code == 422
    falls = _place(answer.text, T("suggest.fall_prevention"))
    assert T("assessment.wrong.reason") in falls
    assert 'aria-invalid="true"' in falls
    assert here.send("decide", rule="fall_prevention", verdict="overridden", reason="Trener alt").status_code == 303
    assert "Trener alt" in _place(here.read(), T("suggest.fall_prevention"))


def test_accepting_all_leaves_what_is_chosen_together_and_what_is_only_considered(ward: Arrange) -> None:
    here = ward(**TWO_TRACKS)
    assert here.send("accept-recommended").status_code == 303
    page = here.read()
    assert T("assessment.suggestion.accepted") in _place(page, T("suggest.nutrition"))
    for rule in ("cga_team", "palliative_indicators", "shared_decision"):
        assert T("assessment.suggestion.waits") in _place(page, T(f"suggest.{rule}")), rule


def test_accepting_all_never_takes_a_track_while_a_second_one_may_yet_be_suggested(ward: Arrange) -> None:
    here = ward(cfs_clinician=7)
    assert here.send("accept-recommended").status_code == 303
    assert T("assessment.suggestion.accepted") not in _place(here.read(), T("suggest.cga_team"))


def test_a_choice_needs_to_say_who_took_part_and_what_was_chosen(ward: Arrange) -> None:
    here = ward(**TWO_TRACKS)
    answer = here.send("choose", note="Vil hjem")
    assert answer.status_code == 422
    assert T("assessment.wrong.participants") in answer.text
    assert T("assessment.wrong.track") in answer.text
    assert "Vil hjem" in answer.text, "what was written is not lost"


def test_a_choice_without_the_patient_says_why_and_keeps_what_was_ticked_and_written(ward: Arrange) -> None:
    here = ward(**TWO_TRACKS)
    sent = {"track": "palliative_focus", "participants": ["next_of_kin", "treating_doctor"], "note": "Vil hjem"}
    refused = here.send("choose", **sent)
    assert refused.status_code == 422
    assert 'id="without_patient-wrong">Valget er tatt uten pasienten' in refused.text
    assert "Vil hjem" in refused.text
    assert re.search(r'value="next_of_kin" checked', refused.text)
    assert re.search(r'value="palliative_focus" checked', refused.text)
    assert here.send("choose", **sent, without_patient="Delirium, svarer ikke").status_code == 303
    assert "Pasienten kunne ikke delta, fordi: Delirium, svarer ikke" in here.read()


def test_a_choice_by_the_doctor_alone_is_refused_beside_who_took_part(ward: Arrange) -> None:
    refused = ward(**TWO_TRACKS).send("choose", track="cga_team", participants=["treating_doctor"], note="Travelt")
    assert refused.status_code == 422
    assert 'id="participants-wrong">Valget er ikke tatt sammen' in refused.text
    assert "Travelt" in refused.text


def test_the_plan_starts_from_the_chosen_track_and_says_what_palliative_focus_keeps_out(ward: Arrange) -> None:
    here = ward(**TWO_TRACKS)
    assert T("assessment.start.start") not in here.read()
    here.send("accept-recommended")
    here.send("decide", rule="medication_review_gp", verdict="overridden", reason="Gjort her")
    here.send("choose", track="palliative_focus", participants=["patient", "treating_doctor"], note="Vil hjem")
    page = here.read()
    assert T("assessment.choice.made", track=T("track.palliative_focus")) in page
    assert f"{T('assessment.participant.patient')}, {T('assessment.participant.treating_doctor')}" in page
    assert f"{T('module.exercise')}. <span" in page.partition(T("assessment.start.kept_out"))[2]
    refused = here.send("start", modules=["exercise"])
    assert refused.status_code == 422
    assert T("assessment.wrong.modules") in refused.text
    assert here.send("start", modules=["social_network"]).status_code == 303
    page = here.read()
    assert T("assessment.start.started") in page
    assert f"{T('module.exercise')}. <span" in page.partition(T("assessment.start.kept_out"))[2], "it is still said"


def test_nothing_can_be_decided_once_the_plan_has_started_and_it_can_be_taken_back(ward: Arrange) -> None:
    here = ward(**TWO_TRACKS)
    here.send("decide", rule="cga_team", verdict="overridden", reason="Ønsker det ikke")
    here.send("choose", track="cga_team", participants=["patient", "treating_doctor"])
    here.send("accept-recommended")
    assert here.send("start").status_code == 303
    page = here.read()
    assert 'name="verdict"' not in page
    assert len(_events(page)) == 1, "only the start itself can be undone from here"
    here.send("undo", event=_events(page)[0])
    assert T("assessment.start.started") not in here.read()


def test_a_form_from_an_older_version_changes_nothing_and_says_kindly_why(ward: Arrange) -> None:
    here = ward()
    answer = here.send("decide", rule="fall_prevention", verdict="accepted", version="1")
    assert answer.status_code == 409
    assert T("trouble.changed.title") in answer.text
    assert T("assessment.suggestion.accepted") not in here.read()


def test_what_is_missing_leads_to_its_question_in_the_form(ward: Arrange) -> None:
    here = ward()
    assert f'/patients/{here.stored.person}/screen#q-four_at"' in here.read()


def test_the_smallest_change_is_said_in_words(ward: Arrange) -> None:
    page = ward(cfs_clinician=5).read()
    assert T("assessment.turn.cfs", answer="4", now="5") in page
    quoted = [T("words.quote", words=T(f"track.{track}")) for track in ("prevention", "cga_team")]
    assert T("assessment.turn.route", route=quoted[0], now=quoted[1]) in page


def test_the_doubts_say_what_was_seen_and_what_to_do(ward: Arrange) -> None:
    page = ward(cfs_clinician=4, dementia_stage="moderate", badl_help=["bathe"]).read()
    doubts = page.partition('class="part doubts"')[2].partition("</section>")[0]
    for rule in ("cfs_disagreement", "cfs_dementia_mismatch"):
        assert T(f"rule.{rule}") in doubts
        assert T(f"suggest.{rule}") in doubts
    assert T("assessment.doubt.tree_seen", cfs=4, tree=6) in doubts


def test_what_was_said_to_the_version_before_a_correction_stands(ward: Arrange) -> None:
    here = ward()
    here.send("decide", rule="fall_prevention", verdict="overridden", reason="Trener alt")
    ready = prepare(here.record, _case(_local(here.stored), weight_loss=False), T, now=datetime.now(UTC))
    here.record.writer.run(lambda change: correct(here.record, NURSE, ready, change=change, held=here.stored))
    falls = _place(here.read(), T("suggest.fall_prevention"))
    assert T("assessment.suggestion.overridden") in falls
    assert "Amina Warsame" in falls


def test_what_was_said_last_time_stands_beside_the_suggestion_and_no_is_not_overrun_by_one_press(ward: Arrange) -> None:
    here = ward()
    here.send("decide", rule="fall_prevention", verdict="overridden", reason="Vil ikke ha trening")
    here.screen(DOCTOR)
    falls = _place(here.read(), T("suggest.fall_prevention"))
    assert "Sist: overprøvd av Amina Warsame" in falls
    assert "Vil ikke ha trening" in falls
    here.send("accept-recommended")
    assert T("assessment.suggestion.accepted") not in _place(here.read(), T("suggest.fall_prevention"))


def test_accepting_all_says_how_many_are_left(ward: Arrange) -> None:
    page = ward().read()
    alone = len(re.findall(r'class="ds-button small"[^>]*aria-label="Godta:', page))
    count = int(re.findall(r"Godta alle som anbefales \((\d+)\)", page)[0])
    left = alone - count
    assert left > 0
    assert (T("assessment.recommended.left_one") if left == 1 else T("assessment.recommended.left", count=left)) in page


def test_whoever_has_begun_to_score_blind_sees_no_assessment_until_they_sign(ward: Arrange, demo: Hospital) -> None:
    here = ward("henrik", cfs_clinician=6)
    path = f"/patients/{here.stored.person}/screen?second=1"
    token = _csrf(here.read())
    assert T("assessment.second.begin") in here.read()
    here.browser.post(path, data={"csrf": token, "do": "own"})
    for page in (here.read(), here.read(f"/assessment/{here.stored.assessment}")):
        assert T("assessment.second.title") in page
        assert T("track.cga_team") not in page
        assert T("cfs.6") not in page
    assert T("assessment.second.title") not in replace(here, browser=demo.browser("ingrid")).read()
    answer = here.browser.post(path, data={"csrf": token, "do": "give_up"})
    assert answer.headers["location"] == f"/patients/{here.stored.person}/assessment"
    assert T("track.cga_team") in here.read()
    here.browser.post(path, data={"csrf": token, "do": "own"})
    assert here.browser.post(path, data={"csrf": token, "do": "save", "cfs_clinician": "5"}).status_code == 303
    assert T("assessment.doubt.raters_differ") in here.read()


def test_unanswered_questions_that_can_change_the_way_are_counted(ward: Arrange) -> None:
    turns = ward(cfs_clinician=7).read().partition('aria-labelledby="turns"')[2].partition("</section>")[0]
    assert re.search(r"\d+ ubesvarte svar kan endre veien", turns)
    assert (
        T("item.surprised_if_died_within_12_months") in turns
        or T("question.surprised_if_died_within_12_months") in turns
    )


def test_two_raters_stand_side_by_side_once_both_are_stored(ward: Arrange) -> None:
    here = ward(cfs_clinician=4)
    assert T("assessment.doubt.raters_differ") not in here.read()
    here.screen(DOCTOR, cfs_clinician=6)
    page = here.read()
    said = {"one": 6, "who_one": "Amina Warsame, lege på sykehuset"}
    assert T("assessment.doubt.raters_seen", **said, two=4, who_two="Ingrid Nes, sykepleier på sykehuset") in page
    assert T("assessment.doubt.raters_differ_do") in page


def test_a_cfs_that_was_another_last_time_is_shown_with_what_to_ask(ward: Arrange) -> None:
    here = ward(cfs_clinician=4)
    here.screen(EPJ, stay="E2", cfs_clinician=6)  # the record tells of the second stay
    assert T("assessment.doubt.previous_do") in here.read()


def test_every_note_that_is_a_doubt_says_what_to_do() -> None:
    assert all(T(f"assessment.doubt.{code}_do") for code in NOTES)


def test_an_older_version_is_kept_readable_and_nothing_is_decided_from_it(ward: Arrange) -> None:
    here = ward()
    case = _case(_local(here.stored), cfs_clinician=3)
    ready = prepare(here.record, case, T, now=datetime.now(UTC))
    here.record.writer.run(lambda change: correct(here.record, NURSE, ready, change=change, held=here.stored))
    assert T("track.standard") in here.read()
    older = here.read(f"/assessment/{here.stored.assessment}")
    assert T("assessment.older") in older
    assert T("track.cga_team") in older
    assert 'name="verdict"' not in older


def test_another_patients_assessment_is_as_one_that_does_not_exist(ward: Arrange) -> None:
    one = ward()
    path = f"/patients/{one.stored.person}/assessment/{'0' * 32}"
    assert one.browser.get(path).status_code == 404


def test_someone_too_young_for_cfs_gets_no_route_from_it_and_a_clinician_is_asked(ward: Arrange) -> None:
    page = ward(born="1975-01-01").read()
    assert T("page.no_track") in page
    assert T("assessment.doubt.cfs_not_validated_do") in page


def test_the_patients_first_page_is_the_assessment_once_someone_has_screened(ward: Arrange) -> None:
    here = ward()
    answer = here.browser.get(f"/patients/{here.stored.person}")
    assert answer.headers["location"] == f"/patients/{here.stored.person}/assessment"


def test_no_title_holds_a_name(ward: Arrange) -> None:
    assert f"<title>{T('patient_page.title')} · Rett hjem</title>" in ward().read()
