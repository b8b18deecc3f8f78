"""Figures to steer by: what a stay is to a figure, the definitions, the charts, and what may be shown of small counts.

Pure: a closed month's stays in, counts out, and of counts only what points to nobody. Begin reading in `figures.py`.
"""
