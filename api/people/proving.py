"""Our own proof of possession where a code is redeemed (RFC 9449): a key for each sign-in, used and forgotten."""

from __future__ import annotations

import secrets
import time

from joserfc import jwt
from joserfc.jwk import ECKey

from api.people.proofs import KIND


class Prover:
    """Holds a key for one sign-in."""

    def __init__(self) -> None:
        self._key = ECKey.generate_key("P-256")

    def proof(self, method: str, url: str, nonce: str | None) -> str:
        """Return a proof for one request; a server that wants a nonce of its own says so first."""
        public = self._key.as_dict(private=False)
        header = {"typ": KIND, "alg": "ES256", "jwk": {name: public[name] for name in ("kty", "crv", "x", "y")}}
        claims = {"jti": secrets.token_urlsafe(24), "htm": method, "htu": url, "iat": int(time.time())}
        return jwt.encode(header, claims | ({"nonce": nonce} if nonce else {}), self._key, algorithms=["ES256"])
