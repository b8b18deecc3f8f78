"""Who signs in, in which role and for which unit, and what each may see and do.

Begin with `user.py` (who) and `access.py` (what each role may). Tokens, sessions and the demo sign-in stand beside.
"""
