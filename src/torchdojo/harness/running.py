"""One recorded run of a script as `__main__`."""

from __future__ import annotations

import ast
import builtins
import linecache
import os
import random
import sys
import time
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
import torch

from torchdojo.domain.trace import Place, Trace
from torchdojo.harness.capturing import Capture, Send
from torchdojo.harness.executing import Stopped, patient_collector, raised_at, show, told
from torchdojo.harness.inflating import Inflating
from torchdojo.harness.options import Options
from torchdojo.harness.originals import now
from torchdojo.harness.recorder import Recorder
from torchdojo.harness.recorder.samples import settle, whole
from torchdojo.harness.standing_in import data_stand_in, execute, set_rates, transplant
from torchdojo.wire import TensorData

_FLUSH_SECONDS = 0.1
_FLUSH_EVENTS = 400
_FIRST_EVENTS = 12
#: Events of one frame, so that its header stays far below what the wire allows.
_FRAME_EVENTS = 400
_clock = time.monotonic


class Run:
    """Runs `source` once under the recorder; `send` gets the events while they come."""

    def __init__(self, source: str, filename: str, options: Options, send: Send | None = None) -> None:
        self._source = source
        self._filename = filename
        self._options = options
        self._send = send
        self._accelerator: Any = None
        if options.accelerator is not None:
            from torchdojo.harness import accelerator

            self._accelerator = accelerator.install(options.accelerator)  # type: ignore[arg-type]
        simulated = self._accelerator
        self._main = ModuleType("__main__")
        self.recorder = Recorder(
            self._main.__dict__,
            sample=options.sample,
            device=None if simulated is None else simulated.device_of,
            quiet=None if simulated is None else simulated.unobserved,
            watch=() if simulated is not None else options.watch,
        )
        self.capture = Capture(options, self._deliver)
        self._process = os.getpid()
        self._sent_events = self._sent_places = self._sent_templates = self._sequence = 0

    def run(self) -> Trace:
        """Run it to its end, whatever that is. Never raises for anything the script does."""
        with patient_collector():
            return self._run()

    def _run(self) -> Trace:
        self._seed()
        self._connect()
        recording = torch.is_grad_enabled()
        began = _clock()
        end = self._execute()
        # A script may leave autograd switched off, which is nobody else's business.
        torch.set_grad_enabled(recording)
        self.recorder.finish()
        end["seconds"] = _clock() - began
        end["patched"] = self.recorder.replaced()
        end["accelerator_ops"] = None if self._accelerator is None else int(self._accelerator.operations)
        self.recorder.uninstall()
        if self._accelerator is not None:
            self._accelerator.uninstall()
        self.capture.settle()
        log = self.recorder.log
        log.add("end", -1, **end)
        self._flush()
        events = tuple(whole(entry, log.templates) for entry in log.events)
        return Trace(events, tuple(Place(*place) for place in log.places))

    @property
    def model(self) -> Any:
        """The model that trained last; None when none did."""
        return self.recorder.trained[-1] if self.recorder.trained else None

    def _seed(self) -> None:
        random.seed(self._options.seed)
        np.random.seed(self._options.seed % 2**32)
        torch.default_generator.manual_seed(self._options.seed)

    def _connect(self) -> None:
        recorder, options = self.recorder, self._options
        if options.weights is not None or options.dropout_off:
            recorder.forwards.before = self.capture.before_forward
        if options.capture_steps or options.capture_evaluation or options.stop_evaluations:
            recorder.forwards.before = self.capture.before_forward
            recorder.forwards.after = self.capture.after_forward
            recorder.backwards.reached = self.capture.reached
        if options.optimizer is not None or options.capture_steps:
            recorder.updates.before = self._before_update
        if recorder.forwards.before is not None or options.stop_steps is not None:
            recorder.updates.after = self._after_update
        if self._send is not None:
            # The first steps are told at once: what has to be run beside this run can begin.
            recorder.log.due = self._flush
            recorder.log.due_count = _FIRST_EVENTS
        recorder.install()
        if options.inflate != 1.0:
            Inflating(recorder.bus, options.inflate)
        if options.optimizer is not None:
            transplant(options.optimizer)

    def _before_update(self, optimizer: Any) -> None:
        if self._options.optimizer is not None:
            set_rates(optimizer, self._options.optimizer["lrs"], self.recorder.updates.count)
        self.capture.before_update(self.model)

    def _after_update(self) -> None:
        if self.capture.after_update():
            raise Stopped

    def _execute(self) -> dict[str, Any]:
        end: dict[str, Any] = {"how": "finished", "error": None, "message": None, "line": None, "function": None}
        main = self._main
        main.__file__ = self._filename
        main.__dict__["__builtins__"] = builtins
        sys.modules["__main__"] = main
        sys.argv = [self._filename, *self._options.argv]
        builtins.input = _no_input
        os.environ.setdefault("MPLBACKEND", "Agg")
        # The traceback shows the script's lines even when its file cannot be read any more.
        linecache.cache[self._filename] = (
            len(self._source),
            None,
            self._source.splitlines(keepends=True),
            self._filename,
        )
        try:
            tree = ast.parse(self._source, self._filename)
            name, data = self._options.replace_data, self._options.data
            if name is not None and data:
                execute(tree, self._filename, main.__dict__, name, lambda f: data_stand_in(f, data))
            else:
                exec(compile(tree, self._filename, "exec", dont_inherit=True), main.__dict__)
        except Stopped:
            end["how"] = "stopped"
        except SystemExit as left:
            end.update(how="exit", message=str(left.code), **self._place(left))
        except BaseException as error:
            end.update(how="exception", error=type(error).__name__, **self._place(error))
            end["message"] = told(error)
            show(error, self._is_script)
        return end

    def _place(self, error: BaseException) -> dict[str, Any]:
        found = raised_at(error, self._is_script)
        found.pop("file", None)
        return found

    def _is_script(self, filename: str) -> bool:
        return filename == self._filename

    def _deliver(self, header: Mapping[str, Any], tensors: Mapping[str, TensorData] | None) -> None:
        # What a process that the script forked does is not told: its words would get between those of this one.
        if self._send is not None and os.getpid() == self._process:
            self._send(header, tensors)

    def _flush(self) -> None:
        if os.getpid() != self._process:
            return
        log = self.recorder.log
        log.due_count, log.due_time = len(log.events) + _FLUSH_EVENTS, now() + _FLUSH_SECONDS
        while self._sent_events < len(log.events):
            sent = slice(self._sent_events, min(len(log.events), self._sent_events + _FRAME_EVENTS))
            log.events[sent], blocks = settle(log.events[sent], log.templates, send=self._send is not None)
            if self._send is not None:
                header = {
                    "type": "events",
                    "seq": self._sequence,
                    "places": log.places[self._sent_places :],
                    "templates": log.templates[self._sent_templates :],
                    "events": log.events[sent],
                    "samples": [[field, positions] for field, positions, _ in blocks],
                }
                self._send(header, {f"samples.{i}": _as_sent(block) for i, (_, _, block) in enumerate(blocks)})
                self._sequence += 1
            self._sent_events, self._sent_places = sent.stop, len(log.places)
            self._sent_templates = len(log.templates)


def _as_sent(block: Any) -> TensorData:
    return TensorData(block.dtype.name, block.shape, block.tobytes())


def _no_input(prompt: object = "", /) -> str:
    raise EOFError("input() has nobody to ask here: put the value into the script instead")


def record_script(source: str, filename: str = "script.py", options: Options | None = None, **fields: Any) -> Trace:
    """Record a script in this very process and return its trace; for tests and for code one trusts."""
    saved = sys.modules["__main__"], sys.argv, builtins.input
    try:
        return Run(source, filename, options or Options(**fields)).run()
    finally:
        sys.modules["__main__"], sys.argv, builtins.input = saved
