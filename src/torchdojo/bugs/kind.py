"""What every bug kind is: a documented way to break a sound script at one of its sites."""

from __future__ import annotations

import abc
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent
from typing import ClassVar

from torchdojo.bugs.edits import Edits
from torchdojo.bugs.script import Script

#: The sections of every kind's documentation, in order.
SECTIONS = (
    "What it does",
    "Why it is bad",
    "Symptoms",
    "How to find it",
    "Fix",
    "Correct code that looks like it",
    "References",
)


@dataclass(frozen=True, slots=True)
class Site:
    """A place that a kind can break. `where` is the enclosing definition, `name` what is bound or used there.

    exercise.toml may write a site as "train", "train.x" (definition and name), for an attribute set in `__init__`
    as "SpiralNet.classifier", at top level as the bare name, and with "#2" behind it for the second of several.
    """

    where: str
    name: str
    line: int
    code: str

    def called(self, text: str) -> bool:
        """Whether `text` (without "#n") means this site."""
        owner = self.where.removesuffix(".__init__")
        spellings = {self.where, f"{self.where}.{self.name}", f"{owner}.{self.name}"}
        return text in spellings if self.where else text == self.name


@dataclass(frozen=True, slots=True)
class Break:
    """A site, and what has to change there."""

    site: Site
    edits: Edits


@dataclass(frozen=True, slots=True)
class Example:
    """A sound script, a site in it, and the same script broken there. It is documentation and test at once."""

    style: str
    site: str
    clean: str
    broken: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "clean", dedent(self.clean).strip() + "\n")
        object.__setattr__(self, "broken", dedent(self.broken).strip() + "\n")


@dataclass(frozen=True, slots=True)
class Question:
    """What an interviewer asks about the kind, and a full answer."""

    question: str
    answer: str


class BugKind(abc.ABC):
    """One kind of bug. A subclass documents itself in its docstring, under the headings of SECTIONS."""

    slug: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    category: ClassVar[str]
    difficulty: ClassVar[str]

    #: Comments and docstrings that match give the bug away: they never reach a starter.
    telling: ClassVar[str]

    examples: ClassVar[tuple[Example, ...]]

    #: Sound scripts in which there is nothing for this kind to break.
    untouched: ClassVar[tuple[str, ...]] = ()

    interview: ClassVar[tuple[Question, ...]]
    nudges: ClassVar[tuple[str, ...]]

    @abc.abstractmethod
    def breaks(self, script: Script) -> Iterator[Break]:
        """Every way this kind can break the script, in the order of the text."""

    def sites(self, source: str) -> list[Site]:
        """The places in `source` that this kind can break. Raises libcst.ParserSyntaxError."""
        return [found.site for found in self.breaks(Script(source))]

    def break_at(self, source: str, site: Site) -> str:
        """`source` broken at `site`, every other character as it was; KeyError when the site is not there."""
        script = Script(source)
        for found in self.breaks(script):
            if found.site == site:
                return script.edited(found.edits)
        raise KeyError(site)

    @classmethod
    def documentation(cls) -> dict[str, str]:
        """The text under each heading of the docstring."""
        sections: dict[str, str] = {}
        heading = ""
        for line in inspect.cleandoc(cls.__doc__ or "").splitlines():
            if line.startswith("## "):
                heading = line.removeprefix("## ").strip()
                sections[heading] = ""
            elif heading:
                sections[heading] += f"{line}\n"
        return {heading: text.strip() for heading, text in sections.items()}
