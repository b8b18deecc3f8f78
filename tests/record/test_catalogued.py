"""A step, an item and an owner that the plan does not know are refused: nobody's list would show them."""

from __future__ import annotations

import pytest

from api.record.catalogued import NOBODY, owners, refuse_uncatalogued
from api.screening import texts_in
from careplans.catalogue import modules, steps
from careplans.course.due import SCREENING
from careplans.course.events import ClockPaused, ClockResumed, Event, OwnerSet, StepDone, StepNotDone
from engine.errors import InputError
from tests.record.hospital import DOCTOR, MONDAY, NURSE


@pytest.mark.parametrize(
    ("event", "where"),
    [
        (StepDone("E1", "nothing_like_this", MONDAY), "step"),
        (StepNotDone("E1", "nothing_like_this", "declined"), "step"),
        (ClockPaused("E1", "nothing_like_this", "Ferie"), "step"),
        (ClockResumed("E1", "nothing_like_this"), "step"),
        (OwnerSet("E1", "nothing_like_this", "gp"), "step"),
        (OwnerSet("E1", "HPH1", "mickey_mouse"), "owner"),
        (OwnerSet("E1", "HPH1", "whoever_acts"), "owner"),
        (StepDone("E1", "HPH1", MONDAY, checked=("information", "status")), "checked"),
        (StepDone("E1", SCREENING, MONDAY, checked=("information",)), "checked"),
    ],
    ids=str,
)
def test_what_the_plan_does_not_know_is_refused_and_changes_nothing(hospital, event: Event, where: str):
    person = hospital.screen().person
    before = hospital.read(person).stream.version
    with pytest.raises(InputError, match="not_known_here") as refused:
        hospital.tell(person, event, DOCTOR)
    assert refused.value.where == where
    assert hospital.read(person).stream.version == before


def test_an_owner_that_the_plan_knows_takes_the_step_over(hospital):
    person = hospital.screen().person
    hospital.tell(person, OwnerSet("E1", "municipal_notice", "geriatric_team"), NURSE)
    clocks = {each.step: each.owner for each in hospital.read(person).clocks}
    assert clocks["municipal_notice"] == "geriatric_team"


def test_every_step_with_all_its_items_and_every_action_of_the_catalogue_can_be_done():
    actions = [f"{module.id}.{action.id}" for module in modules() for action in module.actions]
    for step in steps():
        refuse_uncatalogued(StepDone("E1", step.id, MONDAY, checked=step.checklist))
    for each in (SCREENING, *actions):
        refuse_uncatalogued(StepDone("E1", each, MONDAY))


def test_what_stands_in_on_a_checklist_can_be_ticked():
    refuse_uncatalogued(StepDone("E1", "HPH1", MONDAY, checked=("tonight", "medicines_there")))


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_owner_has_a_name(language: str):
    texts = texts_in(language)
    assert not [each for each in owners() if f"who.{each}" not in texts]
    assert not NOBODY & set(owners())
