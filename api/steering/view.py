"""What the page of all figures shows: chapters with the newest of each, and what is counted beside the stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from api.charts.drawing import Drawn
from api.steering.charted import control, kind_of, placed, shown_rows, value
from api.steering.shown import Shown
from api.steering.words import in_words, period, share_words, subject, title, when
from engine.texts import Texts
from population.steering.figures import ROOT, Figure, figures

CHAPTERS = {
    "screening": ("stays", "screened", "hours_to_screening", "frail", "agreement"),
    "routes": ("track_frail", "track_not_frail", "pathway"),
    "clocks": ("clock.municipal_notice", "clock.admission_report", "clock.control_appointments", "epikrise"),
    "home": ("planned", *(f"clock.HPH{step}" for step in range(6)), "adherence", "readmitted"),
    "flow": ("days_after_ready", "treatment_days", "ready_weekday", "notice_weekday"),
    "suggestions": tuple(id for id in figures() if id.startswith("decided.")),
    "reasons": tuple(id for id in figures() if id.startswith("reason.")),
}
"""The figures in the order that one steers by them."""

OF_RULES = ("suggestions", "reasons")
"""Chapters of one figure for every rule: only those that may be shown are told."""


@dataclass(frozen=True, slots=True)
class Line:
    """The newest of a figure: its value in words, of how many and when; None where nothing may be shown."""

    id: str
    title: str
    value: str | None = None
    of: str = ""
    when: str = ""
    chart: Drawn | None = None
    signals: tuple[str, ...] = ()


def chapters(shown: Shown, texts: Texts) -> Iterator[tuple[str, tuple[Line, ...]]]:
    """Yield each chapter with its figures."""
    for name, ids in CHAPTERS.items():
        of_rules = name in OF_RULES
        lines = (_line(shown, figures()[id], texts, of_rules=of_rules) for id in ids)
        kept = tuple(line for line in lines if line.when or not of_rules)
        if kept:
            yield name, kept


def besides_in_words(shown: Shown, texts: Texts) -> Iterator[tuple[str, str, str]]:
    """Yield what is counted beside the stays: of what, when, and how often it came out so; the newest first."""
    for each in reversed(shown.besides):
        about = texts(f"rule.{each.about}") if f"rule.{each.about}" in texts else each.about
        counts = (
            f"{texts(f'figure_beside.outcome.{outcome}')}: {texts('steering.not_shown') if count is None else count}"
            for outcome, count in each.counts.items()
        )
        what = f"{texts(f'figure_beside.{each.figure}.title')}: {about}"
        yield what, period(each.first, "tertial", texts), ", ".join(counts)


def _line(shown: Shown, figure: Figure, texts: Texts, *, of_rules: bool) -> Line:
    series = [(table, next(iter(table.rows), None)) for table in shown.published.of(shown.hospital or "", figure.id)]
    name = subject(figure, texts) if of_rules else title(figure, texts)
    chart = control(figure, series)
    told = [(table, row, point) for (table, row), point in zip(series, chart.points, strict=True) if row]
    if not told:
        return Line(figure.id, name)
    table, row, point = told[-1]
    kind = kind_of(figure, shown_rows(series))
    return Line(
        figure.id,
        name,
        in_words(value(figure, row, kind), kind, texts),
        "" if figure.id == ROOT else f"{share_words(figure, kind, texts)} {texts('steering.of', count=row.n)}",
        when(table, texts),
        placed(figure, series, texts, chart=chart),
        tuple(texts(f"figure_signal.{each}") for each in point.signals) if kind else (),
    )
