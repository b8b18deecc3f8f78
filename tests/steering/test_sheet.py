"""The figures as a file and on the screen: all that is published, nothing finer, as a Norwegian spreadsheet has it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from api.cli import main
from api.demo.past import remember
from api.people.refused import MayNot
from api.people.user import Role, Unit, User
from api.record.record import Record
from api.screening import Screening, texts_in
from api.steering.besides import Beside
from api.steering.closing import Closing, close
from api.steering.lines import told
from api.steering.sheet import sheet_of
from api.steering.shown import Shown, shown_to
from api.storage.engine import make_engine
from api.storage.schema import upgrade
from population.steering.disclosure import Block, Published, Row, Table
from population.steering.figures import figures


def who(role: Role, *hospitals: str) -> User:
    """Return someone who works for hospitals."""
    return User("a", role, frozenset(Unit("hospital", each) for each in hospitals))


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    """Give the demo's past, closed."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('figures') / 'past.db'}")
    upgrade(engine)
    made = Record.start(Screening(), engine, "demo")
    made.writer.run(partial(remember, made))
    close(Closing.of(made, now=datetime.now(UTC)))
    yield made
    made.close()


def lines(content: bytes) -> list[dict[str, str]]:
    """Return the file's lines by their heading, as a spreadsheet reads them."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_an_analyst_sees_the_figures_of_the_own_hospital_alone(record: Record):
    shown = shown_to(record, who("analyst", "demo"))
    assert (shown.hospital, shown.hospitals, len(shown.months)) == ("demo", ("demo",), 14)
    assert shown_to(record, who("analyst", "ORK")) == Shown(())
    for user, asked in ((who("analyst", "ORK"), "demo"), (who("analyst", "demo"), "ORK"), (who("nurse", "demo"), None)):
        with pytest.raises(MayNot):
            shown_to(record, user, asked)


def test_the_file_holds_every_number_that_is_published_and_no_other(record: Record):
    shown = shown_to(record, who("analyst", "demo"))
    told = [block.count for table in shown.published.tables for row in table.rows for block in row.blocks]
    found = lines(sheet_of(shown, texts_in("nb")))
    assert [int(line["Antall"]) for line in found if line["Antall"]] == told
    assert min(told) >= 5
    assert all(line["Merknad"] for line in found if not line["Antall"]), "what is hidden says why"
    assert all(line["Definisjon"] for line in found)


def test_the_file_opens_in_a_norwegian_spreadsheet_and_carries_out_nothing():
    row = Row(("=SUM(1)",), (Block(("same",), 12), Block(("one_off", "more"), 8)), kappa=0.6)
    table = Table("STO", "agreement", "ward", date(2026, 1, 1), 4, (date(2026, 1, 1),), rows=(row,))
    beside = Beside("deviation", date(2026, 1, 1), "gp", {"missing": 10, "sent": None})
    content = sheet_of(Shown(("STO",), "STO", (), Published((table,)), (beside,)), texts_in("nb"))
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in content
    first, second, missing, sent = lines(content)
    assert (first["Del"], first["Vektet kappa"], first["Antall"], first["Av"]) == ("'=SUM(1)", "0,6", "12", "20")
    assert (second["Kategori"].count(" + "), second["Vektet kappa"]) == (1, "")
    assert (missing["Antall"], missing["Merknad"], sent["Antall"]) == ("10", "Avrundet til nærmeste fem.", "")


def test_a_line_says_when_in_which_months_of_which_stays_and_where_those_who_lack_are():
    row = Row((), (Block(("met",), 1234567), Block(("not",), 8)), unsure=3)
    months = (date(2026, 1, 1), date(2026, 3, 1))
    tracks = Row((), (Block(("standard", "prevention"), 12), Block(("other",), 8)), unsure=3)
    own = Table("STO", "track_not_frail", "all", date(2026, 1, 1), 4, months, of="frail", rows=(tracks,))
    other = Table("STO", "frail", "all", date(2026, 2, 1), 1, (date(2026, 2, 1),), of="stays", rows=(row,))
    first, _, second, _ = lines(sheet_of(Shown(("STO",), "STO", (), Published((own, other)), ()), texts_in("nb")))
    assert (first["Første dag"], first["Hvilke måneder"]) == ("2026-01-01", "2026-01 2026-03")
    assert first["Regnet av"] == "Skrøpelig, CFS 5 eller høyere: CFS 1–4"
    assert (second["Regnet av"], second["Mangler regnet med under"]) == ("Opphold", "CFS 1–4")
    assert (second["Antall"], second["Hvem som mangler"]) == ("1234567", "CFS er ikke avklart.")


def test_the_command_writes_the_file_and_shows_one_figure(record: Record, tmp_path: Path, capsys):
    database = ["--database", str(record.engine.url)]
    out = tmp_path / "figures.csv"
    assert main(["figures", *database, "--csv", str(out)]) == 0
    assert out.read_bytes() == sheet_of(shown_to(record, who("analyst", "demo")), texts_in("nb"))
    assert main(["figures", *database, "--figure", "screened", "--lang", "en", "--close"]) == 0
    said = capsys.readouterr().out
    assert "Months closed now: 0." in said
    assert "(screened)" in said
    assert "(stays)" not in said


def test_the_command_narrows_what_it_writes_to_a_period(record: Record, tmp_path: Path):
    first = shown_to(record, who("analyst", "demo")).months[3]
    out = tmp_path / "one.csv"
    period = ["--from", first.isoformat(), "--to", first.replace(day=28).isoformat()]
    assert main(["figures", "--database", str(record.engine.url), "--figure", "stays", *period, "--csv", str(out)]) == 0
    assert {line["Tall"] for line in lines(out.read_bytes())} == {"stays"}


def test_a_row_on_the_screen_says_of_how_many_who_is_lacking_and_what_else_it_has():
    row = Row((), (Block(("days_0_2",), 12), Block(("days_3_6", "days_7_13"), 8)), unsure=3, total=120, kappa=0.6)
    table = Table(
        "STO", "treatment_days", "all", date(2026, 1, 1), 4, (date(2026, 1, 1), date(2026, 2, 1)), rows=(row,)
    )
    apart = Table("STO", "frail", "all", date(2026, 1, 1), 1, (date(2026, 1, 1),), rows=(Row((), (), lacking=7),))
    first, second = (list(told([each], texts_in("en")))[1] for each in (table, apart))
    said = ("of 20", "up to 3", "days in all, rounded: 120", "weighted kappa 0.6", "only 2026-01 2026-02")
    assert [each for each in said if each not in first] == []
    assert "7 more are lacking" in second
    assert "counted of: Stays" in second


def test_a_breakdown_that_is_hidden_says_so(record: Record, capsys):
    database = ["--database", str(record.engine.url), "--lang", "en"]
    assert main(["figures", *database, "--by", "ward", "--from", "2020-01-01", "--to", "2020-12-31"]) == 0
    said = capsys.readouterr().out
    assert said.count("cannot be told apart") == sum("ward" in each.breakdowns for each in figures().values())
    assert main(["figures", *database, "--from", "2020-01-01", "--to", "2020-12-31"]) == 0
    assert "No figures from the period." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (["--figure", "decided.robust", "--by", "hour"], "--by"),
        (["--from", "2026-02"], "--from"),
        (["--to", "2026-02-30"], "--to"),
        (["--from", "2026-03-01", "--to", "2026-02-01"], "--from"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_at_its_own_place(record: Record, wrong: list[str], where: str, capsys):
    assert main(["figures", "--database", str(record.engine.url), *wrong]) == 2
    assert capsys.readouterr().err.startswith(f"retthjem: {where}:")


@pytest.mark.parametrize(
    "wrong", [["--figure", "nothing"], ["--by", "room"], ["--hospital", "XXX"], ["--csv", "a.txt"]]
)
def test_what_there_is_none_of_is_refused_with_what_there_is(record: Record, wrong: list[str], capsys):
    assert main(["figures", "--database", str(record.engine.url), *wrong]) == 2
    assert wrong[0] in capsys.readouterr().err


def test_before_any_month_is_closed_the_command_says_so(tmp_path: Path, capsys):
    database = f"sqlite:///{tmp_path / 'new.db'}"
    engine = make_engine(database)
    upgrade(engine)
    engine.dispose()
    assert main(["figures", "--database", database, "--close"]) == 0
    assert main(["figures", "--database", database]) == 0
    said = capsys.readouterr().out
    assert "Måneder gjort opp nå: 0." in said
    assert "Ingen måned er gjort opp ennå" in said
