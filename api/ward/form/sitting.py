"""One person at one patient's form, in one request: what is known, what is kept, and the page that shows both."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from fastapi.responses import Response

from api.people.answers import HTMX
from api.record.courses import Changed, read, visible
from api.record.drafts import Place
from api.record.screenings import Prepared
from api.record.streams import new_id
from api.storage.writer import Change
from api.ward.correcting import answers_corrected
from api.ward.desk import Desk
from api.ward.form.content import RATERS
from api.ward.form.drafting import Beside, Kept, Window, drop, keep, kept_beside, kept_draft
from api.ward.form.fields import Fields, whole
from api.ward.form.form import Form
from api.ward.form.known import Known, known_of, since_plan
from api.ward.form.meeting import Met, meet, same_answers, start_of
from api.ward.form.outlook import outlook_of
from api.ward.form.saving import AGAIN, PAPER, SECOND, Screener, Wrong, place_of, prepared, save
from api.ward.form.view import Sight, differences_view, errors_view, groups_view, panel_view
from api.ward.patient import Patient, patient_at, patient_page
from api.ward.plan.evaluating import evaluation_at
from careplans.course.due import waiting_plan
from engine.errors import InputError
from rules.times import age_on


def form_name(ways: frozenset[str]) -> str:
    """Return what the draft of a form is called, by how it is filled in."""
    return "_".join(("screening", *sorted(ways)))


def address(patient: Patient, ways: frozenset[str]) -> str:
    """Return where a patient's form is, by how it is filled in."""
    query = "&".join(f"{way}=1" for way in sorted(ways))
    return f"{patient.path}/screen" + (f"?{query}" if query else "")


class Sitting:
    """One person at one patient's form, in one request."""

    def __init__(self, desk: Desk, patient: Patient, ways: frozenset[str], *, logged: bool) -> None:
        plan = None if patient.course.in_hospital else waiting_plan(patient.course)
        self.ways = ways = ways if plan else ways - {AGAIN}
        self.desk, self.patient = desk, patient
        self.screener = Screener(desk.user, desk.record, desk.t, desk.now, ways)
        with desk.reading() as connection:
            self.whole = known_of(connection, patient.seen.stream, now=desk.now)
            if plan and AGAIN in ways:
                told = since_plan(connection, patient.seen.stream, plan, now=desk.now)
                self.whole = replace(self.whole, again=True, since_plan=told)
        self._logged = logged
        self.known: Known = self.screener.seen(self.whole, patient.course)
        self.place = Place(patient.id, form_name(ways))

    @classmethod
    def begin(cls, desk: Desk, person: str, ways: frozenset[str]) -> Sitting:
        """Return the sitting of someone who opens the form, once it is logged that they look."""
        return cls(desk, patient_at(desk, person), ways, logged=True)

    @classmethod
    def go_on(cls, desk: Desk, person: str, ways: frozenset[str]) -> Sitting:
        """Return the sitting of someone who sends the form: what it does, or that it is shown, is logged."""
        with desk.reading() as connection:
            id = visible(connection, desk.user, person, now=desk.now)
            seen = read(desk.record, connection, id)
        born = seen.stream.course.who.born
        return cls(desk, Patient(id, seen, age_on(born, desk.today) if born else None), ways, logged=False)

    @property
    def path(self) -> str:
        """Return the form's address."""
        return address(self.patient, self.ways)

    @property
    def after(self) -> str:
        """Return where a signed form leads: to the evaluation that it is part of, else to its assessment."""
        return evaluation_at(self.patient) if AGAIN in self.ways else f"{self.patient.path}/assessment"

    def kept(self) -> Kept | None:
        """Return one's own draft, if there is one."""
        with self.desk.reading() as connection:
            return kept_draft(connection, self.desk.user, self.place, now=self.desk.now)

    def met(self, fields: Fields, base: str) -> Met:
        """Return what was written over what stands now, which may be another's since."""
        if base == self.known.base or SECOND in self.ways:
            return Met(Form(self.known, fields), ())
        with self.desk.reading() as connection:
            start = start_of(connection, self.patient.course, base)
        return meet(self.known, fields, start)

    def keep(self, form: Form, *, anchor: str) -> Response:
        """Keep the draft, and show what it gives: the panel for a script, the page again without one."""
        try:
            kept = self._keep(form)
        except Changed as elsewhere:
            return self.page(form, status=409, elsewhere=True, saw=elsewhere.version)
        except InputError as refused:
            return self.page(form, status=422, wrong={place_of(refused): refused})
        if HTMX not in self.desk.request.headers:
            return self.desk.back_to(f"{self.path}#{_anchor(anchor)}")
        if anchor:
            return self.page(form, kept=kept)
        return self.desk.page("form/panel", **self._panel(form, {}), kept=kept, saved_failed=False)

    def store(self, form: Form) -> Response:
        """Store the screening and lead to its assessment; what is wrong, or what another did first, is told."""
        base = form.fields.one("base")
        if form.fields.one("plain") and form.fields.one("told") != as_told(self._correcting(form)):
            # Without a script nothing said while they wrote which answers of the stored screening become others.
            return self.page(form, kept=self._keep_quietly(form, base), look=True)
        try:
            made = prepared(self.screener, form, self.patient.course, whole=self.whole)
            self.desk.record.writer.run(partial(self._store, made, base))
        except Wrong as wrong:
            self._keep_quietly(form, base)
            return self.page(form, status=422, wrong=wrong.errors)
        except InputError as refused:
            self._keep_quietly(form, base)
            return self.page(form, status=422, wrong={place_of(refused): refused})
        except Changed:
            return self._told_of_another(form, base)
        return self.desk.back_to(self.after)

    def begin_own(self) -> Response:
        """Keep a draft with what stands, so that the form opens as one's own; one that is there stays as it is."""
        if self.kept() is None:
            self._keep(Form.begun(self.known), self.known.base)
        return self.desk.back_to(self.path)

    def discard(self) -> None:
        """Throw the draft away."""
        self.desk.record.writer.run(lambda change: drop(self.desk.user, self.place, change))

    def page(self, form: Form, *, status: int = 200, **more: Any) -> Response:
        """Return the page, once it is logged that someone looks."""
        if not self._logged:
            self.desk.saw(self.patient.id)
        wrong = more.get("wrong", {})
        shown = {
            "kept": None,
            "differences": (),
            "elsewhere": False,
            "look": False,
            "wrong": wrong,
            **self._panel(form, wrong),
            **more,
        }
        sight: Sight = shown["sight"]
        kept: Kept | None = shown["kept"]
        shown["errors"] = errors_view(sight)
        shown["groups"] = groups_view(sight, age_known=self.patient.course.who.born is not None)
        shown["differences"] = differences_view(shown["differences"], self.desk.t)
        shown["window"] = new_id()
        shown["saw"] = more.get("saw", kept.version if kept else 0)
        return patient_page(self.desk, "form/form", self.patient, status=status, **shown)

    def _panel(self, form: Form, wrong: Any) -> dict[str, Any]:
        outlook = outlook_of(self.screener, form, self.patient.course)
        sight = Sight(form, outlook, self.desk.words, {**form.said.wrong, **wrong})
        return {
            "form": form,
            "fields": form.fields,
            "known": self.known,
            "sight": sight,
            "panel": panel_view(sight),
            "correcting": as_told(self._correcting(form)),
            "beside": self._beside(form),
            "action": self.path,
            "paper": PAPER in self.ways,
            "second": SECOND in self.ways,
            "again": AGAIN in self.ways,
            "evaluation": evaluation_at(self.patient),
            "role": self.screener.role,
            "raters": tuple(RATERS.values()),
            "rated": self.whole.rated,
            "own_already": any(each.by.id == self.desk.user.id for each in self.whole.here),
        }

    def _beside(self, form: Form) -> Beside | None:
        """Return a colleague's draft of the form, but one from before the last signing; a second rater sees none."""
        if SECOND in self.ways:
            return None
        with self.desk.reading() as connection:
            found = kept_beside(connection, self.desk.user, self.place, form.fields.one("window"))
        newest = self.known.newest
        return None if found and newest and newest.at > found.begun.at else found

    def _correcting(self, form: Form) -> tuple[str, ...]:
        """Return what signing would change of the screening that is corrected; a second rater corrects nothing."""
        own = None if SECOND in self.ways else self.known.own
        if own is None:
            return ()
        before = {item: answer for item, answer in own.case.answers.items() if item not in self.known.hidden}
        return tuple(answers_corrected(before, form.said.answers, self.desk.t))

    def _keep(self, form: Form, base: str | None = None) -> Kept:
        window = Window(form.fields.one("window") or new_id(), whole(form.fields.one("seen")) or 0)
        started = form.fields.one("base") if base is None else base
        kept = self.desk.record.writer.run(
            lambda change: keep(self.desk.user, self.place, form.fields, change=change, base=started, window=window)
        )
        self._logged = True  # a draft that is kept has its own line
        return kept

    def _keep_quietly(self, form: Form, base: str) -> Kept | None:
        """Keep the draft before a page tells what is wrong, but for another window's and one too long to keep."""
        try:
            return self._keep(form, base)
        except (Changed, InputError):
            return None

    def _store(self, made: Prepared, base: str, change: Change) -> None:
        save(self.screener, made, self.patient.id, base=base, change=change)
        drop(self.desk.user, self.place, change)

    def _told_of_another(self, form: Form, base: str) -> Response:
        """Show one's own answers over what another person stored meanwhile; nothing of either is lost."""
        now = Sitting(self.desk, patient_at(self.desk, self.patient.id), self.ways, logged=True)
        met = now.met(form.fields, base)
        if same_answers(met.form, Form.begun(now.known)):
            return self.desk.back_to(f"{self.patient.path}/assessment")  # sent twice, or both said the same
        kept = now._keep_quietly(met.form, now.known.base)
        return now.page(met.form, status=409, kept=kept, differences=met.differences)


def as_told(correcting: tuple[str, ...]) -> str:
    """Return what a page said that signing corrects, as the form sends it back."""
    return "; ".join(correcting)


def _anchor(about: str) -> str:
    return f"g-{about}" if about else "panel"
