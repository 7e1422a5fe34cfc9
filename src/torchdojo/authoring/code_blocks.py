"""Code in texts: what is marked to run is run, and has to print what the text says it prints.

A fence opened with ```python run is a script of its own. If a fence opened with ```output comes next, that is what it
has to print; otherwise it is what the comments behind its print statements say, as in `print(1 + 1)  # 2`; without any
it has to print nothing. Any other ```python fence has to parse, and is run too if the text says what it prints. In an
implement exercise a script may use what the learner is asked to write.
"""

from __future__ import annotations

import ast
import io
import textwrap
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from torchdojo.authoring.scripts import SECONDS, RunScript, run_fresh
from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Exercise

NO_FILES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """One Python fence. `line` is where it opens (1-based); `expected` is None for a block that is only read."""

    line: int
    source: str
    expected: str | None


def code_blocks(text: str) -> list[CodeBlock]:
    """Every Python fence of a Markdown text."""
    from markdown_it import MarkdownIt

    fences = [token for token in MarkdownIt("commonmark").parse(text) if token.type == "fence"]
    blocks = []
    for number, token in enumerate(fences):
        words = token.info.split()
        if words[:1] != ["python"]:
            continue
        following = fences[number + 1] if number + 1 < len(fences) else None
        told = _told_by_comments(token.content)
        if following is not None and following.info.split() == ["output"]:
            told = following.content
        runs = "run" in words[1:] or (told is not None and told != "")
        blocks.append(CodeBlock((token.map or [0])[0] + 1, token.content, (told or "") if runs else None))
    return blocks


def _told_by_comments(source: str) -> str | None:
    """What the comments behind top-level print statements say, a line each; None where there are none."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    ends = {
        node.end_lineno
        for node in tree.body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "print"
    }
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    said = [token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT and token.start[0] in ends]
    return "\n".join(said) if said else None


def check_code_blocks(exercise: Exercise, run: RunScript = run_fresh) -> str:
    """Parse or run every block of prompt.md and debrief.md; says what was done. Raises BadContent."""
    files, prelude = {}, ""
    if exercise.names:
        files[exercise.filename] = exercise.solution
        prelude = f"from {exercise.filename.removesuffix('.py')} import {', '.join(exercise.names)}\n"
    tally = Tally()
    for file in (exercise.folder / name for name in ("prompt.md", "debrief.md")):
        if file.exists():
            for block in code_blocks(file.read_text(encoding="utf-8")):
                tally += check_block(file, block, run, prelude, files)
    return str(tally)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many blocks ran, and how many were only read."""

    ran: int = 0
    read: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.ran + other.ran, self.read + other.read)

    def __str__(self) -> str:
        return f"{self.ran} ran and printed what the text says, {self.read} parse"


def check_block(
    file: Path, block: CodeBlock, run: RunScript, prelude: str = "", files: Mapping[str, str] = NO_FILES
) -> Tally:
    """Parse one block of a text, and run it below `prelude` where it has to print something. Raises BadContent."""
    place = f"{file}, line {block.line}"
    source = textwrap.dedent(block.source)
    try:
        ast.parse(source)
    except SyntaxError as error:
        raise BadContent(
            f"{place}: the Python block does not parse: {error}.", "Mend it, or open it as ```text."
        ) from error
    if block.expected is None:
        return Tally(read=1)
    try:
        ran = run(prelude + source, files)
    except TimeoutError as error:
        raise BadContent(f"{place}: the block ran longer than {SECONDS} s.", "Make it smaller.") from error
    if ran.failed:
        raise BadContent(f"{place}: the block ended with {ran.failed}.", "Mend it, or leave out `run`.")
    if _lines(ran.printed) != _lines(block.expected):
        raise BadContent(
            f"{place}: the block printed {ran.printed.strip()!r}, the text says {block.expected.strip()!r}.",
            "Put what it prints into an ```output fence right behind it.",
        )
    return Tally(ran=1)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]
