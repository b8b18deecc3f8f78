"""A patient's course written as short stories: who does what is the same throughout, and the hours count themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from careplans.course.events import (
    Admitted,
    By,
    Discharged,
    DischargeExpected,
    Event,
    PlanStarted,
    Recorded,
    Screened,
    Undone,
)
from careplans.course.fold import course_of
from careplans.course.state import Course

NURSE = By("sykepleier", "nurse", "GER2")
START = datetime(2026, 11, 16, 13, 10, tzinfo=UTC)
DAY_HOME = date(2026, 11, 23)


@dataclass
class Story:
    """Events as they are written down, an hour between each unless said."""

    events: list[Recorded] = field(default_factory=list)
    now: datetime = START

    def tell(self, *events: Event, after: timedelta = timedelta(hours=1)) -> str:
        """Write events down and return the id of the last."""
        for event in events:
            self.now += after
            self.events.append(Recorded(f"e{len(self.events)}", event, self.now, NURSE))
        return self.events[-1].id

    def undo(self, event: str) -> str:
        """Undo an event and return the id of the undoing."""
        return self.tell(Undone(event, "Feil"))

    @property
    def course(self) -> Course:
        """The course so far."""
        return course_of(self.events)


def admitted(stay: str = "S1", at: datetime = START) -> Admitted:
    """A stay on the geriatric ward."""
    return Admitted(stay, at, "St. Olavs", "GER2")


def home(stay: str = "S1", at: datetime | None = None) -> Discharged:
    """The patient goes home."""
    return Discharged(stay, at or datetime(2026, 11, 23, 10, 0, tzinfo=UTC), "home")


def on_a_plan() -> Story:
    """A screened patient with a plan that runs, and a day to go home."""
    story = Story()
    story.tell(
        admitted(),
        Screened("K1", "A1", "S1"),
        PlanStarted("P1", "A1", date(2026, 11, 17)),
        DischargeExpected("S1", DAY_HOME),
    )
    return story


def readmitted() -> Story:
    """A patient who went home with a plan and came back before the evaluation."""
    story = on_a_plan()
    story.tell(home(), admitted("S2", datetime(2026, 12, 1, 8, 0, tzinfo=UTC)))
    return story
