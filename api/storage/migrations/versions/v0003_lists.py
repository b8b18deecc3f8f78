"""Lists and clocks: rebuilt from the record by `retthjem db rebuild`, so that dropping them loses nothing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
MOMENT = sa.DateTime(timezone=True)
TABLES = ("listing", "alias", "clock")


def upgrade() -> None:
    """Make the tables."""
    _listing()
    _alias()
    _clock()


def downgrade() -> None:
    """Drop the tables."""
    for name in reversed(TABLES):
        op.drop_table(name)


def _listing() -> None:
    op.create_table(
        "listing",
        sa.Column("person", sa.String(40), nullable=False),
        sa.Column("name", sa.String(300)),
        sa.Column("born", sa.Date()),
        sa.Column("hospital", sa.String(200)),
        sa.Column("ward", sa.String(300)),
        sa.Column("room", sa.String(300)),
        sa.Column("municipality", sa.String(4)),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("practice", sa.String(200)),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(30), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("soonest", MOMENT, nullable=False),
        sa.Column("track", sa.String(30)),
        sa.Column("pathway", sa.String(1)),
        sa.Column("cfs_low", sa.Integer()),
        sa.Column("cfs_high", sa.Integer()),
        sa.Column("team_list", sa.String(40)),
        sa.Column("next_what", sa.String(60)),
        sa.Column("next_owner", sa.String(60)),
        sa.Column("next_about", sa.String(60)),
        sa.Column("next_due", MOMENT),
        sa.Column("admitted", MOMENT),
        sa.Column("expected", sa.Date()),
        sa.Column("ready", MOMENT),
        sa.Column("discharged", MOMENT),
        sa.PrimaryKeyConstraint("person", name="pk_listing"),
    )
    op.create_index("ix_listing_hospital", "listing", ["hospital", "listed", "soonest"])
    op.create_index("ix_listing_municipality", "listing", ["municipality", "listed", "soonest"])
    op.create_index("ix_listing_practice", "listing", ["practice", "listed", "soonest"])
    op.create_index("ix_listing_ward", "listing", ["hospital", "ward", "listed", "soonest"])


def _alias() -> None:
    op.create_table(
        "alias",
        sa.Column("person", sa.String(40), nullable=False),
        sa.Column("leads_to", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_alias"),
    )
    op.create_index("ix_alias_leads_to", "alias", ["leads_to"])


def _clock() -> None:
    op.create_table(
        "clock",
        sa.Column("person", sa.String(40), nullable=False),
        sa.Column("course", sa.String(300), nullable=False),
        sa.Column("step", sa.String(60), nullable=False),
        sa.Column("owner", sa.String(60), nullable=False),
        sa.Column("due", MOMENT),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("done", MOMENT),
        sa.PrimaryKeyConstraint("person", "course", "step", name="pk_clock"),
    )
