"""A recorded run as somebody sees it who may not read the script."""

from __future__ import annotations

import pytest

from torchdojo.domain.looks import Exhibit, Look, Recording
from torchdojo.harness.running import record_script
from torchdojo.judge.curves import CurveReader
from torchdojo.judge.looking import exhibits

SCRIPT = """
import torch
from torch import nn
import torch.nn.functional as F

x = torch.randn(64, 2)
y = (x[:, 0] > 0).long()
net = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(3):
    net.train()
    for step in range(4):
        opt.zero_grad()
        F.cross_entropy(net(x), y).backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        F.cross_entropy(net(x[:20]), y[:20])
"""


def seen(source: str) -> Recording:
    trace = record_script(source, watch={"vitals"})
    reader = CurveReader(lambda name, x, y: None)
    reader.feed(trace.events)
    recording = exhibits(trace, reader.curves(), "The run came to its end.")
    assert Recording.from_json(recording.to_json()) == recording
    return recording


def only(recording: Recording, look: Look) -> Exhibit:
    (exhibit,) = recording.of(look)
    return exhibit


def test_every_look_but_the_script_shows_something() -> None:
    recording = seen(SCRIPT)
    for look in Look:
        assert bool(recording.of(look)) == (look is not Look.SCRIPT)


@pytest.mark.parametrize(
    ("taken_out", "mode", "gradients"),
    [
        ("", "eval", "not recorded"),
        ("net.eval()", "train", "not recorded"),
        ("with torch.no_grad():", "eval", "recorded"),
    ],
)
def test_modes_tell_how_evaluation_ran(taken_out: str, mode: str, gradients: str) -> None:
    source = SCRIPT.replace(taken_out, "if True:" if taken_out.endswith(":") else "pass") if taken_out else SCRIPT
    rows = only(seen(source), Look.MODES).rows
    assert rows[0][2:] == ("train", "recorded")
    assert rows[1] == ("all 3 evaluations", "3", mode, gradients)


def test_series_by_layer_are_named_as_the_model_names_its_layers() -> None:
    recording = seen(SCRIPT)
    assert [line.name for line in only(recording, Look.GRADIENTS).lines] == ["0", "1", "3"]
    names = [line.name for line in recording.of(Look.RATES)[1].lines]
    assert names[0] == "all weights together"
    assert all(value and value > 0 for value in recording.of(Look.RATES)[1].lines[0].y)


def test_a_layer_that_gets_no_gradient_is_shown_without_values() -> None:
    frozen = SCRIPT.replace("opt =", "net[0].requires_grad_(False)\nopt =")
    lines = {line.name: line for line in only(seen(frozen), Look.GRADIENTS).lines}
    assert lines["0"].summary() == ("none",) * 4
    assert lines["3"].values


def test_a_run_without_updates_says_so() -> None:
    recording = seen(SCRIPT.replace("opt.step()", "pass"))
    assert "made no update" in recording.of(Look.RATES)[0].remark
    assert only(recording, Look.GRADIENTS).lines


def test_a_script_that_trains_nothing_still_has_something_to_say() -> None:
    recording = seen("print('hello')")
    assert only(recording, Look.BATCH).title == "One batch"
    assert "No loss was seen" in only(recording, Look.LOSS).remark


def test_infinite_gradients_are_gaps_and_not_numbers() -> None:
    recording = seen(SCRIPT.replace("lr=0.1", "lr=float('inf')"))
    line = only(recording, Look.GRADIENTS).lines[0]
    assert line.y[0] is not None
    assert line.y[-1] is None
