"""What updates worked with, and how a run ended."""

from __future__ import annotations

from typing import Any

from torchdojo.domain.trace import Event, Trace


def ran_through(trace: Trace) -> bool:
    """Whether the script came to its own end."""
    return trace.end is not None and trace.end["how"] in ("finished", "exit")


def cleared_steps(trace: Trace) -> tuple[list[Event], list[Event]]:
    """Updates that found every gradient cleared again: after the backward pass they belong to, and before it.

    The update comes before its backward pass when the forward of a later one runs between the clearing and the update.
    """
    after: list[Event] = []
    before: list[Event] = []
    ahead = False
    for event in trace.events:
        if event["t"] == "backward":
            ahead = False
        elif event["t"] == "forward":
            ahead = ahead or event["id"] in trace.trained_ids
        elif event["t"] == "step" and event.get("params") and event.get("empty", 0) >= event["params"]:
            (before if ahead else after).append(event)
    return after, before


def noted_place(trace: Trace, number: Any) -> str:
    """The place a note names by its index, "" when there is none."""
    return trace.place({"at": number})
