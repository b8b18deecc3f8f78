"""The lists in the app: who is on them and why, in words; what they keep to themselves; what is taken out is logged."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete, select

from api.people.user import Unit, User
from api.record.list_kinds import LISTS
from api.screening import texts_in
from api.storage.engine import reading
from api.storage.tables import access, clock, listing, saved_filter
from api.ward.lists.reader import Reader, how_long
from api.ward.lists.sheet import cell
from api.ward.words import Words
from careplans.course.events import StepDone
from tests.record.test_lists import clock_of, fill, rows_of
from tests.v1.people import number
from tests.ward.plans import admitted
from tests.ward.signed_in import Hospital, hospital

T = texts_in("nb")
NOW = datetime.now(UTC)
NURSE = User("demo-ingrid", "nurse", frozenset({Unit("ward", "demo/GER2")}), "Ingrid Nes")
READER = Reader("team", NURSE, Words(T, NOW))
NUMBERS = count(300)
WHO = {"municipality": "solveig", "coordinator": "solveig", "practice": "marte"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    """Serve a demo."""
    with hospital(tmp_path_factory.mktemp("demo")) as served:
        yield served


@pytest.fixture(autouse=True)
def _nobody(demo: Hospital) -> None:
    """Empty the lists before each test."""
    with demo.record.engine.begin() as connection:
        for table in (listing, clock, saved_filter):
            connection.execute(delete(table))


def put(demo: Hospital, *rows: dict[str, Any], clocks: tuple[dict[str, Any], ...] = ()) -> None:
    """Put patients on the lists of the demo's hospital, each due in an hour unless said."""
    soon = {"hospital": "demo", "soonest": NOW + timedelta(hours=1), "next_due": NOW + timedelta(hours=1)}
    fill(demo.record.engine, *({**soon, "admitted": NOW, "ready": None, **row} for row in rows), clocks=clocks)


def patient(id: str, **values: Any) -> dict[str, Any]:
    """Return a patient's row, less what `put` sets."""
    made = rows_of(id, **values)
    return {name: value for name, value in made.items() if name in values or name not in UNSAID}


UNSAID = ("hospital", "soonest", "next_due", "admitted", "ready")


def page(browser: TestClient, path: str) -> str:
    """Return a page as it is read."""
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text).replace("\u00a0", " ")


def actions(demo: Hospital, person: str) -> list[str]:
    """Return what was logged about a patient."""
    with reading(demo.record.engine) as connection:
        return list(connection.execute(select(access.c.action).where(access.c.person == person)).scalars())


def token(browser: TestClient) -> str:
    """Return what the forms of this person's pages send along."""
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get("/rules").text)
    assert found
    return found[1]


def test_a_row_says_who_where_how_frail_what_next_with_whom_and_why(demo: Hospital) -> None:
    born = NOW.date().replace(year=NOW.year - 86, day=1, month=1)
    late = clock_of("read", due=NOW - timedelta(days=40), owner="ward_nurse")
    put(
        demo,
        patient("read", name="Kari Prøve", born=born, room="12", cfs_low=6, cfs_high=9, pathway="B"),
        clocks=(late,),
    )
    shown = page(demo.browser("henrik"), "/lists/team")
    assert "86 år · GER2, rom 12" in shown
    assert "<b data-cfs>6–9</b>" in shown
    assert "<i>foreslått: Geriatrisk vurdering og team, forløp B</i>" in shown
    assert "<b>Forberede hjemreise</b><i>Sykepleier ·" in shown
    assert re.search(r'data-standing="late">Forberede hjemreise over fristen \(', shown)
    assert 'href="/patients/read/assessment">CFS 6–9: geriatrisk team foreslått</a><i>Plan i gang' in shown
    assert T("lists.order.soonest") in shown
    assert actions(demo, "read") == ["list"]


def test_the_whole_row_leads_to_the_form_the_plan_or_the_assessment(demo: Hospital) -> None:
    unscreened = {"status": "unscreened", "next_what": "screening"}
    put(demo, patient("a", **unscreened), patient("b"), patient("c", status="screened"))
    shown = page(demo.browser("ingrid"), "/lists/team")
    for path in ("/patients/a/screen", "/patients/b/plan", "/patients/c/assessment"):
        assert f'<a href="{path}">' in shown
    assert "/patients/a/assessment" in page(demo.browser("anne"), "/lists/team"), "a reader fills in no form"


def test_the_list_of_whom_to_fetch_says_why_each_stands_where_they_do(demo: Hospital) -> None:
    put(
        demo,
        patient("long", ready=NOW - timedelta(days=9)),
        patient("services", ready=NOW - timedelta(hours=30)),
        patient("rest", ready=NOW - timedelta(hours=3)),
        clocks=(clock_of("services", due=NOW + timedelta(days=1)),),
    )
    shown = page(demo.browser("henrik"), "/lists/ready")
    order = [shown.index(f"/patients/{each}/") for each in ("long", "services", "rest")]
    assert order == sorted(order)
    assert "Har ventet i over en uke, klar i 9 døgn" in shown
    assert "Tjenestene hjemme er ikke avklart, klar i 1 døgn" in shown
    assert "klar i 3 timer" in shown
    assert T("lists.order.fetch_first") in shown


def test_whoever_is_not_screened_stands_with_the_hours_since_admission(demo: Hospital) -> None:
    put(demo, patient("a", status="unscreened", next_what="screening", admitted=NOW - timedelta(hours=31)))
    shown = page(demo.browser("ingrid"), "/lists/unscreened")
    assert "Innlagt for 1 døgn siden" in shown
    assert "Ikke kartlagt ennå" in page(demo.browser("ingrid"), "/lists/team")


def test_the_late_say_whose_it_is_and_for_how_long(demo: Hospital) -> None:
    since = NOW - timedelta(hours=50)
    late = clock_of("a", owner="coordinating_unit", due=since)
    put(demo, patient("a", soonest=since), patient("b", soonest=NOW - timedelta(hours=1)), clocks=(late,))
    shown = page(demo.browser("henrik"), "/lists/late")
    assert "Kommunen, 2 døgn over fristen" in shown
    mine = page(demo.browser("henrik"), "/lists/late?owner=coordinating_unit")
    assert "/patients/a/" in mine
    assert "/patients/b/" not in mine
    assert "Hos Kommunen" in mine


@pytest.mark.parametrize("where", ["/lists/team", "/lists/team/print", "/lists/team/csv"])
def test_a_protected_address_has_no_place_anywhere(demo: Hospital, where: str) -> None:
    put(demo, patient("a", protected=True, room="Rom Ø7", municipality="5059"), patient("b", municipality="5001"))
    shown = page(demo.browser("henrik"), where)
    assert "Sted vises ikke" in shown
    assert "5059" not in shown
    assert "Rom Ø7" not in shown.partition("Sted vises ikke")[2][:200]


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_list_says_kindly_what_to_do(demo: Hospital, name: str) -> None:
    shown = page(demo.browser(WHO.get(name, "henrik")), f"/lists/{name}")
    assert T(f"lists.empty.{name}.title") in shown
    assert T(f"lists.empty.{name}.text") in shown
    assert "<table" not in shown


def test_a_selection_that_nobody_matches_leads_back_to_everyone(demo: Hospital) -> None:
    put(demo, patient("a", track="prevention"))
    shown = page(demo.browser("henrik"), "/lists/team?track=palliative_focus")
    assert T("lists.empty.narrowed.title") in shown
    assert '<a class="ds-button" data-variant="secondary" href="/lists/team">' in shown


def test_whoever_admits_finds_the_way_to_someone_who_is_not_on_the_list(demo: Hospital) -> None:
    link = f'<a href="/screen">{T("lists.not_here")}</a>'
    assert link in page(demo.browser("ingrid"), "/lists/unscreened")
    assert link not in page(demo.browser("anne"), "/lists/unscreened")
    assert link not in page(demo.browser("ingrid"), "/lists/team")
    searched = demo.browser("ingrid")
    found = searched.post("/find", data={"csrf": token(searched), "identity": "Nobody Atall"})
    assert f'<a href="/screen">{T("finding.admit")}</a>' in found.text


@pytest.mark.parametrize(
    ("person", "first"),
    [
        ("ingrid", "/lists/team"),
        ("solveig", "/lists/coordinator"),
        ("tariq", "/lists/municipality"),
        ("marte", "/lists/practice"),
        ("lena", "/devices"),
    ],
)
def test_each_begins_with_their_own_first_task(demo: Hospital, person: str, first: str) -> None:
    assert demo.browser(person).get("/").headers["location"] == first


@pytest.mark.parametrize(
    ("person", "name", "status"),
    [("marte", "team", 403), ("henrik", "practice", 403), ("eskil", "late", 403), ("henrik", "none", 404)],
)
@pytest.mark.parametrize("part", ["", "/print", "/csv"])
def test_a_list_is_for_those_who_may_see_it(demo: Hospital, person: str, name: str, status: int, part: str) -> None:
    assert demo.browser(person).get(f"/lists/{name}{part}").status_code == status


def test_pages_hold_everyone_once_and_say_how_many_there_are(demo: Hospital) -> None:
    put(demo, *(patient(f"p{n:03d}", name=f"Prøve {n:03d}") for n in range(65)))
    browser, path, found = demo.browser("henrik"), "/lists/team?ward=demo%2FGER2", []
    while path:
        shown = page(browser, path)
        here = len(re.findall(r'<th scope="row"><a href="/patients/p', shown))
        assert f"65 pasienter, viser {here} på denne siden" in shown
        found += re.findall(r'<th scope="row"><a href="/patients/(p\d+)/', shown)
        onward = re.search(r'href="([^"]+)" rel="next"', shown)
        path = onward[1] if onward else ""
        assert not path or path.startswith("/lists/team?ward=demo%2FGER2&cursor=")
    assert found == [f"p{n:03d}" for n in range(65)]


def test_a_selection_is_kept_under_a_name_for_its_owner_alone_and_can_be_removed(demo: Hospital) -> None:
    put(demo, patient("a"))
    henrik, narrowed = demo.browser("henrik"), "/lists/team?track=cga_team"
    kept = henrik.post(
        "/lists/team/filters?track=cga_team", data={"csrf": token(henrik), "title": "Mine <b>", "version": "1"}
    )
    assert (kept.status_code, kept.headers["location"]) == (303, narrowed)
    assert f'<a href="{narrowed}">Mine &lt;b&gt;</a>' in henrik.get("/lists/team").text
    assert f'<a href="{narrowed}" aria-current="true">' in henrik.get(narrowed).text
    assert "Mine" not in page(demo.browser("amina"), "/lists/team")
    henrik.post("/lists/team/filters/forget?track=cga_team", data={"csrf": token(henrik), "title": "Mine <b>"})
    assert "Mine" not in page(henrik, "/lists/team")


def test_there_is_an_end_to_how_many_selections_one_keeps(demo: Hospital) -> None:
    henrik = demo.browser("henrik")
    csrf = token(henrik)
    sent = [henrik.post("/lists/team/filters", data={"csrf": csrf, "title": str(n)}).status_code for n in range(21)]
    assert sent == [303] * 20 + [422]
    again = henrik.post("/lists/team/filters?status=paused", data={"csrf": csrf, "title": "7"})
    assert again.status_code == 303, "one of a name takes the place of the other"


def test_the_municipality_confirms_receipt_with_one_button_and_can_undo_it(demo: Hospital) -> None:
    person = new_to_municipality(demo)
    solveig = demo.browser("solveig")
    shown = page(solveig, "/lists/coordinator")
    assert f'form="receipt" name="patient" value="{person}">Bekreft mottatt</button>' in shown
    assert f'form="admission_report" name="patient" value="{person}">Marker rapporten som sendt</button>' in shown
    assert "Venter på kommunen: Innleggelsesrapport" in shown
    sent = {"csrf": token(solveig), "patient": person, "said": "receipt"}
    done = solveig.post("/lists/coordinator/taken", data=sent)
    assert done.headers["location"] == f"/lists/coordinator?taken={person}&said=receipt"
    after = page(solveig, done.headers["location"])
    assert re.search(r"Prøve \d+ er tatt imot\.", after)
    assert f'<a href="/patients/{person}/history">' in after
    assert T("lists.empty.coordinator.title") in after
    again = solveig.post("/lists/coordinator/taken", data=sent)
    assert again.headers["location"] == "/lists/coordinator", "another did it first: nothing is marked twice"
    assert actions(demo, person).count("step_done") == 2, "the hospital's notice, and this"
    theirs = page(solveig, "/lists/municipality")
    assert f"/patients/{person}/" in theirs
    assert f'form="receipt" name="patient" value="{person}"' not in theirs, "it is confirmed"
    report = f'form="admission_report" name="patient" value="{person}"'
    assert report in theirs, "the report is another thing"
    told = solveig.post("/lists/municipality/taken", data=sent | {"said": "admission_report"})
    assert "Innleggelsesrapporten for" in page(solveig, told.headers["location"])
    assert report not in page(solveig, "/lists/municipality")


def test_nobody_takes_over_a_patient_of_another_municipality(demo: Hospital) -> None:
    person, oddny = new_to_municipality(demo), demo.browser("oddny")
    refused = oddny.post("/lists/coordinator/taken", data={"csrf": token(oddny), "patient": person, "said": "receipt"})
    assert refused.status_code == 404
    assert actions(demo, person).count("step_done") == 1


def new_to_municipality(demo: Hospital) -> str:
    """Store a patient who needs more help, and whom the hospital has told the municipality of."""
    new = admitted(demo, next(NUMBERS), days=0.1)
    return new.tell(StepDone(new.stay, "municipal_notice", NOW)).id


def test_the_print_says_who_printed_what_and_is_logged(demo: Hospital) -> None:
    put(demo, patient("printed", name="Kari Prøve"))
    shown = page(demo.browser("henrik"), "/lists/team/print?track=cga_team")
    assert "Papirutskrift av Henrik Dahl (Geriatrisk team)" in shown
    assert "Geriatrisk vurdering og team. 1 pasient." in shown
    assert "csrf" not in shown
    assert actions(demo, "printed") == ["list_print"]


SETTLED: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"track_is": "running"}, "", "Geriatrisk vurdering og team"),
    (
        {"track_is": "running", "other_track": "palliative_focus"},
        "",
        "Geriatrisk vurdering og team; nye svar taler for: Lindrende fokus",
    ),
    ({"track_is": "preliminary", "cfs_is": "tree"}, "tre", "foreløpig: Geriatrisk vurdering og team"),
    ({"track": None, "track_is": "unchosen"}, "", "to spor, ikke valgt"),
    ({"track": None, "track_is": None, "cfs_is": "not_valid"}, "gjelder ikke", ""),
)


def test_how_settled_the_track_is_and_whose_the_cfs_stand_on_page_print_and_file(demo: Hospital) -> None:
    put(demo, *(patient(f"s{n}", name=f"Prøve {n}", **row) for n, (row, _, _) in enumerate(SETTLED)))
    henrik = demo.browser("henrik")
    for where in ("/lists/team", "/lists/team/print"):
        rows = dict(re.findall(r"/patients/s(\d)/.*?</a>(.*?)</tr>", page(henrik, where), re.DOTALL))
        for n, (_, cfs, track) in enumerate(SETTLED):
            assert not track or f"<i>{track}" in rows[str(n)]
            assert re.findall(r"<em>(.*?)</em>", rows[str(n)]) == [cfs] * bool(cfs)
    file = io.StringIO(henrik.get("/lists/team/csv").content.decode("utf-8-sig"))
    for line in csv.DictReader(file, delimiter=";"):
        _, cfs, track = SETTLED[int(line["Navn"][-1])]
        assert line["Hvor avklart sporet er"] == track
        assert cfs in line["Hvem CFS er satt av"]


@pytest.mark.parametrize("name", ["=1", " =1", "  +1", "＝1", "＠x", "\u00a0-1"])
def test_no_name_begins_a_formula_in_the_file_however_it_is_written(demo: Hospital, name: str) -> None:
    put(demo, patient("formula", name=name))
    file = demo.browser("henrik").get("/lists/team/csv").content.decode("utf-8-sig")
    assert f"'{name}" in file


def test_the_file_opens_in_a_norwegian_spreadsheet_and_is_logged_for_each_patient(demo: Hospital) -> None:
    due = datetime(2026, 3, 9, 12, 5, tzinfo=UTC)
    put(demo, patient("first", name='=HYPERLINK("x")', next_due=due, expected=date(2026, 12, 1)), patient("second"))
    answer = demo.browser("henrik").get("/lists/team/csv")
    assert re.fullmatch(r'attachment; filename="rett-hjem-team-[\d-]+\.csv"', answer.headers["content-disposition"])
    assert answer.content.startswith(b"\xef\xbb\xbfNavn;Alder;")
    assert answer.content.count(b"\r\n") == answer.content.count(b"\n") == 3
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    first = next(row for row in rows if "HYPERLINK" in row["Navn"])
    assert first["Navn"] == '\'=HYPERLINK("x")'
    assert (first["Frist"], first["Forventet utskrivning"]) == ("09.03.2026 13:05", "01.12.2026")
    assert actions(demo, "first") == actions(demo, "second") == ["list_csv"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_a_spreadsheet_would_carry_out_is_quoted(start: str) -> None:
    assert cell(f"{start}1", READER) == f"'{start}1"


def test_cells_are_written_as_in_norway() -> None:
    values = (None, 7, 6.5, date(2026, 1, 2), datetime(2026, 7, 1, 10, 0, tzinfo=UTC), "Øst")
    assert [cell(each, READER) for each in values] == ["", "7", "6,5", "02.01.2026", "01.07.2026 12:00", "Øst"]


def test_no_identity_number_is_on_a_list_a_print_or_a_file(demo: Hospital) -> None:
    which = next(NUMBERS)
    person = admitted(demo, which).id
    for path in ("/lists/team", "/lists/team/print", "/lists/team/csv"):
        shown = page(demo.browser("henrik"), path)
        assert f"Prøve {which}" in shown
        assert number(which) not in shown
    assert {"list", "list_print", "list_csv"} <= set(actions(demo, person))


def test_a_page_of_a_list_is_never_compressed(demo: Hospital) -> None:
    put(demo, patient("a"))
    answer = demo.browser("henrik").get("/lists/team", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


def test_a_full_page_of_a_list_is_small_enough_to_be_there_at_once(demo: Hospital) -> None:
    late = [
        clock_of(f"p{n}", step, due=NOW - timedelta(days=3)) for n in range(30) for step in ("HPH0", "HPH2", "HPH4")
    ]
    put(demo, *(patient(f"p{n}", room="12", pathway="C") for n in range(30)), clocks=tuple(late))
    assert len(demo.browser("henrik").get("/lists/team").content) < 40_000


def test_times_are_hours_until_they_are_days_of_24_hours() -> None:
    hour = timedelta(hours=1)
    assert [how_long(n * hour, T) for n in (0, 1, 23, 39, 240)] == [
        "0 timer",
        "1 time",
        "23 timer",
        "1 døgn",
        "10 døgn",
    ]
