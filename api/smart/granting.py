"""What a system grants for a code: the token to read with, the patient on its screen, and who the person is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

import httpx2

from api.people.assertions import assertion
from api.people.claims import Reading
from api.people.refused import LaunchFailed, RoleUnknown, TokenRefused
from api.people.tokens import Claims
from api.people.user import Unit, User
from api.settings import Claims as ClaimNames
from api.smart.asking import Asker
from api.smart.ehrs import Known

ID = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9.\-]{1,64}", re.ASCII)
TOKEN = re.compile(r"[!-~]{1,20000}")
LONGEST_ID, LONGEST_INTENT = 200, 100


@dataclass(frozen=True, slots=True)
class Granted:
    """The answer to a code; nothing of it comes from the person's browser."""

    token: str = field(repr=False)
    id_token: str = field(repr=False)
    patient: str | None
    encounter: str | None
    intent: str | None
    has_banner: bool
    """Whether the system itself shows whose record it is, so that we need not."""


async def redeem(asker: Asker, known: Known, code: str, *, verifier: str, back: str) -> Granted:
    """Return what a code is worth; raise `LaunchFailed` where it is worth nothing, or the answer is no SMART one."""
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": back}
    auth, extra = _credentials(known)
    answer = await asker.post(known.endpoints.token, {**form, **extra}, **({"auth": auth} if auth else {}))
    kind, token, id_token = (answer.get(name) for name in ("token_type", "access_token", "id_token"))
    if not isinstance(kind, str) or kind.lower() != "bearer" or not isinstance(id_token, str):
        raise LaunchFailed
    if not isinstance(token, str) or not TOKEN.fullmatch(token):
        raise LaunchFailed
    intent = answer.get("intent")
    return Granted(
        token,
        id_token,
        _id(answer.get("patient")),
        _id(answer.get("encounter")),
        intent if isinstance(intent, str) and len(intent) <= LONGEST_INTENT else None,
        has_banner=answer.get("need_patient_banner") is False,
    )


async def person(known: Known, granted: Granted, nonce: str, hospital: str) -> tuple[User, str | None]:
    """Return whom the ID token is about, in the role that the settings give, and where the system tells of them."""
    try:
        claims = await known.tokens.identity(granted.id_token, nonce, kid_optional=True)
        role = known.settings.role
        names = ClaimNames(role=known.settings.role_claim)
        read = Reading(hospital, names, {role: role} if role else known.settings.role_names)
        found = read.user({**claims, known.settings.role_claim: role} if role else claims)
    except TokenRefused as refused:
        raise (RoleUnknown if refused.why == "role" else LaunchFailed) from None
    if found.role == "system":
        raise RoleUnknown  # which no person is
    units = frozenset(unit for unit in map(Unit.parse, known.settings.units) if unit)
    return User(_named(known, claims), found.role, units, found.name, found.hpr), _place(claims)


def _named(known: Known, claims: Claims) -> str:
    """Return a person's name for the record: whoever else an other issuer calls the same is another."""
    whole = f"{known.endpoints.issuer.rstrip('/')}/{claims['sub']}"
    return whole if len(whole) <= LONGEST_ID else f"smart:{hashlib.sha256(whole.encode()).hexdigest()}"


def _place(claims: Claims) -> str | None:
    """Return the resource that tells of the person."""
    said = claims.get("fhirUser", claims.get("profile"))
    return said if isinstance(said, str) else None


def _credentials(known: Known) -> tuple[httpx2.BasicAuth | None, Mapping[str, str]]:
    """Return how we say who we are: by a key, by a secret in the way the server takes it, or by name alone."""
    settings = known.settings
    if settings.client_key:
        return None, assertion(settings, known.endpoints.token)
    if settings.client_secret is None:
        return None, {"client_id": settings.client_id}
    secret, methods = settings.client_secret.get_secret_value(), known.endpoints.methods
    if methods is None or "client_secret_basic" in methods:
        return httpx2.BasicAuth(quote_plus(settings.client_id), quote_plus(secret)), {}
    return None, {"client_id": settings.client_id, "client_secret": secret}


def _id(said: Any) -> str | None:
    """Return an id as FHIR writes one; anything else than one, or none, is no answer of a SMART server."""
    if said is None:
        return None
    if not isinstance(said, str) or not ID.fullmatch(said):
        raise LaunchFailed
    return said
