"""A submission served before there is one, for the same reason as the judge rehearses a grading.

A forked process starts with what this one has in memory: code that has run here is fast there from its first call on.
"""

from __future__ import annotations

import linecache
import random
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from torchdojo.crossing import Packer
from torchdojo.harness.library_files import library_roots
from torchdojo.harness.serving.agent import Agent
from torchdojo.harness.serving.forbidden import Asking, known_places
from torchdojo.harness.serving.line import open_line
from torchdojo.harness.serving.loading import load_module
from torchdojo.wire import Channel, Frame, TensorData, decode, encode
from torchdojo.wire.frames import PREFIX

#: The interpreter specialises a function after eight calls.
_TIMES = 10

_NAME, _FILE = "rehearsal", "<rehearsal>"
_SOURCE = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first = nn.Linear(width, width)
        self.register_buffer("steps", torch.zeros(()))

    def forward(self, x):
        return torch.relu(self.first(x))


def double(x, *rest, **named):
    return x * 2


def refuse(x):
    raise ValueError(f"a tensor of shape {tuple(x.shape)}")
"""


def rehearse() -> None:
    """Answer requests of every sort about a module of our own. Leaves neither it nor another random state behind."""
    library_roots()
    known_places()
    with _randomness_kept():
        for _ in range(_TIMES):
            stage = _Stage()
            try:
                _play(stage)
            finally:
                stage.clear()


def _play(stage: _Stage) -> None:
    x = torch.ones(3, 4, requires_grad=True)
    double = stage.do("getattr", _MODULE, "double")
    stage.do("call", double, x, [1, (2, None)], scale=1.0)
    stage.ask({"type": "backward", "call": stage.calls}, grads=[(0, torch.ones(3, 4))])
    net = stage.do("call", stage.do("getattr", _MODULE, "Net"), 4)
    stage.do("method", net, "load_state_dict", {"first.weight": torch.ones(4, 4)}, strict=False)
    for name in ("state_dict", "eval", "parameters"):
        stage.do("method", net, name)
    stage.do("call", net, torch.ones(2, 4))
    stage.do("gradients", net)
    stage.do("named_parameters", net)
    stage.do("getattr", stage.do("getattr", net, "first"), "weight")
    stage.do("call", stage.do("getattr", _MODULE, "refuse"), x, raises=True)
    rows = stage.do("iter", stage.do("keep", [1, 2]))
    stage.do("next", rows)


class _Node:
    """Stands for an object of the agent in a request."""

    def __init__(self, node: Any) -> None:
        self.node = list(node[:2])


#: The submission's module, which has the first number.
_MODULE = _Node(["object", 0])


class _Stage:
    """An agent with its line, and what a judge would ask it."""

    def __init__(self) -> None:
        self.calls = 0
        ours, theirs = socket.socketpair()
        self._sockets = ours, theirs
        self._heard = Channel(ours)
        send, _ = open_line(theirs, _NAME)
        self._agent = Agent(send, _nobody, _FILE, Asking())
        self._agent.publish(load_module(_SOURCE, _FILE, _NAME), torch, None)

    def do(self, op: str, target: Any, *args: Any, raises: bool = False, **kwargs: Any) -> Any:
        """One operation; the value's node, ready to be a target."""
        self.calls += 1
        header = {"type": "do", "op": op, "call": self.calls, "grad": True, "seed": self.calls}
        reply = self.ask(header, raises=raises, target=target, args=args, kwargs=kwargs)
        value, nodes = reply.header.get("value"), list(reply.header.get("nodes", []))
        if type(value) is list and nodes[value[0]][0] == "object":
            return _Node(nodes[value[0]])
        return value

    def ask(self, header: dict[str, Any], *, raises: bool = False, **values: Any) -> Frame:
        """The answer to a request whose parts are these values."""
        packer = Packer(lambda value: list(value.node))
        packed = {name: packer.pack(value) for name, value in values.items()}
        self._agent.answer(_arrived({**header, "forget": [], **packed, **packer.header()}, packer.body()))
        reply = self._heard.receive(time.monotonic() + 60)
        if (reply.type == "raised") is not raises:
            raise RuntimeError(f"the rehearsal of a submission failed: {reply.header}")
        return reply

    def clear(self) -> None:
        """Leave nothing where a submission might find it."""
        for sock in self._sockets:
            sock.close()
        sys.modules.pop(_NAME, None)
        linecache.cache.pop(_FILE, None)


def _arrived(header: Mapping[str, Any], tensors: Mapping[str, TensorData]) -> Frame:
    data = encode(header, tensors)
    end = PREFIX.size + PREFIX.unpack_from(data)[0]
    return decode(data[PREFIX.size : end], data[end:])


def _nobody() -> Frame:
    raise RuntimeError("nobody asks during a rehearsal")


@contextmanager
def _randomness_kept() -> Iterator[None]:
    python, numpy = random.getstate(), np.random.get_state()
    with torch.random.fork_rng(devices=[]):
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(numpy)
