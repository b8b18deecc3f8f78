"""The same rules over columns, for a whole hospital or region; see the population issue.

Nothing lives here yet but the name, so that the direction of imports is checked from the first day.
"""
