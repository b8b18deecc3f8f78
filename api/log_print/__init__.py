"""A patient's own access log to be handed out: who has read and changed the record, in words for the one it concerns.

`log_as_pdf` and `log_as_html` are the way in; `view.py` puts the lines into words, and the renderer is the prints' own.
"""

from api.log_print.pages import log_as_html, log_as_pdf
from api.log_print.view import About

__all__ = ["About", "log_as_html", "log_as_pdf"]
