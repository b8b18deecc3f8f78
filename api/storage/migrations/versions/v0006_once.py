"""Proofs and tokens that were seen, so that none is good twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "once",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_once"),
    )
    op.create_index("ix_once_until", "once", ["until"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("once")
