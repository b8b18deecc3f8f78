"""What the lists were made with, so that they are made anew when it is another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table("lists_made_with", sa.Column("digest", sa.String(64), nullable=False))


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("lists_made_with")
