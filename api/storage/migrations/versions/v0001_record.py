"""The record: persons, rule sets, assessments, events and the access log, which the database itself keeps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from engine.errors import InputError

revision = "0001"
down_revision = None
MOMENT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("person", "rule_set", "assessment", "event", "access", "access_batch")


def upgrade() -> None:
    """Make the tables."""
    _person()
    _rule_set()
    _assessment()
    _event()
    _access()
    _access_batch()
    _keep()


def downgrade() -> None:
    """Drop the tables."""
    _refuse_to_lose()
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change CASCADE")
    for name in reversed(TABLES):
        op.drop_table(name)


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("identity", sa.String(20)),
        sa.Column("local_id", sa.String(500)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("identity", name="uq_person_identity"),
        sa.UniqueConstraint("local_id", name="uq_person_local_id"),
    )


def _rule_set() -> None:
    op.create_table(
        "rule_set",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("digest", sa.String(80), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("overlay", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_rule_set"),
    )


def _assessment() -> None:
    op.create_table(
        "assessment",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("person", sa.String(40), nullable=False),
        sa.Column("screening", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("index_date", sa.Date(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("rule_set", sa.String(80), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_assessment_person"),
        sa.ForeignKeyConstraint(["rule_set"], ["rule_set.id"], name="fk_assessment_rule_set"),
        sa.PrimaryKeyConstraint("id", name="pk_assessment"),
        sa.UniqueConstraint("screening", "version", name="uq_assessment_screening_version"),
    )
    op.create_index("ix_assessment_person", "assessment", ["person"])


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("person", sa.String(40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("by_name", sa.String(300)),
        sa.Column("role", sa.String(30), nullable=False),
        sa.Column("unit", sa.String(300)),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_event_person"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.UniqueConstraint("person", "seq", name="uq_event_person_seq"),
    )


def _access() -> None:
    op.create_table(
        "access",
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("batch", NUMBER, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("by_name", sa.String(300)),
        sa.Column("role", sa.String(30), nullable=False),
        sa.Column("unit", sa.String(300)),
        sa.Column("person", sa.String(40)),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("seq", name="pk_access"),
    )
    op.create_index("ix_access_person", "access", ["person"])


def _access_batch() -> None:
    op.create_table(
        "access_batch",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("first", NUMBER, nullable=False),
        sa.Column("last", NUMBER, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_access_batch"),
        sa.UniqueConstraint("hash", name="uq_access_batch_hash"),
        sa.UniqueConstraint("previous", name="uq_access_batch_previous"),
    )


def _keep() -> None:
    """Let the database refuse every change of the record but a person's number of events and a number filled in."""
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(REFUSE_CHANGE)
    for table in TABLES:
        for name, when, condition in _refused(table, dialect):
            op.execute(TRIGGERS[dialect].format(table=table, name=name, when=when, condition=condition))
        if dialect == "postgresql":
            op.execute(NO_TRUNCATE.format(table=table))


def _refused(table: str, dialect: str) -> list[tuple[str, str, str]]:
    condition = ""
    if table == "person":
        condition = f"WHEN ({OTHER_CHANGE.format(differs=DIFFERS[dialect])})"
    return [("no_update", "UPDATE", condition), ("no_delete", "DELETE", "")]


def _refuse_to_lose() -> None:
    forced = context.config.attributes.get("lose_record", False)
    if not forced and op.get_bind().scalar(sa.text(ANYTHING)):
        raise InputError("VERSION", "record_would_be_lost")


ANYTHING = "SELECT EXISTS (SELECT 1 FROM person) OR EXISTS (SELECT 1 FROM access)"
DIFFERS = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}
OTHER_CHANGE = """
    NEW.id {differs} OLD.id OR NEW.local_id {differs} OLD.local_id OR NEW.version < OLD.version
    OR (OLD.identity IS NOT NULL AND NEW.identity {differs} OLD.identity)
"""
REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""
TRIGGERS = {
    "sqlite": """
CREATE TRIGGER {table}_{name} BEFORE {when} ON {table} FOR EACH ROW {condition}
BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END
""",
    "postgresql": """
CREATE TRIGGER {table}_{name} BEFORE {when} ON {table} FOR EACH ROW {condition} EXECUTE FUNCTION refuse_change()
""",
}
NO_TRUNCATE = """
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
