"""A rule set is stored once, and comes back as the rules and the overlay that were in force."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, func, select

from api.storage.rule_sets import keep_rule_set, kept, rule_set_id, written_as
from api.storage.tables import rule_set, tables
from engine.comparison import compare
from engine.errors import RuleSetError
from rules.ruleset import Overlay, local, national

HOSPITAL = Overlay("sto", {"cfs_frail": 4}, {"hph3": 1}, {"ward": "12345678"}, ("one", "two"))


@pytest.fixture
def connection():
    engine = create_engine("sqlite://")
    tables.create_all(engine)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


@pytest.mark.parametrize("overlay", [None, HOSPITAL])
def test_a_rule_set_comes_back_as_it_was_in_force(connection, overlay):
    ruleset = local(overlay) if overlay else national()
    id = keep_rule_set(connection, ruleset, overlay)
    back, overlay_back = kept(connection, id)
    assert compare(ruleset, back) == ()
    assert (back.digest, overlay_back) == (ruleset.digest, overlay)
    assert back.limits == ruleset.limits


def test_the_same_rule_set_is_stored_once_and_another_overlay_is_another(connection):
    first = keep_rule_set(connection, national(), None)
    assert keep_rule_set(connection, national(), None) == first == rule_set_id(national(), None)
    contacts_only = Overlay("sto", contacts={"ward": "12345678"})
    assert keep_rule_set(connection, local(contacts_only), contacts_only) != first
    assert connection.scalar(select(func.count()).select_from(rule_set)) == 2


def test_a_stored_text_that_was_changed_no_longer_has_its_id(connection):
    id = keep_rule_set(connection, national(), None)
    text = connection.scalar(select(rule_set.c.snapshot))
    assert written_as(text, None) == id
    assert written_as(text.replace('"value":5', '"value":6'), None) != id


def test_a_rule_set_that_is_not_there_is_an_error(connection):
    with pytest.raises(RuleSetError, match="no rule set"):
        kept(connection, "sha256:none")
