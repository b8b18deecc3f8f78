"""Writes docs/rule-catalogue.md from the rules, their limits, sources and words, and the spec cases.

`python -m tests.spec.catalogue` writes it; `--check` fails when the page is stale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from engine.conditions import Condition
from engine.rules import Rule
from engine.texts import Texts
from engine.thresholds import Threshold
from engine.words import in_words
from rules import discharge, frailty, treatment
from rules.discharge import COORDINATION_GROUPS
from rules.knowledge import SOURCES
from rules.ruleset import national, to_confirm
from tests.spec.cases import RULE_CASES, SCORE_CASES, WHOLE_CASES
from tests.spec.statements import RuleCase, ScoreCase
from tests.spec.tables import listed, table
from tests.spec.value_sets import value_sets

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "rule-catalogue.md"
RULESET = national()
TEXTS = Texts.load("nb", ROOT / "engine" / "texts", ROOT / "rules" / "texts")
CHAPTERS = (
    ("Skrøpelighet, spor og samtale", "rules/frailty.py", frailty.RULES),
    ("Legemidler, fall, ernæring og kognisjon", "rules/treatment.py", treatment.RULES),
    ("Oppholdet og veien hjem", "rules/discharge.py", discharge.RULES),
)
OUTCOMES = (("holds", "Gjelder"), ("does_not", "Gjelder ikke"), ("unknown", "Ikke avgjort"))
WRITTEN: dict[str, Condition] = {rule.id: rule.when for rule in RULESET.rules} | {
    definition.id: definition.when for definition in RULESET.definitions
}
OPENING = """\
# Regelkatalog

Regelsett {version}. Siden er laget av `./dev docs` ut fra reglene i `rules/`, grensene i `rules/data/thresholds.toml`,
ordene i `rules/texts/nb/` og tilfellene i `tests/spec/cases/`. Den rettes aldri for hånd; CI stopper når den er gammel.
Hvert tilfelle er en test som kjøres på begge regelmotorene.
Slik endres en regel: [how-to-change-a-rule.md](how-to-change-a-rule.md).

To prinsipper står over alt:

- **Ukjent er ikke nei.** Et svar som mangler, regnes aldri som nei, null eller normalt. En regel gjelder, gjelder ikke,
  eller er ikke avgjort, og da sier den hvilke svar som kan avgjøre den.
- **Foreslå, aldri bestemme.** Et menneske godtar eller overprøver hvert forslag, og en overprøving trenger en grunn.
  En skår alene sender aldri noen til lindrende behandling, og holder aldri noe tilbake.

**[bekreftes]** betyr at grensen er husket og ennå ikke lest i kilden. «CFS er gyldig» betyr 65 år eller eldre og ingen
livslang funksjonsnedsettelse."""


def catalogue() -> str:
    """Return the whole page."""
    parts = [OPENING.format(version=RULESET.version), _overview()]
    parts += [_chapter(*chapter) for chapter in CHAPTERS]
    parts += [
        _definitions(),
        _coordination_groups(),
        _scores(),
        _assessments(),
        _limits(),
        value_sets(TEXTS),
        _sources(),
    ]
    return "\n\n".join(parts) + "\n"


def _overview() -> str:
    rows = [
        (
            f"[{_title(rule)}](#{rule.id})",
            f"`{rule.id}`",
            _suggestion(rule),
            _strength(rule) + _confirm(to_confirm(RULESET, rule.id)),
        )
        for rule in RULESET.rules
    ]
    return "## Oversikt\n\n" + table(("Regel", "Id", "Forslag", "Styrke"), rows)


def _chapter(title: str, file: str, rules: Iterable[Rule]) -> str:
    return "\n\n".join((f"## {title}", f"`{file}`", *map(_rule, rules)))


def _rule(rule: Rule) -> str:
    parts = [
        f'### <a id="{rule.id}"></a>{_title(rule)}',
        f"`{rule.id}` · {_strength(rule)}",
        f"**Når** {_words(rule.id)}.",
    ]
    parts.append(f"**Da:** {_suggestion(rule)}")
    if f"why.{rule.id}" in TEXTS:
        parts.append(f"**Hvorfor:** {TEXTS(f'why.{rule.id}')}")
    if limits := RULESET.limits_used[rule.id]:
        parts.append(
            "**Grenser:**\n\n" + listed(f"{_limit(each)} ({_unit(each)}; {_cited(each.source)})" for each in limits)
        )
    parts.append("**Kilder:** " + ", ".join(map(_cited, rule.sources)))
    parts += [_cases(rule.id, outcome, heading) for outcome, heading in OUTCOMES]
    return "\n\n".join(filter(None, parts))


def _cases(rule: str, outcome: str, heading: str) -> str:
    cases = [each for each in RULE_CASES if each.rule == rule and each.outcome == outcome]
    return f"**{heading}:**\n\n" + listed(each.title + _missing(each) for each in cases)


def _missing(each: RuleCase) -> str:
    names = [TEXTS(f"item.{item}") for item in each.missing or ()]
    return f" – mangler: {', '.join(names)}" if names else ""


def _definitions() -> str:
    rows = [(TEXTS(f"definition.{each.id}"), f"`{each.id}`", _words(each.id)) for each in RULESET.definitions]
    return "## Vilkår med navn\n\nReglene bygger på dem; de foreslår ingenting selv.\n\n" + table(
        ("Vilkår", "Id", "Når"), rows
    )


def _coordination_groups() -> str:
    rows = [
        (str(group), TEXTS(f"coordination_group.{group}"), _words(definition))
        for group, definition in COORDINATION_GROUPS.rungs
    ]
    head = "## Koordineringsgrupper\n\nDe prøves i denne rekkefølgen; den første som passer, er gruppen.\n\n"
    return head + table(("Gruppe", "Navn", "Når"), rows)


def _scores() -> str:
    parts = ["## Skårer", "En skår er et tall, eller et intervall når noe ikke er kjent."]
    for score in dict.fromkeys(each.score for each in SCORE_CASES):
        parts.append(f"### {TEXTS(f'score.{score}')}\n\n`{score}`")
        if f"score_note.{score}" in TEXTS:
            parts.append(TEXTS(f"score_note.{score}"))
        rows = [(each.title, _value(each)) for each in SCORE_CASES if each.score == score]
        parts.append(table(("Tilfelle", "Skår"), rows))
    return "\n\n".join(parts)


def _value(each: ScoreCase) -> str:
    if each.low is None:
        return "gjelder ikke"
    low = _number(each.low)
    if each.high is None:
        return f"minst {low}"
    return low if each.low == each.high else f"{low}–{_number(each.high)}"


def _assessments() -> str:
    rows = [
        (each.title, "; ".join(f"{_ABOUT[name]}: {_said(name, value)}" for name, value in each.says.items()))
        for each in WHOLE_CASES
    ]
    return "## Vurderingen som helhet\n\n" + table(("Tilfelle", "Resultat"), rows)


_ABOUT = {
    "tracks": "spor",
    "team_list": "teamlisten",
    "pathway": "forløp",
    "coordination_group": "koordineringsgruppe",
    "notes": "merknad",
    "ask_next": "spør først om",
}


def _said(name: str, value: object) -> str:
    if not value:
        return "ingen"
    match name, value:
        case "tracks", list():
            return ", ".join(map(_track, value))
        case "team_list", str():
            return TEXTS(f"team_list.{value}")
        case "notes", list():
            return " ".join(TEXTS(f"note.{code}", atc="…", times="flere") for code in value)
        case "ask_next", str():
            return TEXTS(f"item.{value}")
    return str(value)


def _track(said: str) -> str:
    track, strength, status = said.split()
    return f"{TEXTS(f'track.{track}')} ({TEXTS(f'strength.{strength}')}, {TEXTS(f'status.{status}')})"


def _limits() -> str:
    rows = [
        (
            _limit(each),
            f"`{each.name}`",
            _number(each.value),
            _unit(each),
            _range(each),
            _cited(each.source),
        )
        for each in RULESET.thresholds.values()
    ]
    return "## Grenser\n\n" + table(("Grense", "Id", "Verdi", "Enhet", "Kan settes lokalt", "Kilde"), rows)


def _range(each: Threshold) -> str:
    return "nei" if each.low == each.high else f"{_number(each.low)}–{_number(each.high)}"


def _limit(each: Threshold) -> str:
    return TEXTS(f"threshold.{each.name}", limit=_number(each.value)) + _confirm(each.confirm)


def _confirm(confirm: bool) -> str:
    return f" **[{TEXTS('confirm')}]**" if confirm else ""


def _unit(each: Threshold) -> str:
    return TEXTS(f"unit.{each.unit}")


def _cited(source: str) -> str:
    return f"[{source}](#kilde-{source})"


def _sources() -> str:
    rows = ((f'<a id="kilde-{source}"></a>`{source}`', _reference(source)) for source in SOURCES)
    return "## Kilder\n\n" + table(("Id", "Kilde"), rows)


def _reference(source: str) -> str:
    found = SOURCES[source]
    return found["title"] + (f", doi:{found['doi']}" if "doi" in found else "")


def _title(rule: Rule) -> str:
    return TEXTS(f"rule.{rule.id}")


def _suggestion(rule: Rule) -> str:
    return TEXTS(f"suggest.{rule.id}")


def _strength(rule: Rule) -> str:
    return TEXTS(f"strength.{rule.suggest.strength}")


def _words(clause: str) -> str:
    return in_words(WRITTEN[clause], RULESET, TEXTS)


def _number(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def main(arguments: Sequence[str]) -> int:
    """Write the page, or with `--check` say whether it is current."""
    page = catalogue()
    if "--check" not in arguments:
        PAGE.write_text(page, "utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text("utf-8") == page:
        return 0
    print("docs/rule-catalogue.md is stale: run ./dev docs and commit it.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
