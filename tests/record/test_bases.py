"""What was assessed lately is remembered by every thread at once, and what was asked for lately stays longest."""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest

from api.record import bases
from api.record.bases import Bases
from careplans.course.due import Basis
from forms.model import read_case
from tests.record.hospital import MONDAY, case, rules


@pytest.fixture
def basis() -> Basis:
    """One case, assessed."""
    read = read_case(case())
    return Basis(read, rules().assess(read, None, MONDAY))


class Slow(OrderedDict[str, Basis]):
    """Takes its time between finding something and giving it, and says when it has begun."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = Event()

    def __contains__(self, key: object) -> bool:
        found = super().__contains__(key)
        self.begun.set()
        sleep(0.1)
        return found


def test_what_one_thread_asks_for_is_not_dropped_by_another_meanwhile(basis, hospital, monkeypatch):
    monkeypatch.setattr(bases, "REMEMBERED", 1)
    slow = Slow()
    held = Bases(slow)
    held.remember("old", basis)
    with hospital.engine.connect() as connection, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(held.of, connection, ["old"])
        slow.begun.wait()
        held.remember("new", basis)
        assert asked.result() == {"old": basis}
    assert list(slow) == ["new"]


def test_what_was_asked_for_lately_is_remembered_longest(basis, hospital, monkeypatch):
    monkeypatch.setattr(bases, "REMEMBERED", 2)
    held = Bases()
    for id in ("asked", "not asked"):
        held.remember(id, basis)
    with hospital.engine.connect() as connection:
        assert held.of(connection, ["asked"]) == {"asked": basis}
    held.remember("new", basis)
    assert list(held.remembered) == ["asked", "new"]
