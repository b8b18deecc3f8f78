"""A real server in a process of its own, over a database of the test's own."""

from tests.storage.databases import cluster, database, postgresql, sqlite
from tests.storage.disks import small_disk

__all__ = ["cluster", "database", "postgresql", "small_disk", "sqlite"]
