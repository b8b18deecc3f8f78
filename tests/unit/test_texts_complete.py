"""Every text is there in bokmål, nynorsk and English, with the same placeholders, and none is left untranslated."""

from __future__ import annotations

import re
import string
import tomllib
from functools import cache
from pathlib import Path

import pytest

from api.screening import TEXT_FOLDERS, texts_in
from engine.texts import Texts
from engine.words import in_words
from rules.ruleset import national

ROOT = Path(__file__).parents[2]
FOLDERS = {folder.parent.name: folder for folder in TEXT_FOLDERS}
LANGUAGES = ("nb", "nn", "en")
ALIKE = tomllib.loads((ROOT / "tests/data/texts_alike.toml").read_text("utf-8"))
WORD = re.compile(r"\d*[^\W\d_]+(?:-[^\W\d_]+)*")
# What nobody writes in nynorsk; a text with one of these was overlooked.
BOKMAAL = re.compile(
    r"(?<![\w-])(ikke|hva|hvem|hvor|hvordan|hvorfor|hvilke[nt]?|hvis|jeg|en|fra|noen?|mer|bare|være|"
    r"selv|uken?|ukene|måneder|dager|timer|sykehuset?|syk|sykdom\w*|tjeneste\w*|hjemme\w*|(?<!rett )hjem|legemidler|"
    r"medisiner|diagnoser|behandlende|pårørende|lindrende|kilden?|mangler|gjelder|forventet|økt|uendret|utskrivning\w*|"
    r"innleggelse(?!srapport[),])\w*|skrøpelig\w*|trygghet|egen|eget|egne|navn|skritt|sammen)(?!\w)",
    re.IGNORECASE,
)

each_package = pytest.mark.parametrize("package", FOLDERS)
each_language = pytest.mark.parametrize("language", LANGUAGES)
each_translation = pytest.mark.parametrize("language", LANGUAGES[1:])


@cache
def texts(package: str, language: str) -> dict[str, str]:
    """Return one package's texts in one language, by key."""
    own = Texts.load(language, FOLDERS[package])
    return {key: own.unfilled(key) for key in own.keys()}  # noqa: SIM118 # Texts is no mapping


def shared_keys(package: str, language: str) -> list[str]:
    """Return the keys that bokmål and another language both have."""
    return [key for key in texts(package, "nb") if key in texts(package, language)]


def without_places(text: str) -> str:
    """Return a text less what is filled in."""
    return "".join(literal for literal, _, _, _ in string.Formatter().parse(text))


def placeholders(text: str) -> set[str]:
    """Return the names of what is filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def untranslated(package: str, language: str) -> dict[str, str]:
    """Return the texts that say the same as in bokmål and hold a word that is not listed as alike."""
    nb, other = texts(package, "nb"), texts(package, language)
    alike = {word for listed in ALIKE[language].values() for word in listed.split()}
    same = {key: nb[key] for key in shared_keys(package, language) if nb[key] == other[key]}
    return {key: text for key, text in same.items() if set(WORD.findall(without_places(text).lower())) - alike}


@each_package
@each_translation
def test_every_language_has_the_same_keys(package, language):
    nb, other = set(texts(package, "nb")), set(texts(package, language))
    assert (sorted(nb - other), sorted(other - nb)) == ([], []), f"missing from {language}, and only there"


@each_package
@each_translation
def test_a_key_stands_in_the_same_file_in_every_language(package, language):
    names = [{path.name for path in (FOLDERS[package] / each).glob("*.toml")} for each in ("nb", language)]
    assert names[0] == names[1]


@each_package
@each_translation
def test_every_language_fills_in_the_same(package, language):
    nb, other = texts(package, "nb"), texts(package, language)
    keys = shared_keys(package, language)
    assert [key for key in keys if placeholders(nb[key]) != placeholders(other[key])] == []


@each_package
@each_language
def test_no_text_is_empty(package, language):
    assert [key for key, text in texts(package, language).items() if not text.strip()] == []


@each_package
@each_translation
def test_no_text_is_left_in_bokmaal_unless_its_words_are_listed_as_alike(package, language):
    assert untranslated(package, language) == {}


@each_package
def test_no_bokmaal_word_stands_in_a_nynorsk_text(package):
    nn = texts(package, "nn").items()
    assert {key: word.group() for key, text in nn if (word := BOKMAAL.search(without_places(text)))} == {}


@each_language
def test_no_key_is_written_in_two_packages(language):
    assert texts_in(language).language == language  # loading refuses a key that is written twice


@each_language
@pytest.mark.parametrize("clause", national().clauses, ids=[clause.id for clause in national().clauses])
def test_every_rule_can_be_said_in_every_language(clause, language):
    assert "{" not in in_words(clause.when, national(), texts_in(language))
