"""Each language answers wholly in its own: no output holds a word that only another language's texts have."""

from __future__ import annotations

import json
import re
import string
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from api.cli import main
from api.screening import ROOT, texts_in
from engine.texts import LANGUAGES
from rules.knowledge import ITEMS, SOURCES
from rules.ruleset import national
from rules.sources import source_title

EXAMPLES = sorted((ROOT / "api" / "examples").glob("*.json"))
WORD = re.compile(
    r"(?<![\w.-])[^\W\d_]{2,}(?![\w-])"
)  # no part of an id such as `pathway_c` or of a field such as `from:`
CODED = ("declined", "unable")
AUDIENCES = ("clinician", "municipality", "patient")
MARKUP = re.compile(r"<style.*?</style>|<svg.*?</svg>|<[^>]*>", re.DOTALL)
RULES, NAMES = "|".join(rule.id for rule in national().rules), "|".join(ITEMS)
IDS = re.compile(rf"(?m)^({RULES})(:|  )|: ({RULES})\.|\(({NAMES})[^)]*\)|\brules show\b")
COMMANDS = re.compile(r"`[^`]*`|--[\w-]+|\b(?:[a-z]+_[a-z_]+|[a-z]+\.[a-z_]+)\b")
each_language = pytest.mark.parametrize("language", LANGUAGES)
each_example = pytest.mark.parametrize("example", EXAMPLES, ids=[path.stem for path in EXAMPLES])


def words(text: str) -> set[str]:
    """Return the words of a text, in lower case."""
    return {word.lower() for word in WORD.findall(text)}


@cache
def vocabulary(language: str) -> frozenset[str]:
    """Return every word that a language's texts and titles have."""
    texts = texts_in(language)
    said = [without_places(texts.unfilled(key)) for key in texts.keys()]  # noqa: SIM118 # Texts is no mapping
    return frozenset().union(*map(words, said))


def without_places(text: str) -> str:
    """Return a text less what is filled in."""
    return " ".join(literal for literal, _, _, _ in string.Formatter().parse(text))


@cache
def foreign(language: str) -> frozenset[str]:
    """Return the words that other languages' texts have, and this one's do not."""
    others = (vocabulary(other) for other in LANGUAGES if other != language)
    return frozenset().union(*others) - vocabulary(language)


def foreign_in(said: str, language: str) -> set[str]:
    """Return the words of another language in what was said; sources' titles, ids and commands are left aside."""
    plain = " ".join(IDS.sub(" ", " ".join(re.split(r"\n +", said))).split())
    for source in SOURCES:
        plain = plain.replace(source_title(source, language), " ")
    return words(COMMANDS.sub(" ", plain)) & foreign(language)


@pytest.fixture
def said(capsys):
    """Return what a command says, on either stream."""

    def command(*given):
        main([str(word) for word in given])
        spoken = capsys.readouterr()
        return spoken.out + spoken.err

    return command


@pytest.fixture
def case(tmp_path):
    """Write an example's case without its free words, which stay in the language they were written in."""

    def written(path):
        content = json.loads(path.read_text("utf-8"))["case"]
        answers = content["answers"]
        for item in [each.id for each in ITEMS.values() if each.kind == "text"]:
            if answers.get(item) not in CODED:
                answers.pop(item, None)
        for line in content.get("medicines") or ():
            line.pop("name", None) if line.get("atc") else None
        content["patient"].pop("name", None)
        content["encounter"].pop("ward", None)
        file = tmp_path / "case.json"
        file.write_text(json.dumps(content), "utf-8")
        return file

    return written


@each_language
@each_example
def test_screening_is_said_wholly_in_its_language(said, case, language, example):
    text = said("screen", case(example), "--lang", language)
    assert len(words(text)) > 50
    assert foreign_in(text, language) == set()


@each_language
@each_example
def test_the_plan_section_of_the_epikrise_is_said_wholly_in_its_language(said, case, language, example):
    text = said("epikrise", case(example), "--lang", language)
    assert len(words(text)) > 50
    assert foreign_in(text, language) == set()


@each_language
@each_example
@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_print_is_said_wholly_in_its_language(said, case, tmp_path, language, example, audience):
    out = tmp_path / "plan.html"
    assert not said("plan", case(example), "--lang", language, "--audience", audience, "-o", out)
    page = out.read_text("utf-8")
    assert f'<html lang="{language}">' in page
    assert foreign_in(unescape(MARKUP.sub(" ", page)), language) == set()


@each_language
def test_the_rules_are_said_wholly_in_their_language(said, language):
    shown = [said("rules", "show", rule.id, "--lang", language) for rule in national().rules]
    text = said("rules", "list", "--lang", language) + "".join(shown)
    assert foreign_in(text, language) == set()


@each_language
@pytest.mark.parametrize(
    "mistake",
    [
        {"answers": {"cfs_clinician": 10}},
        {"answers": {"falls_last_12_month": 1}},
        {"conditions": [{"code": "nonsense"}]},
        {"encounter": {"admitted": "2026-11-16T10:00:00Z", "discharged": "2026-11-01T10:00:00Z"}},
        {"resourceType": "Bundle", "entry": []},
        {"resourceType": "Patient"},
        [],
    ],
)
def test_a_refusal_is_said_wholly_in_its_language(said, tmp_path, language, mistake):
    file = tmp_path / "case.json"
    file.write_text(json.dumps(mistake), "utf-8")
    text = said("screen", file, "--lang", language)
    assert foreign_in(text.removeprefix("retthjem: "), language) == set()


@each_language
@pytest.mark.parametrize(
    "given",
    [
        ("screen", "no-such-file"),
        ("screen", "no-such-file", "--on", "today"),
        ("screen",),
        ("rules", "show", "no_such_rule"),
        ("simulate", "no-such-policy", "--synthetic"),
        ("simulate", "cfs-4"),
        ("simulate", "cfs-4", "--synthetic", "--weeks", "0"),
    ],
)
def test_a_mistaken_command_is_answered_in_the_language_asked_for(said, language, given):
    text = said(*given, "--lang", language)
    assert foreign_in(text.removeprefix("retthjem: "), language) <= {"simulate", "date", "file", "policy"}


def test_a_folder_of_texts_stands_behind_every_language():
    for package in ("engine", "rules", "careplans", "api"):
        assert {path.name for path in (Path(ROOT) / package / "texts").iterdir()} == set(LANGUAGES)


TEMPLATES = sorted(path for package in ("api", "careplans") for path in (ROOT / package).rglob("*.jinja"))
CODE = re.compile(r"\{% block width %\}\w+|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
TAGS = re.compile(r"<(?:[^<>\"]|\"[^\"]*\")*>|[\w-]+=\"[^\"]*\"", re.DOTALL)
NAMES_ALIKE = {"CFS", "ICD", "ICPC", "PDF", "Rett", "hjem"}
ATTRIBUTES = {"required"}  # of a tag whose attributes are put together apart from it


@pytest.mark.parametrize("template", TEMPLATES, ids=[str(path.relative_to(ROOT)) for path in TEMPLATES])
def test_a_template_holds_layout_and_no_words(template):
    written = TAGS.sub(" ", CODE.sub("", template.read_text("utf-8")))
    assert set(re.findall(r"[^\W\d_]{2,}|[«»“”„]", written)) <= NAMES_ALIKE | ATTRIBUTES
