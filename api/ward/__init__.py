"""The ward's web app: pages for people who are signed in. What they do is in `api/record`; here it is laid out.

Begin with `desk.py` (what every page has at hand) and `register.py` (which pages there are). A page is a GET that logs
what it shows, and a POST that changes one thing and leads back; everything works without a script.
"""
