"""How many occasions a run has to offer before a silent probe counts as a fix."""

from __future__ import annotations

from dataclasses import replace

import pytest

from torchdojo.domain.report import BugState
from torchdojo.harness.running import record_script
from torchdojo.judge.bugs import all_from_events, from_events
from torchdojo.judge.coverage import Coverage, coverage
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


#: Two layers, the first of which may be cut off or frozen, and dropout, which may be left in eval mode.
LAYERS = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 4)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 16), nn.Linear(16, 1)
        self.drop = nn.Dropout(0.1)

    def forward(self, x):
        return self.second(self.drop(INNER))


net = Net()
PREPARE
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
for epoch in range(4):
    for rows in torch.randperm(256).split(32):
        optimizer.zero_grad()
        nn.functional.mse_loss(net(x[rows]), x[rows].sum(1, keepdim=True)).backward()
        optimizer.step()
"""


@pytest.mark.parametrize(
    ("inner", "prepare", "graph", "mode"),
    [
        ("self.first(x).relu()", "", BugState.FIXED, BugState.FIXED),
        ("self.first(x).relu().detach()", "", BugState.OPEN, BugState.FIXED),
        ("self.first(x).relu().detach()", "net.eval()", BugState.OPEN, BugState.OPEN),
        # Nothing planted is the reason.
        ("self.first(x).relu()", "net.first.requires_grad_(False)", BugState.NO_EVIDENCE, BugState.NO_EVIDENCE),
    ],
    ids=["both mended", "cut off", "neither mended", "frozen"],
)
def test_an_open_bug_that_cuts_a_part_off_does_not_hide_what_else_is_mended(inner, prepare, graph, mode):
    kinds = ["broken-graph", "left-in-eval-mode"]
    watch = sorted(watchers_for(kinds))
    clean = facts_of(record_script(LAYERS.replace("INNER", "self.first(x).relu()").replace("PREPARE", "")))
    trace = record_script(LAYERS.replace("INNER", inner).replace("PREPARE", prepare), watch=watch)
    cover = coverage(trace, facts_of(trace), clean)
    found = all_from_events(kinds, trace, clean, cover, Ending(None))
    assert {kind: state.state for kind, state in found.items()} == {"broken-graph": graph, "left-in-eval-mode": mode}


@pytest.mark.parametrize(
    ("frozen", "state"),
    [("net.first", BugState.FIXED), ("net.first.weight", BugState.OPEN), ("net.second", BugState.OPEN)],
)
def test_as_many_weights_have_to_train_as_in_the_clean_run(frozen, state):
    def run(part):
        script = LAYERS.replace("INNER", "self.first(x).relu()").replace("PREPARE", f"{part}.requires_grad_(False)")
        return record_script(script, watch=sorted(watchers_for(["wrong-part-frozen"])))

    clean, trace = facts_of(run("net.first")), run(frozen)
    nothing = Coverage("", "", "", "")
    kind = "wrong-part-frozen"
    assert all_from_events([kind], trace, clean, nothing, Ending(None))[kind].state is state
    # Of a proof that is older than this figure nothing is known.
    unknown = replace(clean, trained=-1)
    assert all_from_events([kind], trace, unknown, nothing, Ending(None))[kind].state is BugState.FIXED
