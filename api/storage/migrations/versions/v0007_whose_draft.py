"""Whose a draft is, so that colleagues see that a form is begun."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
COLUMNS = (("name", sa.String(300)), ("role", sa.String(20)), ("units", sa.Text()))


def upgrade() -> None:
    """Add the columns; a draft from before is its writer's alone."""
    for name, kind in COLUMNS:
        op.add_column("draft", sa.Column(name, kind))
    op.create_index("ix_draft_person", "draft", ["person"])


def downgrade() -> None:
    """Drop the columns."""
    op.drop_index("ix_draft_person", "draft")
    for name, _ in COLUMNS:
        op.drop_column("draft", name)
