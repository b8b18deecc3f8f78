"""Every statement runs twice: on the reference evaluator, and in lock-step with the durable engine."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import cast

import pytest

from engine.lockstep import SecondEngine
from rules.ruleset import national


@pytest.fixture(scope="session", params=["reference", "lock-step"])
def second(request: pytest.FixtureRequest) -> SecondEngine | None:
    if request.param == "reference":
        return None
    if find_spec("engine.durable") is None:
        pytest.skip("engine.durable is not written yet")
    return cast("SecondEngine", import_module("engine.durable").DurableEngine(national()))
