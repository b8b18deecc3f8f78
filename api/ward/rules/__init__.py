"""The rules in the app: every rule in words with its limits and sources, and what clinicians have made of it.

Begin with `routes.py`; `view.py` is what the pages show.
"""
