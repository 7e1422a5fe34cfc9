"""How many occasions a run has to offer before a silent probe counts as a fix."""

from __future__ import annotations

import pytest

from torchdojo.domain.report import BugState
from torchdojo.harness.running import record_script
from torchdojo.judge.bugs import from_events
from torchdojo.judge.coverage import Coverage
from torchdojo.judge.ending import Ending
from torchdojo.judge.reference import facts_of
from torchdojo.probes import watchers_for

KIND = "same-order-every-epoch"

SCRIPT = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.distributed import DistributedSampler

torch.manual_seed(0)
x = torch.randn(64, 3)
data = TensorDataset(x, x.sum(1, keepdim=True))
sampler = DistributedSampler(data, num_replicas=2, rank=0)
loader = DataLoader(data, batch_size=8, sampler=sampler)
model = nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(EPOCHS):
    sampler.set_epoch(CHOSEN)
    for a, b in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(a), b).backward()
        optimizer.step()
"""


@pytest.mark.parametrize(
    ("epochs", "chosen", "state"),
    [
        (6, "epoch", BugState.FIXED),
        (6, "1", BugState.OPEN),
        (2, "epoch", BugState.NO_EVIDENCE),
    ],
)
def test_a_new_order_each_epoch_needs_few_epochs(epochs, chosen, state):
    source = SCRIPT.replace("EPOCHS", str(epochs)).replace("CHOSEN", chosen)
    trace = record_script(source, watch=sorted(watchers_for([KIND])))
    found = from_events(KIND, trace, facts_of(trace), Coverage("", "", "", ""), Ending(None))
    assert found.state is state
