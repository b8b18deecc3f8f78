"""A problem has its status, its code and its words in the caller's language; one that passes says when to try again."""

from __future__ import annotations

import json

import pytest

from api.storage.failures import StoreUnavailable
from api.v1.languages import language_of, texts_of
from api.v1.problems import Problem, problem
from engine.errors import InputError, MachineLacks, Refusal


@pytest.mark.parametrize(
    ("error", "status", "retry"),
    [
        (StoreUnavailable("store_full"), 507, "5"),
        (StoreUnavailable("store_locked"), 503, "5"),
        (StoreUnavailable("store_busy"), 503, "5"),
        (MachineLacks("lacks_pango", install="apt-get install pango"), 503, None),
        (InputError("answers.mst", "number_over", limit=5), 422, None),
        (InputError("kind", "patient_has_died"), 409, None),
        (Problem(None, "record_blocked"), 403, None),
        (Problem("If-Match", "precondition_missing"), 428, None),
    ],
)
def test_a_refusal_has_its_status_and_says_whether_to_try_again(error: Refusal, status: int, retry: str | None):
    answer = problem(error, texts_of("en"))
    said = json.loads(bytes(answer.body))
    assert (answer.status_code, said["status"]) == (status, status)
    assert (said["type"], said["code"]) == (f"/problems/{error.code}", error.code)
    assert answer.headers.get("retry-after") == retry
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "nb"),
        ("nn", "nn"),
        ("no", "nb"),
        ("nb-NO,nb;q=0.9,en;q=0.5", "nb"),
        ("en-GB;q=0.4, nn;q=0.8", "nn"),
        ("de, fr;q=0.9", "nb"),
        ("en;q=x, nn", "nn"),
        (",".join(["xx"] * 50) + ",en", "nb"),
    ],
)
def test_the_language_is_the_best_of_those_asked_for(accepted: str, language: str):
    assert language_of(accepted) == language
