"""Markdown and code to HTML: markup inside the content is shown as text, never passed through."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

#: Where a link by kind and name leads.
PAGES = {"question": "/questions/", "guide": "/guides/", "exercise": "/exercises/", "kind": "/explain/"}
_HEADING_ID = re.compile(r"(?:Facts: )?(.*?)[ \t]+\{#([a-z0-9-]+)\}")

#: The SVG of a picture by its file name; "" when there is none.
Pictures = Callable[[str], str]


def markdown(text: str, heading_shift: int = 1, pictures: Pictures | None = None) -> Markup:
    """`text` as HTML; its headings are lowered by `heading_shift` levels to fit under the page's own."""
    parser = _parser()
    tokens = parser.parse(text)
    for position, token in enumerate(tokens):
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + heading_shift)}"
        if token.type == "heading_open":
            _take_id(parser, token, tokens[position + 1])
        _point_links(token)
        if pictures is not None:
            _draw_pictures(token, pictures)
    _make_tables_scrollable(tokens)
    return Markup(parser.renderer.render(tokens, parser.options, {}))


def inline(text: str) -> Markup:
    """One line of Markdown, e.g. a title, without a paragraph around it."""
    parser = _parser()
    tokens = parser.parseInline(text)
    for token in tokens:
        _point_links(token)
    return Markup(parser.renderer.render(tokens, parser.options, {}))


def code(source: str, language: str = "python", *, runs: bool = False) -> Markup:
    """`source` as highlighted lines inside a <pre>; an unknown language is shown plain.

    What `runs` is marked, so that the page's script can offer it.
    """
    kind = "code run-block" if runs else "code"
    return Markup(f'<pre class="{kind}" tabindex="0"><code>{_coloured(source, language)}</code></pre>')


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "highlight": _fence, "typographer": False})
    parser.enable(["table", "strikethrough"])
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, renderer=_formula)
    return parser


def _take_id(parser: MarkdownIt, heading: Token, content: Token) -> None:
    """An id in braces behind a heading becomes its anchor."""
    match = _HEADING_ID.fullmatch(content.content)
    if match is not None:
        heading.attrSet("id", match[2])
        content.content = match[1]
        content.children = parser.parseInline(match[1])[0].children


def _point_links(token: Token) -> None:
    """Links by kind and name become addresses."""
    for child in token.children or ():
        kind, _, name = str(child.attrGet("href") or "").partition(":")
        if child.type == "link_open" and kind in PAGES:
            child.attrSet("href", PAGES[kind] + name)


def _draw_pictures(token: Token, pictures: Pictures) -> None:
    """Pictures become part of the page, so that they take its colours."""
    for child in token.children or ():
        source = str(child.attrGet("src") or "")
        if child.type == "image" and source.startswith("pictures/"):
            name = source.removeprefix("pictures/")
            child.type, child.content = "html_inline", _drawn(pictures(name), name, child.content)


def _drawn(svg: str, name: str, said: str) -> str:
    start = svg.find("<svg")
    if start < 0:
        return f"<em>{escape(said)}</em>"
    # Two pictures on one page may use the same names inside.
    own = re.sub(r"\W", "-", name.removesuffix(".svg"))
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{own}-", svg[start:])
    svg = svg.replace("<svg", f'<svg class="picture" role="img" aria-label="{escape(said)}"', 1)
    return f'<span class="picture-frame" tabindex="0" role="group" aria-label="Picture">{svg}</span>'


def _formula(content: str, options: dict[str, bool]) -> str:
    # The TeX stands as text until the page's script has drawn it, so a page reads without scripts too.
    if options["display_mode"]:
        # A wide formula scrolls, and the keyboard has to reach it.
        drawn = f'<span class="formula formula-block">{escape(content.strip())}</span>'
        return f'<span class="formula-frame" tabindex="0" role="group" aria-label="Formula">{drawn}</span>'
    return f'<span class="formula">{escape(content)}</span>'


def _fence(source: str, language: str, attributes: str) -> str:
    return str(code(source, language, runs=attributes.split()[:1] == ["run"]))


def _coloured(source: str, language: str) -> str:
    try:
        lexer = get_lexer_by_name(language or "text", stripnl=False, ensurenl=False)
    except ClassNotFound:
        return escape(source)
    return str(highlight(source, lexer, HtmlFormatter(nowrap=True)))


def _make_tables_scrollable(tokens: list[Token]) -> None:
    for position in reversed([i for i, token in enumerate(tokens) if token.type == "table_open"]):
        close = next(i for i in range(position, len(tokens)) if tokens[i].type == "table_close")
        opening, closing = Token("div_open", "div", 1), Token("div_close", "div", -1)
        opening.attrs = {"class": "scroll-x", "tabindex": "0", "role": "group", "aria-label": "Table"}
        tokens.insert(close + 1, closing)
        tokens.insert(position, opening)
