"""The samples beside a frame of events: from an untrusted process, so whatever does not fit is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from torchdojo.figures import BadSample, fill_in
from torchdojo.judge.events import Malformed
from torchdojo.wire import TensorData

#: Which samples an event may have.
_OWNERS = {
    "rows": "forward",
    "targets": "loss",
    "labels": "loss",
    "scores": "loss",
    "values": "logits",
    "grads": "logits",
}


def fill_in_samples(events: Sequence[dict[str, Any]], described: Any, tensors: Mapping[str, TensorData]) -> None:
    """Give events what comes from their samples; `described` is a list of [field, positions in `events`].

    Raises Malformed for anything a recorder does not send.
    """
    if type(described) is not list or len(described) != len(tensors):
        raise Malformed("samples without a description")
    for index, part in enumerate(described):
        data = tensors.get(f"samples.{index}")
        if data is None or type(part) is not list or len(part) != 2 or type(part[1]) is not list:
            raise Malformed("samples without a description")
        field, positions = part
        owner = _OWNERS.get(field) if type(field) is str else None
        if owner is None or not all(_fits(position, owner, events) for position in positions):
            raise Malformed(f"samples of {field!r:.40} for events that have none")
        if 0 in data.shape:
            raise Malformed("a sample of nothing")
        try:
            block = np.frombuffer(data.data, dtype=data.dtype).reshape(data.shape)
            fill_in(events, field, positions, block)
        except (BadSample, TypeError, ValueError) as fault:
            raise Malformed(f"a sample that does not fit: {fault}") from None


def _fits(position: Any, owner: str, events: Sequence[dict[str, Any]]) -> bool:
    return type(position) is int and 0 <= position < len(events) and events[position]["t"] == owner
