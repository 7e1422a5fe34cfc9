# ruff: noqa: E501  (edits of scripts are easier to compare on one line)
"""Each probe fires on its bug in several coding styles and stays silent on correct code that looks suspicious.

The scripts are run under the real recorder. A clean script must be silent for *every* probe.
"""

from __future__ import annotations

import pytest
from tests.unit.probes.observing import FLAT, HEAD, REGRESSION, TRAINER, edited, findings

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


def test_swapped_arguments_are_no_other_bug_as_well():
    script = edited(FLAT, ("cross_entropy(model(a), b)", "cross_entropy(F.one_hot(b, 3).float(), model(a))"))
    assert not {kind for kind, messages in findings(script).items() if messages}  # Without watchers, that is.
