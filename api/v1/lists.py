"""The lists of patients: team, municipality, coordinator, practice, unscreened, ready and late, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api.people.access import Action, may
from api.people.refused import MayNot
from api.people.who import Signed
from api.record.list_kinds import ListName
from api.record.list_rows import Listing
from api.record.lists import USUAL, Asked, Filters, listed
from api.storage.engine import reading
from api.v1.asking import now, record_of
from api.v1.documents import problems
from api.v1.paging import Cursor, Size, link_next
from api.v1.shapes import ListedClock, ListPage, ListRow

router = APIRouter(tags=["lists"])
NEEDS: Mapping[ListName, tuple[Action, ...]] = {
    "team": ("team_list",),
    "unscreened": ("unscreened_list",),
    "ready": ("ready_list",),
    "municipality": ("municipality_list",),
    "coordinator": ("municipality_list",),
    "practice": ("practice_list",),
    "late": ("team_list", "unscreened_list", "ready_list", "municipality_list", "practice_list"),
}
"""What one must be allowed to see a list; whoever has a list of their own also sees what is late on it."""

Filter = Annotated[str | None, Query(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]


@router.get("/lists/{name}", responses=problems(404))
def read_list(  # FastAPI calls it by keyword
    request: Request,
    response: Response,
    user: Signed,
    name: Annotated[ListName, Path(description="Which list.")],
    ward: Filter = None,
    municipality: Filter = None,
    track: Filter = None,
    owner: Filter = None,
    status: Filter = None,
    cursor: Cursor = None,
    size: Size = USUAL,
    count: Annotated[bool, Query(description="Also say how many there are in all.")] = False,
) -> ListPage:
    """Return a page of a list of one's own patients; a blocked record is on none."""
    if not any(may(user.role, action) for action in NEEDS[name]):
        raise MayNot
    record = record_of(request)
    asked = Asked(name, Filters(ward, municipality, track, owner, status), cursor, size, count)
    with reading(record.engine) as connection:
        found = listed(record, connection, asked, user=user, now=now())
    record.writer.run_log(found.seen)
    link_next(request, response, found.next_cursor)
    rows = [_row(each) for each in found.rows]
    return ListPage(rows=rows, order=found.order or "", next_cursor=found.next_cursor, total=found.total)


def _row(each: Listing) -> ListRow:
    clocks = [ListedClock(**asdict(clock.clock), standing=clock.standing) for clock in each.clocks]
    said = {name: getattr(each, name) for name in ListRow.model_fields if name not in {"patient", "clocks"}}
    return ListRow(patient=each.person, clocks=clocks, **said)
