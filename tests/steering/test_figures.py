"""What a stay is to each figure, and that the definitions fit each other and are told in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.screening import texts_in
from population.steering.book import span_of
from population.steering.counting import breakdowns, cells, part_of
from population.steering.facts import ClockEnd, Decision, Interval, StayFacts, TwoRaters
from population.steering.figures import ROOT, categories, figure, figures, leaves, table

ADMITTED = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
STAY = StayFacts(
    "s", "p", "Lillevik", ADMITTED, "GER", "4601", "acute", 84, "female", True, discharged=ADMITTED + timedelta(days=5)
)
SCREENED = replace(STAY, screened=ADMITTED + timedelta(hours=13), cfs=Interval(6, 6))
FOUR: dict[str, ClockEnd] = {"HPH1": "kept", "HPH2": "late", "HPH3": "kept", "HPH4": "not_done"}


def of(name: str, stay: StayFacts) -> str | None:
    return categories(figure(name), stay)


@pytest.mark.parametrize(
    ("name", "stay", "category"),
    [
        ("stays", STAY, "stay"),
        ("stays", replace(STAY, eligible=False), None),
        ("stays", replace(STAY, eligible=None), "stay"),
        ("screened", STAY, "not"),
        ("screened", SCREENED, "met"),
        ("screened", replace(STAY, eligible=None), "lacking"),
        ("hours_to_screening", STAY, None),
        ("hours_to_screening", SCREENED, "hours_12_23"),
        ("hours_to_screening", replace(SCREENED, admitted=None), "lacking"),
        ("hours_to_screening", replace(SCREENED, screened=ADMITTED + timedelta(hours=48)), "hours_48"),
        ("frail", SCREENED, "met"),
        ("frail", replace(SCREENED, cfs=Interval(3, 4)), "not"),
        ("frail", replace(SCREENED, cfs=Interval(4, 5)), "lacking"),
        ("frail", replace(SCREENED, cfs=None), "lacking"),
        ("track_frail", replace(SCREENED, tracks=("cga_team",)), "cga_team"),
        ("track_frail", replace(SCREENED, tracks=("cga_team", "palliative_focus")), "several"),
        ("track_frail", replace(SCREENED, tracks=("standard",)), "other"),
        ("track_frail", SCREENED, "lacking"),
        ("track_not_frail", SCREENED, None),
        ("pathway", replace(SCREENED, pathway="B"), "B"),
        ("pathway", SCREENED, "lacking"),
        ("clock.municipal_notice", STAY, None),
        ("clock.municipal_notice", replace(STAY, clocks={"municipal_notice": "kept"}), "met"),
        ("clock.municipal_notice", replace(STAY, clocks={"municipal_notice": "open"}), "not"),
        ("planned", STAY, "not"),
        ("planned", replace(STAY, clocks=FOUR), "met"),
        ("clock.HPH2", replace(STAY, clocks=FOUR), "not"),
        ("clock.HPH0", replace(STAY, clocks=FOUR), None),
        ("adherence", replace(STAY, clocks=FOUR), "three"),
        ("adherence", replace(STAY, clocks={**FOUR, "HPH4": "late"}), "all"),
        ("adherence", replace(STAY, clocks={**FOUR, "HPH2": "open"}), "HPH2"),
        ("adherence", replace(STAY, clocks={"HPH2": "kept", "HPH3": "kept"}), None),
        ("readmitted", replace(STAY, readmitted=True), "met"),
        ("readmitted", STAY, "lacking"),
        ("readmitted", replace(STAY, died=date(2026, 3, 7), readmitted=False), None),
        ("days_after_ready", replace(STAY, days_after_ready=0), "none"),
        ("days_after_ready", replace(STAY, days_after_ready=7), "days_1_7"),
        ("days_after_ready", replace(STAY, days_after_ready=8), "days_8_49"),
        ("days_after_ready", replace(STAY, days_after_ready=50), "days_50"),
        ("days_after_ready", STAY, "lacking"),
        ("treatment_days", STAY, "days_3_6"),
        ("treatment_days", replace(STAY, ready=ADMITTED + timedelta(days=2)), "days_0_2"),
        ("epikrise", replace(STAY, epikrise=STAY.discharged), "day_0"),
        ("epikrise", STAY, "lacking"),
        ("ready_weekday", replace(STAY, days_after_ready=1, ready=ADMITTED + timedelta(days=4)), "fri"),
        ("ready_weekday", replace(STAY, days_after_ready=0, ready=ADMITTED + timedelta(days=4)), None),
        ("notice_weekday", replace(STAY, clocks={"municipal_notice": "kept"}, noticed=ADMITTED), "mon"),
        ("agreement", STAY, None),
        ("agreement", replace(STAY, raters=TwoRaters(4, 4)), "same"),
        ("agreement", replace(STAY, raters=TwoRaters(6, 3)), "more"),
    ],
)
def test_a_stay_is_what_the_definition_says(name: str, stay: StayFacts, category: str | None) -> None:
    assert of(name, stay) == category


def test_an_override_is_counted_by_its_code_and_free_text_as_one() -> None:
    rule = next(each.subject for each in figures().values() if each.words == "reason")
    for reason, category in (("later", "later"), ("other", "other"), ("Anna vil ikke", "other"), (None, "lacking")):
        stay = replace(STAY, decisions=(Decision(str(rule), "overridden", reason),))
        assert of(f"decided.{rule}", stay) == "overridden"
        assert of(f"reason.{rule}", stay) == category
    assert of(f"reason.{rule}", replace(STAY, decisions=(Decision(str(rule), "accepted"),))) is None


def test_a_stay_counts_in_the_month_it_ended_and_in_no_other() -> None:
    late = replace(STAY, stay="late", discharged=datetime(2026, 3, 31, 22, 30, tzinfo=UTC))
    march, april = (cells([STAY, late], date(2026, month, 1)) for month in (3, 4))
    stays = [
        [cell.count for cell in month if (cell.figure, cell.breakdown) == (ROOT, "all")] for month in (march, april)
    ]
    assert stays == [[1], [1]], "half past ten in the evening in Greenwich is the first of April in Oslo"


def test_where_someone_arrived_is_told_on_the_clock_of_oslo() -> None:
    parts = {breakdown: part_of(breakdown, STAY) for breakdown in breakdowns()}
    assert parts == {
        "ward": "GER", "municipality": "4601", "hour": "08-11", "weekday": "mon", "age": "80-84", "sex": "female",
        "arrival": "acute",
    }  # fmt: skip
    unknown = StayFacts("s", "p", "Lillevik", age=40)
    assert {part_of(breakdown, unknown) for breakdown in breakdowns()} == {""}


@given(st.permutations([STAY, SCREENED, replace(STAY, clocks=FOUR), replace(STAY, eligible=None)]))
def test_the_counts_do_not_depend_on_the_order_of_the_stays(stays: list[StayFacts]) -> None:
    assert cells(stays, date(2026, 3, 1)) == cells(sorted(stays, key=repr), date(2026, 3, 1))


def test_every_figures_rows_are_told_before_it_and_as_often_and_by_the_same_parts() -> None:
    before: list[str] = []
    for each in figures().values():
        above = figures()[each.within]
        assert each.id == ROOT or above.id in before, each.id
        assert set(each.of) <= set(above.categories), each.id
        assert each.every == "tertial" or above.every == "month", each.id
        assert set(each.breakdowns) <= set(above.breakdowns) <= set(breakdowns()), each.id
        before.append(each.id)


def test_parts_count_their_rows_exactly_so_those_who_lack_are_in_none_of_them() -> None:
    """A figure's rows may hold others' lacking only where it has no parts: of parts they are not known."""
    for each in figures().values():
        assert not each.breakdowns or figures()[each.within].spare not in each.of, each.id


def test_categories_are_named_once_and_hold_what_the_figure_is_about() -> None:
    for each in figures().values():
        assert len(set(each.categories)) == len(each.categories)
        assert {*each.share_of, *([each.spare] if each.spare else [])} <= set(each.categories), each.id
        assert not each.total or len(each.starts) == len(each.categories), each.id
        assert each.source in table()["source"], each.id


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_figure_category_and_part_is_told_in_words(language: str) -> None:
    texts = texts_in(language)
    own = {
        f"figure.{each.words}.{what}"
        for each in figures().values()
        for what in ("title", "definition", "unit", "lacks")
    }
    categories_of = {
        f"figure.{each.words}.{category}" if category in ("met", "not") else f"figure_category.{category}"
        for each in figures().values()
        for category in each.categories
    }
    parts = {
        f"figure_part.{part}" for breakdown in ("sex", "arrival") for part in table()["breakdown"][breakdown]["parts"]
    }
    named = {f"figure_breakdown.{breakdown}" for breakdown in ("all", *breakdowns())}
    assert {*own, *categories_of, *parts, *named} - set(texts.keys()) == set()


def test_wards_are_told_as_often_as_the_figure_and_all_else_by_tertial() -> None:
    assert span_of(figure("screened"), "ward") == "month"
    assert span_of(figure("screened"), "municipality") == "tertial"
    assert leaves((("a", "b"), "c")) == ("a", "b", "c")
