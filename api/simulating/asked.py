"""What the simulator's page is asked: two policies of the ready ones, other capacities, and how many weeks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from population.simulator.policy import BOUNDS, CAPACITIES, FIRST, READY, WHOLE, Policy, ready
from population.simulator.results import Runs

SIDES = ("first", "second")
ALONE = "none"
LONGEST = 12
REPLICATIONS: Mapping[int, int] = {13: 8, 26: 6, 52: 4}
"""How often each number of weeks is run: as many as a server can answer with at once."""

WARM_UP, SEED = 8, 1
USUAL = 26


@dataclass(frozen=True, slots=True)
class Wrong:
    """A field that cannot be read, and between what its number must be."""

    side: str
    name: str
    low: float
    high: float
    whole: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says, as it was written; `wrong` is what is to be mended before anything is run."""

    policies: tuple[str, str]
    written: Mapping[str, str]
    weeks: int
    wrong: tuple[Wrong, ...]
    room: tuple[tuple[tuple[str, float], ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the policies to try."""
        return tuple(name for name in self.policies if name != ALONE)

    def tried(self) -> tuple[Policy, ...]:
        """Return the policies with the capacities that were written."""
        return tuple(
            ready(name).with_capacity(**dict(room))
            for name, room in zip(self.policies, self.room, strict=True)
            if name in READY
        )

    def runs(self) -> Runs:
        """Return how it is run."""
        return Runs(REPLICATIONS[self.weeks], self.weeks, SEED, WARM_UP)


def asked(query: Mapping[str, str]) -> Asked:
    """Read the form; a choice that is not offered is the usual one, a number that cannot be is wrong."""
    first, second = (query.get(side, "") for side in SIDES)
    weeks = query.get("weeks", "")
    read = [list(_room(query, side)) for side in SIDES]
    return Asked(
        policies=(first if first in READY else "cfs-4", second if second in (*READY, ALONE) else FIRST),
        written={field_id: query.get(field_id, "")[:LONGEST] for side in SIDES for field_id in fields(side).values()},
        weeks=next((each for each in REPLICATIONS if str(each) == weeks), USUAL),
        wrong=tuple(each for side in read for _, each in side if isinstance(each, Wrong)),
        room=tuple(tuple((name, each) for name, each in side if not isinstance(each, Wrong)) for side in read),
    )


def fields(side: str) -> dict[str, str]:
    """Return the id of the field of each capacity of a policy."""
    return {name: f"{side}-{name}" for name in CAPACITIES}


def _room(query: Mapping[str, str], side: str) -> Iterator[tuple[str, float | Wrong]]:
    for name, field_id in fields(side).items():
        text = query.get(field_id, "").strip()
        if text:
            yield name, _number(text, name, side)


def _number(text: str, name: str, side: str) -> float | Wrong:
    low, high = BOUNDS[name]
    wrong = Wrong(side, name, low, high, name in WHOLE)
    plain = text.replace(",", ".")
    if len(plain) > LONGEST or not plain.replace(".", "", 1).isascii() or not plain.replace(".", "", 1).isdigit():
        return wrong
    value: float = int(plain) if name in WHOLE and plain.isdigit() else float(plain)
    fits = low <= value <= high and (isinstance(value, int) or name not in WHOLE)
    return value if fits else wrong
