"""How many values batch norms take their statistics of.

Notes `calls` at the end of the run, once for each number of values per channel up to 32 that a batch norm in train mode
got inside a root forward: `values`, `rows` (of the batch), `times`, and as `at` the line of the forward. Larger numbers
of values are noted together, as `values` 0.
"""

from __future__ import annotations

from typing import Any

from torch.nn import functional

from torchdojo.harness.originals import Tensor, numel, shape_of
from torchdojo.harness.recorder.bus import Bus

#: From so many values on the number does not matter.
_PLENTY = 33


def watch(bus: Bus) -> None:
    """Replace `F.batch_norm` by one that is counted."""
    calls: dict[tuple[int, int], list[int]] = {}

    def wrap(original: Any) -> Any:
        def batch_norm(*args: Any, **kwargs: Any) -> Any:
            training = args[5] if len(args) > 5 else kwargs.get("training", False)
            if training and not bus.experimenting:
                try:
                    count(args[0] if args else kwargs.get("input"))
                except Exception as error:
                    bus.log.failed(error)
            return original(*args, **kwargs)

        return batch_norm

    def count(given: Any) -> None:
        if not isinstance(given, Tensor) or given.ndim < 2:
            return
        shape = shape_of(given)
        values = numel(given) // max(1, shape[1])
        key = (values, shape[0]) if values < _PLENTY else (0, 0)
        found = calls.get(key)
        if found is None:
            calls[key] = [1, bus.log.at()]
        else:
            found[0] += 1

    def ended() -> None:
        for (values, rows), (times, at) in calls.items():
            bus.note("norm_batches", "calls", at=at, values=values, rows=rows, times=times)

    bus.replace(functional, "batch_norm", wrap)
    bus.script_ends.append(ended)
