"""Sheets for paper: what is printed, and its two forms, Typst (for PDF) and plain HTML."""

from torchdojo.paper.guide import interviewer_guide
from torchdojo.paper.html_form import to_html
from torchdojo.paper.pdf import to_pdf
from torchdojo.paper.sheet import Sheet

__all__ = ["Sheet", "interviewer_guide", "to_html", "to_pdf"]
