"""Every place of a script that some kind can break, each with a name that means it and no other."""

from __future__ import annotations

from dataclasses import dataclass

from torchdojo.bugs.catalogue import bug_kinds
from torchdojo.bugs.kind import BugKind
from torchdojo.bugs.script import Script, script_of

#: More places of one kind in one script teach nothing new.
MOST_OF_A_KIND = 2


@dataclass(frozen=True, slots=True)
class Place:
    """A kind and a site as `BugKind.break_at` takes it."""

    kind: str
    site: str

    def __str__(self) -> str:
        return f"{self.kind}@{self.site}"

    @classmethod
    def parse(cls, text: str) -> Place:
        """The inverse of str()."""
        kind, _, site = text.partition("@")
        return cls(kind, site)


def breakable_places(source: str) -> list[Place]:
    """The places that any kind can break, by kind and then in the order of the text.

    Raises libcst.ParserSyntaxError.
    """
    script = script_of(source)
    found: list[Place] = []
    for kind in bug_kinds().values():
        found += [Place(kind.slug, site) for site in _sites(kind, script)[:MOST_OF_A_KIND]]
    return found


def _sites(kind: BugKind, script: Script) -> list[str]:
    breaks = list(kind.breaks(script))
    named = [f"{b.where}.{b.name}" if b.where else b.name for b in breaks]
    sites = []
    for found, name in zip(breaks, named, strict=True):
        # As break_at counts: the number among all that the text could mean.
        meant = [other for other in breaks if other.called(name)]
        number = next(i for i, other in enumerate(meant, start=1) if other is found)
        sites.append(name if len(meant) == 1 else f"{name}#{number}")
    return sites


def broken_at(source: str, chosen: list[Place]) -> str:
    """`source` broken at all of these places, one after the other.

    Raises LookupError when one is not found any more after those before it, libcst.ParserSyntaxError.
    """
    for place in chosen:
        source = bug_kinds()[place.kind].break_at(source, place.site)
    return source
