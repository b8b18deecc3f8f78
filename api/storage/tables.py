"""Every table. `RECORD` and `MESSAGES` are append-only: the database itself refuses a change (`migrations/`)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
tables = MetaData(naming_convention=NAMES)
Id = String(40)
Number = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only what is called INTEGER


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, with its zone when read back; a time without a zone is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Any) -> datetime | None:
        """Return the moment as UTC."""
        if value is not None and value.tzinfo is None:
            raise TypeError("A moment is stored with its zone; give it one.")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, _: Any) -> datetime | None:
        """Return the moment with its zone, which SQLite does not keep."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


person = Table(
    "person",
    tables,
    Column("id", Id, primary_key=True),
    Column("identity", String(20), unique=True),  # birth number, D-number or aid number
    Column("local_id", String(500), unique=True),  # `hospital/local id`, where there is no number
    Column("version", Integer, nullable=False),  # how many events; an ETag is made of it
)
rule_set = Table(
    "rule_set",
    tables,
    Column("id", String(80), primary_key=True),  # digest of rules and overlay together
    Column("digest", String(80), nullable=False),
    Column("snapshot", Text, nullable=False),
    Column("overlay", Text),
)
assessment = Table(
    "assessment",
    tables,
    Column("id", Id, primary_key=True),
    Column("person", Id, ForeignKey("person.id"), nullable=False, index=True),
    Column("screening", Id, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("index_date", Date, nullable=False),
    Column("language", String(2), nullable=False),
    Column("inputs", Text, nullable=False),  # the case as it was read, as JSON
    Column("rule_set", String(80), ForeignKey("rule_set.id"), nullable=False),
    Column("outcome", Text, nullable=False),  # the result of the contract, as JSON
    UniqueConstraint("screening", "version"),
)
event = Table(
    "event",
    tables,
    Column("id", Id, primary_key=True),
    Column("person", Id, ForeignKey("person.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("kind", String(30), nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", String(200), nullable=False),
    Column("by_name", String(300)),
    Column("role", String(30), nullable=False),
    Column("unit", String(300)),
    UniqueConstraint("person", "seq"),
)
access = Table(
    "access",
    tables,
    Column("seq", Number, primary_key=True, autoincrement=False),
    Column("batch", Number, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", String(200), nullable=False),
    Column("by_name", String(300)),
    Column("role", String(30), nullable=False),
    Column("unit", String(300)),
    Column("person", Id, index=True),  # no foreign key: the log stands alone
    Column("action", String(40), nullable=False),
    Column("reason", Text),
)
access_batch = Table(
    "access_batch",
    tables,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("first", Number, nullable=False),
    Column("last", Number, nullable=False),
    Column("previous", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False, unique=True),
)
RECORD = (person, rule_set, assessment, event, access, access_batch)

idempotency = Table(
    "idempotency",
    tables,
    Column("by", String(200), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
session = Table(
    "session",
    tables,
    Column("id", String(64), primary_key=True),  # the cookie's hash: a copy of the database opens no session
    Column("user", Text, nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
)
sign_in = Table(
    "sign_in",
    tables,
    Column("state", String(64), primary_key=True),
    Column("nonce", String(64), nullable=False),
    Column("verifier", String(128), nullable=False),
    Column("next", String(500), nullable=False),
    Column("at", Moment, nullable=False),
)
opened = Table(
    "opened",
    tables,
    Column("id", Id, primary_key=True),
    Column("by", String(200), nullable=False),
    Column("person", Id, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Index("ix_opened_by_person", "by", "person"),
)
device = Table(
    "device",
    tables,
    Column("id", Id, primary_key=True),
    Column("token", String(64), nullable=False, unique=True),  # its hash
    Column("ward", String(200), nullable=False),
    Column("label", String(200), nullable=False),
    Column("by", String(200), nullable=False),
    Column("at", Moment, nullable=False),
    Column("revoked", Moment),
)
draft = Table(
    "draft",
    tables,
    Column("by", String(200), primary_key=True),
    Column("person", Id, primary_key=True),
    Column("form", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("name", String(300)),  # of whoever writes, for colleagues
    Column("role", String(20)),
    Column("units", Text),  # of whoever writes, one a line; colleagues have one of the same house
    Index("ix_draft_person", "person"),
)
saved_filter = Table(
    "saved_filter",
    tables,
    Column("by", String(200), primary_key=True),
    Column("list", String(20), primary_key=True),
    Column("title", String(60), primary_key=True),  # what its owner calls it
    Column("filters", Text, nullable=False),  # what the list is narrowed to, as JSON
    Column("at", Moment, nullable=False),
)
launch = Table(
    "launch",
    tables,
    Column("state", String(64), primary_key=True),  # its hash
    Column("iss", String(2000), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("verifier", String(128), nullable=False),
    Column("framed", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
)
once = Table(
    "once",
    tables,
    Column("kind", String(20), primary_key=True),
    Column("key", String(64), primary_key=True),  # its hash
    Column("until", Moment, nullable=False, index=True),  # after this it is refused for its age
)
card = Table(
    "card",  # what was shown in the hospital's record, by CDS Hooks
    tables,
    Column("id", Id, primary_key=True),
    Column("service", String(60), nullable=False),
    Column("subject", String(64), nullable=False),  # a digest: a card needs no record of the patient
    Column("content", String(64), nullable=False),  # a digest: what is told, and of which stay
    Column("rules", Text, nullable=False),  # as JSON: what the card is about
    Column("offers", Text, nullable=False),  # as JSON: the rule behind each kind of offer
    Column("by", String(500), nullable=False),  # whom it was shown to: the calling system
    Column("at", Moment, nullable=False),
    Column("answered", Moment),
    Index("ix_card_service_subject", "service", "subject"),
)
feedback = Table(
    "feedback",
    tables,
    Column("id", String(64), primary_key=True),  # a digest of it all: what is sent twice is one
    Column("card", Id, ForeignKey("card.id"), nullable=False, index=True),
    Column("outcome", String(10), nullable=False),
    Column("accepted", Text, nullable=False),  # as JSON: the ids of suggestions
    Column("reason", String(200)),
    Column("system", String(500)),
    Column("comment", Text),  # what someone wrote, perhaps about the patient: never logged, on no page
    Column("said", Moment, nullable=False),  # when it was done, as the caller says
    Column("at", Moment, nullable=False),
)
feedback_rule = Table(
    "feedback_rule",
    tables,
    Column("feedback", String(64), ForeignKey("feedback.id"), primary_key=True),
    Column("rule", String(60), primary_key=True, index=True),
)

message = Table(
    "message",  # a national message, received or written: what it says is never changed
    tables,
    Column("id", Id, primary_key=True),
    Column("person", Id, ForeignKey("person.id"), nullable=False, index=True),
    Column("way", String(3), nullable=False),  # in or out
    Column("kind", String(30), nullable=False),
    Column("status", String(10), nullable=False),  # new, changed, addition or cancelled
    Column("msg_id", String(200), nullable=False),
    Column("sender", String(300), nullable=False),  # whose `msg_id` it is
    Column("sent", Moment, nullable=False),  # as the message says
    Column("refers_to", String(200)),  # the message that it changes, adds to or cancels
    Column("conversation", String(200)),
    Column("stay", String(300)),  # of one that was written
    Column("head", Text, nullable=False),  # who sends it to whom, as JSON
    Column("told", Text, nullable=False),  # what was read in it: a case and what has happened, as JSON
    Column("content", Text, nullable=False),  # the message itself, as XML
    Column("at", Moment, nullable=False),
    Column("by", String(200), nullable=False),
    Column("by_name", String(300)),
    Column("role", String(30), nullable=False),
    Column("unit", String(300)),
    UniqueConstraint("way", "sender", "msg_id"),
)
message_mark = Table(
    "message_mark",  # what was done with a message; its state follows from these
    tables,
    Column("id", Id, primary_key=True),
    Column("message", Id, ForeignKey("message.id"), nullable=False, index=True),
    Column("mark", String(20), nullable=False),  # approved, sent, cancelled, withdrawn or dropped
    Column("reason", Text),
    Column("at", Moment, nullable=False),
    Column("by", String(200), nullable=False),
    Column("by_name", String(300)),
    Column("role", String(30), nullable=False),
    Column("unit", String(300)),
)
message_effect = Table(
    "message_effect",  # which events a message that was received led to
    tables,
    Column("message", Id, ForeignKey("message.id"), primary_key=True),
    Column("event", Id, ForeignKey("event.id"), primary_key=True, index=True),
)
deviation = Table(
    "deviation",  # something missing in a message, which someone reported or put aside
    tables,
    Column("id", Id, primary_key=True),
    Column("message", Id, ForeignKey("message.id"), nullable=False),
    Column("element", String(60), nullable=False, index=True),
    Column("outcome", String(10), nullable=False),  # sent or dropped
    Column("words", Text, nullable=False),  # what was reported, or why it was put aside
    Column("at", Moment, nullable=False),
    Column("by", String(200), nullable=False),
    Column("by_name", String(300)),
    Column("role", String(30), nullable=False),
    Column("unit", String(300)),
    UniqueConstraint("message", "element"),
)
MESSAGES = (message, message_mark, message_effect, deviation)
"""Append-only too, and not needed to tell a course."""

figure_month = Table(
    "figure_month",  # a month whose figures were counted, and are never counted again
    tables,
    Column("month", Date, primary_key=True),  # its first day
    Column("at", Moment, nullable=False),
    Column("program", String(40), nullable=False),  # the version that counted it
)
figure_cell = Table(
    "figure_cell",  # how many stays of a month came to what: counts alone, and nobody's id
    tables,
    Column("hospital", String(200), primary_key=True),
    Column("breakdown", String(20), primary_key=True),
    Column("figure", String(60), primary_key=True),
    Column("month", Date, ForeignKey("figure_month.month"), primary_key=True),
    Column("part", String(300), primary_key=True),  # which ward, municipality or group of the breakdown
    Column("category", String(60), primary_key=True),
    Column("count", Integer, nullable=False),
)
FIGURES = (figure_month, figure_cell)
"""Append-only too: what was once published is never another number."""

listing = Table(
    "listing",
    tables,
    Column("person", Id, primary_key=True),
    Column("name", String(300)),
    Column("born", Date),
    Column("hospital", String(200)),
    Column("ward", String(300)),
    Column("room", String(300)),
    Column("municipality", String(4)),
    Column("shared", Boolean, nullable=False),  # whether the municipality has been told of the patient
    Column("practice", String(200)),
    Column("blocked", Boolean, nullable=False),  # on no list
    Column("protected", Boolean, nullable=False),  # on lists without a place
    Column("status", String(30), nullable=False),
    Column("listed", Boolean, nullable=False),  # alive, in the pathway and not blocked: no list has any other
    Column("soonest", Moment, nullable=False),  # the first date that someone must keep; the end of time without one
    Column("track", String(30)),
    Column("track_is", String(12)),  # how settled it is (`api/record/found.py`)
    Column("other_track", String(30)),  # what newer answers speak for, or a second suggestion
    Column("pathway", String(1)),
    Column("cfs_low", Integer),
    Column("cfs_high", Integer),
    Column("cfs_is", String(12)),  # whose it is, or that it does not apply
    Column("team_list", String(40)),
    Column("next_what", String(60)),
    Column("next_owner", String(60)),
    Column("next_about", String(60)),
    Column("next_due", Moment),
    Column("admitted", Moment),
    Column("expected", Date),
    Column("ready", Moment),
    Column("discharged", Moment),
    Index("ix_listing_ward", "hospital", "ward", "listed", "soonest"),
    Index("ix_listing_hospital", "hospital", "listed", "soonest"),
    Index("ix_listing_home", "hospital", "listed", "protected", "municipality"),  # from where a hospital has patients
    Index("ix_listing_municipality", "municipality", "listed", "soonest"),
    Index("ix_listing_practice", "practice", "listed", "soonest"),
)
alias = Table(
    "alias",
    tables,
    Column("person", Id, primary_key=True),  # a record that was merged into another
    Column("leads_to", Id, nullable=False, index=True),
)
clock = Table(
    "clock",
    tables,
    Column("person", Id, primary_key=True),
    Column("course", String(300), primary_key=True),
    Column("step", String(60), primary_key=True),
    Column("owner", String(60), nullable=False),
    Column("due", Moment),
    Column("state", String(10), nullable=False),
    Column("done", Moment),
)
REBUILT = (listing, alias, clock)

lists_made_with = Table(
    "lists_made_with",  # one row, or none where the lists were never made whole
    tables,
    Column("digest", String(64), nullable=False),
)
