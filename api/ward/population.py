"""The page of the nightly run: who should be screened, by municipality; counts alone, and no small one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from api.nightly.kept import Nightly
from api.nightly.run import NightlyRun
from api.population_page import view_of
from api.ward.desk import Desk, desk_for
from api.ward.lists.registers import wrong_in_words
from engine.rules import short_digest

router = APIRouter(include_in_schema=False)
CountsDesk = Annotated[Desk, Depends(desk_for("population"))]


@router.get("/population")
def whole(desk: CountsDesk) -> Response:
    """Show what the newest run found."""
    nightly: Nightly = desk.request.app.state.nightly
    kept = nightly.now()
    view = view_of(kept.run.result, desk.t) if kept.run else None
    wrong = wrong_in_words(kept.wrong, desk) if kept.wrong else None
    notes = list(_notes(kept.run, nightly, desk)) if kept.run else []
    return desk.page("population", view=view, wrong=wrong, notes=notes)


def _notes(run: NightlyRun, nightly: Nightly, desk: Desk) -> Iterator[str]:
    if days := nightly.days_old(run, desk.today):
        yield desk.t("population_page.old", days=days)
    theirs, ours = run.finished.rules_digest, desk.record.screening.ruleset.digest
    if theirs != ours:
        yield desk.t("population_page.other_rules", digest=short_digest(theirs), ours=short_digest(ours))
