"""The assessment page: what the screening found, why, what is in doubt, and what a clinician says to each suggestion.

Begin with `routes.py`. `shown.py` finds which assessment the page is about;
`view.py` and its neighbours put it in words.
"""
