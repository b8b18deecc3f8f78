"""The specification's statements as data; the catalogue prints them."""

from tests.spec.cases.discharge import DISCHARGE
from tests.spec.cases.frailty import FRAILTY
from tests.spec.cases.scores import SCORES
from tests.spec.cases.treatment import TREATMENT
from tests.spec.cases.whole import WHOLE

RULE_CASES = (*FRAILTY, *TREATMENT, *DISCHARGE)
SCORE_CASES = SCORES
WHOLE_CASES = WHOLE

__all__ = ["RULE_CASES", "SCORE_CASES", "WHOLE_CASES"]
