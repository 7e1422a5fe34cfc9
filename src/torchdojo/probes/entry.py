"""What reaches the first layer of a model."""

from __future__ import annotations

from torchdojo.domain.trace import Event

FLOATS = ("float", "bfloat")


def reaching(forward: Event) -> list[int]:
    """The shape of what reached the first affine layer; of the model's input where that is not known."""
    return list(forward.get("entry") or forward.get("shape") or ())


def takes_batch_as_one_row(forward: Event) -> bool:
    """Whether a floating-point batch of N single numbers arrives with one dimension, or as one row."""
    given, reached = list(forward.get("shape") or ()), reaching(forward)
    if not str(forward.get("dtype", "")).startswith(FLOATS) or not given or given[0] < 2:
        return False
    if len(given) == 1:
        return len(reached) == 1 or (len(reached) == 2 and reached[0] == 1)
    return given[1:] == [1] and reached in ([given[0]], [1, given[0]], [1, 1])
