"""The clinical knowledge that a geriatrician reads and signs: items, scores, routing, thresholds, sources, texts.

Only this folder's own data files are read; no HTTP, database or clock. Begin reading in `frailty.py`; the numbers are
in `data/thresholds.toml`, the words in `texts/`.
"""
