"""Launches from a record system that are under way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "launch",
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("iss", sa.String(2000), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("verifier", sa.String(128), nullable=False),
        sa.Column("framed", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state", name="pk_launch"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("launch")
