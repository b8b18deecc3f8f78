"""The plan page: what matters, the way home with its clocks, what is to be done by whom, and how the plan ends.

Begin with `pages.py` (the page and what can be done on it); `view.py` is what it shows, `prints.py` what it prints.
"""
