"""What every bug kind is: a documented way to break a sound script at one of its sites."""

from __future__ import annotations

import abc
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from textwrap import dedent
from typing import ClassVar

import libcst as cst

from torchdojo.bugs.edits import Edits
from torchdojo.bugs.script import Script, script_of

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
    """A place that a kind can break. `where` is the enclosing definition, `name` what is bound or used there."""

    where: str
    name: str
    line: int
    code: str

    def __str__(self) -> str:
        name = f"{self.where}.{self.name}" if self.where else self.name
        return f"{name} (line {self.line}: {self.code.splitlines()[0]})"


@dataclass(frozen=True, slots=True)
class Break:
    """One way to break a script: the place, the node that shows it best, and what has to change."""

    where: str
    name: str
    node: cst.CSTNode
    edits: Edits

    def called(self, text: str) -> bool:
        """Whether exercise.toml's `site` (without "#n") means this place.

        It is written as the definition ("train"), as definition and name ("train.x"), for an attribute set in
        `__init__` also as "SpiralNet.classifier", and at top level as the bare name.
        """
        owner = self.where.removesuffix(".__init__")
        spellings = {self.where, f"{self.where}.{self.name}", f"{owner}.{self.name}"}
        return text in spellings if self.where else text == self.name

    def site(self, script: Script) -> Site:
        """The place as a Site."""
        return Site(self.where, self.name, script.line(self.node), script.code(self.node))


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

    #: Only a comparison with the sound run shows it: good for drills, left out of the diagnosis of unknown scripts.
    needs_reference: ClassVar[bool] = False

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
        script = script_of(source)
        return [found.site(script) for found in self.breaks(script)]

    def break_at(self, source: str, site: str) -> str:
        """`source` broken at the one place that `site` means, every other character as it was.

        "#2" behind the site means the second of several. Raises LookupError, saying which sites there are, when it
        means none or more than one, and libcst.ParserSyntaxError.
        """
        return _broken(self, source, site)

    def _break_at(self, source: str, site: str) -> str:
        script = script_of(source)
        place, _, number = site.partition("#")
        found = list(self.breaks(script))
        meant = [candidate for candidate in found if candidate.called(place)]
        if number.isdigit() and 1 <= int(number) <= len(meant):
            return script.edited(meant[int(number) - 1].edits)
        if len(meant) == 1 and not number:
            return script.edited(meant[0].edits)
        sites = "; ".join(str(candidate.site(script)) for candidate in found) or "none"
        said = f"names {len(meant)} places" if meant else "is nowhere in the script"
        raise LookupError(f"site {site!r} {said}; {self.slug} can break: {sites}")

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


@lru_cache(maxsize=128)
def _broken(kind: BugKind, source: str, site: str) -> str:
    """A challenge and its versions with one bug mended begin alike: what they share is made once."""
    return kind._break_at(source, site)
