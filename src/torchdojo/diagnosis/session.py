"""One recording, from the moment torch is there to the trace of what was seen."""

from __future__ import annotations

import os
import time
import weakref
from collections.abc import Callable, Collection
from typing import Any

import torch

from torchdojo.domain.trace import Place, Trace
from torchdojo.harness.recorder import Recorder
from torchdojo.harness.recorder.file_log import FileLog
from torchdojo.harness.recorder.log import Log
from torchdojo.harness.recorder.samples import settle, whole

#: What events owe is worked out when so many are there, so that no long run keeps all its batches.
_SETTLED_AT_ONCE = 4_000


class Session:
    """Records this very process from `begin` to `end`, once."""

    def __init__(self, log: Log, watch: Collection[str]) -> None:
        self.recorder = Recorder({}, watch=watch, log=log)
        #: Whether the script asked for compiled models, which run as they are while they are recorded.
        self.compiled = False
        #: Whether it takes gradients by torch.func, which leaves nothing behind that could be followed.
        self.transformed = False
        self._began = time.monotonic()
        self._settled = 0
        self._open = False

    def begin(self, after_update: Callable[[], None] | None = None) -> None:
        """Begin to record."""
        log = self.recorder.log
        log.due, log.due_count = self._settle, _SETTLED_AT_ONCE
        self.recorder.updates.after = after_update
        self._open = True
        self.recorder.install()
        for owner, name, wrap in self._wrapped():
            self.recorder.bus.replace(owner, name, wrap)
        # Workers of loaders and other children compute what they would without us.
        session = weakref.ref(self)
        os.register_at_fork(after_in_child=lambda: _leave(session))

    def end(self, **how: Any) -> Trace:
        """Stop recording; `how` the run ended becomes its last event."""
        recorder = self.recorder
        recorder.finish()
        # Those are replaced to be told of them; libraries replace them as well, and nothing is lost by that.
        told_of = {f"{owner.__name__}.{name}" for owner, name, _ in self._wrapped()}
        patched = [name for name in recorder.replaced() if name not in told_of]
        self.leave()
        log = recorder.log
        said: dict[str, Any] = {"how": "finished", "error": None, "message": None, "line": None, "function": None}
        said |= {"seconds": time.monotonic() - self._began, "patched": patched, **how}
        log.add("end", -1, **said, accelerator_ops=None)
        self._settle()
        events = [whole(entry, log.templates) for entry in log.events]
        events[-1] = {**events[-1], "accelerator_ops": _on_accelerator(events)}
        return Trace(tuple(events), tuple(Place(*place) for place in log.places))

    def leave(self) -> None:
        """Put torch back as it was."""
        if self._open:
            self._open = False
            self.recorder.uninstall()

    def _settle(self) -> None:
        log = self.recorder.log
        owing = log.events[self._settled :]
        log.events[self._settled :], _ = settle(owing, log.templates, send=False)
        self._settled = len(log.events)
        log.due_count = self._settled + _SETTLED_AT_ONCE

    def _wrapped(self) -> list[tuple[Any, str, Callable[..., Any]]]:
        gradients = [(torch.func, name, self._wrap_transform) for name in ("grad", "grad_and_value", "vjp", "jacrev")]
        return [(torch, "compile", self._wrap_compile), *gradients]

    def _wrap_transform(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def transform(*args: Any, **kwargs: Any) -> Any:
            self.transformed = True
            return original(*args, **kwargs)

        return transform

    def _wrap_compile(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def compile(*args: Any, **kwargs: Any) -> Any:
            self.compiled = True
            return original(*args, **kwargs)

        return compile


def log_of_files(named: Callable[[str], str | None]) -> Log:
    """A log whose places are lines of the files that `named` gives a name."""
    return FileLog(named)


def _leave(session: weakref.ref[Session]) -> None:
    found = session()
    if found is not None:
        found.leave()


def _on_accelerator(events: Collection[Any]) -> int | None:
    """How many forwards ran on an accelerator; None on a machine without one."""
    if not torch.cuda.is_available():
        return None
    return len([e for e in events if e["t"] == "forward" and not str(e.get("device", "cpu")).startswith("cpu")])
