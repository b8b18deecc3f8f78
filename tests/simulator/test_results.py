"""What a simulation answers: the same for the same seed, and of the made-up hospital the three questions."""

from __future__ import annotations

import pytest

from api.screening import ROOT
from population.simulator.policy import READY, ready
from population.simulator.pool import Way, made_up_pool
from population.simulator.rates import ready_day
from population.simulator.results import Result, Runs, band, simulate
from tests.simulator.made import policy, pool, stay

DOCS = ROOT / "docs/simulator.md"
RUNS = Runs(replications=20, weeks=52, seed=1)
"""As the command has it where nothing else is said, and as the page of the docs says."""


@pytest.fixture(scope="module")
def answered():
    kept: dict[tuple[str, ...], Result] = {}

    def of(*names: str) -> Result:
        policies = tuple(ready(name) for name in names)
        if names not in kept:
            kept[names] = simulate(policies, made_up_pool(policies), RUNS)
        return kept[names]

    return of


def test_more_are_referred_at_cfs_4_than_at_5(answered):
    found = answered("cfs-4", "cfs-5")
    more = found.difference("referrals.cga")
    assert more is not None
    assert 0 < more.low <= more.mean <= more.high
    assert more.high - more.low < more.mean
    gained = dict(found.routed())["gained", "cga", ("all", "")]
    assert gained is not None
    assert gained.mean == pytest.approx(more.mean, abs=0.2)
    assert not any(change == "lost" and service == "cga" for (change, service, _), _ in found.routed())


def test_twelve_places_a_week_have_a_queue_that_cfs_4_makes_longer(answered):
    found = answered("cfs-4", "cfs-5")
    longer = found.difference("queue.cga")
    now = found.interval("queue.cga", 1)
    assert longer is not None
    assert now is not None
    assert now.low > 0
    assert longer.low > 0
    assert (found.interval("seen.cga") or now).mean <= ready("cfs-4").capacity.cga_places


def test_a_day_less_delay_saves_nights_and_kroner(answered):
    found = answered("bed-delay-1", "cfs-5")
    fewer, saved = found.difference("ready.nights"), found.difference("ready.kroner_year")
    assert fewer is not None
    assert saved is not None
    assert fewer.high < 0
    assert saved.mean == pytest.approx(fewer.mean * ready_day().kroner * 52)


@pytest.mark.parametrize(
    ("policy", "number", "at"),
    [
        ("cfs-4", "referrals.cga", None),
        ("cfs-4", "queue.cga", 0),
        ("cfs-4", "queue.cga", 1),
        ("cfs-4", "missed.cga", 0),
        ("cfs-4", "missed.cga", 1),
        ("bed-delay-1", "ready.nights", None),
    ],
)
def test_the_page_of_the_docs_says_what_is_answered(answered, policy, number, at):
    found = answered(policy, "cfs-5")
    told = found.difference(number) if at is None else found.interval(number, at)
    assert told is not None
    low, high = sorted((abs(told.low), abs(told.high)))
    assert f"{abs(told.mean):.1f} ({low:.1f} to {high:.1f})" in DOCS.read_text("utf-8")


def test_a_reception_unit_takes_nights_from_the_hospital(answered):
    fewer = answered("reception-unit", "cfs-5").difference("ready.nights")
    assert fewer is not None
    assert fewer.high < 0


def test_both_policies_are_tried_on_the_same_patients(answered):
    found = answered("cfs-4", "cfs-5")
    assert found.of[0].number("arrivals") == found.of[1].number("arrivals")
    assert len(set(found.of[0].number("arrivals"))) > 1


def test_the_same_seed_gives_the_same_and_another_seed_another():
    first, again, other = (simulate((ready("cfs-5"),), pool(), Runs(3, 10, seed)) for seed in (1, 1, 2))
    assert first.of == again.of
    assert first.of != other.of


def test_arrivals_are_as_many_as_the_rate_says_and_follow_the_season():
    half = policy(arrivals={"per_week": 70.0, "season": [2] * 6 + [0] * 6})
    found = simulate((half,), pool(), Runs(6, 52, 3))
    arrived = found.interval("arrivals")
    assert arrived is not None
    assert arrived.low <= 70.0 <= arrived.high
    late = policy(arrivals={"per_week": 70.0, "season": [0] * 6 + [2] * 6})
    assert simulate((late,), pool(), Runs(2, 20, 3)).of[0].number("arrivals") == [0.0, 0.0]


def test_where_there_is_room_for_nobody_everybody_waits():
    none = policy(routes={"cga_team": "cga"}, capacity={"cga_places": 0, "short_term_beds": 0})
    found = simulate((none,), pool(), Runs(2, 10, 1, warm_up=0))
    assert found.of[0].number("seen.cga") == [0.0, 0.0]
    assert found.of[0].number("wait.cga") == [None, None]
    assert found.interval("wait.cga") is None
    assert all((each or 0) > 20 for each in found.of[0].number("queue.short_term"))


def test_who_leaves_hospital_leaves_the_queue_unless_the_policy_says_otherwise():
    few = {"routes": {"cga_team": "cga"}, "capacity": {"cga_places": 7, "short_term_beds": 300}}
    leaving = simulate((policy(**few),), pool(), Runs(4, 40, 1))
    staying = simulate((policy(**few, flow={"cga_after_discharge": True}),), pool(), Runs(4, 40, 1))
    assert all((each or 0) > 5 for each in leaving.of[0].number("missed.cga"))
    assert staying.of[0].number("missed.cga") == [0.0] * 4
    shorter, longer = (each.interval("queue.cga") for each in (leaving, staying))
    assert shorter is not None
    assert longer is not None
    assert shorter.high < longer.low


def test_nights_after_ready_are_midnights_and_the_delay_is_two_of_them():
    two = policy(capacity={"short_term_beds": 300, "bed_delay": 2.0})
    found = simulate((two,), pool(), Runs(4, 30, 1))
    waited, nights, arrived = (found.interval(name) for name in ("ready.wait", "ready.nights", "arrivals"))
    assert waited is not None
    assert nights is not None
    assert arrived is not None
    assert waited.mean == pytest.approx(2.0)
    assert nights.mean == pytest.approx(2 * arrived.mean, rel=0.05)


def test_who_gains_and_who_loses_is_told_by_group():
    lost = stay(tracks=(), others=(Way(("cga_team",), "C"),))
    found = simulate((ready("cfs-5"), ready("cfs-4")), pool(lost), Runs(3, 10, 1))
    told = {route for route, _ in found.routed()}
    assert {("lost", "cga", ("all", "")), ("lost", "cga", ("cfs", "5")), ("lost", "cga", ("sex", "female"))} <= told
    assert ("lost", "cga", ("age", "80-84")) in told


def test_bands_of_years_hold_every_age():
    assert [band(age) for age in (70, 74, 75, 84, 89, 90, 104)] == [
        "-74",
        "-74",
        "75-79",
        "80-84",
        "85-89",
        "90+",
        "90+",
    ]


def test_every_ready_policy_is_simulated():
    for name in READY:
        policies = (ready(name),)
        assert simulate(policies, made_up_pool(policies), Runs(2, 4, 1)).names


def test_the_rate_has_a_year_and_a_source():
    rate = ready_day()
    assert (rate.kroner, rate.year, rate.confirm) == (5745, 2024, True)
    assert rate.source
    assert rate.address.startswith("https://")
