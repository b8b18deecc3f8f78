"""Every storage test can ask for the databases."""

from tests.storage.databases import cluster, database, engine, open_engine, postgresql, sqlite, writer
from tests.storage.disks import small_disk

__all__ = ["cluster", "database", "engine", "open_engine", "postgresql", "small_disk", "sqlite", "writer"]
