"""The figures of months that are closed, counted once from the record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
TABLES = ("figure_month", "figure_cell")


def upgrade() -> None:
    """Make the tables, which nothing is changed in."""
    op.create_table(
        "figure_month",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("program", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("month", name="pk_figure_month"),
    )
    op.create_table(
        "figure_cell",
        sa.Column("hospital", sa.String(200), nullable=False),
        sa.Column("breakdown", sa.String(20), nullable=False),
        sa.Column("figure", sa.String(60), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("part", sa.String(300), nullable=False),
        sa.Column("category", sa.String(60), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["month"], ["figure_month.month"], name="fk_figure_cell_month"),
        sa.PrimaryKeyConstraint("hospital", "breakdown", "figure", "month", "part", "category", name="pk_figure_cell"),
    )
    dialect = op.get_bind().dialect.name
    for table in TABLES:
        for name, when in (("no_update", "UPDATE"), ("no_delete", "DELETE")):
            op.execute(TRIGGERS[dialect].format(table=table, name=name, when=when))
        if dialect == "postgresql":
            op.execute(NO_TRUNCATE.format(table=table))


def downgrade() -> None:
    """Drop the tables: the months are counted anew from the record, by the program that has them again."""
    for table in reversed(TABLES):
        op.drop_table(table)


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
