"""What a policy does to queues and days, simulated: suggestions by the rules, and chance by seeded numbers.

Begin reading in `results.py`. No result says that one thing causes another outside of what was put in.
"""
