"""What is done with the record: store a screening, add an event, read a course, list patients.

Begin with `screenings.py` and `courses.py`. These say what a change means and who may see it; `api/storage` keeps it.
"""
