"""The list of the unscreened with what registers say: on whom, to whom, and off it at once when somebody has acted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.nightly.kept import Nightly
from api.nightly.run import MARK, hidden
from api.record.courses import add, open_course
from api.record.streams import Naming
from api.screening import texts_in
from api.storage.engine import reading
from api.storage.tables import access
from careplans.course.events import (
    AddressProtected,
    Admitted,
    Described,
    Died,
    Discharged,
    Event,
    Merged,
    RecordBlocked,
)
from tests.nightly.made import KEY, TODAY, lies_in, run_in
from tests.v1.people import case, number
from tests.ward.signed_in import EPJ, Hospital, hospital

T = texts_in("nb")
NUMBERS = count(820)
NOW = datetime.now(UTC)
OTHERS = T("nightly.others")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    with hospital(tmp_path_factory.mktemp("demo")) as served:
        yield served


@pytest.fixture
def served_with_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hospital]:
    monkeypatch.setenv("RETTHJEM_POPULATION__KEY", KEY)
    with hospital(tmp_path) as served:
        yield served


@pytest.fixture
def nightly(demo: Hospital, tmp_path: Path) -> Any:
    """Let the demo read runs, and return what screens people into one."""

    def told(*people: dict[str, Any], key: str | None = KEY, **more: Any) -> None:
        run_in(tmp_path / "out", people, key=key, **more)
        served = Nightly(tmp_path / "out", KEY.encode() if key else None, hospital="demo", oldest_days=2)
        app(demo).state.nightly = served

    yield told
    app(demo).state.nightly = Nightly(None, None, hospital="demo", oldest_days=2)


def app(demo: Hospital) -> Any:
    """Return the application within what stands around it."""
    found: Any = demo.client.app
    while not hasattr(found, "state"):
        found = next(value for value in vars(found).values() if callable(value) and not isinstance(value, type))
    return found


def shown(browser: TestClient, path: str = "/lists/unscreened") -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def logged(demo: Hospital, about: str) -> list[str]:
    with reading(demo.record.engine) as connection:
        return list(connection.execute(select(access.c.action).where(access.c.person == about)).scalars())


def admitted(
    demo: Hospital, identity: str | None, *, local_id: str | None = None, stay: str = "stay", hours: int = 9
) -> str:
    """Admit someone of whom nothing else is known, and return the record's id."""
    events: list[Event] = [
        Described("Kari Prøve", date(TODAY.year - 90, 1, 5)),
        Admitted(stay, NOW - timedelta(hours=hours), "demo", "GER2"),
    ]
    naming = Naming(identity, local_id)
    return demo.record.writer.run(
        lambda change: open_course(demo.record, EPJ, events, change=change, naming=naming)
    ).person


def happened(demo: Hospital, person: str, event: Event) -> None:
    """Record something that happened to a patient."""
    demo.record.writer.run(lambda change: add(demo.record, EPJ, event, change=change, person=person, expected=None))


def others(page: str) -> list[str]:
    """Return what is said of each whom registers alone know of."""
    table = page.partition('<table class="patients others">')[2].partition("</table>")[0]
    return [" ".join(re.sub("<[^>]+>", " ", row).split()) for row in table.split("<tr>")[2:]]


def test_someone_whom_registers_alone_know_of_is_shown_without_a_name_and_logged(demo: Hospital, nightly: Any) -> None:
    unknown = number(next(NUMBERS))
    nightly(lies_in(unknown, sex="male"))
    page = shown(demo.browser("ingrid"))
    (said,) = others(page)
    assert said.startswith(f"mann, 90 år {T('nightly.no_name')} GER2 CFS ukjent · kan ikke si hvilket spor · spør om:")
    assert unknown not in page
    assert hidden(unknown, KEY.encode()) not in page
    assert logged(demo, MARK + hidden(unknown, KEY.encode())) == ["list"]
    assert T("nightly.title") in page


def test_what_was_logged_before_there_was_a_record_stands_in_the_patients_own_log(
    served_with_key: Hospital, tmp_path: Path
) -> None:
    demo, identity = served_with_key, number(next(NUMBERS))
    run_in(tmp_path / "out", [lies_in(identity)])
    app(demo).state.nightly = Nightly(tmp_path / "out", KEY.encode(), hospital="demo", oldest_days=2)
    assert len(others(shown(demo.browser("jonas")))) == 0
    assert len(others(shown(demo.browser("ingrid")))) == 1
    person = admitted(demo, identity)
    own = shown(demo.browser("lena"), f"/patients/{person}/access-log")
    assert "Ingrid Nes" in own
    assert "Jonas Lie" not in own


def test_of_someone_in_the_record_it_is_said_beside_the_patient(demo: Hospital, nightly: Any) -> None:
    identity = number(next(NUMBERS))
    person = admitted(demo, identity)
    nightly(lies_in(identity))
    page = shown(demo.browser("ingrid"))
    assert f"/patients/{person}/screen" in page
    assert T("nightly.row", day="i dag") in page
    assert others(page) == []
    assert logged(demo, MARK + hidden(identity, KEY.encode())) == []


def test_of_someone_with_two_records_that_are_one_it_is_said_there(demo: Hospital, nightly: Any) -> None:
    one, other = number(next(NUMBERS)), number(next(NUMBERS))
    person = admitted(demo, one)
    second = admitted(demo, other, stay="before", hours=60)
    happened(demo, second, Discharged("before", NOW - timedelta(hours=50)))
    happened(demo, person, Merged(second))
    nightly(lies_in(other))
    page = shown(demo.browser("ingrid"))
    assert T("nightly.row", day="i dag") in page
    assert others(page) == []


def test_a_suggestion_is_said_as_one_and_what_is_unknown_stays_unknown(demo: Hospital, nightly: Any) -> None:
    one, other = number(next(NUMBERS)), number(next(NUMBERS))
    dies = {"person": one, "item": "terminal_illness", "value": "yes", "member": ""}
    nightly(lies_in(one), lies_in(other), answers=[dies])
    first, second = others(shown(demo.browser("ingrid")))
    assert "forslag: Lindrende fokus" in first
    assert "CFS 8–9" not in second
    assert "kan ikke si" in second


@pytest.mark.parametrize("path", ["/lists/unscreened", "/lists/unscreened/print"])
def test_nobody_outside_the_viewers_units_is_shown(demo: Hospital, nightly: Any, path: str) -> None:
    here, elsewhere, abroad = (number(next(NUMBERS)) for _ in range(3))
    nightly(
        lies_in(here, birth_date="1930-01-05"),
        lies_in(elsewhere, ward="MED1", birth_date="1931-01-05"),
        lies_in(abroad, hospital="STO", birth_date="1932-01-05"),
    )
    ages = {who: re.findall(r"(\d+) år", " ".join(others(shown(demo.browser(who), path)))) for who in PEOPLE}
    old, older = str(TODAY.year - 1931), str(TODAY.year - 1930)
    assert ages == {"ingrid": [older], "jonas": [old], "henrik": [older, old], "anne": [older]}


PEOPLE = ("ingrid", "jonas", "henrik", "anne")


def test_a_ward_that_is_chosen_narrows_it_and_nothing_else_shows_it(demo: Hospital, nightly: Any) -> None:
    nightly(lies_in(number(next(NUMBERS))), lies_in(number(next(NUMBERS)), ward="MED1"))
    henrik = demo.browser("henrik")
    assert len(others(shown(henrik, "/lists/unscreened?ward=demo/MED1"))) == 1
    assert others(shown(henrik, "/lists/unscreened?municipality=5001")) == []
    assert OTHERS not in shown(henrik, "/lists/team")


@pytest.mark.parametrize(
    "happens",
    [
        Discharged("stay", NOW),
        Died(NOW.date()),
        RecordBlocked(blocked=True),
        AddressProtected(protected=True),
    ],
    ids=["left", "died", "blocked", "protected"],
)
def test_who_leaves_dies_or_is_closed_is_off_the_list_at_once(demo: Hospital, nightly: Any, happens: Event) -> None:
    identity = number(next(NUMBERS))
    nightly(lies_in(identity))
    assert len(others(shown(demo.browser("ingrid")))) == 1
    person = admitted(demo, identity)
    happened(demo, person, happens)
    page = shown(demo.browser("ingrid"))
    assert others(page) == []
    if happens.kind != "address_protected":
        assert f"/patients/{person}/" not in page


def test_who_has_been_screened_is_off_the_list_at_once(demo: Hospital, nightly: Any) -> None:
    identity = number(next(NUMBERS))
    nightly(lies_in(identity))
    assert len(others(shown(demo.browser("ingrid")))) == 1
    sent = case(0)
    sent["patient"] |= {"id": identity}
    sent["encounter"] |= {"admitted": (NOW - timedelta(hours=9)).isoformat()}
    demo.sends(sent)
    assert others(shown(demo.browser("ingrid"))) == []


def test_who_left_before_the_run_and_lies_in_again_by_it_is_shown(demo: Hospital, nightly: Any) -> None:
    identity = number(next(NUMBERS))
    person = admitted(demo, identity)
    happened(demo, person, Discharged("stay", NOW))
    nightly(lies_in(identity), on=f"{TODAY + timedelta(days=1)}")
    assert len(others(shown(demo.browser("ingrid")))) == 1


def test_who_has_a_cfs_by_a_clinician_there_is_not_asked_for_again(demo: Hospital, nightly: Any) -> None:
    identity = number(next(NUMBERS))
    scored = {"person": identity, "item": "cfs_clinician", "value": "6", "member": ""}
    nightly(lies_in(identity), answers=[scored])
    assert others(shown(demo.browser("ingrid"))) == []


def test_who_is_too_young_to_be_screened_is_not_on_it_and_who_has_no_age_is(demo: Hospital, nightly: Any) -> None:
    nightly(lies_in(number(next(NUMBERS)), birth_date="1990-01-05"), lies_in(number(next(NUMBERS)), birth_date=None))
    assert [T("nightly.no_age") in each for each in others(shown(demo.browser("ingrid")))] == [True]


def test_a_run_by_other_rules_and_an_old_one_say_so_with_their_day(
    demo: Hospital, nightly: Any, tmp_path: Path
) -> None:
    overlay = tmp_path / "overlay.toml"
    overlay.write_text('name = "local"\n[thresholds]\npolypharmacy = 6\n')
    day = TODAY - timedelta(days=5)
    nightly(lies_in(number(next(NUMBERS))), on=f"{day}", more=["--overlay", str(overlay)])
    page = shown(demo.browser("ingrid"))
    assert T("nightly.old", days=5) in page
    assert T("nightly.other_rules", digest="@").partition("@")[0] in page
    assert f"{day:%d.%m.%Y}" in page
    counts = shown(demo.browser("eskil"), "/population")
    assert T("population_page.old", days=5) in counts


def test_with_another_key_nobody_is_shown_and_the_reason_is(demo: Hospital, nightly: Any) -> None:
    nightly(lies_in(number(next(NUMBERS))))
    folder = app(demo).state.nightly._folder
    app(demo).state.nightly = Nightly(folder, KEY[::-1].encode(), hospital="demo", oldest_days=2)
    page = shown(demo.browser("ingrid"))
    assert others(page) == []
    assert f"manifest.json: {T('refused.run_other_key.reason')}" in page


def test_without_a_key_the_hospitals_own_ids_are_matched_for_that_hospital_alone(demo: Hospital, nightly: Any) -> None:
    person = admitted(demo, None, local_id="demo/L-77")
    nightly(lies_in("L-77"), lies_in("L-78"), lies_in("L-77b", hospital="STO"), key=None)
    page = shown(demo.browser("ingrid"))
    assert f"/patients/{person}/" in page
    assert T("nightly.row", day="i dag") in page
    assert len(others(page)) == 1
    assert "L-78" not in page


def test_the_counts_are_for_the_team_and_the_analyst_and_name_nobody(demo: Hospital, nightly: Any) -> None:
    people = [lies_in(number(next(NUMBERS))) for _ in range(7)]
    nightly(*people)
    page = shown(demo.browser("eskil"), "/population")
    assert "Trondheim" in page
    assert T("population_page.not_title") in page
    assert not [each for each in people if hidden(each["person"], KEY.encode()) in page]
    assert demo.browser("ingrid").get("/population").status_code == 403
    assert "/population" in shown(demo.browser("henrik"), "/lists/team")


def test_without_a_run_the_page_says_so(demo: Hospital) -> None:
    page = shown(demo.browser("eskil"), "/population")
    assert T("population_page.none_title") in page
    assert T("nightly.title") not in shown(demo.browser("ingrid"))
