"""What a drill is made from: the same recipe gives the same challenge, byte for byte."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

MOST_BUGS = 4


@dataclass(frozen=True, slots=True)
class Recipe:
    """A seed and what the learner asked for. Zero or empty leaves the choice to the seed."""

    seed: int
    bugs: int = 0
    level: int = 0
    kinds: tuple[str, ...] = ()
    base: str = ""

    @property
    def id(self) -> str:
        """The drill's name: the seed, and a mark for the options where there are any."""
        options = (self.bugs, self.level, tuple(sorted(set(self.kinds))), self.base)
        mark = "" if options == (0, 0, (), "") else f"-{zlib.crc32(repr(options).encode()) & 0xFFFFFF:06x}"
        return f"drill-{self.seed}{mark}"

    @property
    def command(self) -> str:
        """The command line that makes it."""
        parts = ["torchdojo drill", f"--seed {self.seed}"]
        parts += [f"--bugs {self.bugs}"] if self.bugs else []
        parts += [f"--level {self.level}"] if self.level else []
        parts += [f"--kinds {','.join(sorted(set(self.kinds)))}"] if self.kinds else []
        parts += [f"--base {self.base}"] if self.base else []
        return " ".join(parts)
