"""A sheet as one HTML file that prints well from any browser: no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files

from markdown_it.token import Token

from torchdojo.paper.formulas import formula_to_html
from torchdojo.paper.markdown import parse, parse_inline
from torchdojo.paper.sheet import (
    BLANK,
    BOX,
    Asked,
    Block,
    Bullets,
    Difference,
    Fields,
    Grid,
    Heading,
    Kept,
    Listing,
    Notice,
    Picture,
    Prose,
    Rules,
    Sheet,
    Speech,
)


def to_html(sheet: Sheet) -> str:
    """The whole page."""
    style = _style("print.css").replace("FOOTER", _css_string(sheet.footer)) + sheet_style()
    return (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{escape(sheet.title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>\n{style}</style></head>\n"
        f"<body>\n{sheet_body(sheet)}\n<footer>{escape(sheet.footer)}</footer>\n</body>\n</html>\n"
    )


def sheet_body(sheet: Sheet) -> str:
    """What is on the sheet, for a page that has a head of its own and `sheet_style`."""
    body = "\n".join(_block(block) for block in sheet.blocks)
    return (
        f'<article class="sheet">\n<h1>{_inline(sheet.title)}</h1>\n<p>{_drawn(sheet.subtitle)}</p>\n{body}\n</article>'
    )


def sheet_style() -> str:
    """How it looks, in the colours of the page around it."""
    return _style("sheet.css")


def _style(name: str) -> str:
    return (files("torchdojo.paper") / name).read_text(encoding="utf-8")


def _block(block: Block) -> str:
    match block:
        case Heading():
            level, page = block.level + 1, ' class="page"' if block.breaks else ""
            return f"<h{level}{page}><span>{_inline(block.text)}</span><small>{_inline(block.note)}</small></h{level}>"
        case Prose():
            return _blocks(block.text)
        case Speech():
            return f'<div class="speech">{_blocks(block.text)}</div>'
        case Bullets():
            mark = f"{BOX} " if block.ticks else ""
            items = "".join(
                f"<li><small>{_drawn(note)}</small>{mark}{_inline(item)}</li>" for item, note in block.items
            )
            label = f"<p><strong>{_inline(block.label)}</strong></p>" if block.label else ""
            return f"{label}<ul{' class=ticks' if mark else ''}>{items}</ul>"
        case Grid():
            return _grid(block)
        case Asked():
            heading = f"<h4><span>{_inline(block.question)}</span><small>{_drawn(block.about)}</small></h4>"
            return f'<div class="asked">{heading}<div>{_blocks(block.answer)}</div></div>'
        case Fields():
            return (
                '<div class="fields">' + "".join(f"<span>{escape(label)}</span>" for label in block.labels) + "</div>"
            )
        case Rules():
            return f"<p><small>{_drawn(block.label)}</small></p>" + '<div class="line"></div>' * block.count
        case Listing():
            lines = "".join(f"<li><code>{escape(line)}</code></li>" for line in block.source.rstrip().splitlines())
            return f'<ol class="listing">{lines}</ol>'
        case Notice():
            return f'<div class="notice" role="note">{_blocks(block.text)}</div>'
        case Picture():
            said = f"<figcaption>{escape(block.said)}</figcaption>"
            return f'<figure role="group" aria-label="Picture" tabindex="0">{block.svg}{said}</figure>'
        case Difference():
            return _difference(block)
        case Kept():
            return "<section>" + "\n".join(_block(each) for each in block.blocks) + "</section>"


def _grid(block: Grid) -> str:
    """Columns with a width share what those leave that take only what they need."""
    shares = sum(block.widths)
    # By an attribute: a page that takes no styles in its text shows the sheet too.
    columns = "".join(f'<col width="{100 * width // shares}%">' if width else "<col>" for width in block.widths)
    fit = ["" if width else " class=fit" for width in block.widths]
    head = "".join(f"<th scope=col{own}>{_inline(cell)}</th>" for cell, own in zip(block.head, fit, strict=True))
    rows = "".join(
        "<tr>" + "".join(f"<td{own}>{_inline(cell)}</td>" for cell, own in zip(row, fit, strict=True)) + "</tr>"
        for row in block.rows
    )
    kind = ' class="by-hand"' if block.by_hand else ""
    table = f"<table{kind}><colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="wide"{_scrolls(block)}>{table}</div>'


def _css_string(text: str) -> str:
    """With every sign that could mean something to CSS or HTML written as its number."""
    return '"' + "".join(sign if sign.isalnum() or sign == " " else f"\\{ord(sign):x} " for sign in text) + '"'


def _scrolls(block: Grid) -> str:
    """Tables of many columns keep their width on a narrow screen, and the keyboard has to reach what is beside it."""
    return ' role="group" aria-label="Table" tabindex="0"' if len(block.head) > 4 else ""


_CHANGES = {"+": "added", "−": "removed"}


def _difference(block: Difference) -> str:
    rows = "".join(
        f"<tr{_class(sign)}><td>{old}</td><td>{new}</td><td>{sign}</td><td><code>{escape(line)}</code></td></tr>"
        for old, new, sign, line in block.lines
    )
    head = "<tr><th scope=col>before</th><th scope=col>after</th><th scope=col></th><th scope=col>text</th></tr>"
    return f'<table class="difference"><thead>{head}</thead><tbody>{rows}</tbody></table>'


def _class(sign: str) -> str:
    return f" class={_CHANGES[sign]}" if sign in _CHANGES else ""


def _drawn(text: str) -> str:
    return escape(text).replace(BLANK, '<span class="blank"></span>')


def _inline(text: str) -> str:
    return _pieces(parse_inline(text))


def _blocks(text: str) -> str:
    return "".join(_token(token) for token in parse(text))


def _token(token: Token) -> str:
    if token.type == "inline":
        return _pieces(token.children or [])
    if token.type in ("fence", "code_block"):
        return f"<pre><code>{escape(token.content)}</code></pre>"
    if token.type == "math_block":
        return f"<p>{_formula(token.content)}</p>"
    if token.type == "hr":
        return "<hr>"
    if token.hidden or not token.tag:
        return ""
    return f"<{'/' if token.nesting < 0 else ''}{token.tag}>"


def _pieces(tokens: Sequence[Token]) -> str:
    return "".join(_piece(token) for token in tokens)


def _piece(token: Token) -> str:
    if token.type == "code_inline":
        return f"<code>{escape(token.content)}</code>"
    if token.type == "softbreak":
        return " "
    if token.type == "hardbreak":
        return "<br>"
    if token.type.startswith("math_inline"):
        return _formula(token.content)
    if token.type in ("strong_open", "strong_close", "em_open", "em_close"):
        return f"<{'/' if token.nesting < 0 else ''}{token.tag}>"
    return _drawn(token.content)  # What leads elsewhere on a screen leads nowhere on paper.


def _formula(tex: str) -> str:
    written = formula_to_html(tex.strip())
    return f"<code>{escape(tex.strip())}</code>" if written is None else written
