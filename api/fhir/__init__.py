"""FHIR R4, out and in. What a resource says is worked out by pure functions from our values; the routes are thin.

Begin with `register.py`. Nothing here decides or stores by itself: `api/record` does, as for the HTTP API.
"""
