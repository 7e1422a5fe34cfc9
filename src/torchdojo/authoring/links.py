"""Where a text leads: links to other pages by name, and pictures. Each has to exist."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from torchdojo.domain.errors import BadContent
from torchdojo.library import body_of

_OUTSIDE = ("https://", "http://")
#: Nothing in a picture that runs, loads or would be styled from elsewhere: it becomes part of a page.
_UNFIT = re.compile(
    r"<(script|style|foreignObject|image)\b|\s(on\w+|style)\s*=|(href|src)\s*=\s*[\"'](?!#)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A link or a picture. `line` is where its paragraph begins (1-based)."""

    line: int
    target: str
    picture: bool
    said: str


def references(text: str) -> Iterator[Reference]:
    """Every link and picture of a Markdown text."""
    from markdown_it import MarkdownIt

    for token in MarkdownIt("commonmark").enable("table").parse(text):
        for child in token.children or ():
            line = (token.map or [0])[0] + 1
            if child.type == "link_open":
                yield Reference(line, str(child.attrGet("href")), False, "")
            elif child.type == "image":
                yield Reference(line, str(child.attrGet("src")), True, child.content)


def broken_references(
    file: Path, ids: Collection[str], pages: Mapping[str, Mapping[str, Collection[str]]], pictures: Path
) -> list[BadContent]:
    """What leads nowhere. `ids` are the places in this text, `pages` has the places on each page."""
    faults = []
    for reference in references(body_of(file)):
        if reference.picture:
            fault = _picture_fault(reference, pictures)
        else:
            fault = _link_fault(reference.target, ids, pages)
        if fault is not None:
            faults.append(BadContent(f"{file}, line {reference.line}: {fault[0]}.", fault[1]))
    return faults


def _link_fault(
    target: str, ids: Collection[str], pages: Mapping[str, Mapping[str, Collection[str]]]
) -> tuple[str, str] | None:
    if target.startswith(_OUTSIDE):
        return None
    address, _, place = target.partition("#")
    if not address:
        return None if place in ids else (f"the link #{place} leads nowhere", "Name an id of this text.")
    kind, colon, slug = address.partition(":")
    if not colon or kind not in pages:
        known = ", ".join(f"{name}:SLUG" for name in pages)
        return f"the link {target!r} is of no known kind", f"Write an https address, #id, or {known}."
    if slug not in pages[kind]:
        return f"there is no {kind} {slug!r}", "Mend the name, or leave the link out."
    if place and place not in pages[kind][slug]:
        return f"the {kind} {slug!r} has no place #{place}", "Mend the id, or leave it out."
    return None


def _picture_fault(reference: Reference, pictures: Path) -> tuple[str, str] | None:
    folder, _, name = reference.target.rpartition("/")
    if folder != "pictures" or not name.endswith(".svg"):
        return f"the picture {reference.target!r} has no such address", "Write pictures/NAME.svg."
    if not (pictures / name).is_file():
        return f"the picture {pictures / name} is missing", "Draw it, or leave it out."
    if not reference.said.strip():
        return f"the picture {name} has no text alternative", "Write between the brackets what it shows."
    found = _UNFIT.search((pictures / name).read_text(encoding="utf-8"))
    if found is not None:
        told = f"{name} has {found[0].strip()!r}, which no page may carry"
        return told, "Use plain shapes with presentation attributes and currentColor."
    return None
