"""What a call leaves in the record, what the record adds to a card, and what comes of a card."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from api.people.user import Unit, User
from api.record.rule_use import UseOfRules
from api.record.screenings import prepare, store
from api.storage.tables import access, assessment, event, feedback, listing
from api.v1.languages import texts_of
from tests.cds.conforming import check_answer
from tests.cds.hooks import at, call, medicines, order, patient, selecting, token
from tests.cds.serving import Served
from tests.v1.serving import ADDRESS

NURSE = User("ingrid", "nurse", frozenset({Unit("hospital", "demo")}))
ADMITTED = "2026-11-20T10:00:00+01:00"
SIGNED: dict[str, Any] = {
    "patient": {"local_id": "p1", "birth_date": "1944-03-02", "sex": "female"},
    "encounter": {"id": "e1", "admitted": ADMITTED},
    "answers": {"cfs_clinician": 6, "lifelong_disability": False, "terminal_illness": False, "residence": "home"},
    "rater": {"role": "sykepleier"},
}


def cards_of(served: Served, body: dict[str, Any]) -> list[dict[str, Any]]:
    answer = served.client.post(at(body["hook"]), json=body)
    assert answer.status_code == 200, answer.text
    return check_answer(answer.json())


def count(served: Served, table: Any, *where: Any) -> int:
    with served.record.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


def sign(served: Served, **answers: Any) -> None:
    content = {**SIGNED, "schema": "retthjem/case/1", "answers": {**SIGNED["answers"], **answers}}
    prepared = prepare(served.record, content, texts_of("nb"), now=datetime.now(UTC))
    served.record.writer.run(lambda change: store(served.record, NURSE, prepared, change))


def told(card_: dict[str, Any], outcome: str = "overridden", **more: Any) -> dict[str, Any]:
    said = {"card": card_["uuid"], "outcome": outcome, "outcomeTimestamp": "2026-11-22T10:00:00.123Z"}
    return {**said, **more}


def sent(served: Served, *given: dict[str, Any], hook: str = "patient-view") -> int:
    return int(served.client.post(f"{at(hook)}/feedback", json={"feedback": list(given)}).status_code)


@pytest.mark.parametrize(
    "said",
    [
        {"active": False},
        {"link": [{"type": "replaced-by", "other": {"reference": "Patient/p2"}}]},
        {"deceasedBoolean": True},
    ],
    ids=["not active", "replaced", "dead"],
)
def test_of_a_record_that_nobody_is_treated_by_there_is_no_card_and_nothing_is_stored(fresh: Served, said: Any):
    for hook in ("encounter-start", "patient-view", "encounter-discharge"):
        assert cards_of(fresh, call(hook, {"patient": patient(**said), "medicines": medicines()})) == []
    assert count(fresh, listing) == 0


def test_an_admission_is_stored_once_as_the_records_own(fresh: Served):
    body = call("encounter-start", {"patient": patient(), "medicines": medicines()})
    first, second = cards_of(fresh, body), cards_of(fresh, body)
    assert count(fresh, assessment) == 1
    with fresh.record.engine.connect() as connection:
        (screened,) = connection.execute(select(event.c.body).where(event.c.kind == "screened")).scalars()
    assert '"unjudged":true' in screened.replace(" ", "")
    assert first[0]["uuid"] == second[0]["uuid"]
    assert "/patients/" in first[0]["links"][0]["url"]
    changed = call("encounter-start", {"patient": patient(), "medicines": medicines([("N05CF01", "zopiklon")])})
    cards_of(fresh, changed)
    assert count(fresh, assessment) == 2


def stay(status: str | None = "in-progress", kind: str | None = "IMP", **more: Any) -> dict[str, Any]:
    said = {"status": status, "class": {"code": kind} if kind else None, "period": {"start": ADMITTED}, **more}
    return {
        "resourceType": "Encounter",
        "id": "e1",
        "subject": {"reference": "Patient/p1"},
        **{name: value for name, value in said.items() if value is not None},
    }


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
@pytest.mark.parametrize("hook", ["encounter-start", "encounter-discharge"])
def test_an_admission_that_never_was_admits_nobody_and_shows_nothing(fresh: Served, hook: str, status: str):
    assert cards_of(fresh, call(hook, {"patient": patient(), "encounter": stay(status)})) == []
    assert (count(fresh, assessment), count(fresh, listing)) == (0, 0)


@pytest.mark.parametrize(
    "said",
    [stay("planned"), stay("finished"), stay(kind="AMB"), stay("unknown")],
    ids=["planned", "finished", "ambulatory", "unknown"],
)
def test_who_is_not_in_hospital_may_be_told_of_and_is_not_admitted(fresh: Served, said: dict[str, Any]):
    assert cards_of(fresh, call("encounter-start", {"patient": patient(), "encounter": said}))
    assert (count(fresh, assessment), count(fresh, listing)) == (0, 0)


@pytest.mark.parametrize(
    "said",
    [None, stay(), stay("arrived", "EMER"), stay(None, None), stay(kind="of-the-hospital")],
    ids=["not read", "inpatient", "emergency", "says neither", "the hospital's own class"],
)
def test_who_is_in_hospital_is_admitted(fresh: Served, said: dict[str, Any] | None):
    prefetch = {"patient": patient()} | ({"encounter": said} if said else {})
    assert cards_of(fresh, call("encounter-start", prefetch))
    assert (count(fresh, assessment), count(fresh, listing)) == (1, 1)


@pytest.mark.parametrize("hook", ["patient-view", "encounter-discharge", "order-select"])
def test_no_other_hook_stores_a_screening(fresh: Served, hook: str):
    prefetch = {"patient": patient(), "medicines": medicines()}
    body = selecting(order("r", "N05CF01", "z"), prefetch=prefetch) if hook == "order-select" else call(hook, prefetch)
    assert cards_of(fresh, body)
    assert count(fresh, assessment) == 0


def test_nobody_young_is_stored(fresh: Served):
    cards_of(fresh, call("encounter-start", {"patient": patient(born="1990-01-01")}))
    assert count(fresh, assessment) == 0


def test_every_look_at_a_stored_patient_is_in_the_access_log(fresh: Served):
    cards_of(fresh, call("encounter-start", {"patient": patient()}))
    cards_of(fresh, call("patient-view", {"patient": patient()}))
    cards_of(fresh, call("encounter-discharge", {"patient": patient()}))
    assert count(fresh, access, access.c.action == "read", access.c.role == "system") == 2


def test_what_a_person_signed_in_this_stay_decides(fresh: Served):
    sign(fresh)
    (card_,) = cards_of(fresh, call("patient-view", {"patient": patient()}, encounterId="e1"))
    assert card_["summary"].startswith("CFS 6. Forslag: Bred geriatrisk")
    (referral,) = card_["suggestions"]
    assert referral["isRecommended"] is True
    assert referral["actions"][0]["resource"]["resourceType"] == "ServiceRequest"
    assert card_["links"][0]["url"].rsplit("/", 2)[1] == "patients"
    (leaving,) = cards_of(fresh, call("encounter-discharge", {"patient": patient()}))
    assert leaving["source"]["topic"]["code"] in {"pathway", "undecided"}


def test_what_was_signed_in_another_stay_does_not(fresh: Served):
    sign(fresh)
    (card_,) = cards_of(fresh, call("patient-view", {"patient": patient()}, encounterId="e2"))
    assert card_["summary"].startswith("Kartlegg")


def test_a_card_stays_the_same_until_it_is_answered_and_is_then_quiet_until_something_changes(fresh: Served):
    body = call("patient-view", {"patient": patient(), "medicines": medicines()})
    (card_,) = cards_of(fresh, body)
    assert cards_of(fresh, body)[0]["uuid"] == card_["uuid"]
    accepted = [{"id": card_["suggestions"][0]["uuid"]}]
    assert sent(fresh, told(card_, "accepted", acceptedSuggestions=accepted)) == 200
    assert cards_of(fresh, body) == []
    assert cards_of(fresh, call("encounter-discharge", body["prefetch"])) != []
    sign(fresh)
    (after,) = cards_of(fresh, call("patient-view", body["prefetch"], encounterId="e1"))
    assert after["uuid"] != card_["uuid"]


def test_the_same_feedback_is_stored_once_and_another_beside_it(fresh: Served):
    (card_,) = cards_of(fresh, call("patient-view", {"patient": patient()}))
    reason = {"reason": card_["overrideReasons"][0], "userComment": "Ola Nordmann vil ikke"}
    given = told(card_, overrideReason=reason)
    assert [sent(fresh, given), sent(fresh, given, given)] == [200, 200]
    assert count(fresh, feedback) == 1
    assert sent(fresh, told(card_)) == 200
    assert count(fresh, feedback) == 2


def test_what_someone_wrote_is_stored_and_never_logged(fresh: Served, capsys: pytest.CaptureFixture[str]):
    (card_,) = cards_of(fresh, call("patient-view", {"patient": patient()}))
    given = told(card_, overrideReason={"userComment": "Ola Nordmann vil ikke"})
    answer = fresh.client.post(f"{at('patient-view')}/feedback", json={"feedback": [given]})
    assert answer.text == ""
    out = capsys.readouterr()
    assert "Nordmann" not in out.out + out.err
    assert count(fresh, feedback, feedback.c.comment == "Ola Nordmann vil ikke") == 1


def test_a_reason_in_words_alone_is_stored_without_a_code(fresh: Served):
    (card_,) = cards_of(fresh, call("patient-view", {"patient": patient()}))
    reason = {"reason": {"display": "Ola vil ikke"}, "userComment": "x"}
    assert sent(fresh, told(card_, overrideReason=reason)) == 200
    with fresh.record.engine.connect() as connection:
        row = connection.execute(select(feedback)).one()
    assert (row.reason, row.system, row.comment) == (None, None, "x")


def test_a_card_that_was_not_shown_here_is_not_found_and_nothing_else_is_stored(fresh: Served):
    (card_,) = cards_of(fresh, call("patient-view", {"patient": patient()}))
    stranger = {**told(card_), "card": str(uuid4())}
    assert sent(fresh, told(card_), stranger) == 404
    assert sent(fresh, told(card_), hook="encounter-start") == 404
    assert sent(fresh, told(card_, "accepted", acceptedSuggestions=[{"id": str(uuid4())}])) == 404
    assert count(fresh, feedback) == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"card": None},
        {"card": "not a uuid"},
        {"card": 5},
        {"outcome": None},
        {"outcome": "ignored"},
        {"outcome": ["accepted"]},
        {"outcome": "accepted"},
        {"outcome": "accepted", "acceptedSuggestions": []},
        {"outcome": "accepted", "acceptedSuggestions": [{}]},
        {"outcome": "accepted", "acceptedSuggestions": "all"},
        {"outcomeTimestamp": None},
        {"outcomeTimestamp": "yesterday"},
        {"outcomeTimestamp": "2026-11-22T10:00:00"},
        {"overrideReason": "no"},
        {"overrideReason": {"reason": {}}},
        {"overrideReason": {"reason": {"code": 5}}},
        {"overrideReason": {"userComment": ["x"]}},
        {"overrideReason": {"userComment": "x" * 20_000}},
    ],
    ids=str,
)
def test_feedback_that_is_not_as_specified_is_refused(demo: Served, changed: dict[str, Any]):
    (card_,) = cards_of(demo, call("patient-view", {"patient": patient("f1")}, patientId="f1"))
    given = {name: value for name, value in {**told(card_), **changed}.items() if value is not None}
    assert sent(demo, given) == 400


@pytest.mark.parametrize("body", [{}, {"feedback": None}, {"feedback": []}, {"feedback": {}}, {"feedback": [5]}])
def test_feedback_must_be_a_list_of_something(demo: Served, body: dict[str, Any]):
    assert demo.client.post(f"{at('patient-view')}/feedback", json=body).status_code == 400


def test_what_came_of_cards_is_counted_for_their_rules(fresh: Served):
    for number in range(6):
        said = patient(f"u{number}")
        (card_,) = cards_of(fresh, call("patient-view", {"patient": said}, patientId=f"u{number}"))
        given = told(card_, overrideReason={"reason": card_["overrideReasons"][0]})
        if number < 5:
            assert sent(fresh, given) == 200
    counted = UseOfRules().of(fresh.record.engine, now=datetime.now(UTC), patience=20)
    assert counted is not None
    use = counted.of("screening_indicated")
    assert (use.card_overridden, use.card_accepted, use.overridden) == (5, None, None)
    assert use.card_reasons == (("already_done", 5),)


def test_a_card_that_is_answered_many_times_counts_once_as_what_was_said_last(fresh: Served):
    for number in range(5):
        id = f"n{number}"
        (card_,) = cards_of(fresh, call("patient-view", {"patient": patient(id)}, patientId=id))
        accepted = [{"id": card_["suggestions"][0]["uuid"]}]
        last = told(card_, "accepted", acceptedSuggestions=accepted, outcomeTimestamp="2026-11-22T10:09:00Z")
        early = [told(card_, outcomeTimestamp=f"2026-11-22T10:0{minute}:00Z") for minute in range(3)]
        assert sent(fresh, last, *early) == 200
    counted = UseOfRules().of(fresh.record.engine, now=datetime.now(UTC), patience=20)
    assert counted is not None
    use = counted.of("screening_indicated")
    assert (use.card_accepted, use.card_overridden) == (5, None)


def test_an_old_card_that_is_answered_late_does_not_bring_a_newer_one_back(fresh: Served):
    old, new = (call("patient-view", {"patient": patient()}, encounterId=id) for id in ("e1", "e2"))
    (first,), (second,) = cards_of(fresh, old), cards_of(fresh, new)
    assert sent(fresh, told(second)) == 200
    assert sent(fresh, told(first)) == 200
    assert cards_of(fresh, new) == []


def test_a_patient_of_another_hospital_is_not_told_of_and_not_read(hospital: Served):
    number = "15814512336"
    theirs = User("kari", "nurse", frozenset({Unit("hospital", "OUS")}))
    content = {**SIGNED, "schema": "retthjem/case/1", "patient": {**SIGNED["patient"], "local_id": None, "id": number}}
    prepared = prepare(hospital.record, content, texts_of("nb"), now=datetime.now(UTC))
    hospital.record.writer.run(lambda change: store(hospital.record, theirs, prepared, change))
    person = patient(identifier=[{"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": number}])
    body = call("patient-view", {"patient": {**person, "birthDate": "1945-01-15"}}, encounterId="e1")
    headers = {"Authorization": f"Bearer {token(ADDRESS + at('patient-view'))}"}
    (card_,) = check_answer(hospital.client.post(at("patient-view"), json=body, headers=headers).json())
    assert card_["summary"].startswith("Kartlegg")
    assert card_["links"][0]["url"].endswith("/screen")
    assert count(hospital, access, access.c.action == "read") == 0
