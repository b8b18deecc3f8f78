"""A sign-in provider of the tests' own: one key made here, and tokens for anyone in any role."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

ISSUER, CLIENT, AUDIENCE = "https://issuer.example", "retthjem", "retthjem-api"
KEY = ECKey.generate_key("P-256", {"kid": "test", "alg": "ES256", "use": "sig"}, private=True)


async def key_set() -> Sequence[Mapping[str, Any]]:
    """Return the public key, as the provider publishes it."""
    return [dict(KEY.as_dict(private=False))]


def token(role: str, /, *units: str, id: str | None = None, **changed: Any) -> str:
    """Return an access token; `changed` replaces claims, and None takes one out."""
    now, sub = int(time.time()), id or f"{role}-{'-'.join(units)}"
    own = {"client_id": sub} if role == "system" else {}
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": sub,
        "iat": now,
        "exp": now + 3_600,
        "role": role,
        "units": list(units),
        "name": f"Test {role}",
    }
    said = {name: value for name, value in (claims | own | changed).items() if value is not None}
    return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": "test"}, said, KEY)


def bearer(role: str, /, *units: str, **changed: Any) -> dict[str, str]:
    """Return the header that a caller sends."""
    return {"Authorization": f"Bearer {token(role, *units, **changed)}"}
