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


def test_what_is_seen_names_the_line():
    script = edited(FLAT, ("return self.head(self.body(x))", "return self.head(self.body(x)).softmax(1)"))
    finding = watched(script, "softmax-before-cross-entropy")[0]
    line = int(finding.where.split()[1].rstrip(","))
    assert "cross_entropy" in script.splitlines()[line - 1]
