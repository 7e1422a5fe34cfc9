"""What must not be said: widely shared errors, as patterns, looked for in every text that teaches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from torchdojo.bugs import bug_kinds
from torchdojo.domain.errors import BadContent
from torchdojo.library import Library, Refused, body_of, refused_patterns, without_fences

#: Where an error may be quoted, because the text says that it is one.
ALLOWED_UNDER = "## Commonly said, and wrong"


def all_patterns(files: Iterable[Path]) -> list[Refused]:
    """The patterns of all these guides. Raises BadContent for one out of format."""
    return [pattern for file in files for pattern in refused_patterns(file)]


def refused_in_file(file: Path, patterns: Sequence[Refused]) -> list[BadContent]:
    """Where a question, guide, prompt or debrief says what is refused. A guide may quote what it refuses itself."""
    others = [pattern for pattern in patterns if pattern.file != file]
    return refused_in(str(file), _without_quotations(body_of(file)), others) if others else []


def refused_in(place: str, text: str, patterns: Sequence[Refused]) -> list[BadContent]:
    """Where a text says what is refused."""
    faults = []
    for refused in patterns:
        if (match := refused.pattern.search(text)) is not None:
            line = text[: match.start()].count("\n") + 1
            said = f"{place}, line {line}: {match[0]!r} is a common error ({refused.file.name}, line {refused.line})."
            faults.append(BadContent(said, "Say what is so, or make the pattern narrower."))
    return faults


def refused_elsewhere(library: Library, patterns: Sequence[Refused]) -> tuple[int, list[BadContent]]:
    """How many prompts, debriefs and pages of bug kinds were looked through, and what is refused in them."""
    exercises = [*library.exercises(), *library.bases()]
    texts = {
        str(file): body_of(file)
        for exercise in exercises
        for name in ("prompt.md", "debrief.md")
        if (file := exercise.folder / name).is_file()
    }
    for slug, kind in bug_kinds().items():
        asked = [f"{each.question}\n{each.answer}" for each in kind.interview]
        texts[f"bug kind {slug}"] = "\n".join([kind.title, kind.summary, *kind.documentation().values(), *asked])
    faults = [fault for place, text in texts.items() for fault in refused_in(place, text, patterns)]
    return len(texts), faults


def _without_quotations(text: str) -> str:
    """The text with the sections blanked that quote errors as errors; every line keeps its number."""
    lines = text.splitlines()
    headings = [(number, line) for number, line in without_fences(text) if line.startswith("## ")]
    if not headings:
        return text
    ends = [*(number for number, _ in headings[1:]), len(lines)]
    for (start, line), end in zip(headings, ends, strict=True):
        if line.strip() == ALLOWED_UNDER:
            lines[start:end] = [""] * (end - start)
    return "\n".join(lines)
