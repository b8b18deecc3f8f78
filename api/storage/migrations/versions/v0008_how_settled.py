"""How settled the track on a list is, and whose the CFS is; the lists are made anew after the upgrade."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
COLUMNS = (("track_is", sa.String(12)), ("other_track", sa.String(30)), ("cfs_is", sa.String(12)))


def upgrade() -> None:
    """Add the columns."""
    for name, kind in COLUMNS:
        op.add_column("listing", sa.Column(name, kind))


def downgrade() -> None:
    """Drop the columns."""
    for name, _ in COLUMNS:
        op.drop_column("listing", name)
