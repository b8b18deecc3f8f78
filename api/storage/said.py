"""What an assessment says, as it is stored and compared: the contract's result without its words."""

from __future__ import annotations

import json
from typing import Any

from api.result import to_result
from engine.texts import Texts
from rules.assessment import Assessment


class _NoWords(Texts):
    """Every text as nothing, since words may be mended later and are no part of what follows."""

    def __init__(self) -> None:
        super().__init__("none", {})

    def __call__(self, _: str, /, **values: object) -> str:  # noqa: ARG002 # called as texts are
        return ""


NO_WORDS = _NoWords()


def said_by(assessment: Assessment) -> dict[str, Any]:
    """Return what an assessment says, as it comes back from a database."""
    return said_in(json.loads(json.dumps(to_result(assessment, NO_WORDS))))


def said_in(outcome: Any) -> dict[str, Any]:
    """Return a stored result without its words."""
    plain = without_words(outcome)
    if not isinstance(plain, dict):
        raise TypeError("A result is an object.")
    return plain


def without_words(value: Any) -> Any:
    """Return a value without the texts in it."""
    match value:
        case dict():
            return {name: without_words(each) for name, each in value.items() if name != "text"}
        case list():
            return [without_words(each) for each in value]
    return value
