"""A form becomes a stored screening: signed, from the version that was seen, and with nothing of anyone else's lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from api.people.user import User
from api.record.courses import Changed, visible
from api.record.record import Record
from api.record.screenings import Prepared, Stored, correct, prepare, store
from api.record.shown_screenings import to_correct
from api.record.streams import read_stream
from api.storage.writer import Change
from api.ward.form.content import LONGEST_REASON, RATERS, Content, Signing, content_of, with_facts
from api.ward.form.fields import Fields
from api.ward.form.form import Form
from api.ward.form.known import Known, known_of
from api.ward.form.questions import TREE
from careplans.course.case_now import TELLS_WHERE
from careplans.course.state import Course
from engine.errors import InputError
from engine.texts import Texts
from rules.times import oslo

DISAGREES = "cfs_disagreement"
PAPER, SECOND, AGAIN = "paper", "second", "again"


@dataclass(frozen=True, slots=True)
class Screener:
    """Who fills in the form, and how: `ways` are those of `paper`, `second` and `again` that hold."""

    user: User
    record: Record
    texts: Texts
    now: datetime
    ways: frozenset[str] = frozenset()

    @property
    def hospital(self) -> str:
        """Return the hospital that a local id is of."""
        return self.record.hospital_of(self.user)

    @property
    def role(self) -> str:
        """Return the role that sets the CFS, by the name that the plan has for it."""
        return RATERS.get(self.user.role, self.user.role)

    @property
    def second(self) -> bool:
        """Return whether this is a second rater, who does not see the first."""
        return SECOND in self.ways

    def seen(self, known: Known, course: Course) -> Known:
        """Return what this rater may see; where someone protected is to be found, nobody."""
        shown = known.without(TELLS_WHERE) if course.protected else known
        return shown.for_second() if self.second else shown


@dataclass(frozen=True)
class Wrong(Exception):
    """What must be mended before the form can be stored, by item or field."""

    errors: Mapping[str, InputError]


def prepared(screener: Screener, form: Form, course: Course, *, whole: Known) -> Prepared:
    """Return the form's case, assessed; raise `Wrong` with all that is to be mended."""
    errors = dict(form.said.wrong)
    signing = _signing(screener, form.fields, errors)
    try:
        made = _assessed(screener, form, course, signing=signing, whole=whole)
        if form.fields.one("reason") and not made.assessment.fired(DISAGREES):
            agreeing = form.without_reason()  # a reason that was given before the answers came to agree
            made = _assessed(screener, agreeing, course, signing=signing, whole=whole)
    except InputError as error:
        raise Wrong({**errors, place_of(error): error}) from None
    errors |= _reason_wrong(screener, form, made)
    if errors:
        raise Wrong(errors)
    return made


def provisional(screener: Screener, form: Form, course: Course) -> Content:
    """Return the case as it would be if it were stored now; what is wrong with an answer leaves it unknown."""
    signing = Signing(screener.role, oslo(screener.now))
    return content_of(
        form.known, course, form.said.answers, fields=form.fields, signing=signing, hospital=screener.hospital
    )


def save(screener: Screener, made: Prepared, person: str, *, base: str, change: Change) -> Stored:
    """Store the screening; raise `Changed` where someone else stored one after this form was opened."""
    here = visible(change.connection, screener.user, person, now=change.now)
    stream = read_stream(change.connection, here)
    if stream is None:
        raise AssertionError("A record that someone may see has its events.")
    known = known_of(change.connection, stream, now=change.now)
    if screener.second:
        return store(screener.record, screener.user, made, change, second=True)
    if known.base != base:
        raise Changed(stream.version)
    if known.own is None:
        return store(screener.record, screener.user, made, change)
    own = known.own.stored
    held = to_correct(change, screener.user, own.screening, expected=own.version)
    return correct(screener.record, screener.user, made, change=change, held=held)


def place_of(error: InputError) -> str:
    """Return which question an error is about; empty where it is about none of them."""
    head, _, rest = error.where.partition(".")
    name = rest if head == "answers" else head
    return name.partition("[")[0].partition(".")[0]


def _assessed(screener: Screener, form: Form, course: Course, *, signing: Signing, whole: Known) -> Prepared:
    answers, hospital = form.said.answers, screener.hospital
    content = content_of(form.known, course, answers, fields=form.fields, signing=signing, hospital=hospital)
    if screener.second:
        content = with_facts(content, whole, TREE)
    if course.protected:
        content = with_facts(content, whole, TELLS_WHERE)
    return prepare(screener.record, content, screener.texts, now=screener.now)


def _reason_wrong(screener: Screener, form: Form, made: Prepared) -> dict[str, InputError]:
    """Return what is wrong with the reason for a disagreement; a second rater is asked for none.

    The second has not seen the facts that the score may disagree with, and must not learn of them before signing.
    """
    reason = form.fields.one("reason")
    if len(reason) > LONGEST_REASON:
        return {"reason": InputError("", "reason_too_long", limit=LONGEST_REASON)}
    if made.assessment.fired(DISAGREES) and not reason and not screener.second:
        return {"reason": InputError("", "reason_missing")}
    return {}


def _signing(screener: Screener, fields: Fields, errors: dict[str, InputError]) -> Signing:
    if PAPER not in screener.ways:
        return Signing(screener.role, oslo(screener.now))
    try:
        time = _filled_in(fields.one("filled_in"), screener.now)
    except InputError as error:
        errors["filled_in"] = error
        time = screener.now
    said = fields.one("rater_role")
    return Signing(said if said in RATERS.values() else screener.role, time, on_paper=True)


def _filled_in(text: str, now: datetime) -> datetime:
    try:
        time = oslo(datetime.fromisoformat(text))
    except ValueError:
        raise InputError("", "filled_in_missing") from None
    if time > now:
        raise InputError("", "filled_in_ahead")
    return time
