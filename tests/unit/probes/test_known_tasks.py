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
    [
        ("(10 * x[rows, :3]).softmax(1)", True),
        ("(10 * x[rows, :3])", False),
        ("y[rows]", False),
        ("0.9 * F.one_hot(y[rows], 3) + 0.1 / 3", False),
    ],
    ids=["probabilities", "scores", "labels", "smoothed labels"],
)
def test_the_cross_entropy_of_a_distribution_stands_for_its_divergence(target, is_evidence):
    seen = observed("kl-div-arguments", CLASSIFIER.replace("LOSS", f"F.cross_entropy(model(x[rows]), {target})"))
    assert not seen.findings
    assert bool(seen.applicable) is is_evidence


@pytest.mark.parametrize(
    ("loss", "is_evidence"),
    [
        ("(wanted * (wanted.log() - F.log_softmax(model(x[rows]), 1))).sum(1).mean()", True),
        ("-(wanted * model(x[rows]).softmax(1).log()).sum(dim=1).mean()", True),
        ("(wanted * (wanted.log() - F.softmax(model(x[rows]), 1))).sum(1).mean()", False),
        ("-(wanted.log() * F.log_softmax(model(x[rows]), 1)).sum(1).mean()", False),
        ("-(wanted * F.log_softmax(model(x[rows]), 0)).sum(1).mean()", False),
        ("-((0.9 * F.one_hot(y[rows], 3) + 0.1 / 3) * model(x[rows]).log_softmax(1)).sum(1).mean()", False),
        ("F.nll_loss(F.log_softmax(model(x[rows]), 1), y[rows])", False),
        ("(lambda own: -(own.detach().exp() * own).sum(1).mean())(F.log_softmax(model(x[rows]), 1))", False),
        (
            "F.cross_entropy(model(x[rows]), y[rows]) - 1e-6 * (wanted * model(x[rows]).log_softmax(1)).sum(1).mean()",
            False,
        ),
    ],
    ids=[
        "divergence",
        "logarithm of the softmax",
        "probabilities",
        "logarithms on both sides",
        "over the rows",
        "smoothed labels",
        "labels",
        "itself",
        "by name only",
    ],
)
def test_a_divergence_written_out_has_to_draw_log_probabilities_to_a_distribution(loss, is_evidence):
    script = CLASSIFIER.replace("LOSS", f"({loss})".replace("wanted", "(2 * x[rows, :3]).softmax(1)"))
    seen = observed("kl-div-arguments", script)
    assert not seen.findings
    assert bool(seen.applicable) is is_evidence


@pytest.mark.parametrize(("times", "is_evidence"), [("0.5", True), ("1e-6", False)])
@pytest.mark.parametrize("reduction", ["batchmean", "sum", "none"])
def test_a_divergence_has_to_count_for_something(reduction, times, is_evidence):
    soft = f"F.kl_div(F.log_softmax(model(x[rows]), 1), (2 * x[rows, :3]).softmax(1), reduction='{reduction}')"
    mean = {"batchmean": "", "sum": " / len(rows)", "none": ".sum(1).mean()"}[reduction]
    script = CLASSIFIER.replace("LOSS", f"({times} * {soft}{mean} + F.cross_entropy(model(x[rows]), y[rows]))")
    assert bool(observed("kl-div-arguments", script).applicable) is is_evidence


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


#: One score for each row, and a label of 0 or 1.
BINARY = CLASSIFIER.replace("nn.Linear(16, 3)", "nn.Linear(16, 1)").replace(
    "(x[:, 0] > 0).long() + (x[:, 1] > 0).long()", "(x[:, 0] > 0.3).float()"
)


@pytest.mark.parametrize(
    ("scores", "is_seen"),
    [("model(x[rows])", False), ("4 * model(x[rows]).tanh()", False), ("model(x[rows]).tanh()", True)],
    ids=["raw", "softly capped", "within one"],
)
def test_scores_that_can_never_be_sure_are_no_raw_scores(scores, is_seen):
    loss = f"F.binary_cross_entropy_with_logits(({scores}).squeeze(1), y[rows])"
    seen = observed("sigmoid-before-bce-with-logits", BINARY.replace("LOSS", loss))
    assert seen.applicable
    assert bool(seen.findings) is is_seen


@pytest.mark.parametrize(
    ("scores", "labels", "is_seen"),
    [
        ("scores.squeeze(1)", "y[rows]", False),
        ("scores", "y[rows][:, None]", False),
        ("scores.expand(-1, len(rows))", "y[rows][:, None].expand(-1, len(rows))", False),
        ("scores.expand(-1, len(rows))", "y[rows].expand(len(rows), -1)", True),
    ],
    ids=["one axis", "two axes", "each row with its own label", "each row with every label"],
)
def test_a_table_of_predictions_and_targets_is_a_broadcast_written_out(scores, labels, is_seen):
    loss = f"(lambda scores: F.binary_cross_entropy_with_logits({scores}, {labels}))(model(x[rows]))"
    seen = observed("target-shape-broadcast", BINARY.replace("LOSS", loss))
    assert seen.applicable
    assert bool(seen.findings) is is_seen


#: A model that sees the tokens up to a position, and learns to name one of them or a later one.
TOKENS = """
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
text = torch.randint(0, 9, (64, 14))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(9, 16)
        self.rnn = nn.GRU(16, 24, batch_first=True)
        self.head = nn.Linear(24, 9)

    def forward(self, tokens):
        return self.head(self.rnn(self.embed(tokens))[0])


model = Model()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(6):
    for rows in torch.randperm(64).split(16):
        optimizer.zero_grad()
        scores = model(text[rows][:, :-1])
        F.cross_entropy(scores.flatten(0, 1), WANTED.flatten()).backward()
        optimizer.step()
"""


@pytest.mark.parametrize(
    ("wanted", "is_seen"),
    [("text[rows][:, 1:]", False), ("text[rows].roll(1, dims=1)[:, :-1]", True)],
    ids=["the next", "the one before"],
)
def test_only_the_next_token_is_the_right_one_to_learn(wanted, is_seen):
    seen = observed("wrong-label-shift", TOKENS.replace("WANTED", wanted))
    assert seen.applicable
    assert bool(seen.findings) is is_seen


@pytest.mark.parametrize(
    ("scored", "is_evidence"),
    [("new", True), ("torch.cat([x[:32], new[:32]])", False)],
    ids=["new rows", "half of them trained on"],
)
def test_rows_of_both_sorts_are_no_evidence_of_an_evaluation_on_new_rows(scored, is_evidence):
    script = CLASSIFIER.replace("LOSS", "F.cross_entropy(model(x[rows]), y[rows])") + (
        f"    with torch.no_grad():\n        print(model({scored}).argmax(1).float().mean().item())\n"
    )
    script = script.replace("model = nn", "new = torch.randn(64, 4)\nmodel = nn")
    seen = observed("evaluation-on-training-data", script)
    assert not seen.findings
    assert bool(seen.applicable) is is_evidence
