"""What being recorded costs a script: recorded and plain runs in turn, each in a fresh fork of one warm process."""

from __future__ import annotations

import os
import pickle
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from benchmarks.figures import Figure, median
from torchdojo.library import load_exercise, shipped_root
from torchdojo.wire import Channel, WireClosed

TRANSFORMER = """
import torch
from torch import nn

torch.manual_seed(0)
layer = nn.TransformerEncoderLayer(64, 4, 256, batch_first=True)
model = nn.Sequential(nn.Embedding(128, 64), nn.TransformerEncoder(layer, 2), nn.Linear(64, 128))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
criterion = nn.CrossEntropyLoss()
for step in range(50):
    tokens = torch.randint(0, 128, (8, 33))
    optimizer.zero_grad()
    loss = criterion(model(tokens[:, :-1]).flatten(0, 1), tokens[:, 1:].flatten())
    loss.backward()
    optimizer.step()
"""


def measure(*, quick: bool) -> Iterator[Figure]:
    """Median of the paired ratios for the spiral script and for a small transformer."""
    import torchdojo.harness.warm

    torchdojo.harness.warm.warm()
    spirals = load_exercise(shipped_root() / "debugging" / "spiral-classifier").solution
    for name, source in (("spiral script", spirals), ("small transformer", TRANSFORMER)):
        pairs = [(_recorded(source), _plain(source)) for _ in range(3 if quick else 15)]
        plain = median([seconds for _, seconds in pairs])
        ratio = median([ours / theirs for ours, theirs in pairs])
        yield Figure(f"{name}, recorded / plain (n={len(pairs)})", ratio * plain, plain, 1.15)


def _plain(source: str) -> float:
    def run(theirs: socket.socket) -> None:
        module = ModuleType("__main__")
        sys.modules["__main__"] = module
        began = time.perf_counter()
        exec(compile(source, "script.py", "exec"), module.__dict__)
        theirs.sendall(pickle.dumps(time.perf_counter() - began))

    with _forked(run) as ours:
        return float(pickle.loads(ours.recv(1000)))


def _recorded(source: str) -> float:
    def run(theirs: socket.socket) -> None:
        from torchdojo.harness.script import run as entry

        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "script.py").write_text(source)
            request = {"filename": "script.py", "seed": 0, "sample": 24}
            context: Any = SimpleNamespace(request=request, channel=theirs, workdir=Path(folder))
            entry(context)

    with _forked(run) as ours:
        channel = Channel(ours)
        deadline = time.monotonic() + 120
        channel.receive(deadline)  # hello
        began = time.perf_counter()
        channel.send({"type": "go", "key": "benchmark"})
        while True:
            frame = channel.receive(deadline)
            if frame.type == "ended":
                seconds = time.perf_counter() - began
                channel.send({"type": "bye"})
                return seconds


class _forked:
    """A child that runs a function with one end of a socket; ours is handed out, the child is awaited at the end."""

    def __init__(self, run: Callable[[socket.socket], None]) -> None:
        self._ours, theirs = socket.socketpair()
        sys.stdout.flush()
        self._pid = os.fork()
        if self._pid == 0:
            status = 1
            try:
                silence = os.open(os.devnull, os.O_WRONLY)
                os.dup2(silence, 1)
                self._ours.close()
                run(theirs)
                status = 0
            except WireClosed:
                pass
            finally:
                os._exit(status)
        theirs.close()

    def __enter__(self) -> socket.socket:
        return self._ours

    def __exit__(self, *_: object) -> None:
        self._ours.close()
        os.waitpid(self._pid, 0)
