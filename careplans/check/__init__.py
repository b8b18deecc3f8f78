"""Reading an epikrise that anyone wrote: are the elements there, and does it keep to describing function.

Rules over cue phrases (`careplans/data/check/`), Bokmål and Nynorsk; docs/decisions/0006 says what they cannot see.
`check_as_text` and `check_as_json` are the way in, over `check_elements` and `check_language`; all answer with
character spans of the text that `read_text` gives.
"""

from careplans.check.elements import check_elements
from careplans.check.language import check_language
from careplans.check.report import check_as_json, check_as_text
from careplans.check.source import read_text

__all__ = ["check_as_json", "check_as_text", "check_elements", "check_language", "read_text"]
