"""`retthjem simulate POLICY [--against POLICY]`: what a policy does to queues and to days in hospital."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.files import print_out, write_whole
from engine.errors import InputError
from engine.texts import LANGUAGES

if TYPE_CHECKING:
    from population.simulator.policy import Policy
    from population.simulator.pool import Pool

COUNTS = {"replications": (2, 1000), "weeks": (4, 520), "seed": (0, 2**31 - 1)}
"""What each may be, from and to."""

FORMATS = (".json", ".txt")


def add_to(commands: Any, day: Callable[[str], date]) -> None:
    """Add the command; `day` reads a date as the other commands do."""
    simulate = commands.add_parser("simulate", help="what a policy does to queues, waits and days after ready")
    simulate.add_argument("policy", metavar="POLICY", help="a .toml, or a ready one by its name, as cfs-4")
    simulate.add_argument("--against", metavar="POLICY", help="another, tried on the same patients")
    simulate.add_argument("--extract", type=Path, metavar="FOLDER", help="draw admissions from its stays")
    simulate.add_argument("--synthetic", action="store_true", help="draw them from a made-up hospital's")
    simulate.add_argument("--on", type=day, metavar="DATE", help="the day the extract is screened on, else today")
    simulate.add_argument("--key-file", type=Path, metavar="FILE", help="hides who the people of the extract are")
    simulate.add_argument("--replications", type=int, default=20, metavar="N")
    simulate.add_argument("--weeks", type=int, default=52, metavar="W")
    simulate.add_argument("--seed", type=int, default=1, metavar="S")
    simulate.add_argument("--json", action="store_true", help="every number, as JSON")
    simulate.add_argument("-o", dest="out", type=Path, metavar="OUT.(json|txt)")
    simulate.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
    simulate.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Simulate, and print what came of it or write it whole."""
    from api.screening import texts_in
    from api.simulating.as_json import to_json
    from api.simulating.assumptions import assumed
    from api.simulating.told import said
    from population.simulator.results import Runs, simulate

    _check(arguments)
    texts = texts_in(arguments.lang)
    policies = tuple(named_policy(name) for name in (arguments.policy, arguments.against) if name is not None)
    policies, pool = _drawn_from(arguments, policies)
    result = simulate(policies, pool, Runs(arguments.replications, arguments.weeks, arguments.seed))
    assumptions = assumed(result, texts, made_up=arguments.synthetic)
    as_json = arguments.out.suffix == ".json" if arguments.out else arguments.json
    made = to_json(result, assumptions) if as_json else said(result, texts, assumptions)
    if arguments.out:
        write_whole(arguments.out, made.encode(), read_from="-")
        made = texts("simulator.written") + "\n"
    print_out(made)
    return 0


def _check(arguments: Namespace) -> None:
    for name, (low, high) in COUNTS.items():
        if not low <= getattr(arguments, name) <= high:
            raise InputError(f"--{name}", "count_out_of_range", low=low, high=high)
    if bool(arguments.extract) == arguments.synthetic:
        raise InputError("--extract", "source_of_stays")
    if arguments.out and arguments.out.suffix not in FORMATS:
        raise InputError("-o", "ending_not_allowed", allowed=FORMATS)


def named_policy(name: str) -> Policy:
    """Return a policy by its name or from its file."""
    from api.screening import overlay_content
    from population.simulator.policy import READY, policy_from, ready

    if name in READY:
        return ready(name)
    if not name.endswith(".toml"):
        raise InputError("POLICY", "policy_not_found", allowed=READY)
    path = Path(name)
    content = overlay_content(path)
    return policy_from({"name": path.stem, **content}, path.name)


def _drawn_from(arguments: Namespace, policies: tuple[Policy, ...]) -> tuple[tuple[Policy, ...], Pool]:
    from api.population_commands import request_of
    from population.simulator.pool import made_up_pool, pool_of

    if arguments.synthetic:
        return policies, made_up_pool(policies)
    request = request_of(arguments.extract, arguments.on, key_file=arguments.key_file)
    pool = pool_of(request, [policy.ruleset for policy in policies])
    return tuple(policy.in_extract(pool.per_week, pool.season) for policy in policies), pool
