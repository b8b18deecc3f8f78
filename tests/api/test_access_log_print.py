"""A patient's own access log, in words that the patient understands."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest

from api.log_print import About, log_as_html
from api.log_print.view import OFTEN, LogView, log_view
from api.people.user import ROLES
from api.storage.access_log import AccessLine
from api.v1.languages import texts_of
from careplans.course.events import KINDS, By
from tests.pictures.access_log import ABOUT, COORDINATOR, GP, HEAD, NAME, NURSE, PRINTED, SCREEN, log_lines

API = Path(__file__).parents[2] / "api"
EVENING = datetime(2026, 11, 16, 22, 59, tzinfo=UTC)  # 23:59 in Norway
LOGS = {"saw": 1, "Seen": 1}  # which argument of a call is the action
each_language = pytest.mark.parametrize("language", ["nb", "nn", "en"])


def line(seq: int, *, at: datetime = EVENING, by: By = NURSE, action: str = "read", reason: str | None = None):
    """A line of the log."""
    return AccessLine(seq, at, "p1", action, by, reason)


def view(*lines: AccessLine, about: About = ABOUT, language: str = "nb") -> LogView:
    """What the print shows of lines."""
    return log_view(lines, about, texts_of(language), printed=PRINTED)


def only(*lines: AccessLine, about: About = ABOUT):
    """The one entry that lines give."""
    ((entry,),) = (day.entries for day in view(*lines, about=about).days)
    return entry


def html(language: str = "nb") -> str:
    """The page for the screen."""
    return log_as_html(log_lines(), ABOUT, texts_of(language), printed=PRINTED)


def logged_actions() -> set[str]:
    """Every action that the source writes to the log by name."""
    found = set()
    for path in API.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and len(node.args) > 1:
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                said = node.args[1] if name in LOGS else None
                found |= {each.value for each in ast.walk(said) if isinstance(each, ast.Constant)} if said else set()
    return {str(action) for action in found if isinstance(action, str)}


def test_days_and_lines_come_newest_first_by_norways_clock():
    shown = view(line(1), line(2, at=EVENING + timedelta(minutes=2)), line(3, at=EVENING + timedelta(minutes=5)))
    assert [day.words for day in shown.days] == ["tirsdag 17. november 2026", "mandag 16. november 2026"]
    assert [[entry.when for entry in day.entries] for day in shown.days] == [["00:04", "00:01"], ["23:59"]]


def test_a_line_says_who_in_which_role_where_what_and_why():
    entry = only(line(1, by=GP, action="opened", reason="Ringte\nom timen"))
    assert (entry.who, entry.role, entry.unit) == ("Per Lie", "Fastlege", "Legekontoret Solsiden")
    assert entry.what == "Åpnet journalen fra en annen enhet"
    assert entry.reason == "Grunnen de oppga: «Ringte / om timen»"


def test_one_without_a_name_a_system_and_a_screen_are_told_apart():
    nobody = only(line(1, by=COORDINATOR))
    system = only(line(1, by=By("epj", "system", "hospital:STO")))
    screen = only(line(1, by=SCREEN, action="board"))
    assert (nobody.who, nobody.role) == ("Navn ikke oppgitt", "Koordinator i kommunen")
    assert (system.who, system.role) == ("Sykehusets journalsystem", None)
    assert (screen.who, screen.role) == ("Skjerm på avdelingen", "Vaktrommet")


def test_what_has_no_words_is_shown_as_it_is():
    strange = only(line(1, by=By("x", "night_watch", "moon"), action="an_action_from_later"))
    assert (strange.what, strange.role, strange.unit) == ("an_action_from_later", "night_watch", "moon")


def test_what_a_screen_showed_in_a_day_is_one_line_and_all_are_counted():
    minutes = [
        line(count, at=EVENING - timedelta(minutes=90 - count), by=SCREEN, action="board") for count in range(90)
    ]
    shown = view(*minutes, line(90))
    assert [[entry.when for entry in day.entries] for day in shown.days] == [["23:59", "22:29–23:58, 90 ganger"]]
    assert ("Antall ganger", "91") in shown.facts


def test_readings_by_people_are_never_put_together():
    assert len(view(line(1), line(2), line(3)).days[0].entries) == 3


def test_the_head_says_whose_log_it_is_which_period_and_how_it_can_be_checked():
    shown = view(*log_lines())
    assert (shown.name, shown.born) == (NAME, "15.01.1945")
    assert dict(shown.facts) == {
        "Tidsrom": "16.11.2026 til 19.11.2026",
        "Antall ganger": "104",
        "Skrevet ut": "22.11.2026 kl. 12:02",
        "Kontrollnummer": "9f3a c2e1 7b44 d0c1",
    }
    assert HEAD not in html()


def test_a_protected_address_is_not_given_away_by_who_has_read():
    hidden = replace(ABOUT, protected=True)
    assert only(line(1, by=COORDINATOR), about=hidden).unit == "En kommune"
    assert only(line(1, by=GP), about=hidden).unit == "Et legekontor"
    assert only(line(1), about=hidden).unit == "GER2, STO"


def test_a_hospital_with_a_name_is_called_by_it():
    named = replace(ABOUT, hospitals={"STO": "St. Olavs hospital"})
    assert only(line(1), about=named).unit == "GER2, St. Olavs hospital"
    somewhere = replace(NURSE, unit="hospital:STO")
    assert only(line(1, by=somewhere), about=named).unit == "St. Olavs hospital"
    assert only(line(1, by=somewhere)).unit == "Sykehuset STO"


def test_an_empty_log_says_so():
    about = About(None, None, HEAD)
    page = log_as_html((), about, texts_of("nb"), printed=PRINTED)
    assert "Ingen har lest eller skrevet" in page
    assert "<table" not in page
    assert "Tidsrom" not in page
    assert "Navn ikke oppgitt" in page


@each_language
def test_every_action_and_every_role_has_words(language):
    texts = texts_of(language)
    actions = {str(kind.__dataclass_fields__["kind"].default) for kind in KINDS} | logged_actions() | OFTEN
    without_a_patient = {"device_made", "device_revoked"}
    assert {"read", "list", "screened"} <= actions
    assert sorted(each for each in actions - without_a_patient if f"access.{each}" not in texts) == []
    assert [role for role in ROLES if f"role.{role}" not in texts] == []


@each_language
def test_the_page_says_what_it_is_and_whom_to_ask(language):
    shown, texts = unescape(html(language)), texts_of(language)
    for key in ("lead", "wrong.ask", "wrong.complain", "read.board", "read.check"):
        assert texts(f"access_log.{key}") in shown
    assert shown.count(NAME) == 2  # on every sheet, and once in the body


def test_no_title_holds_the_patient_and_nothing_is_styled_or_scripted_in_the_page():
    shown = html()
    assert f"<title>{texts_of('nb')('access_log.title')}</title>" in shown
    assert not re.search(r"<style|style=|<script|https?://", shown)
    for sheet in re.findall(r'href="/style/([^"]+)"', shown):
        assert (API / "style" / sheet).is_file()


def test_what_someone_wrote_as_a_reason_is_no_markup():
    page = log_as_html((line(1, reason="<b>x"),), ABOUT, texts_of("nb"), printed=PRINTED)
    assert "<b>x" not in page
