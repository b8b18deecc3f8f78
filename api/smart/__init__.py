"""SMART App Launch: a record system opens our form or lists, for the patient it has on its screen.

Begin with `routes.py`. Which systems may, and what their people are here, is said in the settings; no token is stored.
"""
