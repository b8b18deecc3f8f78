"""Every statement runs twice: on the reference evaluator, and in lock-step with the durable engine."""

from __future__ import annotations

import pytest

from engine.durable import DurableEngine
from engine.lockstep import SecondEngine
from rules.ruleset import national


@pytest.fixture(scope="session", params=["reference", "lock-step"])
def second(request: pytest.FixtureRequest) -> SecondEngine | None:
    return None if request.param == "reference" else DurableEngine(national())
