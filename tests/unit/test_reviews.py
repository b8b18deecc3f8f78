"""Every rule has a review, and a review that cannot be right is named by its rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import cast

import pytest

from api.catalogue import check, shown
from api.screening import texts_in
from engine.errors import RuleSetError
from rules.knowledge import REVIEWS, Review, read_reviews
from rules.reviews import review_faults
from rules.rule_words import review_in_words
from rules.ruleset import RULES, national

WRITTEN = Review("Ola Utvikler", written_on=date(2026, 11, 22), again_by=date(2027, 11, 22))
CHECKED = replace(WRITTEN, checked_by="Kari Lege", checked_on=date(2026, 12, 1))


def faults(**reviews: Review) -> list[str]:
    """What is wrong with the reviews of a rule set of one rule, tea."""
    return list(review_faults(["tea"], reviews))


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_every_rule_has_a_review(rule):
    assert [fault for fault in review_faults([rule.id for rule in RULES], REVIEWS) if fault.startswith(rule)] == []


def test_every_review_is_of_a_rule():
    assert list(review_faults([rule.id for rule in RULES], REVIEWS)) == []


def test_a_rule_without_a_review_is_named():
    assert faults()[0].startswith("tea: there is no review.")


def test_a_review_of_no_rule_is_named():
    assert faults(tea=WRITTEN, coffee=WRITTEN) == ["coffee: there is no such rule. Mend the name or delete the review."]


@pytest.mark.parametrize(
    ("review", "fault"),
    [
        (replace(WRITTEN, again_by=date(2026, 11, 21)), "again_by is before written_on"),
        (replace(WRITTEN, checked_by="Kari Lege"), "checked_by and checked_on go together"),
        (replace(CHECKED, checked_on=date(2026, 11, 21)), "checked_on is before written_on"),
        (replace(CHECKED, again_by=date(2026, 11, 30)), "again_by is before checked_on"),
        (replace(WRITTEN, again_by=cast("date", "2027-11-22")), "a day is not a date"),
    ],
)
def test_a_review_that_cannot_be_right_is_named_by_its_rule(review, fault):
    assert [each.partition(".")[0] for each in faults(tea=review)] == [f"tea: {fault}"]


def test_a_review_that_lacks_a_part_is_named_by_its_rule():
    with pytest.raises(RuleSetError, match=r"reviews.toml: tea: .*again_by"):
        read_reviews({"tea": {"written_by": "Ola Utvikler", "written_on": date(2026, 11, 22)}})


def test_rules_check_stops_at_a_rule_without_a_review(monkeypatch):
    monkeypatch.delitem(REVIEWS, "nutrition")
    with pytest.raises(RuleSetError, match=r"reviews.toml: nutrition: there is no review"):
        check(national(), texts_in("nb"))


def test_rules_show_says_who_has_and_who_has_not_read_the_rule():
    assert "ikke kontrollert av kliniker ennå" in shown("nutrition", national(), texts_in("nb"))
    assert "not yet checked by a clinician" in shown("nutrition", national(), texts_in("en"))
    assert review_in_words(CHECKED, texts_in("nb")) == (
        "skrevet av Ola Utvikler 22.11.2026; kontrollert av Kari Lege 01.12.2026; leses på nytt innen 22.11.2027"
    )
