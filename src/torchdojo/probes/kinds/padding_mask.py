"""Attention that takes padding for data."""

from __future__ import annotations

from torchdojo.domain.finding import Observation
from torchdojo.domain.trace import Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.experiments import WATCHER
from torchdojo.probes.padded import observe_padding

KIND = "padding-mask"
WATCHERS = (WATCHER,)


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """In a model with attention, a row has to give the same output with its padding and without."""
    return observe_padding(KIND, trace, attention=True, cause="attention or pooling takes padding for data")
