"""Every error has its words in every language, and every such text its error."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from api.refusals import place_in_words, refusal_in_words
from api.screening import texts_in
from engine.errors import InputError, MachineLacks, Refusal
from forms.refusals import CODES

ROOT = Path(__file__).parents[2]
PACKAGES = ("engine", "rules", "careplans", "forms", "population", "api")
CODE_COMES = {
    "InputError": 1,
    "Refusal": 1,
    "Problem": 1,
    "MachineLacks": 0,
    "StoreUnavailable": 0,
    "refused": 0,
}
DERIVED = "forms/refusals.py"  # maps pydantic's kinds to CODES
LANGUAGES = ("nb", "nn", "en")


def sources() -> Iterator[Path]:
    """Return every module that may raise."""
    return (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def raised() -> Iterator[tuple[str, ast.Call, set[str]]]:
    """Return every error that is made: its place in the source, the call, and the codes it can give."""
    for path in sources():
        module = ast.parse(path.read_text("utf-8"))
        tables = {name: values for name, values in map(table, module.body) if name}
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CODE_COMES:
                at = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield at, node, codes_in(node, tables, at)


def table(statement: ast.stmt) -> tuple[str, set[str]]:
    """Return the name and the values of a table of codes that a module holds, or no name."""
    if isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(statement.value, ast.Dict):
        target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
        values = (each.value for each in statement.value.values if isinstance(each, ast.Constant))
        return ast.unparse(target), {value for value in values if isinstance(value, str)}
    return "", set()


def codes_in(call: ast.Call, tables: Mapping[str, set[str]], at: str) -> set[str]:
    """Return the codes that a call can give; they are written where the error is raised, or in a table beside it."""
    place = CODE_COMES[ast.unparse(call.func)]
    assert len(call.args) == place + 1, f"{at}: give a place and a code, and values by name"
    parts = list(ast.walk(call.args[place]))
    found = {part.value for part in parts if isinstance(part, ast.Constant)}
    found = found.union(*(tables.get(part.id, set()) for part in parts if isinstance(part, ast.Name)))
    assert found or at.startswith(DERIVED), f"{at}: write the code where the error is raised"
    return {code for code in found if isinstance(code, str)}


def codes() -> set[str]:
    """Return every code that any module can give."""
    return set(CODES).union(*(found for _, _, found in raised()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_has_a_reason_and_a_remedy_and_every_text_an_error(language: str) -> None:
    keys = texts_in(language).keys()
    assert {key for key in keys if key.startswith("refused.")} == {
        f"refused.{code}.{part}" for code in codes() for part in ("reason", "remedy")
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_asks_for_no_value_that_it_is_not_given(language: str) -> None:
    texts, given = texts_in(language), values_by_code()
    for code in codes() - CODES:
        asked = {
            *placeholders(texts.unfilled(f"refused.{code}.reason")),
            *placeholders(texts.unfilled(f"refused.{code}.remedy")),
        }
        assert asked <= given[code], code


def values_by_code() -> dict[str, set[str]]:
    """Return the names of the values that every call with a code gives."""
    found: dict[str, set[str]] = {}
    for _, call, codes_given in raised():
        given = {keyword.arg for keyword in call.keywords if keyword.arg}
        for code in codes_given:
            found[code] = found.get(code, given) & given
    return found


def placeholders(text: str) -> set[str]:
    """Return the names of a text's places."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_an_error_is_said_in_its_readers_language() -> None:
    error = InputError("answers.mst", "number_over", limit=5, more=2)
    assert refusal_in_words(error, texts_in("en")) == (
        "answers.mst: the number is too large. Write 5 or less, or leave it out if it is unknown. "
        "(2 more like it may follow.)"
    )
    assert refusal_in_words(error, texts_in("nb")).startswith("answers.mst: tallet er for stort. Skriv 5 eller mindre")


def test_numbers_and_units_in_an_error_are_said_in_its_readers_language() -> None:
    error = InputError("thresholds.x", "limit_out_of_range", low=0.5, high=12, unit="regular medicines")
    assert "0,5 til 12 (faste legemidler)" in refusal_in_words(error, texts_in("nb"))
    assert "0.5 to 12 (regular medicines)" in refusal_in_words(error, texts_in("en"))


def test_what_a_machine_lacks_ends_with_the_line_that_installs_it() -> None:
    said = refusal_in_words(MachineLacks("lacks_pango", install="apt-get install pango"), texts_in("en"))
    assert said.endswith(": apt-get install pango")


@pytest.mark.parametrize(
    ("where", "nb", "en"),
    [
        ("document", "dokumentet", "the document"),
        ("line 3 column 7", "linje 3, kolonne 7", "line 3, column 7"),
        ("line 3 BorAlene", "linje 3 BorAlene", "line 3 BorAlene"),
        ("entry[1] Patient.birthDate", "entry[1] Patient.birthDate", "entry[1] Patient.birthDate"),
    ],
)
def test_a_line_and_a_whole_document_are_said_in_words_and_a_path_as_it_is(where: str, nb: str, en: str) -> None:
    assert (place_in_words(where, texts_in("nb")), place_in_words(where, texts_in("en"))) == (nb, en)


@pytest.mark.parametrize(
    ("error", "plain"),
    [
        (InputError("answers.mst", "number_over", limit=5), "answers.mst: number_over"),
        (MachineLacks("writer_stopped"), "writer_stopped"),
    ],
)
def test_without_texts_an_error_is_its_place_and_its_code(error: Refusal, plain: str) -> None:
    assert str(error) == plain
