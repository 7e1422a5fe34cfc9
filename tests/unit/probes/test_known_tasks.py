"""What a probe says of a graded run, of which it is known what belongs to the task."""

from __future__ import annotations

import pytest

from torchdojo.domain.finding import Observation
from torchdojo.harness.options import Options
from torchdojo.harness.running import Run
from torchdojo.probes import Expected, probes, watchers_for

CLASSIFIER = """
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(192, 4)
y = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(3):
    for rows in torch.randperm(192).split(16):
        optimizer.zero_grad()
        LOSS.backward()
        optimizer.step()
"""

#: Each round the discriminator is shown points that no backward pass ever follows to the generator.
ADVERSARIES = """
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
generator = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2))
discriminator = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
ours = torch.optim.Adam(generator.parameters())
theirs = torch.optim.Adam(discriminator.parameters())
for step in range(12):
    fake = generator(torch.randn(16, 2)).detach()
    theirs.zero_grad()
    (F.softplus(discriminator(fake)) + F.softplus(-discriminator(torch.randn(16, 2)))).mean().backward()
    theirs.step()
    ours.zero_grad()
    F.softplus(-discriminator(generator(torch.randn(16, 2)))).mean().backward()
    ours.step()
    if step % 3 == 2:
        MODE:
            radius = generator(torch.randn(64, 2)).norm(dim=1).mean()
        print(radius.item())
"""


def observed(kind: str, script: str) -> Observation:
    trace = Run(script, "script.py", Options(watch=watchers_for([kind]))).run()
    assert trace.end is not None
    assert trace.end["how"] == "finished"
    return probes()[kind].observe(trace, Expected(192, 64, 0))


@pytest.mark.parametrize(
    ("loss", "is_seen"),
    [
        ("F.cross_entropy(model(x[rows]), y[rows], reduction='sum').div(len(rows))", False),
        ("F.cross_entropy(model(x[rows]), y[rows], reduction='none').mean()", False),
        ("F.mse_loss(model(x[rows]), F.one_hot(y[rows], 3).float(), reduction='none').sum(1).mean()", False),
        ("F.cross_entropy(model(x[rows]), y[rows], reduction='sum').div(2.5)", True),
        ("F.cross_entropy(model(x[rows]), y[rows], reduction='none').sum()", True),
    ],
    ids=["sum by rows", "none, then mean", "summed over outputs", "sum by 2.5", "none, then sum"],
)
def test_where_a_mean_is_wanted_a_sum_has_to_be_divided_by_its_rows(loss, is_seen):
    seen = observed("wrong-reduction", CLASSIFIER.replace("LOSS", loss))
    assert seen.applicable
    assert bool(seen.findings) is is_seen


@pytest.mark.parametrize(("mode", "is_seen"), [("with torch.no_grad()", False), ("if True", True)])
def test_points_for_the_discriminator_are_no_evaluation_that_builds_a_graph(mode, is_seen):
    seen = observed("missing-no-grad", ADVERSARIES.replace("MODE", mode))
    assert seen.applicable
    assert bool(seen.findings) is is_seen


@pytest.mark.parametrize(("when", "is_evidence"), [("number % 2 == 0", True), ("True", False)])
def test_scaled_gradients_that_are_cleared_before_the_update_are_no_accumulation(when, is_evidence):
    script = CLASSIFIER.replace("for rows in torch.randperm(192).split(16)", "for number, rows in BATCHES").replace(
        "        optimizer.zero_grad()\n        LOSS.backward()\n        optimizer.step()\n",
        "        (F.cross_entropy(model(x[rows]), y[rows]) / 2).backward()\n"
        "        if number % 2 == 0:\n            optimizer.step()\n"
        f"        if {when}:\n            optimizer.zero_grad()\n",
    )
    script = script.replace("BATCHES", "enumerate(torch.randperm(192).split(16), start=1)")
    assert bool(observed("accumulation-not-scaled", script).applicable) is is_evidence


@pytest.mark.parametrize(
    ("goal", "is_seen"),
    [("x[rows, :3].softmax(-1)", False), ("x[rows, :3].flatten().softmax(0).view(-1, 3)", True)],
    ids=["each row", "the whole batch"],
)
def test_probabilities_to_learn_from_sum_to_one_in_each_row(goal, is_seen):
    loss = f"F.kl_div(F.log_softmax(model(x[rows]), 1), {goal}, reduction='batchmean')"
    assert bool(observed("softmax-wrong-dim", CLASSIFIER.replace("LOSS", loss)).findings) is is_seen


@pytest.mark.parametrize(("epochs", "is_seen"), [(2, True), (9, False)])
def test_an_optimizer_is_not_built_anew_for_the_same_rows_however_long_it_lived(epochs, is_seen):
    script = CLASSIFIER.replace("LOSS", "F.cross_entropy(model(x[rows]), y[rows])").replace(
        "for epoch in range(3):\n",
        f"for epoch in range(8):\n    if epoch and epoch % {epochs} == 0:\n"
        "        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)\n",
    )
    assert bool(observed("optimizer-recreated", script).findings) is is_seen


@pytest.mark.parametrize(
    ("target", "is_evidence"),
    [("(10 * x[rows, :3]).softmax(1)", True), ("(10 * x[rows, :3])", False), ("y[rows]", False)],
    ids=["probabilities", "scores", "labels"],
)
def test_the_cross_entropy_of_a_distribution_stands_for_its_divergence(target, is_evidence):
    seen = observed("kl-div-arguments", CLASSIFIER.replace("LOSS", f"F.cross_entropy(model(x[rows]), {target})"))
    assert not seen.findings
    assert bool(seen.applicable) is is_evidence


@pytest.mark.parametrize(
    ("factor", "is_a_bound"),
    [("(0.1 / norm).clamp(max=1)", True), ("1.0", False), ("0.5", False)],
    ids=["often reached", "as it was", "no bound"],
)
def test_a_bound_by_hand_counts_and_a_factor_that_bounds_nothing_does_not(factor, is_a_bound):
    script = CLASSIFIER.replace("LOSS", "F.cross_entropy(model(x[rows]), y[rows])").replace(
        "        optimizer.step()\n",
        "        norm = sum(p.grad.square().sum() for p in model.parameters()).sqrt()\n"
        f"        for p in model.parameters():\n            p.grad.mul_({factor})\n        optimizer.step()\n",
    )
    seen = observed("misplaced-clipping", script)
    assert not seen.findings
    assert bool(seen.applicable) is is_a_bound
