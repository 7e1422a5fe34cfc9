"""How far a script may run: so many updates, so many seconds, and what is done with one that does not listen."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from torchdojo.harness.executing import Stopped

#: After the time is up, the next update is waited for so long; then the script is interrupted wherever it is.
_PATIENCE_SECONDS = 1.0
#: A script that swallows every interruption is left to itself after so long.
_LAST_SECONDS = 8.0
_EVERY_SECONDS = 0.5

#: Nobody else uses it.
_SIGNAL = getattr(signal, "SIGRTMAX", signal.SIGVTALRM)


class Limits:
    """Stops the main thread by raising `Stopped` in it. `reached` says which limit it was, "" when none."""

    def __init__(self, steps: int | None, seconds: float | None) -> None:
        self.reached = ""
        self.steps_taken = 0
        #: Called, in another thread, when the script cannot be stopped.
        self.last_resort: Callable[[], None] | None = None
        self._steps = steps
        self._seconds = seconds
        self._process = os.getpid()
        self._main = threading.main_thread()
        self._over = threading.Event()
        self._deadline = 0.0
        #: The main thread was interrupted and has not noticed yet.
        self._interrupting = False

    def begin(self) -> None:
        """The script begins: count the seconds from now."""
        if self._seconds is not None:
            self.begin_anew()
            with contextlib.suppress(ValueError):
                signal.signal(_SIGNAL, self._interrupt)
            threading.Thread(target=self._watch, name="torchdojo-limits", daemon=True).start()

    def pause(self) -> None:
        """torch is being imported, which takes as long as it takes."""
        self._deadline = math.inf

    def begin_anew(self) -> None:
        """Count the seconds from now."""
        if self._seconds is not None:
            self._deadline = time.monotonic() + self._seconds

    def end(self) -> None:
        """The script is over: nothing is raised any more."""
        self._over.set()

    def after_update(self) -> None:
        """The recorder saw an update."""
        if self._over.is_set() or os.getpid() != self._process:
            return
        self.steps_taken += 1
        if self._steps is not None and self.steps_taken >= self._steps:
            self.reached = self.reached or "steps"
        if self.reached:
            raise Stopped

    def _watch(self) -> None:
        while (left := self._deadline - time.monotonic()) > 0:
            if self._over.wait(min(left, _EVERY_SECONDS)):
                return
        self.reached = self.reached or "seconds"
        last = time.monotonic() + _LAST_SECONDS
        patience = _PATIENCE_SECONDS
        while not self._over.wait(patience):
            patience = _EVERY_SECONDS
            if time.monotonic() > last:
                if self.last_resort is not None:
                    self.last_resort()
                return
            if self._interrupting:
                continue  # It has not come to that yet.
            self._interrupting = True
            with contextlib.suppress(ProcessLookupError, RuntimeError):
                signal.pthread_kill(self._main.ident or 0, _SIGNAL)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self._interrupting = False
        if not self._over.is_set() and os.getpid() == self._process:
            raise Stopped
