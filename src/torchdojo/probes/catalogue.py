"""The probes, found by walking the folder `kinds`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Protocol, cast

from torchdojo.domain.finding import Observation
from torchdojo.domain.trace import Trace
from torchdojo.probes import kinds
from torchdojo.probes.expected import Expected


class Probe(Protocol):
    """A module that looks for one kind of bug.

    It may name in `WATCHERS` the recorder's watchers whose notes it reads; without them it is not applicable.
    """

    KIND: str

    def observe(self, trace: Trace, expected: Expected = ...) -> Observation:
        """What the trace shows of this bug; never raises for a well-formed trace."""
        ...


def watchers_for(kinds_watched: Iterable[str]) -> frozenset[str]:
    """The recorder's watchers that the probes of these kinds need."""
    return frozenset(name for kind in kinds_watched for name in getattr(probes().get(kind), "WATCHERS", ()))


@cache
def probes() -> Mapping[str, Probe]:
    """Every probe by the slug of its bug kind, in alphabetical order."""
    found: dict[str, Probe] = {}
    for info in pkgutil.iter_modules(kinds.__path__):
        probe = cast(Probe, importlib.import_module(f"{kinds.__name__}.{info.name}"))
        found[probe.KIND] = probe
    return MappingProxyType(dict(sorted(found.items())))
