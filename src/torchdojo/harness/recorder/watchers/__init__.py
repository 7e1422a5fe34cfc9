"""Watchers: one module each, for what only some kinds of bugs show. A probe names those it needs in `WATCHERS`.

A module offers `watch(bus)`, which subscribes to moments and replaces what it has to. What it notes are events
`{"t": "note", "at", "by": <the module's name>, "what", "facts"}`; its docstring says which, and what the facts mean.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection
from functools import cache
from typing import Protocol, cast

from torchdojo.harness.recorder.bus import Bus

#: What these note is shown to people and read by no probe: they watch only when they are asked to by name.
_SHOWN = frozenset({"vitals"})


class Watcher(Protocol):
    """A module of this folder."""

    def watch(self, bus: Bus) -> None:
        """Begin to watch: called once per recording, before the script runs."""
        ...


@cache
def watcher_names() -> tuple[str, ...]:
    """The watchers whose notes probes read, in alphabetical order."""
    return tuple(name for name in every_watcher() if name not in _SHOWN)


@cache
def every_watcher() -> tuple[str, ...]:
    """Every watcher there is, in alphabetical order."""
    return tuple(sorted(info.name for info in pkgutil.iter_modules(__path__)))


def chosen_watchers(names: Collection[str]) -> list[Watcher]:
    """The watchers of these names; unknown names are a fault of ours and raise ImportError."""
    return [cast(Watcher, importlib.import_module(f"{__name__}.{name}")) for name in sorted(names)]
