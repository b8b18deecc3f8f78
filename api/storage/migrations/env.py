"""What Alembic runs for each command: the migrations, in the transaction that `schema.py` gives."""

from __future__ import annotations

from alembic import context

from api.storage.tables import tables

# No transaction is begun here: the whole way from one version to another is one, also on SQLite.
context.configure(connection=context.config.attributes["connection"], target_metadata=tables)
context.run_migrations()
