"""What is told at each hook, and that every answer is as CDS Hooks 2.0.1 has it."""

from __future__ import annotations

from typing import Any

import pytest

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
    assert card["summary"].startswith("CFS 6 står i journalen")
    assert [each["actions"][0]["resource"]["resourceType"] for each in card["suggestions"]] == ["Task"]


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
