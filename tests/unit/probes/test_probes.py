# ruff: noqa: E501  (edits of scripts are easier to compare on one line)
"""Each probe fires on its bug in several coding styles and stays silent on correct code that looks suspicious.

The scripts are run under the real recorder. A clean script must be silent for *every* probe.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from functools import cache

import pytest

from torchdojo.domain.finding import Severity
from torchdojo.harness.recorder.watchers import watcher_names
from torchdojo.harness.script import record_script
from torchdojo.probes import Expected, probes

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
    for old, new in edits:
        assert old in script, old
        script = script.replace(old, new)
    return script


BROKEN = {
    "softmax, flat": (
        "softmax-before-cross-entropy",
        edited(FLAT, ("return self.head(self.body(x))", "return self.head(self.body(x)).softmax(1)")),
    ),
    "softmax in the loss call of a trainer": (
        "softmax-before-cross-entropy",
        edited(
            TRAINER,
            ("loss = self.criterion(self.model(a), b)", "loss = self.criterion(torch.softmax(self.model(a), -1), b)"),
        ),
    ),
    "no zero_grad, flat": ("missing-zero-grad", edited(FLAT, ("        optimizer.zero_grad()\n", ""))),
    "no zero_grad, trainer": (
        "missing-zero-grad",
        edited(TRAINER, ("        self.optimizer.zero_grad(set_to_none=False)\n", "")),
    ),
    "zero_grad once per epoch": (
        "missing-zero-grad",
        edited(
            FLAT,
            ("        optimizer.zero_grad()\n", ""),
            ("    losses = []\n", "    losses = []\n    optimizer.zero_grad()\n"),
        ),
    ),
    "zero_grad before the step": (
        "zero-grad-before-step",
        edited(
            FLAT,
            ("        optimizer.zero_grad()\n", ""),
            ("loss.backward()\n", "loss.backward()\n        optimizer.zero_grad()\n"),
        ),
    ),
    "losses kept, flat": ("loss-kept-with-graph", edited(FLAT, ("losses.append(loss.item())", "losses.append(loss)"))),
    "losses summed as tensors": (
        "loss-kept-with-graph",
        edited(TRAINER, ("self.history.append(float(loss))", "self.total = getattr(self, 'total', 0) + loss")),
    ),
    "no eval, flat": ("missing-eval-mode", edited(FLAT, ("    model.eval()\n", ""))),
    "eval and back to train": (
        "missing-eval-mode",
        edited(TRAINER, ("        self.model.eval()\n", "        self.model.eval()\n        self.model.train()\n")),
    ),
    "graphs in evaluation, flat": (
        "missing-no-grad",
        edited(FLAT, ("    with torch.no_grad():\n        return", "    if True:\n        return")),
    ),
    "graphs in evaluation, trainer": ("missing-no-grad", edited(TRAINER, ("    @torch.inference_mode()\n", ""))),
    "sorted rows in order, flat": (
        "unshuffled-training",
        edited(FLAT, ("TensorDataset(x, y), batch_size=16, shuffle=True", "TensorDataset(xs, ys), batch_size=16")),
    ),
    "one permutation for ever": (
        "unshuffled-training",
        edited(
            TRAINER,
            (
                "            for a, b in train_loader:\n",
                "            for i in range(0, 192, 16):\n                a, b = xs[i : i + 16], ys[i : i + 16]\n",
            ),
        ),
    ),
    "rate of fifty": ("learning-rate-too-high", edited(REGRESSION, ("lr=0.05", "lr=50.0"))),
    "inputs without features": (
        "input-missing-feature-dim",
        edited(REGRESSION, ("model(a), b)", "model(a.squeeze(1)), b)")),
    ),
    "targets of (N,)": (
        "target-shape-broadcast",
        edited(REGRESSION, ("mse_loss(model(a), b)", "mse_loss(model(a), b.squeeze(1))")),
    ),
    "doubles": (
        "float64-data",
        edited(REGRESSION, ("TensorDataset(x, y)", "TensorDataset(x.double(), y.double())")),
    ),
}

CLEAN = {
    "flat": FLAT,
    "trainer class": TRAINER,
    "regression": REGRESSION,
    "gradient accumulation": edited(
        FLAT,
        (
            "    for a, b in train_loader:\n        optimizer.zero_grad()\n",
            "    for i, (a, b) in enumerate(train_loader):\n",
        ),
        (
            "        loss.backward()\n        optimizer.step()\n",
            "        (loss / 3).backward()\n        if i % 3 == 2:\n            optimizer.step()\n            optimizer.zero_grad()\n",
        ),
    ),
    "negative log-likelihood of log-softmax": edited(
        FLAT,
        ("return self.head(self.body(x))", "return self.head(self.body(x)).log_softmax(1)"),
        ("F.cross_entropy", "F.nll_loss"),
    ),
    "full batch": edited(FLAT, ("range(4)", "range(40)"), ("for a, b in train_loader", "for a, b in [(x, y)]")),
    "no loader": edited(
        FLAT,
        (
            "    for a, b in train_loader:\n",
            "    for rows in torch.randperm(192).split(16):\n        a, b = x[rows], y[rows]\n",
        ),
    ),
    "LBFGS with a closure": HEAD
    + """
model = nn.Linear(4, 3)
optimizer = torch.optim.LBFGS(model.parameters(), max_iter=4)
for _ in range(25):
    def closure():
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        return loss
    optimizer.step(closure)
""",
    "GAN with two optimizers": """
import torch
from torch import nn
torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
g, d = torch.optim.Adam(G.parameters(), lr=1e-3), torch.optim.Adam(D.parameters(), lr=1e-3)
loss_of = nn.functional.binary_cross_entropy_with_logits
for _ in range(30):
    real, noise = torch.randn(16, 2) + 2, torch.randn(16, 4)
    d.zero_grad()
    (loss_of(D(real), torch.ones(16, 1)) + loss_of(D(G(noise).detach()), torch.zeros(16, 1))).backward()
    d.step()
    g.zero_grad()
    loss_of(D(G(noise)), torch.ones(16, 1)).backward()
    g.step()
""",
    "EMA teacher": edited(
        FLAT,
        (
            "model = Net()\n",
            "import copy\nmodel = Net()\nteacher = copy.deepcopy(model).eval().requires_grad_(False)\n",
        ),
        (
            "loss = F.cross_entropy(model(a), b)",
            "with torch.no_grad():\n            goal = teacher(a)\n        out = model(a)\n        loss = F.cross_entropy(out, b) + 0.1 * F.mse_loss(out, goal)",
        ),
        (
            "        losses.append",
            "        with torch.no_grad():\n            for p, q in zip(teacher.parameters(), model.parameters()):\n                p.lerp_(q, 0.1)\n        losses.append",
        ),
    ),
    "Monte Carlo dropout": FLAT
    + """
model.eval()
for layer in model.modules():
    if isinstance(layer, nn.Dropout):
        layer.train()
with torch.no_grad():
    samples = torch.stack([model(vx).softmax(1) for _ in range(20)])
""",
    "evaluation that needs gradients": FLAT
    + """
model.eval()
probe = vx[:8].clone().requires_grad_()
saliency, = torch.autograd.grad(model(probe).sum(), probe)
""",
    "plain SGD by hand, functional": """
import torch
import torch.nn.functional as F
torch.manual_seed(0)
x = torch.randn(128, 4); y = (x[:, 0] > 0).long()
w = torch.zeros(4, 2, requires_grad=True)
for _ in range(10):
    for rows in torch.randperm(128).split(16):
        loss = F.cross_entropy(x[rows] @ w, y[rows])
        loss.backward()
        with torch.no_grad():
            w -= 0.1 * w.grad
            w.grad = None
""",
    "clipping, schedule, own loop over p.grad": edited(
        FLAT,
        ("        optimizer.zero_grad()\n", "        for p in model.parameters():\n            p.grad = None\n"),
        (
            "        optimizer.step()\n",
            "        nn.utils.clip_grad_norm_(model.parameters(), 1.0)\n        optimizer.step()\n",
        ),
        ("    evaluate(model)\n", "    schedule.step()\n    evaluate(model)\n"),
        ("for epoch in", "schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 4)\nfor epoch in"),
    ),
}


@cache
def findings(script: str) -> Mapping[str, Sequence[str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Torch gives some once in a process: no test may hang on being the first.
        trace = record_script(script, "script.py", seed=1)
    assert trace.end is not None
    seen = {kind: probe.observe(trace).findings for kind, probe in probes().items()}
    return {
        kind: [f.message for f in found if f.severity is not Severity.STYLE] for kind, found in seen.items() if found
    }


@pytest.mark.parametrize("name", BROKEN)
def test_a_bug_is_seen_by_its_probe(name):
    kind, script = BROKEN[name]
    seen = findings(script)
    assert seen.get(kind), seen


@pytest.mark.parametrize("name", [n for n in BROKEN if not n.startswith(("rate", "inputs", "doubles"))])
def test_and_by_no_other(name):
    kind, script = BROKEN[name]
    assert {k for k, messages in findings(script).items() if messages} == {kind}


@pytest.mark.parametrize("name", CLEAN)
def test_correct_code_is_left_alone(name):
    assert not {k: m for k, m in findings(CLEAN[name]).items() if m}


LONG = [n for n in BROKEN if "range(4)" in BROKEN[n][1] and not n.startswith("rate")]


@pytest.mark.parametrize("name", LONG)
def test_a_bug_is_seen_in_a_long_run_too_of_which_only_stretches_are_sampled(name):
    kind, script = BROKEN[name]
    assert findings(script.replace("range(4)", "range(40)")).get(kind)


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
    assert not findings(CATEGORIES).get("unshuffled-training")


def test_a_fixed_order_shows_among_equal_rows():
    trace = record_script(edited(CATEGORIES, (", shuffle=True", "")), "script.py", seed=1)
    seen = probes()["unshuffled-training"].observe(trace).findings
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
    assert not probes()["unshuffled-training"].observe(record_script(CROPS, "script.py", seed=1)).findings


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


def watched(script, kind):
    trace = record_script(script, "script.py", seed=1, watch=watcher_names())
    return probes()[kind].observe(trace).findings


def test_a_stream_that_is_read_with_its_state_is_meant_to_be_in_order():
    assert not watched(STREAM, "unshuffled-training")


def test_windows_that_know_nothing_of_each_other_are_to_be_shuffled():
    assert watched(edited(STREAM, ("net(x, state)", "net(x, None)")), "unshuffled-training")


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


NUMBERS = """
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(32, 16), nn.Tanh(), nn.Linear(16, 32))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for step in range(40):
    v = torch.rand(32)
    optimizer.zero_grad()
    nn.functional.mse_loss(net(v), v.sin()).backward()
    optimizer.step()
"""


def test_numbers_that_go_in_as_one_row_are_pointed_out():
    (finding,) = watched(NUMBERS, "input-missing-feature-dim")
    assert "unsqueeze(1)" in finding.message
    assert finding.severity is Severity.STYLE


TAGGED = """
import torch
from torch import nn

torch.manual_seed(0)
class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.out = nn.Embedding(20, 8, padding_idx=0), nn.Linear(8, 4)
    def forward(self, ids):
        return self.out(self.words(ids))
net = Tagger()
optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
for step in range(20):
    ids = torch.randint(1, 20, (8, 12))
    ids[torch.arange(12) >= torch.randint(5, 12, (8, 1))] = 0
    tags = torch.where(ids > 0, ids % 4, 0)
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(ids).transpose(1, 2), tags, ignore_index=0).backward()
    optimizer.step()
"""


def test_a_class_that_shares_its_number_with_the_padding_is_pointed_out():
    (finding,) = watched(TAGGED, "label-encoding")
    assert "tokens that are no padding" in finding.message
    assert finding.severity is Severity.STYLE
    assert not watched(edited(TAGGED, ("ids % 4", "1 + ids % 3")), "label-encoding")


DISTILLED = """
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
x = torch.randn(240, 4)
teacher, student = nn.Linear(4, 3).requires_grad_(False), nn.Linear(4, 3)
optimizer = torch.optim.Adam(student.parameters(), lr=0.02)
for epoch in range(4):
    for rows in torch.randperm(240).split(30):
        wanted, mine = teacher(x[rows]).softmax(1), student(x[rows]).log_softmax(1)
        optimizer.zero_grad()
        F.kl_div(mine, wanted, reduction="batchmean").backward()
        optimizer.step()
"""


def test_a_divergence_the_other_way_round_is_pointed_out():
    reversed_ = edited(DISTILLED, ("kl_div(mine, wanted,", "kl_div(wanted.log(), mine.exp(),"))
    (finding,) = watched(reversed_, "kl-div-arguments")
    assert "reverse divergence" in finding.message
    assert finding.severity is Severity.STYLE
    assert not watched(DISTILLED, "kl-div-arguments")


def test_swapped_arguments_are_no_other_bug_as_well():
    script = edited(FLAT, ("cross_entropy(model(a), b)", "cross_entropy(F.one_hot(b, 3).float(), model(a))"))
    assert not {kind for kind, messages in findings(script).items() if messages}  # Without watchers, that is.


def test_what_is_seen_names_the_line():
    trace = record_script(BROKEN["softmax, flat"][1], "script.py", seed=1)
    finding = probes()["softmax-before-cross-entropy"].observe(trace).findings[0]
    line = int(finding.where.split()[1].rstrip(","))
    assert "cross_entropy" in BROKEN["softmax, flat"][1].splitlines()[line - 1]


@pytest.mark.parametrize(
    ("name", "edits", "seen"),
    [
        ("used", [], set()),
        ("ignored", [('"cuda" if torch.cuda.is_available() else "cpu"', '"cpu"')], {"hardcoded-cpu"}),
        ("model forgotten", [(".to(device)\noptimizer", "\noptimizer")], {"model-not-moved", "hardcoded-cpu"}),
    ],
)
def test_device_bugs_show_on_a_simulated_accelerator(name, edits, seen):
    script = edited(
        REGRESSION,
        (
            "torch.manual_seed(0)\n",
            'torch.manual_seed(0)\ndevice = torch.device("cuda" if torch.cuda.is_available() else "cpu")\n',
        ),
        ("nn.Linear(16, 1))\n", "nn.Linear(16, 1)).to(device)\n"),
        ("    for a, b in loader:\n", "    for a, b in loader:\n        a, b = a.to(device), b.to(device)\n"),
    )
    trace = record_script(edited(script, *edits), "script.py", accelerator="cuda", stop_steps=3)
    found = {kind for kind in ("hardcoded-cpu", "model-not-moved") if probes()[kind].observe(trace).findings}
    assert found == seen
