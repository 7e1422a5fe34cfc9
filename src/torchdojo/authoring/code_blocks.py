"""Code in prompts and debriefs: what is marked to run is run, and has to print what the text says it prints.

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
from dataclasses import dataclass

from torchdojo.authoring.scripts import SECONDS, RunScript, run_fresh
from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Exercise


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
    ran = read = 0
    texts = (exercise.folder / name for name in ("prompt.md", "debrief.md"))
    for file, text in ((path.name, path.read_text(encoding="utf-8")) for path in texts if path.exists()):
        for block in code_blocks(text):
            place = f"{exercise.folder / file}, line {block.line}"
            _parse(place, block)
            if block.expected is None:
                read += 1
            else:
                ran += 1
                _run(place, block, exercise, run)
    return f"{ran} ran and printed what the text says, {read} parse"


def _parse(place: str, block: CodeBlock) -> None:
    try:
        ast.parse(textwrap.dedent(block.source))
    except SyntaxError as error:
        raise BadContent(
            f"{place}: the Python block does not parse: {error}.", "Mend it, or open it as ```text."
        ) from error


def _run(place: str, block: CodeBlock, exercise: Exercise, run: RunScript) -> None:
    source = textwrap.dedent(block.source)
    files = {}
    if exercise.names:
        files[exercise.filename] = exercise.solution
        source = f"from {exercise.filename.removesuffix('.py')} import {', '.join(exercise.names)}\n{source}"
    try:
        ran = run(source, files)
    except TimeoutError as error:
        raise BadContent(f"{place}: the block ran longer than {SECONDS} s.", "Make it smaller.") from error
    if ran.failed:
        raise BadContent(f"{place}: the block ended with {ran.failed}.", "Mend it, or leave out `run`.")
    if _lines(ran.printed) != _lines(block.expected or ""):
        raise BadContent(
            f"{place}: the block printed {ran.printed.strip()!r}, the text says {(block.expected or '').strip()!r}.",
            "Put what it prints into an ```output fence right behind it.",
        )


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]
