"""National messages that were received or written, and what was done with them; the database itself keeps them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from engine.errors import InputError

revision = "0011"
down_revision = "0010"
MOMENT = sa.DateTime(timezone=True)
TABLES = ("message", "message_mark", "message_effect")


def upgrade() -> None:
    """Make the tables."""
    _message()
    _message_mark()
    _message_effect()
    dialect = op.get_bind().dialect.name
    for table in TABLES:
        for name, when in (("no_update", "UPDATE"), ("no_delete", "DELETE")):
            op.execute(TRIGGERS[dialect].format(table=table, name=name, when=when))
        if dialect == "postgresql":
            op.execute(NO_TRUNCATE.format(table=table))


def downgrade() -> None:
    """Drop the tables."""
    forced = context.config.attributes.get("lose_record", False)
    if not forced and op.get_bind().scalar(sa.text("SELECT EXISTS (SELECT 1 FROM message)")):
        raise InputError("VERSION", "record_would_be_lost")
    for name in reversed(TABLES):
        op.drop_table(name)


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("person", sa.String(40), nullable=False),
        sa.Column("way", sa.String(3), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("msg_id", sa.String(200), nullable=False),
        sa.Column("sender", sa.String(300), nullable=False),
        sa.Column("sent", MOMENT, nullable=False),
        sa.Column("refers_to", sa.String(200)),
        sa.Column("conversation", sa.String(200)),
        sa.Column("stay", sa.String(300)),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        *_by_whom(),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_message_person"),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.UniqueConstraint("way", "sender", "msg_id", name="uq_message_way_sender_msg_id"),
    )
    op.create_index("ix_message_person", "message", ["person"])


def _message_mark() -> None:
    op.create_table(
        "message_mark",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("message", sa.String(40), nullable=False),
        sa.Column("mark", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text()),
        *_by_whom(),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name="fk_message_mark_message"),
        sa.PrimaryKeyConstraint("id", name="pk_message_mark"),
    )
    op.create_index("ix_message_mark_message", "message_mark", ["message"])


def _message_effect() -> None:
    op.create_table(
        "message_effect",
        sa.Column("message", sa.String(40), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name="fk_message_effect_message"),
        sa.ForeignKeyConstraint(["event"], ["event.id"], name="fk_message_effect_event"),
        sa.PrimaryKeyConstraint("message", "event", name="pk_message_effect"),
    )
    op.create_index("ix_message_effect_event", "message_effect", ["event"])


def _by_whom() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("by_name", sa.String(300)),
        sa.Column("role", sa.String(30), nullable=False),
        sa.Column("unit", sa.String(300)),
    )


TRIGGERS = {
    "sqlite": """
CREATE TRIGGER {table}_{name} BEFORE {when} ON {table} FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END
""",
    "postgresql": """
CREATE TRIGGER {table}_{name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()
""",
}
NO_TRUNCATE = """
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
