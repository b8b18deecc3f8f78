"""The record: the rules in force, the store, and this hospital's name, as every service needs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from api.people.user import User
from api.places.addresses import Addresses
from api.record.bases import Bases
from api.record.rule_use import UseOfRules
from api.record.streams import Naming, new_id
from api.screening import Screening
from api.steering.reading import Shelves
from api.storage.rule_sets import keep_rule_set
from api.storage.writer import Writer
from careplans.course.events import By
from careplans.course.told import Here
from rules.case import Case

Committed = Callable[[int, float], None]
LoggedBefore = Callable[[Naming], tuple[str, ...]]


@dataclass(frozen=True)
class Record:
    """What the services share; made once, when the server starts."""

    screening: Screening
    engine: Engine
    writer: Writer
    hospital: str
    rule_set: str
    """The id of the rules in force, which are stored before anything is assessed by them."""

    bases: Bases = field(default_factory=Bases)
    use: UseOfRules = field(default_factory=UseOfRules)
    figures: Shelves = field(default_factory=Shelves)
    addresses: Addresses = field(default_factory=Addresses)
    logged_before: LoggedBefore = field(default=lambda _: ())
    """Under which names someone was logged before there was a record."""

    @classmethod
    def start(
        cls,
        screening: Screening,
        engine: Engine,
        hospital: str,
        *,
        committed: Committed = lambda *_: None,
        addresses: Addresses | None = None,
        figures: Shelves | None = None,
        logged_before: LoggedBefore = lambda _: (),
    ) -> Record:
        """Return the record over a database that is current; `committed` is told of each commit."""
        writer = Writer(engine, committed=committed)
        ruleset, overlay = screening.ruleset, screening.overlay
        stored = writer.run(lambda change: keep_rule_set(change.connection, ruleset, overlay))
        known = addresses or Addresses(made_up=screening.synthetic_only)
        return cls(
            screening,
            engine,
            writer,
            hospital,
            stored,
            figures=figures or Shelves(),
            addresses=known,
            logged_before=logged_before,
        )

    def close(self) -> None:
        """Finish what waits to be written, and let the database go."""
        self.writer.close()
        self.engine.dispose()

    @property
    def offsets(self) -> Mapping[str, int]:
        """Return the municipality's own numbers of days."""
        return self.screening.overlay.offsets if self.screening.overlay else {}

    def here(self, user: User, case: Case, now: datetime) -> Here:
        """Return where a user tells a case: the ward is the user's, where there is only one."""
        wards = user.of("ward")
        ward = next(iter(wards)).partition("/")[2] if len(wards) == 1 else None
        return Here(self.hospital_of(user), case.encounter.id or new_id(), now, ward)

    def hospital_of(self, user: User) -> str:
        """Return the hospital a user works at: the only one of the token's, else this server's own."""
        named = user.of("hospital") | {ward.partition("/")[0] for ward in user.of("ward")}
        return next(iter(named)) if len(named) == 1 else self.hospital


def by(user: User, unit: str | None = None) -> By:
    """Return a user as an event and the access log name one; the unit is the only one, or what all are part of."""
    only = next((each for each in (user.units, user.organisations) if len(each) == 1), frozenset())
    return By(user.id, user.role, unit or next(map(str, only), None), user.name)
