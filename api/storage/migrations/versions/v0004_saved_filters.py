"""Filters that someone gave a name, and an index of where a hospital has patients from; neither is anyone's record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table and the index."""
    op.create_index("ix_listing_home", "listing", ["hospital", "listed", "protected", "municipality"])
    op.create_table(
        "saved_filter",
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("list", sa.String(20), nullable=False),
        sa.Column("title", sa.String(60), nullable=False),
        sa.Column("filters", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("by", "list", "title", name="pk_saved_filter"),
    )


def downgrade() -> None:
    """Drop the table and the index."""
    op.drop_index("ix_listing_home", "listing")
    op.drop_table("saved_filter")
