"""Burden of treatment: medicines, times and doses a day, daily tasks, appointments a year (section 2.2).

Each part is an interval. What nobody has said is unknown: it counts as nothing at the low end and is open at the high.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from rules.case import Appointment, Medicine, Treatment
from rules.knowledge import TREATMENT
from rules.scores.medicines import Line, counted_lines

KINDS: tuple[str, ...] = tuple(TREATMENT["appointments"]["kinds"])


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that lies in [low, high]; `high` None is open upwards."""

    low: float
    high: float | None

    def plus(self, other: Amount) -> Amount:
        """Return the sum; open upwards where one of the two is."""
        open_upwards = self.high is None or other.high is None
        return Amount(self.low + other.low, None if open_upwards else (self.high or 0) + (other.high or 0))


NOTHING = Amount(0, 0)
UNKNOWN = Amount(0, None)


def total(amounts: Iterable[Amount]) -> Amount:
    """Return the sum of amounts."""
    return reduce(Amount.plus, amounts, NOTHING)


@dataclass(frozen=True, slots=True)
class Appointments:
    """Appointments a year in all, and of each kind."""

    low: float
    high: float | None
    by_kind: Mapping[str, Amount]

    @classmethod
    def of(cls, by_kind: Mapping[str, Amount], *, others: Amount = NOTHING) -> Appointments:
        """Return the appointments with every kind in its order; a kind that is not named has `others`."""
        every = {kind: by_kind.get(kind, others) for kind in KINDS}
        in_all = total(every.values())
        return cls(in_all.low, in_all.high, every)

    def plus(self, other: Appointments) -> Appointments:
        """Return the sum, kind by kind."""
        return Appointments.of({kind: self.by_kind[kind].plus(other.by_kind[kind]) for kind in KINDS})


UNSAID = Appointments.of({}, others=UNKNOWN)


@dataclass(frozen=True, slots=True)
class Burden:
    """What the treatment asks of a person; all of it unknown until something is said."""

    medicines: Amount = UNKNOWN
    times_a_day: Amount = UNKNOWN
    doses_a_day: Amount = UNKNOWN
    daily_tasks: Amount = UNKNOWN
    appointments_a_year: Appointments = UNSAID

    def plus(self, other: Burden) -> Burden:
        """Return the sum, part by part."""
        return Burden(
            medicines=self.medicines.plus(other.medicines),
            times_a_day=self.times_a_day.plus(other.times_a_day),
            doses_a_day=self.doses_a_day.plus(other.doses_a_day),
            daily_tasks=self.daily_tasks.plus(other.daily_tasks),
            appointments_a_year=self.appointments_a_year.plus(other.appointments_a_year),
        )


def burden(lines: Sequence[Line] | None, treatment: Treatment) -> Burden:
    """Return the burden that a medicine list and what is said of the treatment make together."""
    medicines = counted_lines(lines, "regular")
    regular = [line.medicine for line in lines or () if line.regular]
    exact = lines is not None and medicines.exact
    return Burden(
        medicines=Amount(medicines.low, medicines.high),
        times_a_day=_times_a_day(regular, exact=exact),
        doses_a_day=_doses_a_day(regular, exact=exact),
        daily_tasks=_stated(treatment.daily_tasks),
        appointments_a_year=_appointments(treatment.appointments_a_year),
    )


def _doses_a_day(regular: Sequence[Medicine], *, exact: bool) -> Amount:
    doses = [_doses(medicine) for medicine in regular]
    known = sum(each for each in doses if each is not None)
    return _closed_if(known, known, closed=exact and None not in doses)


def _times_a_day(regular: Sequence[Medicine], *, exact: bool) -> Amount:
    """Return how often medicines are taken: medicines at one time are taken together, others may or may not be.

    A part of the day may be the same time as an hour that another medicine names.
    """
    named = {time for medicine in regular for time in medicine.times or ()}
    on_the_clock = {time for time in named if ":" in time}
    untimed = [_doses(medicine) for medicine in regular if medicine.times is None]
    known = [each for each in untimed if each is not None]
    low = max(len(on_the_clock), len(named - on_the_clock), *known, 0)
    return _closed_if(low, len(named) + sum(known), closed=exact and None not in untimed)


def _doses(medicine: Medicine) -> float | None:
    """Return the doses a day that a line states, else one for each of its times."""
    if medicine.doses_per_day is None:
        return None if medicine.times is None else len(medicine.times)
    return medicine.doses_per_day


def _closed_if(low: float, high: float, *, closed: bool) -> Amount:
    return Amount(_plain(low), _plain(high) if closed else None)


def _plain(number: float) -> float:
    """Return a whole number as one, so that 19.0 doses are written 19."""
    return int(number) if float(number).is_integer() else number


def _stated(number: int | None) -> Amount:
    return UNKNOWN if number is None else Amount(number, number)


def _appointments(said: tuple[Appointment, ...] | None) -> Appointments:
    """Return what is said, by kind; a list is complete, so a kind that it leaves out is none."""
    if said is None:
        return UNSAID
    return Appointments.of({kind: total(_stated(a.times) for a in said if a.kind == kind) for kind in KINDS})
