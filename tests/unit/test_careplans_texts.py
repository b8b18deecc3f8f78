"""Every word a plan needs is there, and none of them orders a place or promises a service for the municipality."""

from __future__ import annotations

import re

import pytest

from careplans.catalogue import modules, read, signs, steps
from careplans.settings import contact_roles
from engine.texts import Texts
from tests.unit.test_careplans_example import ROOT, texts

KINDS = ("action.", "step.", "check.", "sign.", "do.", "guide.", "block.", "goal.", "module.", "owner.")
PROMISES = re.compile(
    r"\bsøkt\b|\bvil få\b|\bskal få\b|\bfår (hjemmesykepleie|plass|tjeneste|hjelp)|\binnvilge|\bsykehjemsplass\b|"
    r"\bkorttidsplass\b|\bhver dag av hjemme|\bbestilt plass\b|\bkommunen (må|skal|plikter)\b",
    re.IGNORECASE,
)


def own() -> Texts:
    """The plan's own texts."""
    return Texts.load("nb", ROOT / "careplans" / "texts")


def keys() -> tuple[str, ...]:
    """The keys of the plan's own texts."""
    return own().keys()


def roles() -> set[str]:
    """Every role that owns something or is called."""
    actions = {action.owner for module in modules() for action in module.actions} - {"asker"}
    asking = {read("questions")["owner"], *read("questions")["owners"]}
    here = actions | asking | {owner for step in steps() for owner in step.owners} | contact_roles()
    return here | {owner for table in read("plan")["instead"].values() for owner in table.get("owners", {}).values()}


def standing_in() -> list[str]:
    """The steps and checklists that stand in for others."""
    instead = read("plan")["instead"].items()
    names = [f"step.{name}_{mark.partition(':')[2]}" for mark, table in instead for name in table.get("names", ())]
    lists = [(step, lines) for _, table in instead for step, lines in table.get("checklists", {}).items()]
    return [*names, *(f"check.{step}.{line}" for step, lines in lists for line in lines)]


def needed() -> list[str]:
    """Every key that the data files ask for."""
    plan = read("plan")
    lines = [f"{step}.{line}" for step in read("contingency")["what_to_do"].values() for line in step]
    return [
        *(f"action.{module.id}.{action.id}" for module in modules() for action in module.actions),
        *(f"step.{step.id}" for step in steps()),
        *(f"check.{step.id}.{line}" for step in steps() for line in step.checklist),
        *standing_in(),
        *(f"sign.{sign.id}" for sign in signs()),
        *(f"do.{line.rpartition('.')[2]}" for line in map(str, lines)),
        *(f"guide.{point}" for point in plan["shared_decision"]["points"]),
        *(f"block.{block}" for block in plan["blocks"]),
        *(f"goal.{goal}" for goal in plan["goals"]["order"]),
        *(f"module.{module.id}" for module in modules()),
        *(f"owner.{role}" for role in roles()),
    ]


@pytest.mark.parametrize("key", sorted(set(needed())))
def test_the_data_files_ask_for_no_text_that_is_missing(key: str) -> None:
    assert key in own()


def test_no_text_is_left_that_nothing_asks_for() -> None:
    assert {key for key in keys() if key.startswith(KINDS)} == set(needed())


def test_no_text_orders_a_place_or_promises_a_service() -> None:
    assert [key for key in keys() if PROMISES.search(own().unfilled(key))] == []


def test_no_key_of_the_plan_is_also_a_key_of_the_rules() -> None:
    assert texts().language == "nb"  # loading refuses a key that is written twice


def test_no_text_says_that_there_are_no_limits_to_treatment() -> None:
    denied = re.compile(r"ingen (begrensning|behandlingsbegrensning)", re.IGNORECASE)
    assert [key for key in keys() if denied.search(own().unfilled(key))] == []
