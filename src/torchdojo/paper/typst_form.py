"""A sheet as Typst source."""

from __future__ import annotations

from importlib.resources import files

from torchdojo.paper.sheet import (
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
from torchdojo.paper.typst_markdown import blocks, inline, string, text

#: How many characters of program text fit on a line; longer lines go on below.
_CODE_WIDTH = 110


def to_typst(sheet: Sheet) -> str:
    """The whole document."""
    setup = (files("torchdojo.paper") / "setup.typ").read_text(encoding="utf-8")
    setup = setup.replace("TITLE", string(sheet.title)).replace("FOOTER", string(sheet.footer))
    title = f'#text(size: 23pt, weight: "bold")[{inline(sheet.title)}]\n#v(-0.8em)\n'
    subtitle = f"#text(size: 12pt)[{text(sheet.subtitle)}]\n"
    return setup + title + subtitle + "\n".join(_block(block) for block in sheet.blocks)


def _block(block: Block) -> str:
    match block:
        case Heading():
            before = "#pagebreak(weak: true)\n" if block.breaks else ""
            return f"{before}#heading-row({block.level}, [{inline(block.text)}], [{inline(block.note)}])\n"
        case Prose():
            return blocks(block.text)
        case Speech():
            return f"#speech[{blocks(block.text)}]\n"
        case Bullets():
            return f"#labelled([{inline(block.label)}], [{_items(block)}])\n" if block.label else _items(block) + "\n"
        case Grid():
            return _grid(block)
        case Asked():
            asked, about = inline(block.question), text(block.about)
            return f"#asked([{asked}], [{about}], [{blocks(block.answer)}])\n"
        case Fields():
            cells = ", ".join(
                f"[#grid(columns: (auto, 1fr), column-gutter: 0.5em, [#{string(label)}], "
                f"box(width: 100%, height: 1em, stroke: (bottom: 0.5pt)))]"
                for label in block.labels
            )
            return f"#grid(columns: (1fr, 1fr), column-gutter: 1.6em, row-gutter: 1.1em, {cells})\n"
        case Rules():
            lines = "#block(width: 100%, height: 0.62cm, spacing: 0pt, stroke: (bottom: 0.3pt))" * block.count
            return f"#block(breakable: false, width: 100%)[#text(size: 9pt)[{text(block.label)}]{lines}]\n"
        case Listing():
            return _listing(block)
        case Notice():
            return f"#notice[{blocks(block.text)}]\n"
        case Picture():
            return f"#picture({string(block.svg)}, {string(block.said)})\n"
        case Difference():
            return _difference(block)
        case Kept():
            return f"#kept[{''.join(_block(each) for each in block.blocks)}]\n"


def _items(block: Bullets) -> str:
    """One item below the other; a remark stands at the right margin."""
    mark = "#tick" if block.ticks else "–"
    rows = "".join(f"[{mark}], [{inline(item)}], [#text(size: 8.5pt)[{text(note)}]], " for item, note in block.items)
    return f"#grid(columns: (auto, 1fr, auto), column-gutter: 0.6em, row-gutter: 0.62em, {rows})"


def _grid(block: Grid) -> str:
    columns = ", ".join(f"{width}fr" if width else "auto" for width in block.widths)
    head = ", ".join(f"[#strong[{inline(cell)}]]" for cell in block.head)
    rows = ", ".join(f"[{inline(cell)}]" for row in block.rows for cell in row)
    size = "9pt" if block.wide else "10pt"
    inset = "inset: (x: 5pt, y: 6pt), " if block.by_hand else ""
    return (
        f"#[#set text(size: {size})\n#show table.cell: set block(breakable: false)\n"
        f"#table(columns: ({columns},), {inset}fill: (_, row) => if row == 0 {{ luma(232) }}, "
        f"table.header({head}), {rows})]\n"
    )


def _listing(block: Listing) -> str:
    """Each line is a row of its own, so that a long one wraps beside its number."""
    rows = ", ".join(
        f"[#text(size: 6.6pt)[{number}]], [#raw(lang: {string(block.language)}, {string(line or ' ')})]"
        for number, line in enumerate(block.source.rstrip().splitlines(), start=1)
    )
    return (
        "#[#set par(leading: 0.4em)\n#show raw: set text(size: 7.4pt)\n"
        f"#grid(columns: (auto, 1fr), column-gutter: 0.7em, row-gutter: 0.44em, align: (right, left), {rows})]\n"
    )


def _difference(block: Difference) -> str:
    rows = ", ".join(
        f"[{_small(old)}], [{_small(new)}], [{text(sign)}], {_changed(sign, piece)}"
        for old, new, sign, line in block.lines
        for old, new, sign, piece in _wrapped(old, new, sign, line)
    )
    return f"#difference({rows})\n"


def _small(number: str) -> str:
    return f"#text(size: 6.6pt)[{text(number)}]"


def _wrapped(old: str, new: str, sign: str, line: str) -> list[tuple[str, str, str, str]]:
    pieces = [line[start : start + _CODE_WIDTH] for start in range(0, len(line), _CODE_WIDTH)] or [" "]
    return [(old, new, sign, pieces[0]), *(("", "", sign, piece) for piece in pieces[1:])]


def _changed(sign: str, piece: str) -> str:
    """Added lines are bold, removed ones struck through, so that they differ without colour too."""
    code = f"#raw({string(piece)})"
    if sign == "+":
        return f"table.cell(fill: luma(232))[#strong[{code}]]"
    return f"[#strike[{code}]]" if sign == "−" else f"[{code}]"
