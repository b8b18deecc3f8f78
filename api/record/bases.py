"""The facts behind stored assessments: each case under the rule set it was made with, and what was stored of it."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from sqlalchemy import Connection, bindparam, select

from api.record.restored import as_stored
from api.storage.rule_sets import kept
from api.storage.tables import assessment
from careplans.course.due import Basis
from engine.rules import RuleSet
from forms.model import read_case
from rules.assess import assess

BY_IDS = select(assessment).where(assessment.c.id.in_(bindparam("ids", expanding=True)))
REMEMBERED = 2_000


@dataclass(frozen=True)
class Bases:
    """Remembers what was assessed lately, for every thread: an assessment never changes once it is stored."""

    remembered: OrderedDict[str, Basis] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)
    most: int | None = None

    def of(self, connection: Connection, ids: Iterable[str]) -> dict[str, Basis]:
        """Return the facts behind each assessment."""
        found = {each: self._recalled(each) for each in ids}
        lacking = sorted(each for each, basis in found.items() if basis is None)
        for row in connection.execute(BY_IDS, {"ids": lacking}).all() if lacking else ():
            found[row.id] = replayed(connection, row)
            self.remember(row.id, found[row.id])
        return {each: basis for each, basis in found.items() if basis is not None}

    def remember(self, id: str, basis: Basis | None) -> None:
        """Keep what was just assessed, so that it is not assessed twice; what nobody asked for longest gives way."""
        if basis is None:
            return
        with self.lock:
            self.remembered[id] = basis
            self.remembered.move_to_end(id)
            while len(self.remembered) > (self.most or REMEMBERED):
                self.remembered.popitem(last=False)

    def _recalled(self, id: str) -> Basis | None:
        with self.lock:
            if id in self.remembered:
                self.remembered.move_to_end(id)
            return self.remembered.get(id)


def replayed(connection: Connection, row: Any) -> Basis:
    """Return the case of a stored assessment, and what was found then; what is not stored follows from its rule set."""
    ruleset, _ = kept(connection, row.rule_set)
    case = read_case(json.loads(row.inputs))
    return Basis(case, as_stored(assess(case, row.index_date, ruleset), json.loads(row.outcome)))


def rules_behind(connection: Connection, id: str) -> RuleSet:
    """Return the rule set that an assessment was made with, to put its reasons in words."""
    row = connection.execute(BY_IDS, {"ids": [id]}).one()
    return kept(connection, row.rule_set)[0]
