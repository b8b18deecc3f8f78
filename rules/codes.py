"""The shapes of diagnosis codes, by the system they are of."""

from __future__ import annotations

# Written out, for `\d` also takes digits of other scripts, which no table of codes holds.
CODE_SHAPES = {
    "icd-10": r"[A-Za-z][0-9]{2}(\.?[0-9X][0-9A-Z]{0,3})?",
    "icpc-2": r"[A-Za-z][0-9]{2}",
}
