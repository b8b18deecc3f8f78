"""The prints of a plan: one template for screen and paper, through Jinja2 and WeasyPrint.

`render_html` and `render_pdf` are the way in. `view.py` puts ids into words, the templates hold layout only, and
`document.py` alone knows WeasyPrint, which it imports when the first PDF is asked for.
"""

from careplans.print.document import render_pdf
from careplans.print.pages import SHEETS, Audience, render_html
from careplans.print.reasons import limits_in_words

__all__ = ["SHEETS", "Audience", "limits_in_words", "render_html", "render_pdf"]
