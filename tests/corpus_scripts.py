"""The corpus of training scripts, read from tests/corpus: which there are, and what each has to show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"

_HEADER = re.compile(r"^# (break|also|where|accelerator): *(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class CorpusScript:
    """One script. `kind` is "" for clean ones; `breaks` are sites, `also` other kinds that come with the bug."""

    path: Path
    kind: str
    breaks: tuple[str, ...]
    also: frozenset[str]
    where: str
    accelerator: str | None

    @property
    def source(self) -> str:
        """The script without the comments that are meant for the tests, its line numbers kept."""
        return _HEADER.sub("#", self.path.read_text(encoding="utf-8"))

    @property
    def by_hand(self) -> bool:
        """Whether the script is broken as it stands."""
        return self.path.name.startswith("broken_")

    @property
    def name(self) -> str:
        """A short name, for a table or a test."""
        return str(self.path.relative_to(CORPUS).with_suffix("")).removeprefix("kinds/")


def corpus_scripts() -> Iterator[CorpusScript]:
    """Every script, in alphabetical order."""
    for path in sorted(CORPUS.rglob("*.py")):
        said = _HEADER.findall(path.read_text(encoding="utf-8"))
        yield CorpusScript(
            path=path,
            kind=path.parent.name if path.parent.parent.name == "kinds" else "",
            breaks=tuple(text.strip() for key, text in said if key == "break"),
            also=frozenset(slug.strip() for key, text in said if key == "also" for slug in text.split(",")),
            where=next((text.strip() for key, text in said if key == "where"), ""),
            accelerator=next((text.strip() for key, text in said if key == "accelerator"), None),
        )
