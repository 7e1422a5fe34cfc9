"""Sheets for paper: what is printed, and its forms: Typst (for PDF), plain HTML, Markdown."""

from torchdojo.paper.guide import interviewer_guide
from torchdojo.paper.html_form import sheet_body, sheet_style, to_html
from torchdojo.paper.markdown_form import to_markdown
from torchdojo.paper.pdf import to_pdf
from torchdojo.paper.sheet import Sheet

__all__ = ["Sheet", "interviewer_guide", "sheet_body", "sheet_style", "to_html", "to_markdown", "to_pdf"]
