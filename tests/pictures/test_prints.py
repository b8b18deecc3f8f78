"""The nine prints look as they were approved; a change that a reader would see is a failure until it is approved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image, ImageDraw

from careplans.parts import Plan
from careplans.print import Audience
from tests.pictures.prints import (
    AUDIENCES,
    NINE,
    TOLERANCE,
    approved_pictures,
    difference,
    full_plan,
    pdf_of,
    pictures,
    printed,
)

APPROVE = "Look at the print; where it is right, run: python -m tests.pictures approve"


def worst(plan: Plan, audience: Audience) -> float:
    """The largest difference between a plan's print and the full plan's, over all pages."""
    return max(map(difference, pictures(printed(audience, "nb")), pictures(pdf_of(plan, audience, "nb"))))


@pytest.mark.parametrize(("audience", "language"), NINE)
def test_a_print_looks_as_it_was_approved(audience, language):
    pages, approved = pictures(printed(audience, language)), approved_pictures(audience, language)
    assert len(pages) == len(approved), APPROVE
    apart = [difference(page, Image.open(path).convert("L")) for page, path in zip(pages, approved, strict=True)]
    assert max(apart) <= TOLERANCE, f"{apart}: {APPROVE}"


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_visit_on_another_day_is_seen(audience):
    plan = full_plan()
    moved = {step.id: replace(step.due, on=step.due.on + timedelta(days=1)) for step in plan.timeline if step.due.on}
    steps = tuple(replace(step, due=moved["HPH4"]) if step.id == "HPH4" else step for step in plan.timeline)
    assert worst(replace(plan, timeline=steps), audience) > TOLERANCE


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_lost_telephone_number_is_seen(audience):
    plan = full_plan()
    contacts = tuple(replace(c, phone="72 54 00 01") if c.role == "home_care" else c for c in plan.contingency.contacts)
    assert worst(replace(plan, contingency=replace(plan.contingency, contacts=contacts)), audience) > TOLERANCE


def test_a_single_missing_box_is_seen_and_an_unchanged_page_is_not():
    page = pictures(printed("municipality", "nb"))[0]
    without = page.copy()
    dark = next((x, y) for y in range(300, 480) for x in range(40, 80) if page.getpixel((x, y)) < 140)  # type: ignore[operator]
    ImageDraw.Draw(without).rectangle((dark[0] - 1, dark[1] - 1, dark[0] + 12, dark[1] + 12), fill=255)
    assert difference(page, without) > TOLERANCE
    assert difference(page, page.copy()) == 0


def test_another_size_of_page_is_another_picture():
    assert difference(Image.new("L", (10, 10)), Image.new("L", (10, 12))) > TOLERANCE
