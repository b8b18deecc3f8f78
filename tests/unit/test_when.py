"""Days are said by how near they are, and one of another year is not taken for this year's."""

from datetime import date, timedelta

import pytest

from api.board.when import near_day
from api.screening import texts_in

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 23), "i morgen"),
        (date(2027, 1, 15), "15. jan."),
        (date(2026, 5, 27), "27. mai"),
        (date(2026, 5, 5), "5. mai 2026"),
        (date(2017, 5, 5), "5. mai 2017"),
        (TODAY + timedelta(days=200), "10. juni 2027"),
    ],
)
def test_a_day_far_from_today_has_its_year(day, said):
    assert near_day(day, texts_in("nb"), today=TODAY) == said
