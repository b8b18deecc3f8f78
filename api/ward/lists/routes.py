"""The lists' addresses: a page, all of it on paper or as a file, filters with a name, and a patient taken over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import FileResponse, Response
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from api.people.access import may
from api.people.refused import MayNot
from api.record.courses import NoSuchPatient
from api.record.drafts import Begun, begun
from api.record.list_kinds import LISTS, ListName
from api.record.list_rows import Listing
from api.record.lists import MOST, MOST_COUNTED, Asked, Filters, Listed, listed
from api.record.record import by
from api.record.saved_filters import LONGEST, SavedFilter, drop_filter, save_filter, saved_filters
from api.record.taking_over import Said, say
from api.storage.access_log import Seen
from api.v1.lists import NEEDS
from api.ward.desk import Desk, desk_for
from api.ward.form.colleagues import BY_FORM
from api.ward.lists.filters import address, choices, filters_in, in_words
from api.ward.lists.places import places_of
from api.ward.lists.reader import Reader
from api.ward.lists.registers import Registers, registers
from api.ward.lists.sheet import sheet_of
from api.ward.lists.view import row_of
from api.ward.patient import patient_at
from rules.times import oslo_day

router = APIRouter(include_in_schema=False)
SCRIPT = Path(__file__).parent / "print.js"
ON_A_PAGE = 30
"""Fewer than the API gives: a page is read by someone, and is not compressed (`api/web.py`)."""

ON_PAPER = 300
ID = {"min_length": 1, "max_length": 40, "pattern": "^[0-9a-zA-Z-]+$"}


@dataclass(frozen=True, slots=True)
class AtList:
    """Someone at a list that the role may see, and what it is narrowed to."""

    desk: Desk
    name: ListName
    filters: Filters

    @property
    def reader(self) -> Reader:
        """Return who reads."""
        return Reader(self.name, self.desk.user, self.desk.words)

    def asked(self, **more: Any) -> Asked:
        """Return what is asked of the record."""
        return Asked(self.name, self.filters, **more)


def at_list(
    desk: Annotated[Desk, Depends(desk_for("me"))], name: str, filters: Annotated[Filters, Depends(filters_in)]
) -> AtList:
    """Return someone at a list; one that there is none of, or not for the role, is refused."""
    found = next((each for each in LISTS if each == name), None)
    if found is None:
        raise HTTPException(404)
    if not any(may(desk.user.role, action) for action in NEEDS[found]):
        raise MayNot
    return AtList(desk, found, filters)


ListDesk = Annotated[AtList, Depends(at_list)]
Title = Annotated[str, Form(min_length=1, max_length=LONGEST)]
Where = Annotated[str | None, Query(max_length=600)]
Person = Annotated[str | None, Query(**ID)]


@router.get("/ward/print.js")
def script() -> Response:
    """Give what shows the browser's own dialogue for printing."""
    return FileResponse(SCRIPT, media_type="text/javascript")


@router.get("/lists/{name}")
def read_list(at: ListDesk, cursor: Where = None, taken: Person = None, said: Said = "receipt") -> Response:
    """Show a page of a list, once each patient on it is in the access log."""
    desk = at.desk
    with desk.reading() as connection:
        asked = at.asked(cursor=cursor or None, size=ON_A_PAGE, count=True)
        found = listed(desk.record, connection, asked, user=desk.user, now=desk.now)
        places = places_of(connection, desk.user)
        saved = saved_filters(connection, desk.user.id, at.name)
        reader = replace(at.reader, begun=_begun(at, connection, found.rows))
    told = _registers(at, found, with_others=cursor is None)
    desk.record.writer.run_log((*found.seen, *(told.seen if told else ())))
    reader = replace(reader, registers=told.says if told else {})
    offered = choices(at.name, at.filters, places, desk.words)
    return desk.page(
        "list",
        **_shown(at, found, reader),
        registers=told,
        choices=offered,
        narrowed=in_words(offered, desk.t),
        saved=[(each.title, address(at.name, each.filters), each.filters == at.filters) for each in saved],
        onward=address(at.name, at.filters, cursor=found.next_cursor) if found.next_cursor else None,
        begun=cursor is not None,
        taken=taken,
        receipt=_receipt(desk, taken, said) if taken else None,
    )


@router.get("/lists/{name}/print")
def print_list(at: ListDesk) -> Response:
    """Show a whole list as it goes on paper, once it is logged that it was printed."""
    desk = at.desk
    found = _whole(at, most=ON_PAPER, action="list_print")
    with desk.reading() as connection:
        offered = choices(at.name, at.filters, places_of(connection, desk.user), desk.words)
    told = _registers(at, found)
    desk.record.writer.run_log([replace(each, action="list_print") for each in told.seen] if told else [])
    shown = _shown(at, found, replace(at.reader, registers=told.says if told else {}))
    return desk.page("list_print", **shown, registers=told, narrowed=in_words(offered, desk.t), most=ON_PAPER)


@router.get("/lists/{name}/csv")
def sheet(at: ListDesk) -> Response:
    """Give a whole list as a file for a spreadsheet, once it is logged that it was taken out."""
    found = _whole(at, most=MOST_COUNTED, action="list_csv")
    name = f"rett-hjem-{at.name}-{oslo_day(at.desk.now):%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(sheet_of(found.rows, at.reader), media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/lists/{name}/filters")
def keep(at: ListDesk, title: Title) -> Response:
    """Keep what the list is narrowed to under a name."""
    saved = SavedFilter(title.strip(), at.filters)
    at.desk.record.writer.run(lambda change: save_filter(at.desk.user.id, at.name, saved, change))
    return at.desk.back_to(address(at.name, at.filters))


@router.post("/lists/{name}/filters/forget")
def forget(at: ListDesk, title: Title) -> Response:
    """Forget filters that had a name."""
    at.desk.record.writer.run(lambda change: drop_filter(at.desk.user.id, at.name, title, change))
    return at.desk.back_to(address(at.name, at.filters))


@router.post("/lists/{name}/taken")
def take(at: ListDesk, patient: Annotated[str, Form(**ID)], said: Annotated[Said, Form()]) -> Response:
    """Record that the municipality has received a patient, or that the report is sent."""
    desk = at.desk
    first = desk.record.writer.run(lambda change: say(desk.record, desk.user, patient, said, change=change))
    return desk.back_to(address(at.name, at.filters, **({"taken": patient, "said": said} if first else {})))


def _receipt(desk: Desk, person: str, said: Said) -> str | None:
    """Say what happened, once it is logged that the name is shown; nothing of somebody who is not theirs."""
    try:
        who = patient_at(desk, person).course.who.name
    except NoSuchPatient:
        return None
    return desk.t(f"lists.said.{said}", name=who or desk.t("patient_page.no_name"))


def _registers(at: AtList, found: Listed[Listing], *, with_others: bool = True) -> Registers | None:
    """Return what a nightly run says, on the list of those who wait to be screened."""
    if at.name != "unscreened":
        return None
    return registers(at.desk, at.filters, of=[row.person for row in found.rows], with_others=with_others)


def _begun(at: AtList, connection: Connection, rows: tuple[Listing, ...]) -> Mapping[str, Begun]:
    """Return the forms that are begun, for those who may fill one in."""
    persons = [each.person for each in rows] if at.desk.may("form") else []
    return begun(connection, at.desk.user, persons, BY_FORM)


def _shown(at: AtList, found: Listed[Listing], reader: Reader) -> dict[str, Any]:
    """Return what the page and the print both show."""
    return {
        "list": at.name,
        "filters": {name: value for name, value in asdict(at.filters).items() if value},
        "all": address(at.name, Filters()),
        "here_narrowed": address(at.name, at.filters),
        "query": address(at.name, at.filters).partition("?")[2],
        "rows": [row_of(each, reader) for each in found.rows],
        "order": found.order,
        "total": found.total,
        "most_counted": MOST_COUNTED,
    }


def _whole(at: AtList, *, most: int, action: str) -> Listed[Listing]:
    """Return a list from its beginning, no longer than `most`, once everyone on it is in the access log."""
    desk = at.desk
    with desk.reading() as connection:
        pages = list(_pages(at, connection, most))
    rows = tuple(row for page in pages for row in page.rows)[:most]
    desk.record.writer.run_log([Seen(row.person, action, by(desk.user)) for row in rows])
    return replace(pages[0], rows=rows)


def _pages(at: AtList, connection: Any, most: int) -> Iterator[Listed[Listing]]:
    """Give page after page until there are no more, or enough."""
    asked, had = at.asked(size=min(MOST, most), count=True), 0
    while True:
        page = listed(at.desk.record, connection, asked, user=at.desk.user, now=at.desk.now)
        yield page
        had += len(page.rows)
        if page.next_cursor is None or had >= most:
            return
        asked = replace(asked, cursor=page.next_cursor, count=False)
