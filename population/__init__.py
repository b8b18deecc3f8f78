"""The same rules over columns, for a whole hospital, region or register.

An extract is found fit to be read (`opening.py`), its columns are read (`reading.py`), its people are split into
buckets (`splitting.py`), and each bucket is a task (`task.py`) that any runner runs (`runners.py`). In a bucket live
the facts of many people as columns of whole numbers (`facts.py`), the rules' own conditions as Polars expressions
over them (`compiled.py`), and what follows (`routed.py`). No rule, no limit and no code stands here: all come from
`rules`. Nothing of HTTP, the database or a user. Begin reading in `screened.py` for the rules, in `run.py` for all
else.
"""
