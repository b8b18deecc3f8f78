"""A patient's national messages: what came and what went out, what one is about to write, and what is missing."""
