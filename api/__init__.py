"""The outside: the command line, pages, and the formats an EPJ or a municipality sends.

Only this folder knows files, HTTP, the clock and users. Begin reading in `cli.py`.
"""
