"""What was missing in a message, and what someone made of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from engine.errors import InputError

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the table, which nothing is changed in."""
    op.create_table(
        "deviation",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("message", sa.String(40), nullable=False),
        sa.Column("element", sa.String(60), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("by_name", sa.String(300)),
        sa.Column("role", sa.String(30), nullable=False),
        sa.Column("unit", sa.String(300)),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name="fk_deviation_message"),
        sa.PrimaryKeyConstraint("id", name="pk_deviation"),
        sa.UniqueConstraint("message", "element", name="uq_deviation_message_element"),
    )
    op.create_index("ix_deviation_element", "deviation", ["element"])
    dialect = op.get_bind().dialect.name
    for name, when in (("no_update", "UPDATE"), ("no_delete", "DELETE")):
        op.execute(TRIGGERS[dialect].format(name=name, when=when))
    if dialect == "postgresql":
        op.execute(NO_TRUNCATE)


def downgrade() -> None:
    """Drop the table, where nothing is lost with it."""
    forced = context.config.attributes.get("lose_record", False)
    if not forced and op.get_bind().scalar(sa.text("SELECT EXISTS (SELECT 1 FROM deviation)")):
        raise InputError("VERSION", "record_would_be_lost")
    op.drop_table("deviation")


TRIGGERS = {
    "sqlite": """
CREATE TRIGGER deviation_{name} BEFORE {when} ON deviation FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only: deviation'); END
""",
    "postgresql": """
CREATE TRIGGER deviation_{name} BEFORE {when} ON deviation FOR EACH ROW EXECUTE FUNCTION refuse_change()
""",
}
NO_TRUNCATE = """
CREATE TRIGGER deviation_no_truncate BEFORE TRUNCATE ON deviation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
