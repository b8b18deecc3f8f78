"""The rows of the plan page: a step or an action with its clock, who did what about it, and what can be done now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from api.ward.plan.origins import Origins
from careplans.catalogue import point_of, steps, task_of
from careplans.catalogue import step as template_of
from careplans.course.due import EXPECTED_SET, standing
from careplans.course.events import Recorded, StepDone
from careplans.course.state import StepClock
from careplans.parts import CLINICIAN, PATHWAY, Action, Plan, Step
from careplans.words import action_words, due_words, step_words
from engine.texts import Texts

CFS = "cfs"


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of a checklist, and whether it was ticked."""

    id: str
    words: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A step or an action as the page shows it; `key` is its place on the page, `parts` the actions that are it."""

    key: str
    clock: StepClock
    standing: str
    what: str
    who: str
    due: str
    checklist: tuple[Tick, ...] = ()
    goal: str = ""
    why: tuple[str, ...] = ()
    mark: Recorded | None = None
    wait: Recorded | None = None
    handed: Recorded | None = None
    parts: tuple[Row, ...] = ()

    @property
    def sets_date(self) -> bool:
        """Return whether it is the day of discharge, which is done once there is a date and never otherwise."""
        return self.clock.step == EXPECTED_SET

    @property
    def is_open(self) -> bool:
        """Return whether nobody has said yet that it is done, or will not be."""
        return self.clock.state in {"open", "paused"}

    @property
    def waits(self) -> bool:
        """Return whether its own clock was paused, and not only its plan."""
        return self.wait is not None and self.wait.event.kind == "clock_paused"

    @property
    def asks_cfs(self) -> bool:
        """Return whether it is where CFS is scored anew."""
        return any(each.id == CFS for each in self.checklist)


@dataclass(frozen=True, slots=True)
class Ground:
    """What every row is made from."""

    origins: Origins
    texts: Texts
    now: datetime


def step_rows(clocks: Iterable[StepClock], made: Mapping[str, Step], ground: Ground, *, place: str) -> tuple[Row, ...]:
    """Return the rows of clocks; `made` are the plan's own steps, which say what a step is called where one goes."""
    rows: list[Row] = []
    for clock in clocks:
        again = sum(each.clock.step == clock.step for each in rows)  # an epikrise of each of two stays
        at = f"{place}{again + 1}" if again else place
        rows.append(_step_row(clock, made.get(clock.step), ground, at))
    return tuple(rows)


def action_rows(plan: Plan, clocks: Iterable[StepClock], ground: Ground) -> dict[str, list[Row]]:
    """Return the rows of the plan's actions by their block, less the blocks that are empty."""
    found: dict[str, list[Row]] = {}
    for clock, action in zip(clocks, plan.actions, strict=True):
        found.setdefault(action.block, []).append(_action_row(clock, action, ground))
    return found


def joined(steps: Iterable[Row], blocks: Mapping[str, list[Row]]) -> tuple[tuple[Row, ...], dict[str, list[Row]]]:
    """Return the steps with the actions that are the same task beneath them, and the blocks without those actions.

    An action that is a point of a checklist stands by itself once it no longer stands as its step does.
    """
    by_step = {row.clock.step: row for row in steps}
    under: dict[str, list[Row]] = {}
    left: dict[str, list[Row]] = {}
    for block, rows in blocks.items():
        for row in rows:
            name = row.clock.step
            step, _ = point_of(name) or (task_of(name), "")
            same = step != name and step in by_step and by_step[step].clock.state == row.clock.state
            (under.setdefault(step, []) if same else left.setdefault(block, [])).append(row)
    return tuple(replace(row, parts=tuple(under.get(name, ()))) for name, row in by_step.items()), left


def _step_row(clock: StepClock, step: Step | None, ground: Ground, place: str) -> Row:
    known = {each.id for each in steps()}
    checklist = step.checklist if step else template_of(clock.step).checklist if clock.step in known else ()
    t = ground.texts
    said = step_words(step, t) if step else t(f"step.{clock.step}" if clock.step in known else f"next.{clock.step}")
    undated = due_words(step.due, t) if step else t("plan_page.no_day")
    return _row(f"{place}-{clock.step}", clock, ground, what=said, undated=undated, checklist=checklist)


def _action_row(clock: StepClock, action: Action, ground: Ground) -> Row:
    t = ground.texts
    return _row(
        f"action-{action.id.replace('.', '-')}",
        clock,
        ground,
        what=action_words(action, t),
        undated=due_words(action.due, t),
        goal=t(f"goal.{action.goal}") if action.goal.strip() else "",
        why=tuple(dict.fromkeys(_reason(each, t) for each in action.why)),
    )


def _row(
    key: str,
    clock: StepClock,
    ground: Ground,
    *,
    what: str,
    undated: str,
    checklist: Iterable[str] = (),
    goal: str = "",
    why: tuple[str, ...] = (),
) -> Row:
    mark = ground.origins.of_step(clock.course, clock.step, "mark")
    ticked = mark.event.checked if mark and isinstance(mark.event, StepDone) else ()
    return Row(
        key=key,
        clock=clock,
        standing=standing(clock, ground.now),
        what=what,
        who=ground.texts(f"who.{clock.owner}") if f"who.{clock.owner}" in ground.texts else clock.owner,
        due="" if clock.due else undated,
        checklist=tuple(Tick(i, ground.texts(f"check.{clock.step}.{i}"), i in ticked) for i in checklist),
        goal=goal,
        why=why,
        mark=mark,
        wait=ground.origins.of_step(clock.course, clock.step, "wait"),
        handed=ground.origins.of_step(clock.course, clock.step, "owner"),
    )


def _reason(reason: str, texts: Texts) -> str:
    if reason in (PATHWAY, CLINICIAN):
        return texts(f"plan_page.why.{reason}")
    return texts(f"rule.{reason}") if f"rule.{reason}" in texts else texts("plan_page.why.open")
