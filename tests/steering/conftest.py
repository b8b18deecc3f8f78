"""A random hospital on each of the databases."""

from __future__ import annotations

from tests.storage.databases import cluster, database, engine, open_engine, postgresql, sqlite

__all__ = ["cluster", "database", "engine", "open_engine", "postgresql", "sqlite"]
