"""Accepted suggestions become a plan: actions with owners and dates, the home pathway, the epikrise, the prints.

Pure functions of values: dates come in as arguments. Begin reading in `plan.py`.
"""
