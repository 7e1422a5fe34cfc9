"""The candidate's job: run the script, then answer the judge's questions about the model it trained."""

from __future__ import annotations

import os
import sys
import time
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import torch

from torchdojo.harness.options import read_options
from torchdojo.harness.originals import Module, Tensor
from torchdojo.harness.recorder import log
from torchdojo.harness.running import Run, record_script
from torchdojo.harness.tensors import from_wire, to_wire
from torchdojo.harness.tripwire import watch_script
from torchdojo.wire import Channel, Frame, WireError, signature

__all__ = ["record_script", "run"]

#: How long the job waits for the judge's next word; the sandbox's clock is the real limit.
_PATIENCE_SECONDS = 600.0

#: Rows that go through the model at once when it is asked to predict.
_CHUNK = 4096


class Context(Protocol):
    """What the sandbox hands to a job."""

    request: dict[str, Any]
    channel: Any
    workdir: Path


def run(context: Context) -> int:
    """Run the script in the job's folder as the request says; see `Options` for what it may say."""
    channel = Channel(context.channel)
    channel.send({"type": "hello"})
    first = channel.receive(time.monotonic() + _PATIENCE_SECONDS)
    options = read_options(context.request, {name: from_wire(data) for name, data in first.tensors.items()})
    path = context.workdir / str(context.request["filename"])
    source = path.read_text(encoding="utf-8")
    sys.path.insert(0, str(context.workdir))

    key, numbers = str(first.header["key"]), count()

    def send(header: Any, tensors: Any = None) -> None:
        try:
            channel.send({**header, "signature": signature(key, next(numbers))}, tensors)
        except WireError:
            os._exit(0)  # Nobody listens any more.

    script = Run(source, str(path), options, send)
    watch_script(lambda what, line: send({"type": "tampered", "what": what, "line": line}), pass_frames_of=vars(log))
    process = os.getpid()
    script.run()
    if os.getpid() != process:
        os._exit(0)  # A process that the script forked came to the end of the script: the judge talks to the other.
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass  # The script closed or replaced it.
    model = script.model
    send({"type": "ended", "model": _described(model), "weights_loaded": script.capture.weights_loaded})
    try:
        while (question := channel.receive(time.monotonic() + _PATIENCE_SECONDS)).type != "bye":
            _answer(question, model, script.recorder.trained, send)
    except WireError:
        pass
    # No exit handler of the script runs, no thread of it is waited for.
    os._exit(0)


def _described(model: Any) -> dict[str, Any] | None:
    if model is None:
        return None
    state = Module.state_dict(model)
    return {
        "cls": type(model).__name__,
        "state": [[name, str(t.dtype)[6:], list(t.shape)] for name, t in state.items() if isinstance(t, Tensor)],
    }


def _like(shapes: list[tuple[int, ...]], trained: list[Any]) -> Any:
    """The model trained last whose state has these shapes, at best in this order; None when none has."""
    alike = [(_shapes(model), model) for model in reversed(trained)]
    exactly = [model for found, model in alike if found == shapes]
    return next(iter(exactly + [model for found, model in alike if sorted(found) == sorted(shapes)]), None)


def _shapes(model: Any) -> list[tuple[int, ...]]:
    return [tuple(tensor.shape) for tensor in Module.state_dict(model).values() if isinstance(tensor, Tensor)]


def _answer(question: Frame, model: Any, trained: list[Any], send: Any) -> None:
    try:
        if question.header.get("like"):
            model = _like([tuple(shape) for shape in question.header["like"]], trained) or model
        if model is None:
            send({"type": "failed", "error": "no model was trained"})
        elif question.type == "predict":
            send({"type": "prediction"}, {"y": to_wire(_predict(model, from_wire(question.tensors["x"])))})
        elif question.type == "weights":
            state = Module.state_dict(model)
            tensors = {f"state.{name}": to_wire(t) for name, t in state.items() if isinstance(t, Tensor)}
            send({"type": "weights"}, tensors)
        else:
            send({"type": "failed", "error": f"no answer to {question.type}"})
    except Exception as error:
        send({"type": "failed", "error": f"{type(error).__name__}: {error}"[:500]})


def _predict(model: Any, x: torch.Tensor) -> torch.Tensor:
    """The model's outputs in eval mode, on the CPU; its modes are put back afterwards."""
    modes = {module: module.training for module in Module.modules(model)}
    Module.to(model, "cpu")
    for module in modes:
        module.training = False
    try:
        with torch.no_grad():
            return torch.cat([model(x[start : start + _CHUNK]) for start in range(0, len(x), _CHUNK)])
    finally:
        for module, training in modes.items():
            module.training = training
