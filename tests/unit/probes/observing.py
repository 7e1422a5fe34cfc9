"""Scripts in several coding styles, and what the probes say of a script run under the real recorder."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from functools import cache

from torchdojo.domain.finding import Finding, Severity
from torchdojo.harness.recorder.watchers import watcher_names
from torchdojo.harness.script import record_script
from torchdojo.probes import probes

HEAD = """
import torch
from torch import nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(192, 4)
y = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()
order = y.argsort()
xs, ys = x[order], y[order]
vx, vy = torch.randn(64, 4), torch.randint(0, 3, (64,))
train_loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)
val_loader = DataLoader(TensorDataset(vx, vy), batch_size=32)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2))
        self.head = nn.Linear(16, 3)

    def forward(self, x):
        return self.head(self.body(x))


def evaluate(model):
    model.eval()
    with torch.no_grad():
        return sum(F.cross_entropy(model(a), b).item() for a, b in val_loader)
"""

FLAT = (
    HEAD
    + """
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(4):
    model.train()
    losses = []
    for a, b in train_loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(a), b)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    evaluate(model)
"""
)

TRAINER = (
    HEAD
    + """
class Trainer:
    def __init__(self, model, rate):
        self.model, self.criterion, self.history = model, nn.CrossEntropyLoss(), []
        self.optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9)

    def step(self, a, b):
        self.model.train()
        loss = self.criterion(self.model(a), b)
        self.optimizer.zero_grad(set_to_none=False)
        loss.backward()
        self.optimizer.step()
        self.history.append(float(loss))

    def fit(self, epochs):
        for _ in range(epochs):
            for a, b in train_loader:
                self.step(a, b)
            self.validate()

    @torch.inference_mode()
    def validate(self):
        self.model.eval()
        return [self.criterion(self.model(a), b).item() for a, b in val_loader]


Trainer(Net(), 0.05).fit(4)
"""
)

REGRESSION = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.rand(256, 1) * 4 - 2
y = 2 * x + 3 + 0.1 * torch.randn(256, 1)
loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)
model = nn.Sequential(nn.Linear(1, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(4):
    for a, b in loader:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(a), b)
        loss.backward()
        optimizer.step()
with torch.no_grad():
    print(nn.functional.mse_loss(model(torch.rand(64, 1)), torch.rand(64, 1)).item())
"""


def edited(script: str, *edits: tuple[str, str]) -> str:
    """The script with each first text replaced by the second; the first has to be there."""
    for old, new in edits:
        assert old in script, old
        script = script.replace(old, new)
    return script


@cache
def findings(script: str) -> Mapping[str, Sequence[str]]:
    """What each probe says that is more than a style remark, without watchers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Torch gives some once in a process: no test may hang on being the first.
        trace = record_script(script, "script.py", seed=1)
    assert trace.end is not None
    seen = {kind: probe.observe(trace).findings for kind, probe in probes().items()}
    return {
        kind: [f.message for f in found if f.severity is not Severity.STYLE] for kind, found in seen.items() if found
    }


def watched(script: str, kind: str) -> Sequence[Finding]:
    """What the probe of one kind says, style remarks included, with every watcher at work."""
    trace = record_script(script, "script.py", seed=1, watch=watcher_names())
    return probes()[kind].observe(trace).findings
