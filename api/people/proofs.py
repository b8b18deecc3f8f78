"""Proofs of possession (DPoP, RFC 9449): that whoever sends a token holds the key that it was given to.

A proof is good for one request: its method, its address, its token, about now, and once.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key
from joserfc.jws import JWSRegistry, extract_compact

from api.people.once import Once
from api.people.refused import ProofRefused
from api.people.targets import normal
from api.settings import Dpop

LONGEST, LONGEST_HEADER, LONGEST_ID = 8_000, 4_000, 500
LEEWAY = 30
KIND = "dpop+jwt"
MEMBERS = {"EC": ("kty", "crv", "x", "y"), "RSA": ("kty", "n", "e")}
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
FOREIGN = frozenset({"jku", "x5u", "crit", "b64"})
RSA_LETTERS = range(342, 1_367)  # 2,048 to 8,192 bits
LONGEST_EXPONENT = 6  # letters; a larger one makes each check slow
NONCE_SECONDS, NONCE_NEW_AFTER = 300, 60
WRONG = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError)


@dataclass(frozen=True, slots=True)
class Sent:
    """The request that a proof must be for; `token` is None where a token is only asked for."""

    method: str
    targets: Collection[str]
    token: str | None


@dataclass(frozen=True, slots=True)
class _Proof:
    thumbprint: str
    claims: Mapping[str, Any]


class Proofs:
    """Checks the proofs that come with requests."""

    def __init__(self, once: Once, asked: Dpop, now: Callable[[], float] = time.time) -> None:
        self._once, self._asked, self._now = once, asked, now
        self._nonces = Nonces(once, now) if asked.use_nonce else None

    async def check(self, said: Sequence[str], sent: Sent) -> str:
        """Return the thumbprint of the key that made the one proof of a request; raise `ProofRefused` for any other."""
        if len(said) != 1:
            raise ProofRefused("proof_count")
        proof = self._read(said[0])
        self._check_claims(proof.claims, sent)
        if self._nonces and not await self._nonces.holds(proof.claims.get("nonce")):
            raise ProofRefused("nonce", await self._nonces.current())
        until = datetime.fromtimestamp(proof.claims["iat"] + self._asked.seconds + LEEWAY + 1, UTC)
        if not await self._once("proof", f"{proof.thumbprint} {proof.claims['jti']}", until):
            raise ProofRefused("replayed")
        return proof.thumbprint

    def _read(self, proof: str) -> _Proof:
        registry = JWSRegistry(algorithms=self._asked.algorithms, strict_check_header=False)
        registry.max_header_length = LONGEST_HEADER
        if len(proof) > LONGEST:
            raise ProofRefused("proof")
        try:
            header = extract_compact(proof.encode("ascii"), registry=registry).headers()
            key = self._key(header)
            claims = jwt.decode(proof, key, algorithms=list(self._asked.algorithms), registry=registry).claims
        except WRONG:
            raise ProofRefused("proof") from None
        return _Proof(key.thumbprint(), claims)

    def _key(self, header: Mapping[str, Any]) -> Key:
        """Return the public key that a proof brings; it is known by its thumbprint, and trusted for nothing else."""
        kind, data = header.get("typ"), header.get("jwk")
        if not isinstance(kind, str) or kind.lower().removeprefix("application/") != KIND or FOREIGN & set(header):
            raise ProofRefused("proof")
        if header.get("alg") not in self._asked.algorithms or not isinstance(data, dict) or PRIVATE & set(data):
            raise ProofRefused("proof")
        members = MEMBERS.get(str(data.get("kty")), ())
        public = {name: data[name] for name in members}
        if not members or not all(isinstance(value, str) for value in public.values()):
            raise ProofRefused("proof")
        if data["kty"] == "RSA" and (len(data["n"]) not in RSA_LETTERS or len(data["e"]) > LONGEST_EXPONENT):
            raise ProofRefused("proof")
        return import_key(public)

    def _check_claims(self, claims: Mapping[str, Any], sent: Sent) -> None:
        id, made, at = claims.get("jti"), claims.get("iat"), claims.get("htu")
        if not isinstance(id, str) or not 0 < len(id) <= LONGEST_ID or claims.get("htm") != sent.method:
            raise ProofRefused("proof_claims")
        if not isinstance(at, str) or normal(at) not in sent.targets:
            raise ProofRefused("proof_target")
        if not _is_number(made) or not all(_is_number(claims[name]) for name in ("exp", "nbf") if name in claims):
            raise ProofRefused("proof_claims")
        if not self._is_now(claims):
            raise ProofRefused("proof_time")
        if sent.token is not None and not _same(claims.get("ath"), hash_of(sent.token)):
            raise ProofRefused("proof_token")

    def _is_now(self, claims: Mapping[str, Any]) -> bool:
        """Return whether a proof was made about now; numbers are compared as they are, for a huge one has no float."""
        now = self._now()
        made, ends, begins = claims["iat"], claims.get("exp", now), claims.get("nbf", now)
        in_time: bool = now - LEEWAY - self._asked.seconds <= made <= now + LEEWAY
        return in_time and now - LEEWAY < ends and begins <= now + LEEWAY


class Nonces:
    """Nonces of ours, known to every process through the store; one is handed out for a minute, and good for five."""

    def __init__(self, once: Once, now: Callable[[], float]) -> None:
        self._once, self._now = once, now
        self._newest, self._made = "", float("-inf")

    async def current(self) -> str:
        """Return the nonce to use next."""
        if self._now() - self._made > NONCE_NEW_AFTER:
            nonce, made = secrets.token_urlsafe(24), self._now()
            await self._once("nonce", nonce, datetime.fromtimestamp(made, UTC) + timedelta(seconds=NONCE_SECONDS))
            self._newest, self._made = nonce, made
        return self._newest

    async def holds(self, nonce: object) -> bool:
        """Return whether a nonce was handed out lately."""
        return isinstance(nonce, str) and 0 < len(nonce) <= LONGEST_ID and await self._once.knows("nonce", nonce)


def hash_of(token: str) -> str:
    """Return a token's hash as `ath` writes it."""
    return urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()


def _is_number(said: object) -> bool:
    return isinstance(said, int | float) and not isinstance(said, bool)


def _same(said: object, right: str) -> bool:
    return isinstance(said, str) and secrets.compare_digest(said.encode("utf-8", "surrogatepass"), right.encode())
