"""A Markdown file with TOML front matter, taken apart at its headings. Every fault is named by file and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from torchdojo.domain.errors import BadContent
from torchdojo.library.table import PLACEHOLDER, Table

_FRONT = re.compile(r"\A\+\+\+\n(.*?)^\+\+\+\n(.*)\Z", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)(?:[ \t]+\{#([^}]*)\})?[ \t]*")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})(.*)")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
#: Headings that say what stands below them. Each needs a lasting id.
SPECIAL = ("Follow-up", "Quiz", "Facts")


@dataclass(frozen=True, slots=True)
class Piece:
    """A heading and the text from the next line to the next heading of any depth. `line` is the heading's, 1-based.

    `special` is "Follow-up", "Quiz" or "Facts" where the heading begins so, and `heading` is what follows.
    """

    line: int
    depth: int
    heading: str
    id: str
    special: str
    text: str

    @property
    def written(self) -> str:
        """The heading as it stands in the file."""
        said = f"{self.special}: {self.heading}" if self.special else self.heading
        return f"{'#' * self.depth} {said}{f' {{#{self.id}}}' if self.id else ''}"


@dataclass(frozen=True, slots=True)
class Document:
    """A file taken apart: its front matter, the text before the first heading, and the pieces in order."""

    file: Path
    front: Table
    lead: str
    pieces: tuple[Piece, ...]

    def fault(self, line: int, what: str, cure: str) -> BadContent:
        """The error for something wrong at a line of this file."""
        return fault_at(self.file, line, what, cure)


def fault_at(file: Path, line: int, what: str, cure: str) -> BadContent:
    """The error for something wrong at a line of a file."""
    return BadContent(f"{file}, line {line}: {what}.", cure)


def read_document(file: Path) -> Document:
    """Take the file apart. Raises BadContent for anything out of format."""
    text = _text(file)
    match = _FRONT.match(text)
    if match is None:
        raise fault_at(file, 1, "there is no front matter", "Begin with TOML between two lines of +++.")
    try:
        front = Table(tomllib.loads(match[1]), file)
    except tomllib.TOMLDecodeError as error:
        raise BadContent(
            f"{file}: the front matter is not valid TOML: {error}.", "Mend the place named above."
        ) from error
    first = text[: match.start(2)].count("\n") + 1
    for number, line in enumerate(text.splitlines(), start=1):
        if PLACEHOLDER in line:
            raise fault_at(file, number, f"it still reads {line.strip()!r}", "Replace it with what it asks for.")
    lead, pieces = _pieces(file, match[2], first)
    _refuse_doubles(file, pieces)
    return Document(file, front, lead, pieces)


def body_of(file: Path) -> str:
    """The file's text with its front matter left blank, so that every line keeps its number."""
    text = _text(file)
    match = _FRONT.match(text)
    return text if match is None else "\n" * text[: match.start(2)].count("\n") + match[2]


def without_fences(text: str) -> Iterator[tuple[int, str]]:
    """The lines outside of code fences, numbered from 0."""
    closing = ""
    for number, line in enumerate(text.splitlines()):
        fence = _FENCE.fullmatch(line)
        if closing:
            if fence is not None and fence[1].startswith(closing) and not fence[2].strip():
                closing = ""
        elif fence is not None:
            closing = fence[1]
        else:
            yield number, line


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise BadContent(f"{file} is not UTF-8 text ({error}).", "Save it as UTF-8.") from error


def _pieces(file: Path, body: str, first: int) -> tuple[str, tuple[Piece, ...]]:
    lines = body.splitlines()
    found = [
        (number, match) for number, line in without_fences(body) if (match := _HEADING.fullmatch(line)) is not None
    ]
    ends = [*(number for number, _ in found), len(lines)]
    pieces = []
    for (number, match), end in zip(found, ends[1:], strict=True):
        text = "\n".join(lines[number + 1 : end]).rstrip()
        pieces.append(_piece(file, first + number, match, text))
    return "\n".join(lines[: ends[0]]).strip(), tuple(pieces)


def _piece(file: Path, line: int, match: re.Match[str], text: str) -> Piece:
    depth, said, given = len(match[1]), match[2], match[3]
    if depth == 1:
        raise fault_at(file, line, "a heading of depth 1", "Begin it with ##; the title stands in the front matter.")
    if not said:
        raise fault_at(file, line, "an empty heading", "Write what the section is about.")
    if given is not None and not _ID.fullmatch(given):
        raise fault_at(file, line, f"{{#{given}}} is no id", "Use lower-case words joined by hyphens: {#my-id}.")
    special = next((word for word in SPECIAL if said.startswith(f"{word}:")), "")
    heading = said.removeprefix(f"{special}:").strip() if special else said
    if special and not heading:
        raise fault_at(file, line, f"nothing follows {special!r}", f"Write ## {special}: … {{#lasting-id}}.")
    if special and given is None:
        raise fault_at(file, line, f"the heading {said!r} has no id", f"Write ## {said} {{#lasting-id}}.")
    return Piece(line, depth, heading, given or "", special, text)


def _refuse_doubles(file: Path, pieces: tuple[Piece, ...]) -> None:
    seen: dict[str, Piece] = {}
    for piece in pieces:
        if piece.id and (first := seen.setdefault(piece.id, piece)) is not piece:
            raise fault_at(
                file, piece.line, f"the id {piece.id!r} stands in line {first.line} too", "Ids are unique in a file."
            )
