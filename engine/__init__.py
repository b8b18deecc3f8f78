"""The machinery: items, conditions, rules, three-valued evaluation, durable_rules beside it, texts.

No clinical fact lives here, and nothing here reads the clock, the network or a database. Begin reading in
`conditions.py` (what a rule can say), then `rules.py` (what a rule is), then `evaluation.py` (how it is settled).
"""
