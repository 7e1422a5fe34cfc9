"""Where a run kept its model and its batches."""

from __future__ import annotations

from torchdojo.domain.trace import Event, Trace


def placements(trace: Trace) -> list[Event]:
    """The forwards that speak about placement: training forwards, or whatever was tried when none got that far.

    A script whose first forward fails for another reason still shows on which devices model and batch were.
    """
    if trace.training_forwards:
        return list(trace.training_forwards)
    return [e for e in trace.of("forward") if e.get("failed") or e.get("grad")]


def on_accelerator(forward: Event) -> bool:
    """Whether both batch and model were off the CPU, on the same device."""
    device, home = forward.get("device", "cpu"), forward.get("pdevice", "cpu")
    return bool(device == home and not str(device).startswith("cpu"))
