"""The board on the wall: what a passer-by can read, what stands out, and that it never looks new when it is old."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest

from api.board.page import PAGES, _template, away_page, board_page, choose_page
from api.board.view import HEIGHTS, Board, board_of
from api.board.wards import may_watch
from api.people.access import MAY
from api.people.user import ROLES, Unit, User
from api.record.list_rows import OnBoard
from api.v1.languages import texts_of as texts_in
from careplans.catalogue import read, steps
from careplans.course.due import SCREENING
from careplans.course.state import Standing, StepClock
from careplans.course.waits import END_OF_DAY
from rules.times import OSLO
from tests.pictures.test_black_and_white import contrast, light
from tests.unit.test_careplans_texts import roles

NOW = datetime(2026, 11, 17, 13, 32, tzinfo=UTC)  # 14:32 in Norway, on a Tuesday
TODAY = date(2026, 11, 17)
WARD = "STO/GER2"
TASKS = {"start_plan", "renew_plan", "decide", "ask", *read("next_step")["owners"], SCREENING}
each_language = pytest.mark.parametrize("language", ["nb", "nn", "en"])


def end_of(days: int) -> datetime:
    """The last moment of a day, counted from today."""
    return datetime.combine(TODAY + timedelta(days=days), END_OF_DAY, OSLO).astimezone(UTC)


def patient(**said) -> OnBoard:
    """A patient on the board, with what the test says."""
    usual = {
        "initials": "KN",
        "room": "401",
        "unscreened": False,
        "next_what": "epikrise",
        "next_owner": "treating_doctor",
        "next_due": None,
        "expected": None,
        "ready": None,
    }
    return OnBoard(**{**usual, **said})


def clock(step: str, due: datetime | None, state: str = "open") -> StepClock:
    """A clock of the hospital's."""
    return StepClock("stay", step, "ward_nurse", due, state)  # type: ignore[arg-type]


def board(rows: Sequence[OnBoard], language: str = "nb") -> Board:
    """The board of a ward as it stands."""
    return board_of(rows, WARD, texts=texts_in(language), now=NOW)


def only(language: str = "nb", **said):
    """The one line of a board with one patient."""
    (panel,) = board([patient(**said)], language).panels
    return panel[0]


def page(rows: Sequence[OnBoard], language: str = "nb") -> str:
    """The board as HTML."""
    return board_page(board(rows, language), texts_in(language))


def test_a_clock_is_said_by_a_shape_and_a_word_for_each_way_it_may_stand():
    stands = {
        "late": only(next_due=end_of(-1)),
        "due_soon": only(next_due=NOW + timedelta(hours=2)),
        "waiting": only(next_due=end_of(2)),
        "paused": only(next_due=end_of(2), clocks=(clock("epikrise", end_of(2), "paused"),)),
    }
    assert {name: line.sign.shape for name, line in stands.items()} == {name: name for name in stands}
    assert {line.sign.words for line in stands.values()} == {"Over fristen", "Snart", "Venter", "På pause"}


def test_the_sign_stands_beside_its_word_on_the_page():
    shown = page([patient(next_due=end_of(-1))])
    assert re.search(
        r'<span class="sign late"><svg class="shape"[^>]*aria-hidden="true".*?</svg>Over fristen</span>', shown
    )


def test_no_two_signs_have_the_same_shape():
    kinds = [*get_args(Standing), "unscreened", "ready"]
    macro = _template("board_signs.html.jinja").module.sign  # type: ignore[attr-defined]
    shapes = {kind: str(macro(kind)) for kind in kinds}
    assert shapes["done"] == shapes["done_late"]  # both are done, and the words tell them apart
    assert len(set(shapes.values())) == len(kinds) - 1


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (NOW + timedelta(hours=2), "kl. 16:32"),
        (end_of(0), "i dag"),
        (end_of(1), "i morgen"),
        (NOW + timedelta(days=1), "i morgen 14:32"),
        (end_of(-1), "i går"),
        (end_of(2), "torsdag"),
        (end_of(6), "mandag"),
        (end_of(7), "24. nov."),
        (end_of(-2), "15. nov."),
        (None, None),
    ],
)
def test_a_deadline_is_said_as_someone_on_the_ward_says_it(due, words):
    assert only(next_due=due).deadline == words


@pytest.mark.parametrize(
    ("days", "words", "how"),
    [
        (0, "i dag", "known"),
        (1, "i morgen", "known"),
        (3, "fredag", "known"),
        (-1, "i går", "passed"),
        (None, "uten dato", "unknown"),
    ],
)
def test_the_way_home_is_a_day_and_one_that_passed_is_marked(days, words, how):
    line = only(expected=None if days is None else TODAY + timedelta(days=days))
    assert (line.home, line.home_is) == (words, how)


def test_one_who_is_ready_says_since_when():
    assert only(ready=NOW - timedelta(hours=3)).ready == "klar kl. 11:32"
    assert only(ready=NOW - timedelta(days=1)).ready == "klar i går"
    assert only(ready=NOW - timedelta(days=4)).ready == "klar 13. nov."
    assert only().ready is None


PRESSING = (
    clock("control_appointments", end_of(0)),
    clock("expected_discharge_set", end_of(-1)),
    clock("municipal_notice", end_of(-3)),
    clock("HPH2", end_of(-1)),  # the municipality's
    clock("admission_report", end_of(-1), "done"),
)


def test_the_most_pressing_of_the_other_clocks_is_shown_and_the_rest_are_counted():
    line = only(next_due=end_of(-1), clocks=PRESSING)
    assert (line.sign.shape, line.deadline) == ("late", "i går")
    assert [(sign.shape, sign.words) for sign in line.others] == [("late", "Varsel")]
    assert line.more == "+2"


def test_a_clock_that_presses_more_than_what_comes_next_has_the_deadlines_place_by_name():
    line = only(next_what="decide", next_due=None, clocks=PRESSING)
    assert line.what == "Ta stilling til forslagene"
    assert (line.sign.shape, line.deadline) == ("late", "14. nov.")
    assert [(sign.shape, sign.words) for sign in line.others] == [("late", "Varsel")]
    assert line.more == "+2"
    today = only(next_what="decide", next_due=None, clocks=(clock("epikrise", end_of(0)),))
    assert (today.sign.shape, today.deadline, today.others[0].words) == ("due_soon", "i dag", "Epikrise")


def test_what_is_late_has_the_deadlines_place_though_what_comes_next_is_due_soon():
    line = only(next_due=NOW + timedelta(hours=2), clocks=(clock("discharge", end_of(-1)),))
    assert (line.sign.shape, line.deadline, line.others[0].words) == ("late", "i går", "Utskrivning")


def test_a_patient_with_any_late_clock_is_counted_as_late():
    counted = {sign.shape: number for number, sign in board([patient(next_what="decide", clocks=PRESSING)]).counts}
    assert counted["late"] == 1


def test_the_head_counts_what_is_late_soon_unscreened_and_ready():
    rows = [
        patient(next_due=end_of(-1)),
        patient(next_due=end_of(0), ready=NOW),
        patient(unscreened=True, next_what="screening", next_due=end_of(-1)),
    ]
    counted = {sign.shape: number for number, sign in board(rows).counts}
    assert counted == {"late": 2, "due_soon": 1, "unscreened": 1, "ready": 1}


def test_one_who_is_not_screened_stands_out_without_colour():
    plain, unscreened = page([patient()]), page([patient(unscreened=True, next_what="screening")])
    assert '<tr class="unscreened">' in unscreened
    assert "stroke-dasharray" in unscreened[unscreened.index("<tbody>") :]
    assert "stroke-dasharray" not in plain[plain.index("<tbody>") :]


def test_rooms_come_as_people_count_them_and_one_without_a_room_last():
    rows = [patient(room=room) for room in ("12-2", None, "9", "12-1", "K3", "101")]
    (panel,) = board(rows).panels
    assert [line.room for line in panel] == ["9", "12-1", "12-2", "101", "K3", "–"]


@pytest.mark.parametrize(("count", "panels", "height"), [(0, 0, 6), (8, 1, 8), (9, 2, 6), (24, 2, 12), (60, 2, 20)])
def test_the_rows_are_made_as_tall_as_the_screen_allows(count, panels, height):
    shown = board([patient() for _ in range(count)])
    assert (len(shown.panels), shown.height) == (panels, height)
    assert sum(map(len, shown.panels)) == count
    assert {f"rows-{each}" for each in HEIGHTS} <= set(re.findall(r"rows-\d+", sheet()))


def test_the_board_cannot_show_a_name_a_birth_date_a_score_a_track_or_a_diagnosis():
    shown = {field.name for field in fields(OnBoard)}
    assert shown.isdisjoint({"name", "born", "person", "cfs_low", "cfs_high", "track", "team_list", "municipality"})


def test_an_owner_who_is_no_role_is_not_named_on_a_wall():
    assert only(next_owner="Kari Nordmann").who is None
    assert "Nordmann" not in page([patient(next_owner="Kari Nordmann")])


def test_what_a_sender_wrote_as_a_room_is_no_markup():
    assert "<script>x" not in page([patient(room="<script>x")])


@each_language
@pytest.mark.parametrize("what", sorted({step.id for step in steps()} | TASKS))
def test_everything_that_can_come_next_has_words_that_fit_the_board(what, language):
    texts = texts_in(language)
    assert len(texts(f"next.{what}")) <= 26
    assert what in TASKS - {SCREENING} or len(texts(f"clock.{what}")) <= 18


@each_language
def test_every_owner_role_and_standing_has_words(language):
    texts = texts_in(language)
    lacking = {
        *(owner for owner in roles() if f"who.{owner}" not in texts),
        *(role for role in ROLES if f"role.{role}" not in texts),
        *(stands for stands in get_args(Standing) if f"standing.{stands}" not in texts),
    }
    assert lacking == set()


@each_language
def test_an_empty_ward_says_so(language):
    assert texts_in(language)("board.empty.title") in page([], language)
    assert "<table" not in page([], language)


@each_language
def test_the_board_fetches_itself_anew_without_a_script(language):
    assert '<noscript><meta http-equiv="refresh" content="60"></noscript>' in page([patient()], language)
    assert '<meta http-equiv="refresh" content="60">' in away_page(texts_in(language))


def test_the_board_says_when_it_was_fetched_and_has_the_sign_for_being_old_in_it_from_the_start():
    shown = page([patient()])
    assert "Oppdatert kl. 14:32" in shown
    assert "Dette gjaldt kl. 14:32" in shown


def test_the_sign_for_being_old_comes_by_the_style_sheet_and_later_than_a_fetch_that_succeeds():
    delays = [int(seconds) for seconds in re.findall(r"animation: \w+ 0s (\d+)s forwards", sheet())]
    assert len(delays) == 2
    assert all(60 < seconds <= 120 for seconds in delays)
    assert re.search(r"\.stale \{[^}]*visibility: hidden", sheet())


def test_nothing_on_the_board_needs_what_the_content_security_policy_forbids():
    for html in (page([patient()]), away_page(texts_in("nb")), choose_page([WARD], texts_in("nb"))):
        assert not re.search(r"<style|style=|onload|onclick|https?://", html)
        assert re.findall(r"<script[^>]*>(.*?)</script>", html) in ([], [""])


def test_no_title_and_no_address_holds_anything_of_a_patient():
    shown = page([patient(initials="ŠČ", room="4077")])
    assert "<title>Tavle – Rett hjem</title>" in shown
    assert not re.search(r'(href|src|content)="[^"]*(4077|ŠČ)', shown)


@pytest.mark.parametrize(
    ("text", "ground"), [("#fff", "#a61b1b"), ("#3c2a04", "#ffe3a3"), ("#4a5962", "#ffffff"), ("#4a5962", "#e6f1f3")]
)
def test_every_sign_can_be_read_on_its_ground(text, ground):
    assert text in sheet()
    assert contrast(light(text), light(ground)) >= 4.5


@pytest.mark.parametrize("role", sorted(MAY["board"]))
def test_a_ward_is_watched_by_those_who_work_there(role):
    nurse = User("a", role, frozenset({Unit("ward", WARD)}))
    assert may_watch(nurse, WARD)
    assert not may_watch(nurse, "STO/GER1")


def test_a_whole_hospital_is_watched_by_those_who_work_for_all_of_it():
    both = frozenset({Unit("hospital", "STO"), Unit("ward", WARD)})
    assert may_watch(User("a", "geriatric_team", both), "STO/GER1")
    assert not may_watch(User("a", "geriatric_team", both), "AHUS/GER1")
    assert not may_watch(User("a", "nurse", both), "STO/GER1")
    assert may_watch(User("a", "reader", frozenset({Unit("hospital", "STO")})), "STO/GER1")


def sheet() -> str:
    """The board's style sheet."""
    return (PAGES.parent / "style" / "board.css").read_text("utf-8")
