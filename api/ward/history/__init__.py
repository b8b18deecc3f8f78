"""The history page: what was recorded, in words, each with its way back; and a form for each thing life changes.

Begin with `pages.py`; `events.py` puts an event into words, `life.py` has the forms.
"""
