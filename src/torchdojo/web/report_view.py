"""The text of a report about a mistake, ready to be copied or sent."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

_TEXT = """\
Page: {kind} {slug}, "{title}"
Version: torchdojo {version}

What it says:

What is so:

Where that can be read, or the lines that show it:
"""


@dataclass(frozen=True, slots=True)
class MistakeReport:
    """`mail` is a link that opens the reader's own mail program with the text in it."""

    subject: str
    text: str
    mail: str


def report(kind: str, slug: str, title: str, version: str) -> MistakeReport:
    """The report about a page; `slug` is what its author finds it by."""
    subject = f"torchdojo: a mistake in {slug}"
    text = _TEXT.format(kind=kind, slug=slug, title=title, version=version)
    return MistakeReport(subject, text, f"mailto:?subject={quote(subject)}&body={quote(text)}")
