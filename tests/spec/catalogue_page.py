"""The rule catalogue as a page: principles, overview, every rule, and the chapters on scores, limits and sources."""

from __future__ import annotations

from collections.abc import Iterator

from engine.rules import Rule
from engine.texts import Texts
from engine.words import in_words
from rules.discharge import COORDINATION_GROUPS
from rules.knowledge import SOURCES
from rules.rule_words import RuleWords, reference, rule_in_words
from rules.ruleset import CHAPTERS, VERSION, to_confirm
from rules.spec_cases import OUTCOMES, missing_in_words
from rules.spec_cases import told as case_told
from tests.spec.cases import RULE_CASES
from tests.spec.catalogue_numbers import assessments, limits, scores
from tests.spec.catalogue_words import RULESET, cited, heading, labelled, limit_line, marked, shipped
from tests.spec.tables import columns, listed, table
from tests.spec.value_sets import value_sets

LANGUAGES = "[Bokmål](rule-catalogue.md) · [Nynorsk](rule-catalogue.nn.md) · [English](rule-catalogue.en.md)"
HOW_TO = "[how-to-change-a-rule.md](how-to-change-a-rule.md)"


def catalogue(texts: Texts) -> str:
    """Return the whole page in the language of the texts."""
    chapters = (_chapter(name, texts) for name in CHAPTERS)
    parts = (_opening(texts), _overview(texts), *chapters, _definitions(texts), _groups(texts), scores(texts))
    return "\n\n".join((*parts, assessments(texts), limits(texts), value_sets(texts), _sources(texts))) + "\n"


def _opening(texts: Texts) -> str:
    age = f"{RULESET.limits['validated_from_age']:g}"
    principles = (
        f"**{texts(f'catalogue.principle.{name}')}** {' '.join(texts(f'catalogue.principle.{name}_means').split())}"
        for name in ("unknown", "suggest")
    )
    return "\n\n".join(
        (
            heading(texts("catalogue.title"), level=1),
            LANGUAGES,
            f"{texts('catalogue.introduction', version=VERSION)}\n{texts('catalogue.how_to_change', page=HOW_TO)}",
            texts("catalogue.principles") + ":",
            listed(principles),
            f"{texts('catalogue.marks', confirm=texts('confirm'))} {texts('catalogue.valid', age=age)}",
        )
    )


def _overview(texts: Texts) -> str:
    rows = [_row(rule, rule_in_words(rule, RULESET, texts), texts) for rule in RULESET.rules]
    head = columns(texts, "rule", "id", "suggests", "strength")
    return f"{heading(texts('catalogue.overview'))}\n\n{table(head, rows)}"


def _row(rule: Rule, said: RuleWords, texts: Texts) -> tuple[str, ...]:
    confirm = marked([texts("confirm")] if to_confirm(RULESET, rule.id) else ())
    return f"[{said.title}](#{rule.id})", f"`{rule.id}`", said.suggests, said.strength + confirm


def _chapter(name: str, texts: Texts) -> str:
    rules = (_rule(rule_in_words(rule, RULESET, texts), texts) for rule in CHAPTERS[name])
    return "\n\n".join((heading(texts(f"catalogue.chapter.{name}")), f"`rules/{name}.py`", *rules))


def _rule(said: RuleWords, texts: Texts) -> str:
    return "\n\n".join(
        (
            heading(f'<a id="{said.id}"></a>{said.title}', level=3),
            f"`{said.id}` · {said.strength}",
            f"**{texts('catalogue.when')}** {said.when}.",
            labelled(texts("catalogue.suggests"), said.suggests),
            *_grounds(said, texts),
            *(_cases(said.id, outcome, texts) for outcome in OUTCOMES),
        )
    )


def _grounds(said: RuleWords, texts: Texts) -> Iterator[str]:
    if said.why:
        yield labelled(texts("catalogue.why"), said.why)
    if said.limits:
        yield f"**{texts('catalogue.limits')}:**\n\n{listed(map(limit_line, said.limits))}"
    yield labelled(texts("catalogue.sources"), ", ".join(map(cited, said.sources)))
    yield labelled(texts("catalogue.review"), f"{said.review}.")


def _cases(rule: str, outcome: str, texts: Texts) -> str:
    cases = (shipped(each) for each in RULE_CASES if (each.rule, each.outcome) == (rule, outcome))
    lines = (" – ".join(filter(None, (case_told(each, texts), missing_in_words(each, texts)))) for each in cases)
    return f"**{texts(f'catalogue.outcome.{outcome}')}:**\n\n{listed(lines)}"


def _definitions(texts: Texts) -> str:
    rows = [
        (texts(f"definition.{each.id}"), f"`{each.id}`", in_words(each.when, RULESET, texts))
        for each in RULESET.definitions
    ]
    head = columns(texts, "condition", "id", "when")
    return "\n\n".join((*_head("definitions", texts), table(head, rows)))


def _groups(texts: Texts) -> str:
    written = {each.id: each.when for each in RULESET.definitions}
    rows = [
        (str(group), texts(f"coordination_group.{group}"), in_words(written[definition], RULESET, texts))
        for group, definition in COORDINATION_GROUPS.rungs
    ]
    return "\n\n".join((*_head("groups", texts), table(columns(texts, "group", "name", "when"), rows)))


def _head(chapter: str, texts: Texts) -> tuple[str, str]:
    return heading(texts(f"catalogue.{chapter}.heading")), texts(f"catalogue.{chapter}.about")


def _sources(texts: Texts) -> str:
    rows = ((f'<a id="kilde-{source}"></a>`{source}`', reference(source, texts.language)) for source in SOURCES)
    return f"{heading(texts('catalogue.sources'))}\n\n{table(columns(texts, 'id', 'source'), rows)}"
