"""The sheets beside the plan: checklists, discharge conversation, notice, coordinator letter, controls, discharge list.

`document_of` builds one from a case and its plan; `as_text`, `as_html` and `as_pdf` print any of them alike.
"""

from careplans.documents.build import NAMES, document_of
from careplans.documents.rendering import as_html, as_pdf, as_text

__all__ = ["NAMES", "as_html", "as_pdf", "as_text", "document_of"]
