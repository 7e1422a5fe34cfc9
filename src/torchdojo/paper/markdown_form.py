"""A sheet as Markdown, for wherever a report is pasted."""

from __future__ import annotations

import re
from collections.abc import Iterator

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

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$&])")
_FENCE = re.compile(r"`{3,}")


def to_markdown(sheet: Sheet) -> str:
    """The whole text."""
    parts = [f"# {sheet.title}", sheet.subtitle, *(part for block in sheet.blocks for part in _block(block))]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def literal(written: str) -> str:
    """What somebody typed, as Markdown that shows it as it was typed, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(written.split()))


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{'#' * (block.level + 1)} {block.text}" + (f" ({block.note})" if block.note else "")
        case Prose():
            yield block.text
        case Speech() | Notice():
            yield "\n".join(f"> {line}".rstrip() for line in block.text.splitlines())
        case Bullets():
            yield f"**{block.label}**" if block.label else ""
            mark = f"{BOX} " if block.ticks else ""
            yield "\n".join(f"- {mark}{item}{f' ({note})' if note else ''}" for item, note in block.items)
        case Grid():
            yield "\n".join(_row(row) for row in (block.head, ("---",) * len(block.head), *block.rows))
        case Asked():
            yield f"**{block.question}** {block.about}"
            yield block.answer
        case Fields():
            yield "\n".join(f"- {label}: {BLANK}" for label in block.labels)
        case Rules():
            yield f"{block.label}: {BLANK}"
        case Listing():
            yield _fenced(block.language, block.source)
        case Kept():
            for each in block.blocks:
                yield from _block(each)
        case Picture():
            yield f"*{literal(block.said)}*"
        case Difference():
            signs = {"−": "-", "": " ", "⋯": "@@"}
            yield _fenced("diff", "\n".join(f"{signs.get(sign, sign)}{line}" for _, _, sign, line in block.lines))


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(re.sub(r"(?<!\\)\|", r"\\|", " ".join(cell.split())) for cell in cells) + " |"


def _fenced(language: str, source: str) -> str:
    fence = "`" * (max((len(run) for run in _FENCE.findall(source)), default=2) + 1)
    return f"{fence}{language}\n{source.rstrip()}\n{fence}"
