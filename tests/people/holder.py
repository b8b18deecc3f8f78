"""One who holds a key, and proves it with each request (RFC 9449)."""

from __future__ import annotations

import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from api.people.proofs import hash_of
from tests.people.provider import as_part


def signed(header: Mapping[str, Any], claims: Mapping[str, Any], key: Key) -> str:
    """Return a JWT that is signed rightly, whatever its header says: no library would write some of these."""
    said = f"{as_part(header)}.{as_part(claims)}"
    signature: bytes = JWSRegistry.algorithms[header["alg"]].sign(said.encode(), key)
    return f"{said}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


class Holder:
    """A client with a key of its own; each part of a proof can be made wrong."""

    def __init__(self, key: Key | None = None, algorithm: str = "ES256") -> None:
        self.key = key or ECKey.generate_key("P-256")
        self.algorithm = algorithm

    @property
    def bound(self) -> dict[str, str]:
        """Return the claim `cnf` of a token that is given to this client."""
        return {"jkt": self.key.thumbprint()}

    def proof(
        self,
        url: str,
        token: str | None,
        method: str = "GET",
        *,
        header: Mapping[str, Any] | None = None,
        signed_by: Key | None = None,
        **claims: Any,
    ) -> str:
        """Return a proof for a request, right but for what is given; what is None is left out."""
        whole: dict[str, Any] = {"jti": str(uuid.uuid4()), "htm": method, "htu": url, "iat": int(time.time())}
        whole |= {"ath": hash_of(token) if token else None} | claims
        jwk = dict(self.key.as_dict(private=False))
        jwk = {name: jwk[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in jwk}
        full = {"typ": "dpop+jwt", "alg": self.algorithm, "jwk": jwk, **(header or {})}
        full = {name: value for name, value in full.items() if value is not None}
        kept = {name: value for name, value in whole.items() if value is not None}
        return signed(full, kept, signed_by or self.key)

    def headers(self, url: str, token: str, method: str = "GET", **made: Any) -> dict[str, str]:
        """Return what a request with a bound token carries."""
        return {"Authorization": f"DPoP {token}", "DPoP": self.proof(url, token, method, **made)}


RSA = RSAKey.generate_key(2048)
P384 = ECKey.generate_key("P-384")
ED25519 = OKPKey.generate_key("Ed25519")
