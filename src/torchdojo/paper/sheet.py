"""A sheet as a list of blocks, whatever it is printed with. Texts are Markdown.

In any text BOX stands for a box to tick and BLANK for a line to write on.
"""

from __future__ import annotations

from dataclasses import dataclass

BOX = "☐"
BLANK = "＿"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 3; `note` stands at the right margin. `breaks` begins a new page."""

    level: int
    text: str
    note: str = ""
    breaks: bool = False


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs."""

    text: str


@dataclass(frozen=True, slots=True)
class Speech:
    """What is read aloud as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list under a label; with `ticks` each item has a box. The second part of an item is a remark."""

    label: str
    items: tuple[tuple[str, str], ...]
    ticks: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. `widths` are relative, 0 takes what the content needs.

    `wide` is set in smaller type, one `by_hand` has rows that are high enough to write in.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    wide: bool = False
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the answer to expect and boxes to rate it. `about` is said before the question."""

    question: str
    answer: str
    about: str


@dataclass(frozen=True, slots=True)
class Fields:
    """Labels with lines to fill in."""

    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """Empty lines to write on, under a label."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Listing:
    """Program text with line numbers."""

    source: str
    language: str = "python"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that must not be overlooked."""

    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as SVG, with what it shows in words."""

    svg: str
    said: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Lines of program text before and after: number before, number after, "+", "−", "" or "⋯", and the text."""

    lines: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """What belongs together: it is not parted by the end of a page unless it is longer than one."""

    blocks: tuple[Block, ...]


Block = (
    Heading | Prose | Speech | Bullets | Grid | Asked | Fields | Rules | Listing | Kept | Notice | Picture | Difference
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed. `footer` stands at the bottom of each page, beside its number."""

    title: str
    subtitle: str
    footer: str
    blocks: tuple[Block, ...]
