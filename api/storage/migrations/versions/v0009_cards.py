"""The cards that were shown in the hospital's record, and what was made of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "card",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("service", sa.String(60), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("offers", sa.Text(), nullable=False),
        sa.Column("by", sa.String(500), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("answered", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_card"),
    )
    op.create_index("ix_card_service_subject", "card", ["service", "subject"])
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("card", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("accepted", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(200)),
        sa.Column("system", sa.String(500)),
        sa.Column("comment", sa.Text()),
        sa.Column("said", MOMENT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
        sa.ForeignKeyConstraint(["card"], ["card.id"], name="fk_feedback_card"),
    )
    op.create_index("ix_feedback_card", "feedback", ["card"])
    op.create_table(
        "feedback_rule",
        sa.Column("feedback", sa.String(64), nullable=False),
        sa.Column("rule", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("feedback", "rule", name="pk_feedback_rule"),
        sa.ForeignKeyConstraint(["feedback"], ["feedback.id"], name="fk_feedback_rule_feedback"),
    )
    op.create_index("ix_feedback_rule_rule", "feedback_rule", ["rule"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("feedback_rule", "feedback", "card"):
        op.drop_table(table)
