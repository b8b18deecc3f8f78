"""Every criterion of NORGEP and NORGEP-NH has words of our own, and there are none for criteria that are not there."""

from __future__ import annotations

import pytest

from api.screening import texts_in
from rules.scores.norgep import AT_HOME, IN_NURSING_HOME, criteria


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_criterion_has_words_in_every_language(language: str) -> None:
    keys = {f"norgep.{each.list_name}.{each.number}" for name in (AT_HOME, IN_NURSING_HOME) for each in criteria(name)}
    assert {key for key in texts_in(language).keys() if key.startswith("norgep.NORGEP")} == keys  # noqa: SIM118 a method of ours
