"""A finding names the line, and the object that is to blame."""

from __future__ import annotations

from tests.unit.probes.observing import FLAT, edited, watched

METER = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(300, 4)
class Meter:
    total = 0.0
    def update(self, value):
        self.total = self.total + value
net, meter = nn.Linear(4, 1), Meter()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
for epoch in range(2):
    for rows in torch.randperm(300).split(10):
        loss = (net(x[rows]) - x[rows].sum(1, keepdim=True)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        meter.update(loss)
"""


def test_what_keeps_a_graph_that_grows_is_named():
    (finding,) = watched(METER, "running-loss-keeps-graph")
    assert "the attribute 'total' of a Meter" in finding.message
    in_module = edited(METER, ("meter.update(loss)", "running = running + loss"))
    (finding,) = watched(edited(in_module, ("for epoch", "running = 0\nfor epoch")), "running-loss-keeps-graph")
    assert "the variable 'running'" in finding.message


FLOW = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(200, 6)
class Flow(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(6, 6)] * 3)
    def score(self, x):
        for layer in self.layers:
            x = x + layer(x).tanh()
        return x.square().sum(1)
flow = Flow()
optimizer = torch.optim.SGD(flow.parameters(), lr=0.01)
for rows in torch.randperm(200).split(10):
    optimizer.zero_grad()
    flow.score(x[rows]).mean().backward()
    optimizer.step()
"""


def test_the_container_of_a_layer_that_is_called_by_itself_is_named_without_a_warning():
    # A warning is an error here, as it may be in a script.
    (finding,) = watched(FLOW, "shared-layer")
    assert "A ModuleList in Flow has 3 places" in finding.message
    apart = edited(FLOW, ("[nn.Linear(6, 6)] * 3", "nn.Linear(6, 6) for _ in range(3)"))
    assert not watched(apart, "shared-layer")


def test_what_is_seen_names_the_line():
    script = edited(FLAT, ("return self.head(self.body(x))", "return self.head(self.body(x)).softmax(1)"))
    finding = watched(script, "softmax-before-cross-entropy")[0]
    line = int(finding.where.split()[1].rstrip(","))
    assert "cross_entropy" in script.splitlines()[line - 1]
