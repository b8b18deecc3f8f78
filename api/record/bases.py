"""The facts behind stored assessments: each case assessed again under the rule set it was made with."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select

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
    """Remembers what was assessed lately: an assessment never changes once it is stored."""

    remembered: dict[str, Basis] = field(default_factory=dict)

    def of(self, connection: Connection, ids: Iterable[str]) -> dict[str, Basis]:
        """Return the facts behind each assessment."""
        found = {each: self.remembered.get(each) for each in ids}
        lacking = sorted(each for each, basis in found.items() if basis is None)
        for row in connection.execute(BY_IDS, {"ids": lacking}).all() if lacking else ():
            found[row.id] = replayed(connection, row)
            self.remember(row.id, found[row.id])
        return {each: basis for each, basis in found.items() if basis is not None}

    def remember(self, id: str, basis: Basis | None) -> None:
        """Keep what was just assessed, so that it is not assessed twice; the oldest gives way."""
        if basis is None:
            return
        self.remembered[id] = basis
        while len(self.remembered) > REMEMBERED:
            self.remembered.pop(next(iter(self.remembered)), None)


def replayed(connection: Connection, row: Any) -> Basis:
    """Return the case of a stored assessment, assessed under its own rule set."""
    ruleset, _ = kept(connection, row.rule_set)
    case = read_case(json.loads(row.inputs))
    return Basis(case, assess(case, row.index_date, ruleset))


def rules_behind(connection: Connection, id: str) -> RuleSet:
    """Return the rule set that an assessment was made with, to put its reasons in words."""
    row = connection.execute(BY_IDS, {"ids": [id]}).one()
    return kept(connection, row.rule_set)[0]
