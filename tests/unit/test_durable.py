"""The second engine: what durable_rules is asked, what it is refused, and what is answered when it fails."""

import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import cast

import pytest

from engine.conditions import And, Compare, Condition, CountOf, Has, Holds, Is, Limit, Not, Operator, Or, walk
from engine.durable import MOST_BUILT, DurableEngine
from engine.durable.linter import lint, name_hash
from engine.durable.network import MOST_ATTRIBUTES, MOST_FIRST_CONDITIONS, MOST_WAITING, split
from engine.durable.rails import Compiler
from engine.errors import MachineLacks, RuleSetError
from engine.evaluation import World, settle
from engine.facts import Interval, SetAnswer, Value
from engine.items import Item
from engine.lockstep import Ways, evaluate
from engine.rules import Definition, RuleSet
from engine.thresholds import Threshold
from rules.ruleset import national

extension = pytest.importorskip("durable_rules_engine")

Call = Callable[..., object]
CI = bool(os.environ.get("CI"))
MEMORY = Path("/proc/self/statm")
ITEMS = (
    Item("pills", "count"),
    Item("alone", "yes_no"),
    Item("home", "choice", codes=("own", "care_home", "other")),
    Item("services", "set", codes=("nursing", "meals")),
    Item("story", "text"),
)
LIMITS = {"five": 5, "two": 2, "half": 0.5, "endless": float("inf"), "tiny": 1e-9}
FIVE, TWO = Limit("five"), Limit("two")
AT_LEAST_FIVE = Compare("pills", ">=", FIVE)
ALONE = Is("alone", True)


def rules_of(*conditions: Condition, items: tuple[Item, ...] = ITEMS, **named: Condition) -> RuleSet:
    definitions = {f"c{number}": condition for number, condition in enumerate(conditions)} | named
    return RuleSet(
        version="test",
        items={item.id: item for item in items},
        rules=(),
        definitions=tuple(Definition(name, condition) for name, condition in definitions.items()),
        thresholds={name: Threshold(name, value, "", "", 0, 99) for name, value in LIMITS.items()},
    )


def opinion(condition: Condition, **values: Value) -> object:
    ruleset = rules_of(condition)
    return DurableEngine(ruleset).truths(World(ruleset, values))["c0"]


def exactly(number: float) -> Interval:
    return Interval(number, number)


def answer(yes: str = "", no: str = "") -> SetAnswer:
    return SetAnswer(frozenset(yes.split()), frozenset(no.split()))


@pytest.mark.parametrize(
    ("comparison", "number", "held"),
    [
        (">=", exactly(5), True),
        (">=", exactly(4), False),
        (">=", Interval(4, 5), None),
        (">=", Interval(4, None), None),
        (">=", Interval(5, None), True),
        ("<", exactly(4), True),
        ("<", exactly(5), False),
        ("<", Interval(0, None), None),
        ("<", exactly(4.5), True),
        ("==", exactly(5), True),
        ("==", Interval(5, 6), None),
        ("==", Interval(6, None), False),
        ("==", Interval(0, 4), False),
        ("==", Interval(0, None), None),
    ],
)
def test_a_number_holds_fails_or_cannot_be_told_from_its_two_ends(comparison, number, held):
    assert opinion(Compare("pills", comparison, FIVE), pills=number) is held
    assert opinion(Not(Compare("pills", comparison, FIVE)), pills=number) is (None if held is None else not held)


def test_a_limit_need_not_be_a_whole_number():
    assert opinion(Compare("pills", ">=", Limit("half")), pills=exactly(0.5)) is True
    assert opinion(Compare("pills", ">=", Limit("half")), pills=exactly(0.25)) is False


@pytest.mark.parametrize(
    "condition", [AT_LEAST_FIVE, Compare("pills", "==", FIVE), ALONE, Is("home", "own"), Has("services", "meals")]
)
def test_a_missing_answer_meets_neither_a_condition_nor_its_opposite(condition):
    assert opinion(condition) is None
    assert opinion(Not(condition)) is None


def test_a_missing_answer_does_not_hide_what_the_others_settle():
    assert opinion(Or((ALONE, AT_LEAST_FIVE)), pills=exactly(5)) is True
    assert opinion(And((ALONE, AT_LEAST_FIVE)), pills=exactly(4)) is False
    assert opinion(And((ALONE, AT_LEAST_FIVE)), pills=exactly(5)) is None


def test_a_choice_equals_its_own_code_only():
    assert opinion(Is("home", "own"), home="own") is True
    assert opinion(Is("home", "own"), home="care_home") is False
    assert opinion(Is("home", "own"), home="a code of another version") is False


def test_a_set_knows_what_is_in_it_and_what_is_not():
    assert opinion(Has("services", "meals"), services=answer(yes="meals")) is True
    assert opinion(Has("services", "meals"), services=answer(no="meals")) is False
    assert opinion(Has("services", "meals"), services=answer(yes="nursing")) is None


def test_a_count_holds_when_enough_parts_certainly_do_and_fails_when_too_few_still_can():
    count = CountOf(TWO, (AT_LEAST_FIVE, ALONE, Not(Is("home", "own"))))
    assert opinion(count, pills=exactly(5), alone=True) is True
    assert opinion(count, pills=exactly(4), alone=False) is False
    assert opinion(count, pills=exactly(4), alone=True) is None


def test_a_count_may_stand_within_a_count():
    inner = CountOf(TWO, (AT_LEAST_FIVE, ALONE))
    assert opinion(CountOf(TWO, (inner, Is("home", "own"))), pills=exactly(9), alone=True, home="own") is True


def test_a_later_stratum_builds_on_what_durable_rules_itself_found():
    ruleset = rules_of(old=AT_LEAST_FIVE, frail=And((Holds("old"), ALONE)), neither=Not(Holds("frail")))
    truths = DurableEngine(ruleset).truths(World(ruleset, {"pills": exactly(5), "alone": False}))
    assert truths == {"old": True, "frail": False, "neither": True}


def test_an_open_earlier_rule_leaves_what_builds_on_it_open():
    ruleset = rules_of(old=AT_LEAST_FIVE, frail=Holds("old"))
    assert DurableEngine(ruleset).truths(World(ruleset, {})) == {"old": None, "frail": None}


def test_text_never_reaches_the_extension():
    ruleset, sent = rules_of(ALONE, Is("home", "own")), list[str]()
    engine = DurableEngine(ruleset, faulty(assert_fact=spy(sent)))
    engine.truths(World(ruleset, {"alone": True, "home": "Kari Nordmann", "story": "Kari Nordmann"}))
    assert sent == ['{"sid":"0","id":"p","always":1,"alone":1,"home":-1}']


def test_an_engine_answers_only_for_its_own_rule_set():
    with pytest.raises(RuleSetError, match="built for another rule set"):
        DurableEngine(rules_of(ALONE)).truths(World(rules_of(ALONE), {}))


def test_the_national_rules_and_any_rules_are_split_within_what_the_extension_bears():
    ruleset = rules_of(
        *(Or(tuple(Is(f"q{number}_{each}", True) for each in range(9))) for number in range(40)), items=many_items()
    )
    parts = split(map(Compiler(ruleset).pair, ruleset.clauses))
    assert len(parts) > 1
    assert all(part.first_conditions <= MOST_FIRST_CONDITIONS for part in parts)
    assert all(part.waiting <= MOST_WAITING for part in parts)
    assert all(len(part.attributes) <= MOST_ATTRIBUTES for part in parts)
    assert sum(len(part.pairs) for part in parts) == len(ruleset.clauses)
    everything_holds = dict.fromkeys(ruleset.items, True)
    assert set(DurableEngine(ruleset).truths(World(ruleset, everything_holds)).values()) == {True}


def many_items() -> tuple[Item, ...]:
    return tuple(Item(f"q{number}_{each}", "yes_no") for number in range(40) for each in range(9))


# What goes wrong in the extension is never a "no".


def faulty(**replaced: Call) -> ModuleType:
    names = ("create_ruleset", "assert_fact", "start_action_for_state", "complete_and_start_action", "retract_fact")
    return cast("ModuleType", SimpleNamespace(**{name: replaced.get(name, getattr(extension, name)) for name in names}))


def spy(sent: list[str]) -> Call:
    def assert_fact(handle: int, fact: str) -> object:
        sent.append(fact)
        return extension.assert_fact(handle, fact)

    return assert_fact


def built_wrongly(change: Callable[[dict[str, object]], object]) -> ModuleType:
    def create_ruleset(name: str, rules: str) -> object:
        found = json.loads(rules)
        change(found)
        return extension.create_ruleset(name, json.dumps(found))

    return faulty(create_ruleset=create_ruleset)


def failing(times: int) -> Call:
    left = [times]

    def assert_fact(handle: int, fact: str) -> object:
        left[0] -= 1
        if left[0] >= 0:
            raise extension.error(f"Could not handle message: {fact}")
        return extension.assert_fact(handle, fact)

    return assert_fact


def swap_the_rails_of_old(rules: dict[str, object]) -> None:
    if "old+" in rules:
        rules["old+"], rules["old-"] = rules["old-"], rules["old+"]


def test_a_wrong_answer_is_an_error_for_the_rule_and_for_all_that_build_on_it():
    ruleset = rules_of(old=AT_LEAST_FIVE, frail=And((Holds("old"), ALONE)), widow=ALONE)
    engine = DurableEngine(ruleset, built_wrongly(swap_the_rails_of_old))
    _, outcomes = evaluate(ruleset, Ways([{"pills": exactly(5), "alone": True}]), engine)
    assert {name: each.state for name, each in outcomes.items()} == {"old": "error", "frail": "error", "widow": "fired"}


def test_a_silent_rule_is_an_error_in_lock_step():
    ruleset = rules_of(old=AT_LEAST_FIVE)
    engine = DurableEngine(ruleset, built_wrongly(lambda rules: rules.pop("old+", None)))
    _, outcomes = evaluate(ruleset, Ways([{"pills": exactly(5)}]), engine)
    assert outcomes["old"].state == "error"


def test_a_rule_that_both_holds_and_fails_is_an_error_and_settles_nothing_later():
    ruleset = rules_of(old=AT_LEAST_FIVE, frail=Holds("old"))
    engine = DurableEngine(
        ruleset, built_wrongly(lambda rules: "old-" in rules and rules.update({"old-": rules["always"]}))
    )
    assert engine.truths(World(ruleset, {"pills": exactly(5)})) == {"old": "error", "frail": None}


def test_a_run_without_the_sentinel_is_no_run():
    ruleset = rules_of(ALONE)
    engine = DurableEngine(ruleset, built_wrongly(lambda rules: rules.pop("always")))
    assert engine.truths(World(ruleset, {"alone": True})) == {"c0": "error"}


def test_a_run_that_fails_once_is_tried_again_in_a_new_rule_set():
    ruleset = rules_of(ALONE)
    engine = DurableEngine(ruleset, faulty(assert_fact=failing(1)))
    assert engine.truths(World(ruleset, {"alone": True})) == {"c0": True}


def test_an_exception_of_the_extension_becomes_an_error_and_says_nothing_of_the_fact(caplog, capfd):
    ruleset = rules_of(AT_LEAST_FIVE)
    engine = DurableEngine(ruleset, faulty(assert_fact=failing(2)))
    assert engine.truths(World(ruleset, {"pills": exactly(4711)})) == {"c0": "error"}
    assert engine.truths(World(ruleset, {"pills": exactly(4711)})) == {"c0": True}
    assert "4711" not in caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize("name", ["start_action_for_state", "complete_and_start_action", "retract_fact"])
def test_any_call_of_the_extension_may_fail_without_a_no(name):
    def fails(*_: object) -> object:
        raise MemoryError

    ruleset = rules_of(ALONE)
    assert DurableEngine(ruleset, faulty(**{name: fails})).truths(World(ruleset, {"alone": False})) == {"c0": "error"}


def test_a_fact_that_the_extension_has_seen_before_or_will_not_retract_is_an_error():
    ruleset = rules_of(ALONE)
    for name in ("assert_fact", "retract_fact"):
        observed = {name: lambda handle, fact, name=name: (2, getattr(extension, name)(handle, fact)[1])}
        assert DurableEngine(ruleset, faulty(**observed)).truths(World(ruleset, {"alone": True})) == {"c0": "error"}


def test_a_rule_set_that_keeps_failing_is_not_built_without_end():
    built = []

    def create_ruleset(name: str, rules: str) -> object:
        built.append(name)
        return extension.create_ruleset(name, rules)

    ruleset = rules_of(ALONE)
    engine = DurableEngine(ruleset, faulty(create_ruleset=create_ruleset, assert_fact=failing(10_000)))
    for _ in range(MOST_BUILT):
        assert engine.truths(World(ruleset, {"alone": True})) == {"c0": "error"}
    assert len(built) == MOST_BUILT


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e300, 1e-9])
def test_a_number_that_cannot_be_written_plainly_is_an_error(number):
    assert opinion(AT_LEAST_FIVE, pills=exactly(number)) == "error"


def test_a_machine_without_durable_rules_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    with pytest.raises(MachineLacks, match="lacks_durable_rules") as lacking:
        DurableEngine(rules_of(ALONE))
    assert lacking.value.values["install"] == "pip install durable-rules==2.0.28"


# What is refused when the rules are loaded.

YES_NO = tuple(Item(f"q{number}", "yes_no") for number in range(70))
ASKED = tuple(Is(item.id, True) for item in YES_NO)


def refusal(*conditions: Condition, items: tuple[Item, ...] = ITEMS, **named: Condition) -> str:
    with pytest.raises(RuleSetError) as refused:
        lint(rules_of(*conditions, items=items, **named))
    return str(refused.value)


def asked(name: str) -> tuple[Item, ...]:
    return (Item(name, "yes_no"),)


def test_the_national_rule_set_is_within_the_subset():
    lint(national())


def test_strings_are_not_ordered():
    assert refusal(Compare("home", ">=", FIVE)) == (
        "c0: home: it is a choice, and only numbers are ordered. "
        "Compare a count or a score; ask a choice with .is_(code)."
    )


def test_an_answer_that_the_item_does_not_have_is_refused():
    assert "c0: home: it has no answer 'ship'" in refusal(Is("home", "ship"))
    assert "c0: alone: it has no answer 'yes'" in refusal(Is("alone", "yes"))
    assert "c0: story: it has no answer" in refusal(Is("story", "long"))
    assert "c0: services: it has no member 'taxi'" in refusal(Has("services", "taxi"))
    assert "c0: home: it has no member 'own'" in refusal(Has("home", "own"))


@pytest.mark.parametrize("name", ["endless", "tiny"])
def test_a_limit_must_be_finite_and_plainly_written(name):
    for condition in (Compare("pills", "<", Limit(name)), CountOf(Limit(name), (ALONE,))):
        assert f"c0: the limit {name}: durable_rules reads only finite numbers" in refusal(condition)


@pytest.mark.parametrize("group", [And(()), Or(()), CountOf(TWO, ()), Not(And(()))])
def test_an_empty_group_is_refused(group):
    assert refusal(group) == "c0: a group has nothing in it. Write its conditions or drop it."


@pytest.mark.parametrize("name", ["sid", "id", "name", "count", "always"])
def test_a_name_that_durable_rules_keeps_for_itself_is_refused(name):
    assert f"item {name}: durable_rules cannot tell {name} from {name} of durable_rules itself" in refusal(
        Is(name, True), items=asked(name)
    )


@pytest.mark.parametrize("name", ["a.b", "$m", "Age", "blåmerke", "a b", 'a"b', "1a", ""])
def test_a_name_with_a_dot_or_another_sign_is_refused(name):
    assert "takes signs such as a dot in" in refusal(Is(name, True), items=asked(name))


@pytest.mark.parametrize("name", ["a.b", 'a"b', "Blåmerke"])
def test_a_rule_with_such_a_name_is_refused_too(name):
    assert f"rule {name}: durable_rules takes signs such as a dot" in refusal(items=ITEMS, **{name: ALONE})


def test_two_names_with_the_same_32_bit_hash_are_refused_because_the_extension_confuses_them():
    one, other = "home_wet_walk", "cook_mood_dry"
    assert name_hash(one) == name_hash(other)
    handle = extension.create_ruleset("r", json.dumps({"r": {"all": [{"m": {one: 1}}]}}))
    assert extension.assert_fact(handle, json.dumps({"sid": "0", "id": "p", other: 1}))[0] == 0
    message = refusal(Is(one, True), Is(other, True), items=asked(one) + asked(other))
    assert message.startswith(f"item {other}: durable_rules cannot tell {other} from {one} of item {one}")


def test_the_hash_is_that_of_the_extension_source():
    assert {name: name_hash(name) for name in ("id", "sid", "$and", "$forward")} == {
        "id": 926444256,
        "sid": 3593476751,
        "$and": 3746487396,
        "$forward": 739185624,
    }


def test_an_item_that_takes_the_name_of_another_items_lower_end_is_refused():
    items = (Item("pills", "count"), Item("pills_low", "yes_no"))
    assert "cannot tell pills_low from pills_low of item pills" in refusal(
        AT_LEAST_FIVE, Is("pills_low", True), items=items
    )


def test_a_condition_with_more_than_64_alternatives_is_refused():
    assert "c0: its condition has more than 64 alternatives" in refusal(Or(ASKED[:65]), items=YES_NO)


def test_a_condition_that_begins_with_more_than_60_alternatives_is_refused():
    assert "c0: its condition has more than 60 alternatives to begin with" in refusal(Or(ASKED[:61]), items=YES_NO)
    lint(rules_of(Or(ASKED[:50]), items=YES_NO))


def test_a_condition_with_more_than_14_groups_is_refused():
    nested: Condition = ASKED[0]
    for number in range(1, 15):
        nested = (And if number % 2 else Or)((ASKED[number], nested))
    lint(rules_of(nested, items=YES_NO))
    assert "more than 14 groups" in refusal(And((Or((nested, ASKED[20])), ASKED[21])), items=YES_NO)


def test_alternatives_that_multiply_are_refused():
    pairs = [Or(ASKED[number : number + 2]) for number in range(0, 14, 2)]
    assert "can be met together in more than 100 ways" in refusal(And(tuple(pairs)), items=YES_NO)
    lint(rules_of(And(tuple(pairs[:6])), items=YES_NO))


# The two engines side by side, on worlds round every limit.


class Worlds:
    """Random worlds of a rule set: numbers round the limits they are compared with, much or little unknown."""

    def __init__(self, ruleset: RuleSet, seed: int) -> None:
        self.ruleset, self.random = ruleset, random.Random(seed)
        parts = [part for clause in ruleset.clauses for part in walk(clause.when)]
        self.near: dict[str, set[float]] = {}
        for part in parts:
            if isinstance(part, Compare):
                limit = ruleset.limits[part.limit.name]
                self.near.setdefault(part.item, set()).update((limit - 1, limit - 0.5, limit, limit + 0.5, limit + 1))
        self.items = [
            ruleset.items[name] for name in ruleset.items if any(getattr(p, "item", None) == name for p in parts)
        ]

    def values(self) -> dict[str, Value]:
        unknown = self.random.choice((0, 0.05, 0.3, 0.8))
        return {item.id: self.value(item) for item in self.items if self.random.random() >= unknown}

    def value(self, item: Item) -> Value:
        match item.kind:
            case "yes_no":
                return self.random.random() < 0.5
            case "choice":
                return self.random.choice(item.codes)
            case "set":
                share = self.random.random()
                drawn = [(code, self.random.random()) for code in item.codes]
                yes = {code for code, each in drawn if each < share / 2}
                return SetAnswer(frozenset(yes), frozenset(code for code, each in drawn if each > share) - yes)
        low, high = sorted(self.random.choices(sorted(self.near[item.id]), k=2))
        return self.random.choice((exactly(low), exactly(high), Interval(low, None), Interval(low, high)))


def disagreements(engine: DurableEngine, world: World) -> dict[str, object]:
    opinions = engine.truths(world)
    return {
        name: (held, opinions.get(name)) for name, held in world.truths.items() if opinions.get(name, "") is not held
    }


def test_both_engines_agree_on_random_worlds_of_the_national_rules():
    ruleset, seen = national(), set[tuple[str, object]]()
    engine, worlds = DurableEngine(ruleset), Worlds(ruleset, 2026)
    for _ in range(2_000 if CI else 20_000):
        world = settle(ruleset, worlds.values(), {})
        assert disagreements(engine, world) == {}, world.values
        seen |= set(world.truths.items())
    assert seen == {(clause.id, held) for clause in ruleset.clauses for held in (True, False, None)}


def test_both_engines_agree_on_random_rules():
    for seed in range(50 if CI else 300):
        ruleset = random_rules(random.Random(seed))
        try:
            engine = DurableEngine(ruleset)
        except RuleSetError:
            continue
        worlds = Worlds(ruleset, seed)
        for _ in range(20):
            world = settle(ruleset, worlds.values(), {})
            assert disagreements(engine, world) == {}, seed


def random_rules(chance: random.Random) -> RuleSet:
    items = (*ITEMS[:4], Item("weight", "score"), *YES_NO[:20])
    named: dict[str, Condition] = {}
    for number in range(chance.choice((3, 20, 40))):
        named[f"r{number}"] = random_condition(chance, items, (tuple(named), chance.randint(1, 4)))
    return rules_of(items=items, **named)


def random_condition(chance: random.Random, items: tuple[Item, ...], within: tuple[tuple[str, ...], int]) -> Condition:
    earlier, depth = within
    draw = chance.random()
    if depth == 0 or draw < 0.25:
        return random_comparison(chance, items, earlier)
    if draw < 0.4:
        return Not(random_condition(chance, items, (earlier, depth - 1)))
    parts = tuple(random_condition(chance, items, (earlier, depth - 1)) for _ in range(chance.choice((1, 2, 3, 3, 8))))
    return CountOf(TWO, parts) if draw > 0.9 else (And if draw < 0.65 else Or)(parts)


def random_comparison(chance: random.Random, items: tuple[Item, ...], earlier: tuple[str, ...]) -> Condition:
    if earlier and chance.random() < 0.25:
        return Holds(chance.choice(earlier))
    item = chance.choice(items)
    match item.kind:
        case "yes_no":
            return Is(item.id, chance.random() < 0.5)
        case "choice":
            return Is(item.id, chance.choice(item.codes))
        case "set":
            return Has(item.id, chance.choice(item.codes))
    comparisons: tuple[Operator, ...] = (">=", "<", "==")
    return Compare(item.id, chance.choice(comparisons), Limit(chance.choice(("two", "five", "half"))))


def test_threads_take_turns():
    ruleset = national()
    engine, worlds, wrong = DurableEngine(ruleset), Worlds(ruleset, 7), list[object]()
    settled = [settle(ruleset, worlds.values(), {}) for _ in range(400)]

    def run(mine: list[World]) -> None:
        wrong.extend(filter(None, (disagreements(engine, world) for world in mine)))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=run, args=(settled[start::4] * 3,)) for start in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert wrong == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_does_not_wait_for_a_thread_that_is_not_there():
    script = """
import os
from engine.durable import DurableEngine
from engine.evaluation import World
from rules.ruleset import national

engine = DurableEngine(national())
engine._lock.acquire()
child = os.fork()
if not child:
    os._exit("error" in engine.truths(World(national(), {})).values())
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", script], cwd=root, timeout=60, check=False).returncode == 0


@pytest.mark.skipif(not MEMORY.exists(), reason="this system does not say how much memory a process holds")
def test_memory_stays_flat():
    ruleset = national()
    engine, random_worlds = DurableEngine(ruleset), Worlds(ruleset, 11)
    worlds = [World(ruleset, random_worlds.values()) for _ in range(500)]

    def evaluate_often(times: int) -> None:
        for _ in range(times):
            for world in worlds:
                engine.truths(world)

    def held() -> int:
        return int(MEMORY.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    evaluate_often(6)
    before = held()
    evaluate_often(40)
    assert held() - before < 1_000_000
