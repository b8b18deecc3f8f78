"""What the buttons of the form do to it, by the word that each sends."""

from __future__ import annotations

from api.ward.form.fields import whole
from api.ward.form.form import Form
from api.ward.form.questions import groups
from api.ward.form.reading import LISTS
from rules.knowledge import ITEMS


def changed(form: Form, asked: str, about: str) -> Form:
    """Return the form after a button: `about` is the group, then the item or the list and its line."""
    group, _, rest = about.partition(":")
    item, _, place = rest.partition(":")
    match asked:
        case "take" if item in ITEMS:
            return form.take([item])
        case "take":
            return form.take(_waiting(form, group))
        case "none" if item in ITEMS and ITEMS[item].kind == "set":
            return form.none_of_the_others(item)
        case "add" if item in LISTS:
            return form.with_line(item)
        case "remove" if item in LISTS and (line := whole(place)) is not None:
            return form.without_line(item, line)
    return form


def _waiting(form: Form, group: str) -> tuple[str, ...]:
    return next((form.waiting(each) for each in groups(age_known=True) if each.id == group), ())
