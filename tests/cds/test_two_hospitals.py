"""Two hospitals ask about the same person: neither ends the other's stay, reads its screenings or silences it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from api.storage.tables import access, assessment, event, feedback, listing
from tests.cds.conforming import check_answer
from tests.cds.hooks import CHART, EPJ, OTHER_EPJ, at, call, patient, token
from tests.cds.serving import Served, hospital_over, serving
from tests.v1.issuer import bearer
from tests.v1.serving import ADDRESS

NUMBER = "15814512336"
STO, OUS = bearer("system", "hospital:STO"), bearer("system", "hospital:OUS")
FIRST, LATER = "2026-11-20T08:00:00+01:00", "2026-11-20T12:00:00+01:00"


@pytest.fixture
def both(tmp_path) -> Iterator[Served]:
    with serving(hospital_over(f"sqlite:///{tmp_path / 'two.sqlite'}")) as served:
        yield served


def somebody() -> dict[str, Any]:
    number = {"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": NUMBER}
    return patient(born="1945-01-15", identifier=[number])


def stay(id: str, began: str, status: str = "in-progress") -> dict[str, Any]:
    said = {"status": status, "class": {"code": "IMP"}, "subject": {"reference": "Patient/p1"}}
    return {"resourceType": "Encounter", "id": id, **said, "period": {"start": began}}


def asks(served: Served, client: str, hook: str = "patient-view", began: tuple[str, str] | None = None) -> Any:
    headers = {"Authorization": f"Bearer {token(ADDRESS + at(hook), iss=client)}"}
    prefetch = {"patient": somebody()} | ({"encounter": stay(*began)} if began else {})
    named: dict[str, Any] = {"encounterId": began[0]} if began else {}
    answer = served.client.post(at(hook), json=call(hook, prefetch, **named), headers=headers)
    assert answer.status_code == 200, answer.text
    return check_answer(answer.json())


def tells(served: Served, client: str, shown: dict[str, Any]) -> int:
    path = f"{at('patient-view')}/feedback"
    headers = {"Authorization": f"Bearer {token(ADDRESS + path, iss=client)}"}
    given = {"card": shown["uuid"], "outcome": "overridden", "outcomeTimestamp": "2026-11-22T10:00:00Z"}
    return int(served.client.post(path, json={"feedback": [given]}, headers=headers).status_code)


def rows(served: Served, *columns: Any) -> list[tuple[Any, ...]]:
    with served.record.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*columns))]


def case(encounter: dict[str, Any]) -> dict[str, Any]:
    who = {"id": NUMBER, "birth_date": "1945-01-15", "sex": "female"}
    return {"schema": "retthjem/case/1", "patient": who, "encounter": encounter}


def test_an_admission_elsewhere_leaves_whoever_lies_here_and_shows_no_more_than_the_call_told(both: Served):
    asks(both, EPJ, "encounter-start", ("s1", FIRST))
    ((person,),) = rows(both, listing.c.person)
    before = rows(both, event.c.id)
    (card,) = asks(both, OTHER_EPJ, "encounter-start", ("u1", LATER))
    assert person not in card["links"][0]["url"]
    assert rows(both, event.c.id) == before
    assert rows(both, listing.c.hospital) == [("STO",)]
    assert both.client.get(f"/api/v1/patients/{person}", headers=STO).status_code == 200
    assert both.client.get(f"/api/v1/patients/{person}", headers=OUS).status_code == 404
    refusals = select(func.count()).select_from(access).where(access.c.action == "refused_elsewhere")
    with both.record.engine.connect() as connection:
        assert connection.execute(refusals).scalar_one() == 1


@pytest.mark.parametrize("path", ["screenings", "admissions"])
@pytest.mark.parametrize(
    "encounter",
    [
        {"id": "u1", "admitted": LATER},
        {"id": "u1", "admitted": "2026-11-19T08:00:00+01:00"},
        {"id": "s1", "admitted": FIRST, "discharged": LATER},
        {"id": "s1", "admitted": LATER},
        {"admitted": FIRST},
    ],
    ids=["later", "earlier", "the stay's discharge", "the stay at another time", "the stay by its time"],
)
def test_nor_does_the_api_let_another_hospital_tell_of_who_lies_here(both: Served, encounter: Any, path: str):
    asks(both, EPJ, "encounter-start", ("s1", FIRST))
    before = rows(both, event.c.id)
    content = case(encounter)
    sent = content if path == "screenings" else {name: content[name] for name in ("patient", "encounter")}
    answer = both.client.post(f"/api/v1/{path}", json=sent, headers=OUS)
    assert answer.status_code == 422, answer.text
    assert rows(both, event.c.id) == before


def test_who_went_home_may_come_to_another_hospital_which_then_has_the_patient(both: Served):
    asks(both, EPJ, "encounter-start", ("s1", FIRST))
    over = case({"id": "s1", "admitted": FIRST, "discharged": "2026-11-20T11:00:00+01:00"})
    assert both.client.post("/api/v1/screenings", json=over, headers=STO).status_code == 201
    asks(both, OTHER_EPJ, "encounter-start", ("u1", LATER))
    assert rows(both, listing.c.hospital) == [("OUS",)]


def test_a_case_without_a_stay_of_its_own_is_not_stored_on_another_hospitals_patient(both: Served):
    asks(both, EPJ, "encounter-start", ("s1", FIRST))
    stored = rows(both, assessment.c.id)
    assert both.client.post("/api/v1/screenings", json=case({}), headers=OUS).status_code == 422
    assert rows(both, assessment.c.id) == stored


@pytest.mark.parametrize("other", [OTHER_EPJ, CHART], ids=["another hospital", "the same hospital"])
def test_each_system_has_cards_of_its_own_and_silences_no_other(both: Served, other: str):
    (here,), (there,) = asks(both, EPJ), asks(both, other)
    assert here["uuid"] != there["uuid"]
    assert tells(both, other, here) == 404
    assert tells(both, EPJ, here) == 200
    assert asks(both, EPJ) == []
    assert asks(both, other)[0]["uuid"] == there["uuid"]
    assert len(rows(both, feedback.c.id)) == 1
