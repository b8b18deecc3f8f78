"""A patient's course, told as events: stays, screenings, decisions, plans, steps, and what life changes.

Begin with `events.py` (what can happen) and `fold.py` (`course_of`: what is true after it). Nothing here is stored or
sent; every function is of values, and any order of events gives a course.
"""
