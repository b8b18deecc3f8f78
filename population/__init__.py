"""The same rules over columns, for a whole hospital, region or register.

Here live the facts of many people as columns of whole numbers (`facts.py`), the rules' own conditions as Polars
expressions over them (`compiled.py`), and what follows (`routed.py`). No rule, no limit and no code stands here: all
come from `rules`. Nothing of HTTP, the database or a user. Begin reading in `screened.py`.
"""
