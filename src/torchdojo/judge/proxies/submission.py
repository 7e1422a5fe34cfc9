"""`submission`: the learner's module, and what checks need beside it in the same process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torchdojo.crossing import Counted
from torchdojo.judge.proxies.candidate import Candidate
from torchdojo.judge.proxies.handle import Handle

_MODULE = {"what": "module", "class": "module"}


class Submission:
    """Every name of the learner's file is an attribute. Four names are ours:

    `torch` and `support` are those modules in the learner's process; `keep(value)` puts a value there and returns a
    handle; `counting()` counts what the calls in a `with` block do.
    """

    def __init__(self, candidate: Candidate, name: str) -> None:
        self._candidate = candidate
        self._module = Handle(candidate, 0, {**_MODULE, "name": name})
        self.torch = Handle(candidate, 1, {**_MODULE, "name": "torch"})
        self.support = Handle(candidate, 2, {**_MODULE, "name": "support"})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._module, name)

    def keep(self, value: Any) -> Any:
        """A handle of a value that lives in the learner's process: reading it again shows what became of it."""
        return self._candidate.do("keep", value)

    @contextmanager
    def counting(self) -> Iterator[Counted]:
        """Counts operations, work and memory of the calls in the block; the figures are there after it."""
        counted = self._candidate.count("start")
        try:
            yield counted
        finally:
            final = self._candidate.count("stop")
            for name in Counted.__slots__:
                setattr(counted, name, getattr(final, name))
