"""What is told at each hook, and that every answer is as CDS Hooks 2.0.1 has it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rules.times import oslo
from tests.cds.conforming import check_answer, check_discovery
from tests.cds.hooks import (
    BASE,
    FHIR,
    LIST,
    at,
    call,
    found,
    level,
    medicine,
    medicines,
    order,
    patient,
    selecting,
    token,
)
from tests.cds.serving import Served
from tests.v1.serving import ADDRESS

HOOKS = ("patient-view", "encounter-start", "encounter-discharge", "order-select")


def cards_of(served: Served, body: dict[str, Any], **headers: str) -> list[dict[str, Any]]:
    answer = served.client.post(at(body["hook"]), json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return check_answer(answer.json())


def test_discovery_has_one_service_for_each_hook_under_an_id_of_its_own(demo: Served):
    answer = demo.client.get(BASE)
    assert answer.status_code == 200
    check_discovery(answer.json())
    told = {each["hook"]: each["id"] for each in answer.json()["services"]}
    assert told == {hook: f"rett-hjem-{hook}" for hook in HOOKS}


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_discovery_and_cards_are_in_the_language_that_is_asked_for(demo: Served, language: str):
    answer = demo.client.get(BASE, headers={"Accept-Language": language})
    check_discovery(answer.json())
    assert answer.headers["content-language"] == language
    (card,) = cards_of(
        demo, call("patient-view", {"patient": patient("l1")}, patientId="l1"), **{"Accept-Language": language}
    )
    said = {"nb": "Kartlegg skrøpelighet", "nn": "Kartlegg skrøpelegheit", "en": "Screen for frailty"}
    assert card["summary"].startswith(said[language])


@pytest.mark.parametrize("hook", ["patient-view", "encounter-start", "encounter-discharge"])
def test_someone_old_whom_nobody_has_screened_is_to_be_screened(demo: Served, hook: str):
    (card,) = cards_of(demo, call(hook, {"patient": patient(), "medicines": medicines()}))
    (suggestion,) = card["suggestions"]
    assert suggestion["isRecommended"] is True
    task = suggestion["actions"][0]["resource"]
    assert task["resourceType"] == "Task"
    assert task["for"] == {"reference": "Patient/p1"}
    assert ("encounter" in task) == hook.startswith("encounter")
    assert "82" in card["detail"] or "81" in card["detail"]
    assert card["indicator"] == ("warning" if hook == "encounter-discharge" else "info")


@pytest.mark.parametrize("hook", ["patient-view", "encounter-start", "encounter-discharge"])
def test_of_someone_young_or_dead_nothing_is_told(demo: Served, hook: str):
    assert cards_of(demo, call(hook, {"patient": patient("y1", "1990-01-01")}, patientId="y1")) == []
    dead = patient("d1", deceasedBoolean=True)
    assert cards_of(demo, call(hook, {"patient": dead}, patientId="d1")) == []


def test_someone_of_65_is_asked_about_at_admission_and_not_at_each_look(demo: Served):
    said = {"patient": patient("s1", "1959-01-01")}
    (card,) = cards_of(demo, call("encounter-start", said, patientId="s1"))
    assert card["source"]["topic"]["code"] == "ask"
    assert cards_of(demo, call("patient-view", said, patientId="s1")) == []


def test_a_cfs_of_the_hospitals_record_is_to_be_confirmed_and_sends_nobody_to_the_team_yet(demo: Served):
    said = {"patient": patient("c1"), "cfs": found(level(6, of="c1"))}
    (card,) = cards_of(demo, call("patient-view", said, patientId="c1"))
    day = oslo(datetime.now(UTC) - timedelta(days=1)).strftime("%d.%m.%Y")
    assert card["summary"].startswith(f"CFS 6 ({day}) står i journalen")
    assert f"CFS 6 er satt av noen i journalen, {day}." in card["detail"]
    assert [each["actions"][0]["resource"]["resourceType"] for each in card["suggestions"]] == ["Task"]


def test_who_has_set_a_level_in_the_hospitals_record_is_told_by_role_and_never_as_markup(demo: Served):
    nurse = {"resourceType": "Practitioner", "id": "n1", "qualification": [{"code": {"text": "<b>Sykepleier</b>"}}]}
    set_by = level(6, of="c2", performer=[{"reference": "Practitioner/n1"}])
    said = {"patient": patient("c2"), "cfs": found(set_by, nurse)}
    (card,) = cards_of(demo, call("patient-view", said, patientId="c2"))
    assert "satt av &lt;b&gt;Sykepleier&lt;/b&gt; i journalen" in card["detail"]


@pytest.mark.parametrize("hook", ["patient-view", "encounter-start", "encounter-discharge"])
def test_a_level_dated_ahead_is_no_level(demo: Served, hook: str):
    said = {"patient": patient("a1"), "cfs": found(level(6, of="a1", days_ago=-30_000))}
    (card,) = cards_of(demo, call(hook, said, patientId="a1"))
    assert "CFS 6" not in card["summary"] + card["detail"]


def test_of_a_level_dated_ahead_and_an_older_one_the_older_one_counts(demo: Served):
    both = found(level(8, of="a2", days_ago=-1, id="ahead"), level(6, of="a2"))
    (card,) = cards_of(demo, call("patient-view", {"patient": patient("a2"), "cfs": both}, patientId="a2"))
    assert "CFS 6" in card["summary"]


@pytest.mark.parametrize("hook", ["patient-view", "encounter-start", "encounter-discharge"])
@pytest.mark.parametrize("levels", [4, 6, 9])
def test_a_level_of_long_ago_leads_nowhere_but_to_a_new_one(demo: Served, hook: str, levels: int):
    said = {"patient": patient("o1"), "cfs": found(level(levels, of="o1", days_ago=9_000))}
    (card,) = cards_of(demo, call(hook, said, patientId="o1"))
    about = "unscreened" if hook == "encounter-discharge" else "confirm"
    assert card["source"]["topic"]["code"] == about
    assert [each["actions"][0]["resource"]["resourceType"] for each in card["suggestions"]] == ["Task"]
    assert "Vurder nivået på nytt" in card["detail"]
    if about == "confirm":
        assert card["summary"].endswith("er for gammel til å gjelde nå. Vurder nivået på nytt.")


def test_a_level_is_as_old_as_it_was_at_the_admission(demo: Served):
    begun = (datetime.now(UTC) - timedelta(days=40)).isoformat(timespec="seconds")
    stay = {"id": "e5", "status": "in-progress", "class": {"code": "IMP"}, "period": {"start": begun}}
    whole = {"resourceType": "Encounter", "subject": {"reference": "Patient/o2"}, **stay}
    for days_ago, old in ((50, False), (60, True)):
        said = {"patient": patient("o2"), "encounter": whole, "cfs": found(level(6, of="o2", days_ago=days_ago))}
        (card,) = cards_of(demo, call("encounter-start", said, patientId="o2", encounterId="e5"))
        assert ("for gammel" in card["summary"]) is old


def test_a_level_without_a_day_says_so(demo: Served):
    undated = level(6, of="u1")
    del undated["effectiveDateTime"]
    said = {"patient": patient("u1"), "cfs": found(undated)}
    (card,) = cards_of(demo, call("patient-view", said, patientId="u1"))
    assert card["summary"].startswith("CFS 6 (uten dato) står i journalen")


def test_a_new_medicine_is_shown_before_and_after(demo: Served):
    body = selecting(order("r1", "N05CF01", "zopiklon"), prefetch={"patient": patient(), "medicines": medicines()})
    (card,) = cards_of(demo, body)
    assert "4 → 5" in card["summary"]
    assert "| Faste legemidler | 4 | 5 |" in card["detail"]
    assert "Behandlingsbyrde" not in card["summary"]
    assert "| Doser om dagen | 4 | 5 |" in card["detail"]
    assert card["indicator"] == "warning"
    assert "suggestions" not in card


def test_only_what_is_selected_counts(demo: Served):
    orders = (order("r1", "N05CF01", "zopiklon"), order("r2", "N06AA09", "amitriptylin"))
    body = selecting(*orders, prefetch={"patient": patient(), "medicines": medicines()}, selected=["r2"])
    (card,) = cards_of(demo, body)
    assert "zopiklon" not in card["summary"] + card["detail"]
    assert "| NORGEP-treff | 0 | 1 |" in card["detail"]
    nothing_selected = selecting(*orders, prefetch={"patient": patient(), "medicines": medicines()}, selected=[])
    assert cards_of(demo, nothing_selected) == []


def test_a_harmless_medicine_on_a_short_list_is_not_worth_a_card(demo: Served):
    prefetch = {"patient": patient("h1"), "medicines": medicines(LIST[:1], of="h1")}
    body = selecting(order("r1", "A11CC05", "kolekalsiferol", of="h1"), prefetch=prefetch, patientId="h1")
    assert cards_of(demo, body) == []


def test_a_medicine_that_the_patient_has_already_is_said_to_be_had(demo: Served):
    prefetch = {"patient": patient(), "medicines": medicines(LIST[1:2])}
    (card,) = cards_of(demo, selecting(order("r1", "C07AB02", "metoprolol depot"), prefetch=prefetch))
    assert card["summary"].startswith("metoprolol depot: står på listen fra før")
    assert "**Står på listen fra før**\n\n- metoprolol depot" in card["detail"]
    assert card["indicator"] == "info"


@pytest.mark.parametrize("how", ["prior", "itself"])
def test_an_order_that_goes_on_from_another_is_not_had_twice(demo: Served, how: str):
    drafted = order("r1", "C07AB02", "metoprolol")
    listed = {**order("r1", "C07AB02", "metoprolol"), "status": "active"}
    prefetch: dict[str, Any] = {"patient": patient(), "medicines": medicines(LIST[1:2])}
    if how == "prior":
        drafted["priorPrescription"] = {"reference": "MedicationRequest/r0"}
    else:
        prefetch = {"patient": patient(), "medicines": None, "prescriptions": found(listed)}
    assert cards_of(demo, selecting(drafted, prefetch=prefetch)) == []


def test_of_a_list_that_nobody_sent_only_the_new_medicine_is_counted(demo: Served):
    body = selecting(order("r1", "N05CF01", "zopiklon"), prefetch={"patient": patient()})
    (card,) = cards_of(demo, body)
    assert "ukjent → minst 1" in card["summary"]
    assert "- Legemidler\n" in card["detail"]


def test_nothing_that_others_wrote_becomes_markup(demo: Served):
    name = "<img src=x onerror=alert(1)> [her](https://evil.example) www.evil.example | *x* `y`"
    body = selecting(order("r1", "N05CF01", name), prefetch={"patient": patient(), "medicines": medicines()})
    (card,) = cards_of(demo, body)
    assert "<" not in card["detail"]
    assert "](" not in card["detail"].replace("\\](", "")
    assert "https://evil" not in card["detail"]
    assert "www.evil" not in card["detail"]
    assert card["detail"].splitlines()[0].count("|") - card["detail"].splitlines()[0].count("\\|") == 4


def test_a_medicine_without_a_code_leaves_the_lists_open(demo: Served):
    listed = found(
        medicine("m1", "C03CA01", "furosemid"), medicine("m2", None, "noe annet"), medicine("m3", "N05CF01", "zopiklon")
    )
    body = selecting(order("r1", "N05BA01", "diazepam"), prefetch={"patient": patient(), "medicines": listed})
    (card,) = cards_of(demo, body)
    assert "ATC-kode" in card["detail"]


def test_that_a_new_medicine_cannot_be_looked_up_is_said(demo: Served):
    prefetch = {"patient": patient(), "medicines": medicines(LIST[:1])}
    (card,) = cards_of(demo, selecting(order("r1", None, "noe utenlandsk"), prefetch=prefetch))
    assert "ATC-kode" in card["detail"]
    assert card["indicator"] == "info"


def test_the_link_is_a_launch_where_the_record_system_may_launch_us(hospital: Served):
    for server, kind in ((FHIR, "smart"), (f"{FHIR}/", "smart"), ("https://other.example/fhir", "absolute")):
        body = call("patient-view", {"patient": patient()}, more={"fhirServer": server})
        said = {"Authorization": f"Bearer {token(ADDRESS + at('patient-view'))}"}
        (card,) = check_answer(hospital.client.post(at("patient-view"), json=body, headers=said).json())
        assert card["links"][0]["type"] == kind
        assert card["links"][0]["url"].endswith("/smart/launch") == (kind == "smart")
