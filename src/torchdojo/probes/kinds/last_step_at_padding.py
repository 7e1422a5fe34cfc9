"""The state of a recurrent network read after it has run over the padding."""

from __future__ import annotations

from torchdojo.domain.finding import Observation
from torchdojo.domain.trace import Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.experiments import WATCHER
from torchdojo.probes.padded import observe_padding

KIND = "last-step-at-padding"
WATCHERS = (WATCHER,)


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """In a recurrent model, a row has to give the same output with its padding and without."""
    cause = "the recurrent layer runs over the padding before its state is read"
    return observe_padding(KIND, trace, attention=False, cause=cause)
