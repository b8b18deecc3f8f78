"""What Alembic runs for each command: the migrations, in the transaction that `schema.py` gives."""

from __future__ import annotations

from alembic import context

from api.storage.tables import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables,
    transactional_ddl=True,  # SQLite too, once the engine begins transactions itself
)
context.run_migrations()
