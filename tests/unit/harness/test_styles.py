"""One correct training run in many styles: the recorder must see the same facts in each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from torchdojo.domain.trace import Trace

Record = Callable[..., Trace]

LOADER = """
loader = DataLoader(TensorDataset(x, y), 16, shuffle=True)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
"""

FLAT = (
    LOADER
    + """
for epoch in range(4):
    net.train()
    for a, b in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(net(a), b)
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        print(F.cross_entropy(net(x), y).item())
"""
)

TRAINER = (
    LOADER
    + """
class Trainer:
    def __init__(self):
        self.criterion = nn.CrossEntropyLoss()
    def anpassen(self, a, b):
        optimizer.zero_grad(set_to_none=False)
        loss = self.criterion(net(a), b)
        loss.backward()
        optimizer.step()
    @torch.inference_mode()
    def pruefen(self):
        net.train(False)
        return self.criterion(net(x), y).item()
    def los(self):
        for _ in range(4):
            net.train()
            for a, b in loader:
                self.anpassen(a, b)
            self.pruefen()
Trainer().los()
"""
)

NO_LOADER = """
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
for epoch in range(4):
    net.train()
    for rows in torch.randperm(96).split(16):
        for p in net.parameters():
            p.grad = None
        (-F.log_softmax(net(x[rows]), 1)[torch.arange(16), y[rows]]).mean().backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
    net.eval()
    previous = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    net(x).argmax(1)
    torch.set_grad_enabled(previous)
"""

CLOSURE = (
    LOADER
    + """
for epoch in range(4):
    net.train()
    for a, b in loader:
        def closure():
            optimizer.zero_grad()
            loss = F.cross_entropy(net(a), b)
            loss.backward()
            return loss
        optimizer.step(closure)
    net.eval()
    with torch.no_grad():
        net(x)
"""
)

BY_HAND = """
for epoch in range(4):
    net.train()
    for rows in torch.randperm(96).split(16):
        loss = F.cross_entropy(net(x[rows]), y[rows])
        loss.backward()
        with torch.no_grad():
            for p in net.parameters():
                p -= 0.1 * p.grad
                p.grad.zero_()
    net.eval()
    with torch.no_grad():
        net(x)
"""

BY_HAND_DATA = """
for epoch in range(4):
    net.train()
    for rows in torch.randperm(96).split(16):
        net.zero_grad()
        F.cross_entropy(net(x[rows]), y[rows]).backward()
        for p in net.parameters():
            p.data = p.data - 0.1 * p.grad
    net.eval()
    with torch.no_grad():
        net(x)
"""

HANDED_OUT = """
for epoch in range(4):
    net.train()
    for rows in torch.randperm(96).split(16):
        loss = F.cross_entropy(net(x[rows]), y[rows])
        grads = torch.autograd.grad(loss, net.parameters())
        with torch.no_grad():
            for p, g in zip(net.parameters(), grads):
                p.sub_(0.1 * g)
    net.eval()
    with torch.no_grad():
        net(x)
"""

COMPILED = (
    LOADER
    + """
fast = torch.compile(net, backend="eager")
for epoch in range(4):
    fast.train()
    for a, b in loader:
        optimizer.zero_grad()
        F.cross_entropy(fast(a), b).backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        net(x)
"""
)

CHECKPOINTED = (
    LOADER
    + """
from torch.utils.checkpoint import checkpoint
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = net[:4], net[4]
    def forward(self, a):
        return self.head(checkpoint(self.body, a, use_reentrant=False))
model = Net()
for epoch in range(4):
    model.train()
    for a, b in loader:
        optimizer.zero_grad()
        F.cross_entropy(model(a), b).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        model(x)
"""
)

STYLES = {
    "flat": FLAT,
    "trainer class, renamed": TRAINER,
    "no loader, own loss": NO_LOADER,
    "closure": CLOSURE,
    "by hand": BY_HAND,
    "by hand, through .data": BY_HAND_DATA,
    "by hand, autograd.grad": HANDED_OUT,
    "torch.compile": COMPILED,
    "checkpointing": CHECKPOINTED,
}


@pytest.mark.parametrize("style", STYLES)
def test_every_style_shows_the_same_training(finished: Record, style: str) -> None:
    trace = finished(STYLES[style])
    assert len(trace.steps) == 24
    assert len(trace.training_forwards) == 24
    assert all(f["train_leaves"] == 2 and f["eval_leaves"] == 0 for f in trace.training_forwards)
    assert [len(p) for p in trace.evaluation_passes] == [1] * 4
    for (evaluation,) in trace.evaluation_passes:
        assert evaluation["eval_leaves"] == 2
        assert evaluation["train_leaves"] == 0
        assert not evaluation["out_grad"]
        assert len(evaluation["rows"]) == 96
    assert all(s["stale"] == 0 and s["empty"] == 0 and s["live"] <= 1 for s in trace.steps)
    assert all(s["params"] == s["with_grad"] == 6 for s in trace.steps)
    epoch = [row for f in trace.training_forwards[:6] for row in f["rows"]]
    assert sorted(epoch) == sorted(trace.evaluation_passes[0][0]["rows"])


@pytest.mark.parametrize("style", ["by hand", "by hand, through .data", "by hand, autograd.grad"])
def test_the_rate_of_an_update_by_hand_is_read_off_the_parameters(finished: Record, style: str) -> None:
    trace = finished(STYLES[style])
    assert {s["cls"] for s in trace.steps} == {"manual"}
    assert all(s["lrs"] == [pytest.approx(0.1, rel=1e-3)] for s in trace.steps)


def test_functional_models_show_their_losses_passes_and_steps(finished: Record) -> None:
    trace = finished(
        """
        w = torch.randn(2, 3, requires_grad=True)
        c = torch.zeros(3, requires_grad=True)
        for step in range(20):
            loss = F.cross_entropy(x @ w + c, y)
            loss.backward()
            with torch.no_grad():
                for p in (w, c):
                    p -= 0.5 * p.grad
                    p.grad = None
        """
    )
    assert len(list(trace.of("loss"))) == 20
    assert [b["graded"] for b in trace.of("backward")] == [2] * 20
    assert [s["lrs"] for s in trace.steps] == [[pytest.approx(0.5, rel=1e-4)]] * 20
    assert all(s["stale"] == 0 for s in trace.steps)


def test_functional_models_whose_parameters_are_replaced_are_followed(finished: Record) -> None:
    trace = finished(
        """
        w = torch.randn(2, 3, requires_grad=True)
        for step in range(10):
            F.cross_entropy(x @ w, y).backward()
            w = (w - 0.5 * w.grad).detach().requires_grad_()
        """
    )
    # The last replacement is followed by nothing that could show it.
    assert [s["lrs"] for s in trace.steps] == [[pytest.approx(0.5, rel=1e-4)]] * 9


def test_accumulation_uses_each_gradient_once(finished: Record) -> None:
    trace = finished(
        LOADER
        + """
for epoch in range(4):
    for i, (a, b) in enumerate(loader):
        (F.cross_entropy(net(a), b) / 3).backward()
        if i % 3 == 2:
            optimizer.step()
            optimizer.zero_grad()
"""
    )
    assert len(trace.steps) == 8
    assert len(trace.training_forwards) == 24
    assert all(s["stale"] == 0 and s["empty"] == 0 for s in trace.steps)


def test_a_summed_epoch_keeps_no_graph_beyond_its_step(finished: Record) -> None:
    trace = finished(
        LOADER
        + """
for epoch in range(6):
    optimizer.zero_grad()
    sum(F.cross_entropy(net(a), b) for a, b in loader).backward()
    optimizer.step()
"""
    )
    assert len(trace.training_forwards) == 36
    assert all(s["live"] == 0 for s in trace.steps)


def test_full_batch_training_is_followed(finished: Record) -> None:
    trace = finished(
        """
        optimizer = torch.optim.AdamW(net.parameters())
        for epoch in range(30):
            optimizer.zero_grad()
            F.cross_entropy(net(x), y).backward()
            optimizer.step()
        """
    )
    assert len(trace.steps) == 30
    assert len({tuple(f["rows"]) for f in trace.training_forwards}) == 1


def test_lbfgs_steps_once_however_often_it_evaluates(finished: Record) -> None:
    trace = finished(
        """
        optimizer = torch.optim.LBFGS(net.parameters(), max_iter=5)
        def closure():
            optimizer.zero_grad()
            loss = F.cross_entropy(net(x), y)
            loss.backward()
            return loss
        for epoch in range(5):
            optimizer.step(closure)
        """
    )
    assert len(trace.steps) == 5
    assert len(list(trace.of("backward"))) > 10
    assert all(s["stale"] == 0 and s["empty"] == 0 for s in trace.steps)


def test_two_optimizers_of_a_gan_leave_no_stale_gradient(finished: Record) -> None:
    trace = finished(
        """
        G = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
        D = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
        dg, dd = torch.optim.Adam(G.parameters()), torch.optim.Adam(D.parameters())
        ones, zeros = torch.ones(16, 1), torch.zeros(16, 1)
        for rows in list(torch.randperm(96).split(16)) * 4:
            fake = G(torch.randn(16, 4))
            D.zero_grad()
            real_loss = F.binary_cross_entropy_with_logits(D(x[rows]), ones)
            real_loss.backward()
            fake_loss = F.binary_cross_entropy_with_logits(D(fake.detach()), zeros)
            fake_loss.backward()
            dd.step()
            G.zero_grad()
            g_loss = F.binary_cross_entropy_with_logits(D(fake), ones)
            g_loss.backward()
            dg.step()
        """
    )
    assert len(trace.steps) == 48
    assert all(s["stale"] == 0 and s["empty"] == 0 and s["live"] <= 4 for s in trace.steps)


def test_a_teacher_that_follows_by_averages_makes_no_steps(finished: Record) -> None:
    trace = finished(
        LOADER
        + """
import copy
teacher = copy.deepcopy(net)
for epoch in range(3):
    for a, b in loader:
        with torch.no_grad():
            wanted = teacher(a)
        optimizer.zero_grad()
        F.mse_loss(net(a), wanted).backward()
        optimizer.step()
        with torch.no_grad():
            for p, q in zip(teacher.parameters(), net.parameters()):
                p.mul_(0.9).add_(q, alpha=0.1)
"""
    )
    assert len(trace.steps) == 18
    assert all(s["cls"] == "Adam" for s in trace.steps)
    assert len({f["model"] for f in trace.training_forwards}) == 1


def test_monte_carlo_dropout_shows_the_modes_that_really_ran(finished: Record) -> None:
    trace = finished(
        LOADER
        + """
for a, b in loader:
    optimizer.zero_grad()
    F.cross_entropy(net(a), b).backward()
    optimizer.step()
net.eval()
net[3].train()
with torch.no_grad():
    torch.stack([net(x) for _ in range(5)]).std(0)
"""
    )
    (sampling,) = trace.evaluation_passes
    assert [(f["train_leaves"], f["eval_leaves"]) for f in sampling] == [(1, 1)] * 5


def test_functional_dropout_counts_with_the_mode_it_is_given(finished: Record) -> None:
    trace = finished(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a = nn.Linear(2, 3)
                self.rnn = nn.LSTM(3, 4, num_layers=2, dropout=0.1, batch_first=True)
                self.off = nn.Dropout(0.0)
            def forward(self, v):
                h = F.dropout(self.off(self.a(v)), 0.5, training=self.training)
                return self.rnn(h.unsqueeze(1))[0][:, 0]
        net = Net()
        net(x)
        net.eval()
        net(x)
        """
    )
    first, second = trace.of("forward")
    assert (first["train_leaves"], first["eval_leaves"]) == (2, 0)
    assert (second["train_leaves"], second["eval_leaves"]) == (0, 2)


def test_gradients_of_inputs_during_evaluation_are_no_training(finished: Record) -> None:
    trace = finished(
        LOADER
        + """
for a, b in loader:
    optimizer.zero_grad()
    F.cross_entropy(net(a), b).backward()
    optimizer.step()
net.eval()
probe = x.clone().requires_grad_()
(slope,) = torch.autograd.grad(net(probe).sum(), probe)
"""
    )
    assert len(trace.training_forwards) == 6
    (seen,) = trace.of("gradient")
    assert seen["forwards"] == [max(f["id"] for f in trace.of("forward"))]


def test_nll_on_log_softmax_names_what_made_its_input(finished: Record) -> None:
    trace = finished(
        """
        F.nll_loss(F.log_softmax(net(x), dim=1).view(96, 3), y)
        F.cross_entropy(F.softmax(net(x), dim=1), y)
        """
    )
    right, wrong = trace.of("loss")
    assert right["producer"] == ["LogSoftmaxBackward0"]
    assert right["exp_sum_min"] == pytest.approx(1.0, abs=1e-4)
    assert wrong["producer"] == ["SoftmaxBackward0"]
    assert wrong["row_min"] >= 0
    assert wrong["row_sum_max"] == pytest.approx(1.0, abs=1e-5)


def test_several_outputs_belong_to_one_forward(finished: Record) -> None:
    trace = finished(
        """
        class Auto(nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.b = nn.Linear(2, 4), nn.Linear(4, 2)
            def forward(self, v):
                h = self.a(v)
                return {"hidden": h, "back": self.b(h)}
        auto = Auto()
        optimizer = torch.optim.SGD(auto.parameters(), 0.1)
        for _ in range(3):
            optimizer.zero_grad()
            F.mse_loss(auto(x)["back"], x).backward()
            optimizer.step()
        """
    )
    assert len(trace.training_forwards) == 3
