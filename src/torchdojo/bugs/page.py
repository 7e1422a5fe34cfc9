"""A bug kind's page, as Markdown: for `torchdojo explain`, for the reference, for the web."""

from __future__ import annotations

from torchdojo.bugs.kind import BugKind


def kind_page(kind: BugKind) -> str:
    """The kind's documentation with its first example, interview questions, nudges and the styles it is planted in."""
    parts = [
        f"# {kind.title}",
        kind.summary,
        f"`{kind.slug}` · category: {kind.category} · difficulty: {kind.difficulty}",
    ]
    for heading, text in kind.documentation().items():
        parts += [f"## {heading}", text]
        if heading == "Fix":
            example = kind.examples[0]
            parts += ["Broken:", _fence(example.broken), "Mended:", _fence(example.clean)]
    parts.append("## In an interview")
    for asked in kind.interview:
        parts += [f"**{asked.question}**", asked.answer]
    parts.append("Nudges, from gentle to plain:")
    parts.append("\n".join(f"{number}. {nudge}" for number, nudge in enumerate(kind.nudges, start=1)))
    parts += ["## Styles it is planted in", "\n".join(f"- {example.style}" for example in kind.examples)]
    return "\n\n".join(parts) + "\n"


def _fence(code: str) -> str:
    return f"```python\n{code}```"
