"""Every storage test can ask for the databases."""

from tests.storage.databases import cluster, database, engine, open_engine, postgresql, sqlite, writer

__all__ = ["cluster", "database", "engine", "open_engine", "postgresql", "sqlite", "writer"]
