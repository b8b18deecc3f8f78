"""The simulator at the edge: its command, its page, and its results in words and as JSON."""
