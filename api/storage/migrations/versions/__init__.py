"""One module a version: its number, what it builds on, and the way up and down."""
