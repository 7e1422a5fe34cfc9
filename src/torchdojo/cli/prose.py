"""Markdown in a terminal: formulas become text, links by kind and name become what can be typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchdojo.cli.formulas import formula

if TYPE_CHECKING:
    from markdown_it.token import Token
    from rich.markdown import Markdown


def readable(text: str, *, code_theme: str = "monokai") -> Markdown:
    """`text`, to be printed by rich."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from rich.markdown import Markdown

    parser = MarkdownIt().enable("strikethrough").enable("table")
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False)
    shown = Markdown("", code_theme=code_theme)
    shown.parsed = [_spelt_out(token) for token in parser.parse(text)]
    return shown


def _spelt_out(token: Token) -> Token:
    if token.type == "math_block":
        token.type, token.tag, token.info, token.content = "fence", "code", "text", f"{formula(token.content)}\n"
    for child in token.children or ():
        if child.type == "math_inline":
            child.type, child.content = "text", formula(child.content)
    return token
