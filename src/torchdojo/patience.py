"""Deadlines that are fair on a busy machine.

A verdict must not depend on what else the machine does. Whatever computes is bounded by processor time; a wall clock
is there for what waits for ever. That may wait a little longer while others have the processors, but a sound answer
that is kept from running must not be told that it is late.
"""

from __future__ import annotations

import os
import time

#: However busy the machine is, a deadline comes after at most this many times its seconds.
MOST_PATIENCE = 4.0

#: For how long something has waited for a processor; https://docs.kernel.org/accounting/psi.html
_PRESSURE = "/proc/pressure/cpu"


class Machine:
    """What a deadline asks of the machine."""

    def now(self) -> float:
        """Seconds on a clock that never goes back."""
        return time.monotonic()

    def waited(self) -> float | None:
        """Seconds, summed up, in which something waited for a processor; None on systems that do not tell."""
        try:
            # Not by a file object: this is read several times in a grading of milliseconds.
            pressure = os.open(_PRESSURE, os.O_RDONLY)
            try:
                some = os.read(pressure, 100).split(b"\n")[0]
            finally:
                os.close(pressure)
            return int(some.rpartition(b"total=")[2]) / 1e6
        except (OSError, ValueError):
            return None

    def crowding(self) -> float:
        """How many processes wanted each processor, on the average of the last minute; 0 where nobody counts."""
        try:
            return os.getloadavg()[0] / (os.cpu_count() or 1)
        except (OSError, AttributeError):
            return 0.0


_THIS_MACHINE = Machine()


class Deadline:
    """The end of `seconds` seconds from now, less those that went to others: it moves, but never beyond
    MOST_PATIENCE times as many."""

    __slots__ = ("_machine", "_seconds", "_since", "_waited_before")

    def __init__(self, seconds: float, machine: Machine = _THIS_MACHINE) -> None:
        self._seconds = seconds
        self._machine = machine
        self._waited_before = machine.waited() if seconds > 0 else None
        self._since = machine.now()

    def left(self) -> float:
        """Seconds until it passes at the earliest; 0 once it has."""
        passed = self._machine.now() - self._since
        if passed < self._seconds:
            return self._seconds - passed
        if passed >= self._seconds * MOST_PATIENCE:
            return 0.0
        return max(0.0, self._seconds - (passed - self._lost(passed)))

    @property
    def passed(self) -> bool:
        """Whether the time is over."""
        return self.left() <= 0

    def at_the_earliest(self) -> float:
        """The moment on the clock before which it does not pass."""
        return self._machine.now() + self.left()

    def _lost(self, passed: float) -> float:
        waited = self._machine.waited()
        if waited is None or self._waited_before is None:
            return passed * (1 - 1 / max(1.0, self._machine.crowding()))
        return waited - self._waited_before


#: For who takes what is there and waits for nothing.
NO_WAITING = Deadline(0.0)
