"""What is stored: append-only records, an access log chained by hash, and lists that can be rebuilt from them.

Begin with `tables.py` (what there is) and `writer.py` (the one way in: concurrent changes share a commit).
Only this folder holds SQL; `api/record` says what the changes mean.
"""
