"""What a policy's file may say, and what is said of one that is wrong."""

from __future__ import annotations

import pytest

from engine.errors import InputError
from population.simulator.policy import CAPACITIES, FIRST, FOLDER, READY, policy_from, ready


def test_every_file_of_the_folder_is_a_ready_policy_and_named_as_its_file():
    assert {path.stem for path in FOLDER.iterdir()} == set(READY)
    assert [ready(name).name for name in READY] == list(READY)


def test_a_policy_is_what_differs_from_the_first():
    tried = policy_from({"name": "mine", "capacity": {"cga_places": 7}}, "mine.toml")
    assert tried.capacity.cga_places == 7
    assert tried.capacity.short_term_beds == ready(FIRST).capacity.short_term_beds
    assert tried.routes == ready(FIRST).routes


def test_a_policy_has_its_own_rules():
    assert ready("cfs-4").ruleset.limits["cfs_frail"] == 4
    assert ready("cfs-5").ruleset.limits["cfs_frail"] == 5


def test_tracks_and_pathway_refer():
    first = ready(FIRST)
    assert first.services(("cga_team",), "C") == {"cga", "gp"}
    assert first.services(("prevention", "cga_team_considered"), "none") == {"gp"}
    assert first.services((), "A") == frozenset()


def test_a_capacity_of_its_own_leaves_the_rest():
    changed = ready(FIRST).with_capacity(cga_places=3)
    kept = [name for name in CAPACITIES if name != "cga_places"]
    assert changed.capacity.cga_places == 3
    assert all(getattr(changed.capacity, name) == getattr(ready(FIRST).capacity, name) for name in kept)


def test_the_arrivals_of_an_extract_hold_where_the_file_says_nothing_else():
    season = tuple(float(month) for month in range(1, 13))
    said = policy_from({"name": "a", "arrivals": {"per_week": 5}}, "a.toml").in_extract(80.0, season).arrivals
    assert (said.per_week, said.season) == (5.0, season)


@pytest.mark.parametrize(
    ("content", "where", "code"),
    [
        ({"nam": "x"}, "p.toml nam", "policy_key_unknown"),
        ({"name": 3}, "p.toml name", "policy_name_not_text"),
        ({"capacity": 3}, "p.toml capacity", "policy_not_table"),
        ({"capacity": {"beds": 3}}, "p.toml capacity beds", "policy_key_unknown"),
        ({"capacity": {"cga_places": -1}}, "p.toml capacity cga_places", "policy_number"),
        ({"capacity": {"cga_places": 2.5}}, "p.toml capacity cga_places", "policy_number"),
        ({"capacity": {"cga_places": True}}, "p.toml capacity cga_places", "policy_number"),
        ({"capacity": {"bed_delay": float("nan")}}, "p.toml capacity bed_delay", "policy_number"),
        ({"capacity": {"bed_delay": "2"}}, "p.toml capacity bed_delay", "policy_number"),
        ({"routes": {"cga_team": "ward"}}, "p.toml routes cga_team", "policy_word"),
        ({"routes": {"cga": "cga"}}, "p.toml routes cga", "policy_key_unknown"),
        ({"routes": {"cga_team": ["cga"]}}, "p.toml routes cga_team", "policy_word"),
        ({"pathways": {"C": {"short_term": 0.1}}}, "p.toml pathways C", "policy_key_unknown"),
        ({"pathways": {"C": {"short_term": 1.1, "gp": True}}}, "p.toml pathways C short_term", "policy_number"),
        ({"pathways": {"C": {"short_term": 0.1, "gp": 1}}}, "p.toml pathways C gp", "policy_word"),
        ({"flow": {"cga_after_discharge": "yes"}}, "p.toml flow cga_after_discharge", "policy_word"),
        ({"arrivals": {"season": [1, 2]}}, "p.toml arrivals season", "policy_season"),
        ({"arrivals": {"season": [0] * 12}}, "p.toml arrivals season", "policy_season"),
        ({"arrivals": {"season": [-1] * 12}}, "p.toml arrivals season", "policy_number"),
        ({"arrivals": {"per_week": 0}}, "p.toml arrivals per_week", "policy_number"),
    ],
)
def test_what_is_wrong_is_told_by_its_place(content, where, code):
    with pytest.raises(InputError) as refused:
        policy_from(content, "p.toml")
    assert (refused.value.where, refused.value.code) == (where, code)


@pytest.mark.parametrize("limits", [{"cfs_frail": 9}, {"no_such": 1}, {"cfs_frail": "4"}])
def test_a_limit_is_held_to_what_an_overlay_may_set(limits):
    with pytest.raises(InputError):
        policy_from({"thresholds": limits}, "p.toml")
