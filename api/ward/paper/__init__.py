"""The screening form on paper, for when the machine is down: a blank form to print, and where to type it in afterwards.

Begin with `routes.py`; `form.py` makes the form from the items, so that paper and screen ask the same.
"""
