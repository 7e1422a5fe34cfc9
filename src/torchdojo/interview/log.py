"""The chain of seals that shows when a log was changed after the fact."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from torchdojo.domain.interview import Event

#: The seal before the first event.
FIRST_SEAL = "0" * 64


@dataclass(frozen=True, slots=True)
class Break:
    """Where a log is not what it was when it was written: the number of the first wrong event, and why."""

    number: int
    reason: str


def canonical(event: Event) -> bytes:
    """The event without its seal, written in the one way that is sealed."""
    content = {
        "number": event.number,
        "at": round(event.at.timestamp() * 1000),
        "elapsed": event.elapsed,
        "actor": str(event.actor),
        "kind": str(event.kind),
        "data": event.data,
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def seal_of(before: str, event: Event) -> str:
    """The seal of `event` when it follows the event sealed with `before`."""
    return hashlib.sha256(before.encode("ascii", "replace") + b"\n" + canonical(event)).hexdigest()


def sealed(before: str, event: Event) -> Event:
    """`event` with its seal."""
    return replace(event, seal=seal_of(before, event))


def verify_chain(events: Iterable[Event], *, last_seal: str | None = None) -> Break | None:
    """Where the log breaks; None when it is whole.

    Only with `last_seal`, which is kept apart from the log, can it be seen that events are missing at its end.
    """
    before = FIRST_SEAL
    number = 0
    for event in events:
        number += 1
        if event.number != number:
            return Break(number, f"event {number} is missing: event {event.number} stands in its place")
        if event.seal != seal_of(before, event):
            return Break(number, f"event {number} is not what was written, or what was before it is not")
        before = event.seal
    if last_seal is not None and before != last_seal:
        return Break(number + 1, f"events are missing after event {number}")
    return None
