"""Programs in texts: what a fence opened with ```python run holds, and what the text says that it prints."""

from __future__ import annotations

import re
from dataclasses import dataclass

_RUN_FENCE = re.compile(
    r"^```python run[ \t]*\n(?P<source>.*?)^```[ \t]*$(?:\s*^```output[ \t]*\n(?P<output>.*?)^```[ \t]*$)?",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class RunBlock:
    """A program of its own; `output` is what the text says it prints, None where it does not say."""

    source: str
    output: str | None = None


def run_blocks(text: str) -> list[RunBlock]:
    """The programs of a Markdown text, in order."""
    # Content fences its programs at the margin; a search is much faster than parsing all texts for every showing.
    return [RunBlock(found["source"], found["output"]) for found in _RUN_FENCE.finditer(text)]


@dataclass(frozen=True, slots=True)
class BlockRun:
    """How the run of a block went. `told` says why it ended early, "" when it came to its end or raised an error.

    `printed` is what it wrote, tracebacks included; a long one lost its middle.
    """

    printed: str
    finished: bool
    told: str = ""
    seconds: float = 0.0
