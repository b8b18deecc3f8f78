"""Burden of treatment: medicines, times a day and doses a day, as far as the list says (section 2.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rules.scores.medicines import Line, counted_lines

Range = Mapping[str, float | None]


def burden(lines: Sequence[Line] | None) -> dict[str, Range]:
    """Return each part of the burden as `{low, high}`; `high` None where the list does not say.

    Times a day are at least the most frequent medicine's doses, and at most all doses taken one by one.
    """
    medicines = counted_lines(lines, "regular")
    regular = [line.medicine for line in lines or () if line.regular]
    known = [medicine.doses_per_day for medicine in regular if medicine.doses_per_day is not None]
    complete = lines is not None and len(known) == len(regular) and medicines.exact
    doses = sum(known)
    return {
        "medicines": {"low": medicines.low, "high": medicines.high},
        "times_a_day": {"low": max(known, default=0), "high": doses if complete else None},
        "doses_a_day": {"low": doses, "high": doses if complete else None},
    }
