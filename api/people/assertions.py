"""How we say by a key who we are where a token is asked for (`private_key_jwt`, RFC 7523; HelseID and SMART)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping

from joserfc import jwt
from joserfc.jwk import ECKey, Key

from api.settings import Client, key_in

KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SECONDS = 60  # the most that HelseID takes
BY_CURVE = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
RSA_DEFAULT = "RS384"  # which SMART asks each server to know, and HelseID knows too


def assertion(client: Client, audience: str, kind: str = "JWT") -> Mapping[str, str]:
    """Return what stands in a token request instead of a secret; nothing for a client without a key."""
    if client.client_key is None:
        return {}
    key, now = key_in(client.client_key), int(time.time())
    header = {"alg": algorithm_of(key), "kid": key.kid or key.thumbprint(), "typ": kind}
    about = {"iss": client.client_id, "sub": client.client_id, "aud": audience, "jti": secrets.token_urlsafe(24)}
    claims = {**about, "iat": now, "nbf": now, "exp": now + SECONDS}
    signed = jwt.encode(header, claims, key, algorithms=[header["alg"]])
    return {"client_id": client.client_id, "client_assertion_type": KIND, "client_assertion": signed}


def algorithm_of(key: Key) -> str:
    """Return what a key signs with: what it says itself, else what fits it."""
    said = key.get("alg") if "alg" in key.as_dict() else None
    if isinstance(said, str):
        return said
    return BY_CURVE[key.curve_name] if isinstance(key, ECKey) else RSA_DEFAULT
