"""How a request is turned away: by status and code, without a word about what it carried."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Code = Literal[
    "not_signed_in",
    "session_ended",
    "token_refused",
    "may_not",
    "not_from_here",
    "too_many_requests",
    "sign_in_failed",
    "role_unknown",
    "scope_missing",
    "ehr_unknown",
    "launch_failed",
    "launch_unavailable",
    "sign_in_unavailable",
]
CODES: tuple[Code, ...] = get_args(Code)


class Denied(Exception):
    """A request is turned away; the words are the texts `denied.<code>`."""

    def __init__(self, status: int, code: Code, headers: Mapping[str, str] | None = None) -> None:
        self.status, self.code, self.headers = status, code, dict(headers or {})
        super().__init__(code)


class NotSignedIn(Denied):
    """Nobody is signed in, or no longer; pages lead to the sign-in, the API answers 401."""

    def __init__(self, code: Code, headers: Mapping[str, str]) -> None:
        super().__init__(401, code, headers)


class ScopeMissing(Denied):
    """The token is good, and not for this."""

    def __init__(self, challenge: str = "") -> None:
        super().__init__(403, "scope_missing", {"WWW-Authenticate": challenge} if challenge else None)


class MayNot(Denied):
    """The role may not do this."""

    def __init__(self) -> None:
        super().__init__(403, "may_not")


class NotFromHere(Denied):
    """A change came without the session's own token, or from another site."""

    def __init__(self) -> None:
        super().__init__(403, "not_from_here")


class TooMany(Denied):
    """The caller asks too often."""

    def __init__(self, seconds: int) -> None:
        super().__init__(429, "too_many_requests", {"Retry-After": str(seconds)})


class SignInFailed(Denied):
    """The way back from the provider did not fit the way out; one begins again."""

    def __init__(self) -> None:
        super().__init__(400, "sign_in_failed")


class RoleUnknown(Denied):
    """The provider knows the person, and says no role that we know."""

    def __init__(self) -> None:
        super().__init__(403, "role_unknown")


class ProviderAway(Denied):
    """The sign-in provider does not answer, or not with what it should."""

    def __init__(self) -> None:
        super().__init__(503, "sign_in_unavailable", {"Retry-After": "30"})


class EhrUnknown(Denied):
    """A record system launches us that the settings do not list."""

    def __init__(self) -> None:
        super().__init__(403, "ehr_unknown")


class LaunchFailed(Denied):
    """The way back from the record system did not fit the way out, or it refused; one opens us anew from there."""

    def __init__(self) -> None:
        super().__init__(400, "launch_failed")


class LaunchUnavailable(Denied):
    """The record system's servers do not answer, or not with what they should."""

    def __init__(self) -> None:
        super().__init__(503, "launch_unavailable", {"Retry-After": "30"})


Why = Literal[
    "too_long",
    "not_a_token",
    "header",
    "algorithm",
    "kind",
    "key",
    "signature",
    "claims",
    "role",
    "level",
    "organisation",
    "hpr_number",
    "scope",
    "unproved",
    "proof",
    "proof_count",
    "proof_claims",
    "proof_target",
    "proof_time",
    "proof_token",
    "proof_key",
    "nonce",
    "replayed",
]


class TokenRefused(Exception):
    """A token is not accepted; `why` is for the operator's figures, and holds nothing of the token."""

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why)


class ProofRefused(TokenRefused):
    """A proof of possession is not accepted; `nonce` is what the next one must carry, where that is all it lacks."""

    def __init__(self, why: Why, nonce: str | None = None) -> None:
        self.nonce = nonce
        super().__init__(why)
