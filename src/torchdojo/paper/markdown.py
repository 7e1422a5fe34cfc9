"""The Markdown parser of all sheets."""

from __future__ import annotations

from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin


def parse(text: str) -> list[Token]:
    """The blocks of a text."""
    return _parser().parse(text)


def parse_inline(text: str) -> list[Token]:
    """The pieces of one line."""
    return _parser().parseInline(text)[0].children or []


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return parser.use(dollarmath_plugin, allow_space=False, allow_digits=False)
