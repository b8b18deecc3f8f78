"""A made-up population, written as an extract: nobody in it exists, and nothing may be concluded from it.

What the people are like stands in `population/data/synthetic.toml`. The same seed gives the same bytes. Begin reading
in `writing.py`.
"""

from __future__ import annotations

from population.synth.writing import synthetic

__all__ = ["synthetic"]
