"""`python -m tests.pictures approve`: draw the nine prints anew as the approved ones."""

import sys

from tests.pictures.prints import APPROVED, approve

if sys.argv[1:] == ["approve"]:
    approve()
    print(f"{len(list(APPROVED.glob('*.png')))} pictures drawn: look at them, then commit them")
else:
    sys.exit(__doc__)
