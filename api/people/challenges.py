"""What a caller who is not let in is told to bring: `WWW-Authenticate` of RFC 6750 and RFC 9449."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.people.refused import NotSignedIn, ProofRefused, ScopeMissing, TokenRefused
from api.settings import Dpop

REALM = 'realm="retthjem"'


@dataclass(frozen=True, slots=True)
class Challenges:
    """The ways of bringing a token that there are here."""

    dpop: Dpop
    scopes: tuple[str, ...] = ()

    def ask(self) -> Mapping[str, str]:
        """Return what to bring, to one who brought nothing."""
        return _headers(*self._ways())

    def refuse(self, why: TokenRefused, *, with_proof: bool) -> NotSignedIn:
        """Return the answer to a token or proof that is not accepted, in the words of the way it came by."""
        error = 'error="invalid_token"'
        if isinstance(why, ProofRefused):
            error = 'error="use_dpop_nonce"' if why.nonce else 'error="invalid_dpop_proof"'
        nonce = {"DPoP-Nonce": why.nonce} if isinstance(why, ProofRefused) and why.nonce else {}
        if with_proof or self.dpop.required:
            return NotSignedIn("token_refused", {**_headers(self._by_dpop(error)), **nonce})
        return NotSignedIn("token_refused", _headers(f"Bearer {REALM}, {error}", self._by_dpop()))

    def lacks_scope(self, *, with_proof: bool) -> ScopeMissing:
        """Return the answer to a token that is good for less than what is asked."""
        error = f'error="insufficient_scope", scope="{" ".join(self.scopes)}"'
        return ScopeMissing(self._by_dpop(error) if with_proof else f"Bearer {REALM}, {error}")

    def _ways(self) -> tuple[str, ...]:
        return (self._by_dpop(),) if self.dpop.required else (f"Bearer {REALM}", self._by_dpop())

    def _by_dpop(self, error: str = "") -> str:
        said = (REALM, error, f'algs="{" ".join(self.dpop.algorithms)}"')
        return f"DPoP {', '.join(filter(None, said))}"


def _headers(*challenges: str) -> Mapping[str, str]:
    return {"WWW-Authenticate": ", ".join(challenges)}
