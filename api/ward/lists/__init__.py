"""The lists: patients of one's own units, one row each, as a page, a print and a file for a spreadsheet.

Begin with `routes.py`; `view.py` says in words what `api/record/lists.py` found.
"""
