"""The two things below a heading that can be asked: a quiz with options or an answer, and a table of facts."""

from __future__ import annotations

import re
import textwrap

from torchdojo.domain.knowledge import FactTable, Option, QuizItem
from torchdojo.library.document import Document, Piece, without_fences

_OPTION = re.compile(r"- \[(.)\](?: (.*))?")
_RULE = re.compile(r":?-+:?")


def quiz(document: Document, piece: Piece) -> QuizItem:
    """The quiz below a heading "Quiz: …". Raises BadContent."""
    lines = piece.text.splitlines()
    starts = [number for number, line in without_fences(piece.text) if _OPTION.fullmatch(line)]
    before = "\n".join(lines[: starts[0]] if starts else lines).strip()
    if not starts:
        if not before:
            raise document.fault(
                piece.line, "a quiz without options and without an answer", "Write - [ ] and - [x] options below it."
            )
        return QuizItem(piece.id, piece.heading, answer=before)
    options = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        options.append(_option(document, piece.line + 1 + start, lines[start:end]))
    if len(options) < 2:
        raise document.fault(piece.line, "a quiz with one option", "Offer at least one more.")
    if not any(option.right for option in options):
        raise document.fault(piece.line, "no option of the quiz is right", "Write - [x] before the right one.")
    if len({option.text for option in options}) != len(options):
        raise document.fault(piece.line, "two options of the quiz are the same", "Reword or remove one.")
    question = f"{piece.heading}\n\n{before}" if before else piece.heading
    return QuizItem(piece.id, question, tuple(options))


def _option(document: Document, line: int, lines: list[str]) -> Option:
    match = _OPTION.fullmatch(lines[0])
    assert match is not None
    if match[1] not in " x":
        raise document.fault(line, f"an option is marked [{match[1]}]", "Mark it [ ] when wrong, [x] when right.")
    if not (match[2] or "").strip():
        raise document.fault(line, "an option without text", "Write it behind the brackets.")
    for number, text in enumerate(lines[1:], start=1):
        if text.strip() and not text.startswith("  "):
            raise document.fault(line + number, "text that belongs to no option", "Indent it by two spaces.")
    why = textwrap.dedent("\n".join(lines[1:])).strip()
    if not why:
        raise document.fault(
            line,
            f"the option {match[2].strip()!r} does not say why",
            "Write the reason below it, indented by two spaces.",
        )
    return Option(match[2].strip(), match[1] == "x", why)


def facts(document: Document, piece: Piece) -> FactTable:
    """The table below a heading "Facts: …". Raises BadContent."""
    numbered = [(number, line) for number, line in without_fences(piece.text) if line.lstrip().startswith("|")]
    if len(numbered) < 3:
        raise document.fault(piece.line, "no table below it", "Write a header row, a row of |---|, and the facts.")
    rows = [_cells(line) for _, line in numbered]
    last = numbered[0][0] - 1
    for (number, _), cells in zip(numbered, rows, strict=True):
        line = piece.line + 1 + number
        if number != last + 1:
            raise document.fault(line, "a second table below the heading", "Give it a heading of its own.")
        if len(cells) != len(rows[0]):
            told = f"a row of {len(cells)} cells in a table of {len(rows[0])} columns"
            raise document.fault(line, told, r"Mend it; a | inside a cell is written \|.")
        last = number
    if not all(_RULE.fullmatch(cell) for cell in rows[1]):
        raise document.fault(piece.line + 1 + numbered[1][0], "no row of |---| below the header", "Add one.")
    if len(rows[0]) < 2:
        raise document.fault(piece.line, "a table of one column", "The first cell of a row has to ask for others.")
    names = [row[0] for row in rows[2:]]
    for (number, _), cells in zip(numbered[2:], rows[2:], strict=True):
        if not cells[0] or names.count(cells[0]) > 1:
            told = f"the first cell {cells[0]!r} is not the row's own" if cells[0] else "an empty first cell"
            raise document.fault(piece.line + 1 + number, told, "It has to name what the row is about.")
    return FactTable(piece.id, piece.heading, rows[0], tuple(rows[2:]))


def _cells(line: str) -> tuple[str, ...]:
    inner = line.strip().removeprefix("|")
    parts = re.split(r"(?<!\\)\|", inner)
    if not parts[-1].strip():
        parts = parts[:-1]
    return tuple(part.strip().replace(r"\|", "|") for part in parts)
