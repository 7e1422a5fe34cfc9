"""Markdown into Typst. Every piece of text becomes a Typst string, so nothing in it can be taken for markup."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.token import Token

from torchdojo.paper.formulas import formula_to_typst
from torchdojo.paper.markdown import parse, parse_inline
from torchdojo.paper.sheet import BLANK, BOX

_LONG_WORD = re.compile(r"\S{28,}")

_OPENERS = {
    "paragraph_open": "#par[",
    "strong_open": "#strong[",
    "em_open": "#emph[",
    "s_open": "#strike[",
    "bullet_list_open": "#list(tight: true, ",
    "ordered_list_open": "#enum(tight: true, ",
    "list_item_open": "[",
    "blockquote_open": "#quote(block: true)[",
    "heading_open": "#par[#strong[",
    "th_open": "[#strong[",
    "td_open": "[",
    "link_open": "#emph[",
}
_CLOSERS = {
    "paragraph_close": "]\n",
    "strong_close": "]",
    "em_close": "]",
    "s_close": "]",
    "bullet_list_close": ")\n",
    "ordered_list_close": ")\n",
    "list_item_close": "], ",
    "blockquote_close": "]\n",
    "heading_close": "]]\n",
    "table_close": ")\n",
    "th_close": "]], ",
    "td_close": "], ",
    "link_close": "]",
}


def string(text: str) -> str:
    """A Typst string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def text(written: str) -> str:
    """Plain text, boxes and blanks drawn."""
    pieces = re.split(f"([{BOX}{BLANK}])", written)
    drawn = {BOX: "#tick", BLANK: "#blank"}
    return "".join(drawn.get(piece) or f"#{string(_breakable(piece))}" for piece in pieces if piece)


def _breakable(words: str) -> str:
    """A word longer than a line may break anywhere, or it would leave the page."""
    return _LONG_WORD.sub(lambda word: "\u200b".join(word[0]), words)


def inline(written: str) -> str:
    """One line of Markdown."""
    return _inline(parse_inline(written))


def blocks(written: str) -> str:
    """Paragraphs, lists, tables and code."""
    tokens = parse(written)
    return "".join(_block(token, tokens, position) for position, token in enumerate(tokens))


def _block(token: Token, tokens: Sequence[Token], position: int) -> str:
    if token.type == "inline":
        return _inline(token.children or [])
    if token.type in ("fence", "code_block"):
        language = token.info.split()[0] if token.info.split() else "text"
        return f"#raw(block: true, lang: {string(language)}, {string(token.content.rstrip())})\n"
    if token.type == "math_block":
        return _formula(token.content, block=True)
    if token.type == "table_open":
        columns = 0
        for later in tokens[position:]:
            columns += later.type == "th_open"
            if later.type == "tr_close":
                break
        return f"#table(columns: {columns}, "
    if token.type == "hr":
        return "#line(length: 100%)\n"
    return _OPENERS.get(token.type) or _CLOSERS.get(token.type) or ""


def _inline(tokens: Sequence[Token]) -> str:
    return "".join(_piece(token) for token in tokens)


def _piece(token: Token) -> str:
    if token.type == "text":
        return text(token.content)
    if token.type == "code_inline":
        return f"#raw({string(_breakable(token.content))})"
    if token.type in ("softbreak", "hardbreak"):
        return '#" "' if token.type == "softbreak" else "#linebreak()"
    if token.type.startswith("math_inline"):
        return _formula(token.content, block=False)
    if token.type == "image":
        return text(token.content)
    return _OPENERS.get(token.type) or _CLOSERS.get(token.type) or ""


def _formula(tex: str, *, block: bool) -> str:
    written = formula_to_typst(tex.strip())
    if written is None:
        return f"#raw({string(tex.strip())})"
    return f"#math.equation(block: {'true' if block else 'false'}, ${written}$)"
