"""Rows in a fixed order are told from shuffled ones, also where rows have equals or are meant to be in order."""

from __future__ import annotations

from tests.unit.probes.observing import edited, watched

from torchdojo.harness.script import record_script
from torchdojo.probes import Expected, probes

CATEGORIES = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
rows = torch.randint(0, 4, (400, 2))
y = (rows.sum(1) + torch.randint(0, 2, (400,))) % 3
table = nn.Embedding(4, 8)
net = nn.Sequential(table, nn.Flatten(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(4):
    for a, b in DataLoader(TensorDataset(rows, y), batch_size=32, shuffle=True):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(a), b).backward()
        optimizer.step()
"""


def test_equal_rows_meet_again_and_have_different_targets_without_a_bug():
    assert not watched(CATEGORIES, "unshuffled-training")


def test_a_fixed_order_shows_among_equal_rows():
    seen = watched(edited(CATEGORIES, (", shuffle=True", "")), "unshuffled-training")
    assert any("exactly the rows of an earlier one" in finding.message for finding in seen)


def order_of_known_rows(script):
    trace = record_script(script, "script.py", seed=1)
    return probes()["unshuffled-training"].observe(trace, Expected(training_rows=400))


def test_shuffling_shows_among_equal_rows_whose_number_is_known():
    wider = edited(CATEGORIES, ("(400, 2)", "(400, 3)"), ("nn.Linear(16, 3)", "nn.Linear(24, 3)"))
    assert order_of_known_rows(wider).applicable
    moved_along = edited(
        wider,
        (
            "TensorDataset(rows, y), batch_size=32, shuffle=True",
            "TensorDataset(rows.roll(3 * epoch, 0), y.roll(3 * epoch)), batch_size=32",
        ),
    )
    seen = order_of_known_rows(moved_along)
    assert seen.findings or not seen.applicable


CROPS = """
import torch
from torch import nn

torch.manual_seed(0)
x, y = torch.randn(600, 12), torch.randint(0, 3, (600,))
net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(5):
    for rows in torch.randperm(600).split(30):
        begin = int(torch.randint(0, 4, ()))
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x[rows, begin : begin + 4]), y[rows]).backward()
        optimizer.step()
"""


def test_rows_cropped_batch_by_batch_are_not_said_to_meet_again():
    assert not watched(CROPS, "unshuffled-training")


STREAM = """
import torch
from torch import nn

torch.manual_seed(0)
series = torch.randn(24, 241).cumsum(1) * 0.1
class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell, self.head = nn.GRU(1, 12, batch_first=True), nn.Linear(12, 1)
    def forward(self, x, state=None):
        hidden, state = self.cell(x, state)
        return self.head(hidden), state
net = Reader()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(4):
    state = None
    for start in range(0, 240, 20):
        x, y = series[:, start : start + 20, None], series[:, start + 1 : start + 21, None]
        out, state = net(x, state)
        state = state.detach()
        optimizer.zero_grad()
        nn.functional.mse_loss(out, y).backward()
        optimizer.step()
"""


def test_a_stream_that_is_read_with_its_state_is_meant_to_be_in_order():
    assert not watched(STREAM, "unshuffled-training")


def test_windows_that_know_nothing_of_each_other_are_to_be_shuffled():
    assert watched(edited(STREAM, ("net(x, state)", "net(x, None)")), "unshuffled-training")
