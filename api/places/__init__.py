"""Places by name: what a number or a code is called where people read it."""
