"""guides/<slug>.md into Guide, and what the errata guide forbids every other text to say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from torchdojo.domain.errors import BadContent
from torchdojo.domain.knowledge import Guide, Section
from torchdojo.library.cards import facts, quiz
from torchdojo.library.document import Document, Piece, fault_at, read_document
from torchdojo.library.folder import SLUG
from torchdojo.library.front import covers, sources

#: Patterns that other texts must not match, one a line. Never shown.
REFUSED = "refused"
_REFUSED = re.compile(rf"^```{REFUSED}[ \t]*\n(.*?)^```[ \t]*\n?", re.DOTALL | re.MULTILINE)


def load_guide(file: Path) -> Guide:
    """Read one guide. Raises BadContent for anything out of format."""
    if not SLUG.fullmatch(file.stem):
        raise BadContent(f"{file}: its name is no slug.", "Use lower-case words joined by hyphens: my-guide.md")
    document = read_document(file)
    front = document.front
    sections = _sections(document)
    if not document.lead:
        raise BadContent(f"{file}: there is no text above the first heading.", "Say there whom the guide is for.")
    guide = Guide(
        slug=file.stem,
        title=front.text("title"),
        summary=front.text("summary"),
        order=front.whole("order", low=1, high=1000),
        minutes=front.whole("minutes", low=1, high=600),
        file=file,
        lead=_shown(document.lead),
        sections=sections,
        sources=sources(front, required=False),
        exercises=front.texts("exercises"),
        covers=covers(front, {section.id for section in sections}),
    )
    front.finish()
    return guide


def _sections(document: Document) -> tuple[Section, ...]:
    taken = {piece.id for piece in document.pieces if piece.id}
    sections = []
    for piece in document.pieces:
        anchor = piece.id or _anchor(piece.heading, taken)
        taken.add(anchor)
        sections.append(_section(document, piece, anchor))
    if not sections:
        raise BadContent(f"{document.file}: there is no heading.", "Divide the guide with ## headings.")
    return tuple(sections)


def _section(document: Document, piece: Piece, anchor: str) -> Section:
    if piece.special == "Follow-up":
        raise document.fault(piece.line, "a follow-up in a guide", "Write Quiz: … {#id} with the answer below.")
    if piece.special == "Quiz":
        return Section(anchor, piece.heading, piece.depth, "", quiz=quiz(document, piece))
    table = facts(document, piece) if piece.special == "Facts" else None
    return Section(anchor, piece.heading, piece.depth, _shown(piece.text), table=table)


def _shown(text: str) -> str:
    return _REFUSED.sub("", f"{text}\n").strip()


def _anchor(heading: str, taken: set[str]) -> str:
    words = "-".join(re.findall(r"[a-z0-9]+", heading.lower())) or "section"
    anchor, number = words, 1
    while anchor in taken:
        number += 1
        anchor = f"{words}-{number}"
    return anchor


@dataclass(frozen=True, slots=True)
class Refused:
    """A pattern for what must not be said, and where it is written."""

    pattern: re.Pattern[str]
    file: Path
    line: int


def refused_patterns(file: Path) -> list[Refused]:
    """The patterns in a guide's ```refused fences. Raises BadContent for one that is no regular expression."""
    text = file.read_text(encoding="utf-8")
    found = []
    for match in _REFUSED.finditer(text):
        first = text[: match.start(1)].count("\n") + 1
        for number, line in enumerate(match[1].splitlines(), start=first):
            if not line.strip():
                continue
            try:
                # A space also stands for the end of a line.
                pattern = re.compile(line.strip().replace(" ", r"\s+"), re.IGNORECASE)
            except re.error as error:
                raise fault_at(
                    file, number, f"{line!r} is no pattern: {error}", "Write a regular expression."
                ) from error
            if pattern.search(""):
                raise fault_at(file, number, f"{line!r} matches everything", "Make it say what is refused.")
            found.append(Refused(pattern, file, number))
    return found
