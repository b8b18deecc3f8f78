"""What an operator sets: one TOML file named by `RETTHJEM_CONFIG`, and over it the environment (`RETTHJEM_*`)."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args
from urllib.parse import SplitResult, urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic.networks import IPvAnyNetwork
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from api.people.user import Role, Unit
from engine.errors import InputError

PREFIX = "RETTHJEM_"
NESTED = "__"
Algorithm = Literal["ES256", "ES384", "RS256", "PS256"]
ALGORITHMS: tuple[Algorithm, ...] = get_args(Algorithm)
ProofAlgorithm = Literal["ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512"]
SMART_SCOPES = (
    "launch",
    "openid",
    "fhirUser",
    "patient/Patient.rs",
    "patient/Encounter.rs",
    "patient/Condition.rs",
    "patient/MedicationStatement.rs",
    "patient/MedicationRequest.rs",
    "patient/Observation.rs",
    "user/Practitioner.rs",
)
PROOF_ALGORITHMS: tuple[ProofAlgorithm, ...] = get_args(ProofAlgorithm)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
CODES = {
    "missing": "setting_missing",
    "extra_forbidden": "setting_unknown",
    "literal_error": "setting_not_allowed",
    "greater_than_equal": "setting_too_small",
    "less_than_equal": "setting_too_large",
    "not_address": "setting_not_address",
    "not_https": "setting_not_https",
    "not_origin": "setting_not_origin",
    "secret_twice": "setting_secret_twice",
    "secret_unreadable": "setting_secret_unreadable",
    "demo_with_issuer": "setting_demo_with_issuer",
    "not_unit": "setting_not_unit",
}
PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z_0-9-]{0,40}")


def is_closed_line(url: str) -> bool:
    """Return whether nobody on the way can listen: TLS, or this machine itself; what is no address is not closed."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _wrong(kind: str, *within: str) -> PydanticCustomError:
    """Return what is wrong, to raise inside a validator; pydantic adds the place, `within` what is in it."""
    return PydanticCustomError(kind, "wrong", {"within": within})


def _parts(url: str, wrong: str = "not_address") -> SplitResult:
    """Return an address in its parts, to a validator."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise _wrong(wrong) from None
    return parts


def _address(url: str) -> str:
    """Return a server's address unless it is open to listeners; only this machine may be spoken to without TLS."""
    parts = _parts(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise _wrong("not_address")
    if not is_closed_line(url):
        raise _wrong("not_https")
    return url


def _origin(url: str) -> str:
    """Return the address people open, which has no path: cookies and links are made for the whole of it."""
    parts = _parts(url, "not_origin")
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.username or parts.path not in {"", "/"}:
        raise _wrong("not_origin")
    if parts.query or parts.fragment:
        raise _wrong("not_origin")
    return url.rstrip("/")


def _unit(text: str) -> str:
    """Return a unit as it is written in settings and claims."""
    if Unit.parse(text) is None:
        raise _wrong("not_unit")
    return text


Address = Annotated[str, AfterValidator(_address)]
Origin = Annotated[str, AfterValidator(_origin)]
UnitName = Annotated[str, AfterValidator(_unit)]
HerId = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,8}$")]
Rate = Annotated[int, Field(ge=1, le=1_000_000)]


class Part(BaseModel):
    """A table of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Claims(Part):
    """What the provider calls the things we ask of a token."""

    role: str = Field("role", min_length=1, description="The claim that holds the person's role.")
    units: str = Field("units", min_length=1, description="The claim that lists units, as `ward:STO/GER2`.")
    name: str = Field("name", min_length=1, description="The claim that holds the name to show.")
    security_level: str = Field(
        "helseid://claims/identity/security_level", min_length=1, description="The claim that holds how safe it was."
    )
    hpr_number: str = Field(
        "helseid://claims/hpr/hpr_number", min_length=1, description="The claim that holds the HPR number."
    )
    organisation: tuple[str, ...] = Field(
        ("helseid://claims/client/claims/orgnr_child", "helseid://claims/client/claims/orgnr_parent"),
        description="The claims that hold the organisation number, the narrowest first.",
    )


class Organisation(Part):
    """What an organisation of the provider's is to us."""

    units: tuple[UnitName, ...] = Field(min_length=1, description="Its units with us, as `hospital:STO`.")
    role_names: Mapping[str, Role] = Field({}, description="Its words for roles, before those of the issuer.")


class Dpop(Part):
    """What is asked of proofs of possession (DPoP), which come with tokens that are bound to a key."""

    required: bool = Field(False, description="Refuse every token that is not bound to a key; HelseID asks for it.")
    algorithms: tuple[ProofAlgorithm, ...] = Field(
        PROOF_ALGORITHMS, min_length=1, description="Signature algorithms that a proof may use."
    )
    seconds: int = Field(60, ge=5, le=600, description="Seconds that a proof is good; clocks may differ by 30 more.")
    use_nonce: bool = Field(False, description="Ask for a nonce of ours in every proof.")


class Client(Part):
    """How this installation says who it is where it asks for tokens: by a secret, by a key, or not at all."""

    client_id: str = Field(min_length=1, description="What the provider calls this installation.")
    client_secret: SecretStr | None = Field(None, description="The client's secret; none for a public client.")
    client_secret_file: Path | None = Field(None, description="A file that holds the client's secret.")
    client_key_file: Path | None = Field(None, description="A file with the client's private key, as JWK or PEM.")
    client_key: SecretStr | None = Field(None, description="The private key itself, instead of a file.")

    @model_validator(mode="before")
    @classmethod
    def _read_files(cls, given: Any) -> Any:
        """Read the secret and the key where they lie in files."""
        if not isinstance(given, Mapping):
            return given
        found = dict(given)
        for name in ("client_secret", "client_key"):
            if found.get(f"{name}_file"):
                if found.get(name):
                    raise _wrong("secret_twice", f"{name}_file")
                found[name] = _secret_in(found[f"{name}_file"], f"{name}_file")
        return found

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.client_secret and self.client_key:
            raise _wrong("secret_twice", "client_key")
        if self.client_key:
            key_in(self.client_key)
        return self


class Issuer(Client):
    """The provider that people sign in with, and whose access tokens are accepted."""

    url: Address = Field(description="The provider's issuer, letter by letter as its tokens say it.")
    audience: tuple[str, ...] = Field(min_length=1, description="Audiences that an access token may be meant for.")
    algorithms: tuple[Algorithm, ...] = Field(
        ALGORITHMS, min_length=1, description="Signature algorithms that are accepted."
    )
    token_types: tuple[Literal["at+jwt", "JWT"], ...] = Field(
        ("at+jwt",), min_length=1, description="What an access token's `typ` may be."
    )
    scopes: tuple[str, ...] = Field(("openid", "profile"), description="What is asked for at sign-in.")
    claims: Claims = Field(Claims(), description="What the provider calls role, units and name.")
    role_names: Mapping[str, Role] = Field({}, description="The provider's words for roles, each with ours.")
    scope_roles: Mapping[str, Role] = Field({}, description="Scopes that give a role where no claim does.")
    required_scopes: tuple[str, ...] = Field((), description="Scopes that an access token must hold, each of them.")
    security_level: str | None = Field(None, min_length=1, description="The level that people must have; HelseID: `4`.")
    hpr_roles: tuple[Role, ...] = Field((), description="Roles that only someone with an HPR number may have.")
    organisations: Mapping[str, Organisation] = Field(
        {}, description="Organisation numbers, each with its `units` and `role_names`; any other is then refused."
    )
    dpop: Dpop = Field(Dpop(), description="What is asked of proofs of possession (DPoP).")
    pushed: bool = Field(False, description="Push the question at sign-in (PAR), also where it is not required.")
    dpop_at_sign_in: bool = Field(False, description="Prove a key where a code is redeemed; HelseID asks for it.")


class Ehr(Client):
    """A record system that may launch us (SMART App Launch), and what whoever it launches is here."""

    iss: Address = Field(description="Its FHIR server's address, as it launches with it.")
    scopes: tuple[str, ...] = Field(SMART_SCOPES, min_length=1, description="What is asked for at launch.")
    algorithms: tuple[Algorithm, ...] = Field(
        ALGORITHMS, min_length=1, description="Signature algorithms of its ID tokens that are accepted."
    )
    role: Role | None = Field(None, description="The role of everyone it launches; none where a claim says it.")
    role_claim: str = Field("role", min_length=1, description="The claim of its ID token that holds the role.")
    role_names: Mapping[str, Role] = Field({}, description="Its words for roles, each with ours.")
    units: tuple[UnitName, ...] = Field(min_length=1, description="The units of everyone it launches, `hospital:STO`.")
    framed_by: Origin | None = Field(None, description="The address of its pages, if they may frame ours.")


def key_in(written: SecretStr) -> Key:
    """Return the private key that is written as a JWK or as PEM."""
    text = written.get_secret_value().strip()
    try:
        data = json.loads(text) if text.startswith("{") else text
        key = import_key(data) if isinstance(data, dict) else _of_pem(text)
    except (JoseError, ValueError, TypeError, KeyError):
        raise _wrong("secret_unreadable", "client_key") from None
    if not key.is_private or key.key_type not in {"EC", "RSA"}:
        raise _wrong("secret_unreadable", "client_key")
    return key


def _of_pem(text: str) -> Key:
    """Return a key in PEM, which does not say its kind."""
    try:
        return import_key(text, "EC")
    except (JoseError, ValueError, TypeError):
        return import_key(text, "RSA")


def _secret_in(path: object, place: str) -> str:
    try:
        secret = Path(str(path)).read_text("utf-8").strip()
    except (OSError, ValueError):
        secret = ""
    if not secret:
        raise _wrong("secret_unreadable", place)
    return secret


class Sessions(Part):
    """How long a sign-in lasts."""

    idle_minutes: int = Field(15, ge=1, le=480, description="Minutes without a click before one must sign in again.")
    longest_hours: int = Field(12, ge=1, le=24, description="Hours after which one must sign in again in any case.")


class Limits(Part):
    """How many requests a minute are answered."""

    person: Rate = Field(1_200, description="Requests a minute of each signed-in person.")
    system: Rate = Field(60_000, description="Requests a minute of each system, such as the EPJ.")
    address: Rate = Field(300, description="Requests a minute from each address that is not signed in.")
    sign_in: Rate = Field(60, description="Attempts to sign in a minute from each address, such as a whole hospital's.")
    wrong_token: Rate = Field(20, description="Refused tokens a minute from each address.")


class Log(Part):
    """What the server writes about itself."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least that is written.")
    format: Literal["json", "text"] = Field("json", description="A line of JSON for each event, or text for people.")


class CdsClient(Part):
    """A system that calls the CDS services, and by which keys its tokens are known."""

    issuer: str = Field(min_length=1, description="The client's `iss`, letter by letter as its tokens say it.")
    hospital: str | None = Field(None, description="The hospital it calls for, if not this server's own.")
    keys: tuple[Mapping[str, Any], ...] = Field((), description="Its public keys, each a JSON Web Key.")
    key_sets: tuple[Address, ...] = Field((), description="Where its keys are fetched; a token's `jku` is one of them.")


class Cds(Part):
    """Who may call the CDS Hooks services, and which FHIR servers they may ask."""

    clients: tuple[CdsClient, ...] = Field(
        (),
        description="The systems that may call: `issuer`, and `keys` (JSON Web Keys) or `key_sets` (addresses); "
        "`hospital` if it is another than this server's.",
    )
    audience: tuple[Address, ...] = Field(
        (), description="Addresses beside `public_url` under which the services are called, such as a proxy's."
    )
    fhir_servers: tuple[Address, ...] = Field(
        (), description="FHIR servers that missing data may be fetched from. In a demo also those on this machine."
    )
    origins: tuple[Origin, ...] = Field(
        (), description="Where pages come from that may call the services from a browser. In a demo from anywhere."
    )


class MessageParty(Part):
    """Someone whom national messages come from or go to, as the address register (Adresseregisteret) has them."""

    unit: UnitName = Field(
        description="Whose address it is: `hospital:STO`, `ward:STO/GER2`, `municipality:5001`, `practice:Solsiden`."
    )
    name: str = Field(min_length=1, max_length=100, description="Its name in the address register.")
    her_id: HerId = Field(description="Its HER-id.")
    sub_unit: str | None = Field(
        None, min_length=1, max_length=100, description="The part of it that takes messages; a ward has its own line."
    )
    sub_unit_her_id: HerId | None = Field(None, description="The HER-id of that part.")

    @model_validator(mode="after")
    def _both(self) -> Self:
        """Refuse a part that has a name or a HER-id alone."""
        if self.sub_unit and not self.sub_unit_her_id:
            raise _wrong("missing", "sub_unit_her_id")
        if self.sub_unit_her_id and not self.sub_unit:
            raise _wrong("missing", "sub_unit")
        return self


class Messages(Part):
    """Between whom national messages go."""

    parties: tuple[MessageParty, ...] = Field(
        (), description="Senders and receivers with their HER-ids; without one a message cannot be made final."
    )


class HospitalParts(Part):
    """What a hospital's figures are told apart by: its wards, and the municipalities that it serves."""

    hospital: str = Field(min_length=1, description="The hospital's id, as `STO`.")
    wards: tuple[str, ...] = Field((), description="Its wards by the names that encounters give them, as `GER2`.")
    municipalities: tuple[str, ...] = Field((), description="Its municipalities by number, neighbours together.")


class Figures(Part):
    """What the figures to steer by need that no record says."""

    hospitals: tuple[HospitalParts, ...] = Field(
        (),
        description="Hospitals with their parts; without, figures are of the whole alone. To be set before the first "
        "month is closed: two lists could tell what each of them hides.",
    )
    inhabitants: Path | None = Field(
        None, description="A CSV file `municipality,year,inhabitants,source`; without it, stays per 1,000 are lacking."
    )


class Population(Part):
    """The nightly run of `retthjem population screen` that the server reads."""

    nightly: Path | None = Field(
        None, description="The folder of the run, or one that holds several: the newest that is whole is read."
    )
    key_file: Path | None = Field(None, description="A file with the key that hid who the run's people are.")
    key: SecretStr | None = Field(None, min_length=32, description="The key itself, instead of a file.")
    oldest_days: int = Field(2, ge=1, le=60, description="Days after which a run is said to be old.")

    @model_validator(mode="before")
    @classmethod
    def _read_file(cls, given: Any) -> Any:
        """Read the key where it lies in a file."""
        if not isinstance(given, Mapping) or not given.get("key_file"):
            return given
        if given.get("key"):
            raise _wrong("secret_twice", "key_file")
        return dict(given) | {"key": _secret_in(given["key_file"], "key_file")}


class Settings(BaseSettings):
    """Every setting of the server."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=NESTED,
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
    )

    database: str = Field(
        "sqlite:///retthjem.sqlite", min_length=1, repr=False, description="The database's URL: SQLite or PostgreSQL."
    )
    host: str = Field("127.0.0.1", min_length=1, description="The address to listen on.")
    port: int = Field(8000, ge=0, le=65_535, description="The port to listen on; 0 takes a free one.")
    public_url: Origin | None = Field(None, description="What people write in the browser, if not host and port.")
    demo: bool = Field(False, description="Synthetic people and an embedded sign-in; never with real patients.")
    hospital: str = Field("demo", min_length=1, max_length=100, description="The hospital's id where none is said.")
    hospital_names: Mapping[str, str] = Field(
        {"demo": "Demosykehuset"}, description="What hospitals are called on pages and prints, by id; else the id."
    )
    overlay: Path | None = Field(None, description="The file with local limits, offsets and contacts.")
    issuer: Issuer | None = Field(None, description="The provider that people sign in with.")
    smart: tuple[Ehr, ...] = Field((), description="Record systems that may launch us (SMART App Launch).")
    session: Sessions = Field(Sessions(), description="How long a sign-in lasts.")
    limits: Limits = Field(Limits(), description="How many requests a minute are answered.")
    cds: Cds = Field(Cds(), description="Who may call the CDS Hooks services, and which FHIR servers they may ask.")
    messages: Messages = Field(Messages(), description="Between whom national messages go.")
    figures: Figures = Field(Figures(), description="What the figures to steer by need that no record says.")
    population: Population = Field(Population(), description="The nightly run that the server reads.")
    opened_hours: int = Field(12, ge=1, le=72, description="Hours that another unit's patient stays open.")
    idempotency_days: int = Field(7, ge=1, le=90, description="Days that an answer is kept for its idempotency key.")
    draft_days: int = Field(7, ge=1, le=90, description="Days that an unfinished form is kept.")
    largest_body: int = Field(
        20_000_000, ge=10_000, le=100_000_000, description="The most bytes that a request may carry."
    )
    trusted_proxies: tuple[IPvAnyNetwork, ...] = Field(
        (), description="Proxies whose `X-Forwarded-…` are believed, as addresses or networks."
    )
    metrics_token: SecretStr | None = Field(None, description="The bearer token that `/metrics` asks for.")
    log: Log = Field(Log(), description="What the server writes about itself.")
    stop_seconds: int = Field(20, ge=0, le=300, description="Seconds that requests may take to end when stopped.")
    upgrade_at_start: bool = Field(True, description="Bring the database to this version when the server starts.")

    @property
    def address(self) -> str:
        """Return what people open, without a slash at the end."""
        here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 # compared, not bound
        shown = f"[{here}]" if ":" in here else here
        return self.public_url or f"http://{shown}:{self.port}"

    @property
    def secure(self) -> bool:
        """Return whether people reach the server through TLS."""
        return self.address.startswith("https:")

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        """Refuse a demo that real people could sign in to, and real people over an open line."""
        if self.demo and self.issuer:
            raise _wrong("demo_with_issuer", "demo")
        if self.issuer and "hospital" not in self.model_fields_set:
            raise _wrong("missing", "hospital")
        if self.issuer and not is_closed_line(self.address):
            raise _wrong("not_https", "public_url")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 # pydantic gives it by name
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 # likewise
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where settings come from, the strongest first."""
        return init_settings, env_settings, InitSettingsSource(settings_cls, _file_content())


def read_settings(**given: object) -> Settings:
    """Return the settings, with what the command line gave over file and environment; a mistake is an `InputError`."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type] # checked by pydantic
    except ValidationError as wrong:
        raise _as_input_error(wrong.errors(include_url=False, include_input=False)) from None
    except SettingsError as wrong:
        # Its message names the field, and the error it came from may hold the value.
        field = next((name for name in Settings.model_fields if f'"{name}"' in str(wrong)), "")
        raise InputError(field or PREFIX, "setting_wrong", environment=_variable((field,))) from None


def _file_content() -> dict[str, Any]:
    named = os.environ.get(f"{PREFIX}CONFIG")
    if not named:
        return {}
    try:
        return tomllib.loads(Path(named).read_text("utf-8"))
    except OSError:
        raise InputError(f"{PREFIX}CONFIG", "setting_file_unreadable") from None
    except (ValueError, RecursionError):
        raise InputError(f"{PREFIX}CONFIG", "setting_file_not_toml") from None


def _as_input_error(errors: list[ErrorDetails]) -> InputError:
    """Return the first thing that is wrong, never what was written there: it may be a secret."""
    first, more = errors[0], {"more": len(errors) - 1} if len(errors) > 1 else {}
    kind, context = first["type"], first.get("ctx", {})
    place = (*first["loc"], *context.get("within", ()))
    limit, allowed = context.get("ge", context.get("le", 0)), context.get("expected", "")
    allowed, environment = allowed.replace("'", "").replace(" or ", ", "), _variable(place)
    return InputError(
        _place(place),
        CODES.get(kind, "setting_wrong"),
        environment=environment,
        limit=limit,
        allowed=allowed,
        **more,
    )


def _place(place: Sequence[str | int]) -> str:
    """Return the path in the file; a key that is no plain word may be a secret in the wrong place."""
    return ".".join(str(part) for part in place if isinstance(part, int) or PLAIN_KEY.fullmatch(part))


def _variable(place: Sequence[str | int]) -> str:
    """Return the environment variable that sets a field."""
    return PREFIX + NESTED.join(part.upper() for part in place if isinstance(part, str) and PLAIN_KEY.fullmatch(part))
