"""A result in words: which numbers there are, what each is called, and how it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.texts import Texts
from population.simulator.flow import SHORT_TERM
from population.simulator.intervals import Interval
from population.simulator.measured import WEEKS_A_YEAR
from population.simulator.policy import READY, Policy
from population.simulator.results import UNKNOWN, GroupedBy, Result

KRONER, KRONER_YEAR = "ready.kroner", "ready.kroner_year"
ROUNDED_TO = 1000
SHOWN = (
    "arrivals", "referrals.cga", "seen.cga", "missed.cga", "wait.cga", "queue.cga", "referrals.team", "wait.team",
    "queue.team", "referrals.gp", "wait.gp", "queue.gp", f"queue.{SHORT_TERM}", "ready.wait", "ready.nights",
    KRONER, KRONER_YEAR,
)  # fmt: skip
"""The numbers that are shown, in their order; all of them are in the JSON."""

NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Row:
    """A number with its name: of the policy, of the other, and the difference."""

    id: str
    name: str
    values: tuple[str, ...]


def rows(result: Result, texts: Texts) -> Iterator[Row]:
    """Yield the numbers in words; what a year comes to only where whole years were simulated."""
    for name in SHOWN:
        if name == KRONER_YEAR and result.runs.weeks % WEEKS_A_YEAR:
            continue
        found = [result.interval(name, place) for place in range(len(result.policies))]
        if len(found) > 1:
            found.append(result.difference(name))
        signed = [False, False, True][: len(found)]
        said = (in_words(each, name, texts, signed=sign) for each, sign in zip(found, signed, strict=True))
        yield Row(name, named(name, texts), tuple(said))


def named(name: str, texts: Texts) -> str:
    """Return what a number is called."""
    kind, _, of = name.partition(".")
    if kind == "ready":
        return texts(f"simulator.number.ready_{of}")
    service = texts(f"simulator.service.{of}") if of else ""
    return texts(f"simulator.number.{kind}", service=service)


def in_words(found: Interval | None, name: str, texts: Texts, *, signed: bool = False) -> str:
    """Return a mean with its interval in brackets, or that there is none."""
    if found is None:
        return texts("simulator.none")
    mean, low, high = (_written(each, name, texts, signed=signed) for each in (found.mean, found.low, found.high))
    return f"{mean} ({low} {texts('simulator.to')} {high})"


def _written(value: float, name: str, texts: Texts, *, signed: bool) -> str:
    kroner = name.startswith(KRONER)
    rounded = round(value / ROUNDED_TO) * ROUNDED_TO if kroner else round(value, 1)
    # A rounded nought has no sign.
    sign = "\N{MINUS SIGN}" if rounded < 0 else "+" if signed and rounded > 0 else ""
    if kroner:
        return sign + large(round(abs(rounded)))
    return sign + f"{abs(rounded):.1f}".replace(".", texts("words.decimal"))


def policy_name(policy: Policy, texts: Texts) -> str:
    """Return what a policy is called: a ready one in words, any other by its own name."""
    return texts(f"simulator.policies.{policy.name}") if policy.name in READY else policy.name


def routes(result: Result, texts: Texts) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield each change of a service in words, with how many it is in a week of everyone and of each group."""
    changes: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for (change, service, group), found in result.routed():
        said = in_words(found, change, texts)
        changes.setdefault((change, service), []).append((group_in_words(group, texts), said))
    for (change, service), groups in changes.items():
        everyone = [each for each in groups if each[0] == texts("simulator.of.all")]
        rest = [each for each in groups if each not in everyone]
        yield texts(f"simulator.change.{change}", service=texts(f"simulator.service.{service}")), everyone + rest


def group_in_words(group: GroupedBy, texts: Texts) -> str:
    """Return a group of patients in words."""
    by, value = group
    if by == "cfs":
        return texts("simulator.of.cfs_unknown") if value == UNKNOWN else texts("simulator.of.cfs", value=value)
    if by == "age" and value.endswith("+"):
        return texts("simulator.of.age_over", value=value.removesuffix("+"))
    if by == "age" and value.startswith("-"):
        return texts("simulator.of.age_under", value=int(value[1:]) + 1)
    if by == "age":
        return texts("simulator.of.age", value=value.replace("-", "\N{EN DASH}"))
    return texts(f"simulator.of.{value or by}")


def said(result: Result, texts: Texts, assumptions: list[str]) -> str:
    """Return a whole result as text, for the command line."""
    names = [policy_name(each, texts) for each in result.policies]
    head = texts("simulator.head", policy=names[0])
    if len(names) > 1:
        head = texts("simulator.head_against", policy=names[0], against=names[1])
    runs, pool = result.runs, result.pool
    counts = {"replications": runs.replications, "weeks": runs.weeks, "warm_up": runs.warm_up, "seed": runs.seed}
    drawn = {"stays": len(pool.stays), "undecided": pool.undecided, "unended": pool.unended}
    lines = [head, texts("simulator.runs", **counts), texts("simulator.pool", **drawn), ""]
    for row in rows(result, texts):
        lines += [
            row.name,
            *(f"  {label}: {value}" for label, value in zip(_labels(names, texts), row.values, strict=False)),
        ]
    lines += ["", texts("simulator.routes"), *_routes_said(result, texts)] if len(names) > 1 else []
    lines += ["", texts("simulator.assumes"), *(f"  * {each}" for each in assumptions)]
    return "\n".join(lines) + "\n"


def _labels(names: list[str], texts: Texts) -> list[str]:
    return [*names, texts("simulator.difference")]


def _routes_said(result: Result, texts: Texts) -> Iterator[str]:
    found = list(routes(result, texts))
    if not found:
        yield f"  {texts('simulator.routes_none')}"
    for change, groups in found:
        yield f"  {change}"
        yield from (f"    {group}: {value}" for group, value in groups)


def large(value: int) -> str:
    """Return a large number with its thousands apart."""
    return f"{value:,}".replace(",", NO_BREAK)
