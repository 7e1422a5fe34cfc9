"""Cards as the HTML that Anki shows."""

from __future__ import annotations

from html import escape

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin


def as_html(text: str) -> str:
    """Markdown as HTML; formulas in the brackets that Anki draws."""
    parser = MarkdownIt("commonmark", {"html": False})
    parser.enable(["table", "strikethrough"])
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, renderer=_formula)
    return str(parser.render(text))


def _formula(content: str, options: dict[str, bool]) -> str:
    opening, closing = ("\\[", "\\]") if options["display_mode"] else ("\\(", "\\)")
    return f"{opening}{escape(content.strip())}{closing}"
