"""The screening form: what is asked, what is known already, what someone wrote, and the case that comes of it.

Begin with `questions.py` (the groups, over the one list of items), then `known.py` (what was told before) and
`sitting.py` (one person at one form). What someone writes is a `Fields` (fields.py); `reading.py` reads the answers in
it, and `content.py` makes the case.
"""
