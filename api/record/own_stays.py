"""What a hospital's own system may tell: of its own stays, and of no other hospital's patient in bed.

A system is one hospital's, and sees no other's patients. It may say that anyone has come to it, for patients do, but
not while another hospital has them: who says so would end that stay, and be shown what was written in it.
"""

from __future__ import annotations

from collections.abc import Iterable

from api.people.user import User
from careplans.course.events import Admitted, Event
from careplans.course.state import Course
from engine.errors import InputError


def refuse_others_stay(events: Iterable[Event], course: Course, user: User, *, hospital: str) -> None:
    """Raise `InputError` where a system tells of a stay at another hospital than its own, or ends one by a new.

    Of a patient who was elsewhere last, it can tell only a stay of its own.
    """
    if user.role != "system":
        return
    own = user.of("hospital") or {hospital}
    others = {each.id for each in course.stays if each.hospital not in own}
    told = tuple(events)
    stays = {stay for each in told if (stay := getattr(each, "stay", None)) is not None}
    last_elsewhere = course.stay is not None and course.stay.id in others
    comes = any(isinstance(each, Admitted) for each in told)
    if stays & others or (last_elsewhere and (not stays or (comes and course.in_hospital))):
        raise InputError("patient", "patient_elsewhere")
