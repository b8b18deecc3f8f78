"""A form that is being filled in: what is known, and what stands in the fields; each change gives a new one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

from api.ward.form.content import REASON_NOTE
from api.ward.form.fields import Fields, whole
from api.ward.form.known import Known
from api.ward.form.questions import CFS, Group, goes_along
from api.ward.form.reading import LISTS, NO, Row, Said, fields_of, fields_of_rows, lines, read_answers
from rules.knowledge import ITEMS

NEW = {
    "conditions": ("code", "name", "system"),
    "medicines": ("name", "atc", "use"),
}
"""What a line that is added says."""


@dataclass(frozen=True)
class Form:
    """The fields over what is known."""

    known: Known = field(repr=False)
    fields: Fields

    @classmethod
    def begun(cls, known: Known) -> Form:
        """Return the form with what stands in this stay and nothing else; every other question is unknown."""
        fields = Fields({"reason": (_reason(known),)})
        for item in ITEMS:
            told = known.stands(item)
            rows = told.content[item] if told and item in LISTS else None
            answer = told.case.answers.get(item) if told else None
            fields = fields.having(fields_of_rows(item, rows) if item in LISTS else fields_of(item, answer))
        return cls(known, fields)

    @cached_property
    def said(self) -> Said:
        """Return the answers in the fields."""
        return read_answers(self.fields)

    @property
    def confirmed(self) -> tuple[str, ...]:
        """Return the items whose answer, read elsewhere, someone has confirmed."""
        return tuple(item for item in dict.fromkeys(self.fields.all("confirmed")) if item in ITEMS)

    def proposed(self, item: str) -> bool:
        """Return whether what stands was read elsewhere and is unchanged, so that a person should confirm it."""
        told = self.known.stands(item)
        source = told.source(item) if told else None
        if told is None or source is None or source.status != "proposed":
            return False
        return item in LISTS or self.said.answers.get(item) == told.case.answers.get(item)

    def offered(self, item: str) -> bool:
        """Return whether last time's answer can be taken over: nobody has answered now, and it may still hold."""
        of_today = self.known.again and not goes_along(item)
        return ITEMS[item].carries and not of_today and self.remembered(item)

    def remembered(self, item: str) -> bool:
        """Return whether there is an answer of last time to show: nobody has answered now."""
        if item in LISTS:
            return not self.fields.one(item) and self.offered_rows(item) is not None
        return self.known.offered(item) is not None and item not in self.said.answers and item not in self.said.wrong

    def offered_rows(self, name: str) -> list[Row] | None:
        """Return last time's list, where nobody has given one in this stay."""
        before = self.known.before
        return before.content.get(name) if before and not self.known.told(name) else None

    def waiting(self, group: Group) -> tuple[str, ...]:
        """Return the items of a group that its one button settles: a judgement is confirmed alone."""
        shared = tuple(item for item in group.items if not ITEMS[item].judgement)
        unsettled = (item for item in shared if self.proposed(item) and item not in self.confirmed)
        offered = (item for item in shared if self.offered(item))
        return (*unsettled, *offered)

    def take(self, items: Iterable[str]) -> Form:
        """Return the form with what is proposed confirmed, and what was said last time answered."""
        named, fields = tuple(each for each in items if self.offered(each) or self.proposed(each)), self.fields
        for item in (each for each in named if self.offered(each)):
            rows = self.offered_rows(item)
            answer = self.known.offered(item)
            fields = fields.having(fields_of_rows(item, rows) if item in LISTS else fields_of(item, answer))
        return self._with(fields.having({"confirmed": dict.fromkeys((*self.confirmed, *named))}))

    def none_of_the_others(self, item: str) -> Form:
        """Return the form with no to every member of a set that nobody has answered."""
        names = [f"{item}.{code}" for code in ITEMS[item].codes]
        return self._with(self.fields.having({name: self.fields.one(name) or NO for name in names}))

    def with_line(self, name: str) -> Form:
        """Return the form with the line that was written added to its list."""
        row = {part: text for part in NEW[name] if (text := self.fields.one(f"{name}.new.{part}"))}
        if not row.keys() - {"system", "use"}:
            return self
        emptied = {f"{name}.new.{part}": "" for part in NEW[name]}
        return self._with(self.fields.having({**emptied, f"{name}.row": self._texts(name, add=row)}))

    def without_line(self, name: str, place: int) -> Form:
        """Return the form with a line taken from its list; the main diagnosis stays the main one."""
        texts = self._texts(name)
        main = whole(self.fields.one(f"{name}.main"))
        left = None if main is None or main == place else main - (main > place)
        kept = {f"{name}.row": texts[:place] + texts[place + 1 :], f"{name}.main": "" if left is None else str(left)}
        return self._with(self.fields.having(kept))

    def with_lines_written(self) -> Form:
        """Return the form with every line that was written and not yet added."""
        return self.with_line("conditions").with_line("medicines")

    def without_reason(self) -> Form:
        """Return the form without the reason for a disagreement."""
        return self._with(self.fields.having({"reason": ""}))

    def answers_alone(self) -> Form:
        """Return the form without what is written freely, so that an unfinished line does not stop the rest."""
        texts = {item.id: "" for item in ITEMS.values() if item.kind == "text"}
        return self._with(self.fields.having({**texts, "reason": "", **{f"{name}.row": () for name in LISTS}}))

    def _texts(self, name: str, add: Row | None = None) -> list[str]:
        rows = [*lines(name, self.fields), *([add] if add else [])]
        return [json.dumps(row, ensure_ascii=False) for row in rows]

    def _with(self, fields: Fields) -> Form:
        return replace(self, fields=fields)


def _reason(known: Known) -> str:
    if known.told(CFS) is None:
        return ""
    notes = known.here[0].case.notes
    return next((str(note.values.get("reason", "")) for note in notes if note.code == REASON_NOTE), "")
