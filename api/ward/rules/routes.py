"""The pages of the rules: the overview with its search, and a page for each rule; all who are signed in may read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from api.record.rule_use import Counted
from api.ward.desk import Desk, desk_for
from api.ward.rules.view import chapters, rule_page
from engine.rules import Rule, short_digest
from rules.knowledge import REVIEWS

router = APIRouter(include_in_schema=False)
AnyDesk = Annotated[Desk, Depends(desk_for("me"))]
LONGEST = 100


@router.get("/rules")
def overview(desk: AnyDesk, q: Annotated[str, Query(max_length=LONGEST)] = "") -> Response:
    """Show every rule by chapter, or those in which the searched words stand."""
    ruleset = desk.record.screening.ruleset
    search = q.strip()
    found = chapters(ruleset, desk.t, counted=_counted(desk), search=search)
    facts = {
        "rules": len(ruleset.rules),
        "checked": sum(1 for rule in ruleset.rules if rule.id in REVIEWS and REVIEWS[rule.id].checked_by),
        "version": ruleset.version,
        "digest": short_digest(ruleset.digest),
        "overlay": ruleset.overlay,
    }
    return desk.page("rules", chapters=found, search=search, facts=facts)


@router.get("/rules/{rule}")
def one(desk: AnyDesk, rule: str) -> Response:
    """Show a rule with all it rests on, and what has come of it."""
    ruleset = desk.record.screening.ruleset
    found = next((each for each in ruleset.rules if each.id == rule), None)
    if not isinstance(found, Rule):
        raise HTTPException(404)
    page = rule_page(found, ruleset, desk.t, counted=_counted(desk))
    return desk.page("rule", page=page, overlay=ruleset.overlay)


def _counted(desk: Desk) -> Counted | None:
    return desk.record.use.of(desk.record.engine, now=desk.now)
