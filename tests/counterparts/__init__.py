"""Other people's programs against ours: each is skipped where it is not installed, with how to install it."""
