"""What the API's description says of requests that are turned away."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


class Problem(BaseModel):
    """Why a request was not answered as asked (RFC 9457)."""

    type: str = Field(description="The kind of problem, `/problems/` and the code.")
    title: str = Field(description="What is wrong, in the reader's language.")
    status: int = Field(description="The HTTP status.")
    code: str = Field(description="What is wrong, for a program.")
    detail: str | None = Field(None, description="What to do about it.")


def _problem(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
    }


DENIED: dict[int | str, dict[str, Any]] = {
    401: _problem("Nobody is signed in, or the token is not accepted."),
    403: _problem("The role may not do this, or the form did not come from our own page."),
    429: _problem("Too many requests; `Retry-After` says how many seconds to wait."),
    503: _problem("The sign-in provider or the store does not answer just now."),
}
