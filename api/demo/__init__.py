"""The demo's synthetic ward: sixty people who do not exist, each with a life that was told up to now.

Begin with `data/patients.toml` (who they are) and `lives.py` (what a life is made of); `fill.py` writes them down.
"""

from api.demo.fill import fill

__all__ = ["fill"]
