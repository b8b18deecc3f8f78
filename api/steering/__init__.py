"""The figures to steer by, on what is stored: stays out of courses, closed months, and what is published of them.

Begin with `stays.py`; what a figure is and what may be shown of it is `population/steering`.
"""
