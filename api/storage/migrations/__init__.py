"""The database's versions, oldest first in `versions/`; a later change of the tables is a new file there.

`api/storage/schema.py` runs them. A migration never imports `tables.py`: it says what was true then.
"""
