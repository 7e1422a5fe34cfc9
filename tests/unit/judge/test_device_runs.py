"""What the runs on a simulated accelerator say when one of them gives no answer."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from torchdojo.domain.report import BugState
from torchdojo.domain.trace import Trace
from torchdojo.judge.devices import DeviceRuns


@dataclass
class Answers:
    """Stands in for the fleet: the trace of each run, or None for one that was stopped by the clock."""

    traces: dict[str, Trace | None]

    def submit(self, name, request, **options):
        trace = self.traces[name.removeprefix("device-")]
        stream = None if trace is None else SimpleNamespace(broken=False, ended="finished", trace=trace)
        return SimpleNamespace(stream=stream)

    def wait(self, *tickets):
        """Everything is there already."""


def training_on(device: str) -> Trace:
    events = [
        {"t": "forward", "id": 1, "cls": "Net", "at": 1, "device": device, "pdevice": device},
        {"t": "backward", "forwards": [1], "at": 1},
        {"t": "end", "how": "finished", "accelerator_ops": 0 if device == "cpu" else 9},
    ]
    return Trace(tuple(events))


def state(cuda: Trace | None, mps: Trace | None) -> BugState:
    runs = DeviceRuns(Answers({"cuda": cuda, "none": training_on("cpu"), "mps": mps}), {}, None)
    return runs.judge(training_on("cpu"))["hardcoded-cpu"].state


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"),
    [
        (training_on("cuda:0"), None, BugState.FIXED),
        (training_on("cpu"), training_on("mps:0"), BugState.FIXED),
        (training_on("cpu"), training_on("cpu"), BugState.OPEN),
        (None, training_on("cpu"), BugState.NO_EVIDENCE),
    ],
    ids=["uses CUDA", "uses MPS", "uses neither", "the CUDA run took too long"],
)
def test_a_script_may_know_one_accelerator_alone(cuda, mps, expected):
    assert state(cuda, mps) is expected
