"""The screening form over HTTP: shown, kept while someone writes, and stored when it is signed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import FileResponse, Response

from api.ward.desk import Desk, desk_for
from api.ward.form import new_patient
from api.ward.form.changing import changed
from api.ward.form.colleagues import ask_whose, begun_by_colleague, take_over
from api.ward.form.fields import Sent
from api.ward.form.form import Form
from api.ward.form.saving import AGAIN, PAPER, SECOND
from api.ward.form.sitting import Sitting

router = APIRouter(include_in_schema=False)
router.include_router(new_patient.router)
Screening = Annotated[Desk, Depends(desk_for("form"))]
SCRIPT = Path(__file__).parent / "form.js"


def ways(
    second: Annotated[bool, Query()] = False,
    paper: Annotated[bool, Query()] = False,
    again: Annotated[bool, Query()] = False,
) -> frozenset[str]:
    """Return how the form is filled in: by a second rater, typed in from paper, or again at an evaluation."""
    return frozenset(name for name, chosen in ((SECOND, second), (PAPER, paper), (AGAIN, again)) if chosen)


Ways = Annotated[frozenset[str], Depends(ways)]


@router.get("/screen/form.js")
def script() -> FileResponse:
    """Serve the script that folds away what no longer matters; the form works without it."""
    return FileResponse(SCRIPT, media_type="text/javascript")


@router.get("/patients/{person}/screen")
def show(desk: Screening, person: str, ways: Ways) -> Response:
    """Show the form: as it was left, else with what stands in this stay."""
    sitting = Sitting.begin(desk, person, ways)
    kept = sitting.kept()
    if kept is None:
        theirs = begun_by_colleague(sitting)
        return ask_whose(sitting, theirs) if theirs else sitting.page(Form.begun(sitting.known))
    met = sitting.met(kept.fields, kept.base)
    return sitting.page(met.form, kept=kept, differences=met.differences)


@router.post("/patients/{person}/screen")
def send(desk: Screening, person: str, fields: Sent, ways: Ways) -> Response:
    """Keep what was written, do what a button asks, or store the screening when it is signed."""
    sitting = Sitting.go_on(desk, person, ways)
    asked, _, about = (fields.one("do") or "draft").partition(":")
    form = changed(Form(sitting.known, fields), asked, about)
    match asked:
        case "take_over":
            return take_over(sitting, fields.one("of"))
        case "own":
            return sitting.begin_own()
        case "save":
            return sitting.store(form.with_lines_written())
        case "discard" | "give_up":
            sitting.discard()
            return desk.back_to(sitting.path if asked == "discard" else f"{sitting.patient.path}/assessment")
    return sitting.keep(form, anchor=about.partition(":")[0])
