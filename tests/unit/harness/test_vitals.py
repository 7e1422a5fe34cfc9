"""What the watcher of vital signs notes: figures that agree with torch's own, never too many, and nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from torchdojo.domain.trace import Trace

TRAIN = """
opt = torch.optim.SGD(net.parameters(), lr=0.1)
norms = []
for step in range({steps}):
    opt.zero_grad()
    F.cross_entropy(net(x), y).backward()
    norms.append(sum(float(p.grad.norm()) ** 2 for p in net[0].parameters()) ** 0.5)
    opt.step()
print(norms[:3])
net.eval()
with torch.no_grad():
    net(x[:10])
"""

Record = Callable[..., Trace]


def vitals(trace: Trace, what: str) -> list[Any]:
    return list(trace.notes("vitals", what))


def test_gradient_norms_are_those_that_the_script_itself_measures(finished: Record, capsys: Any) -> None:
    trace = finished(TRAIN.format(steps=3), watch={"vitals"})
    own = torch.tensor(eval(capsys.readouterr().out))
    updates = vitals(trace, "update")
    assert [note["number"] for note in updates] == [1, 2, 3]
    assert updates[0]["layers"] == ["Sequential.0", "Sequential.1", "Sequential.4"]
    noted = torch.tensor([float(note["norms"][0]) for note in updates])
    torch.testing.assert_close(noted, own, rtol=1e-4, atol=1e-6)
    assert [note["rates"] for note in updates] == [["0.1"]] * 3


def test_the_size_of_an_update_is_the_rate_times_the_gradient_over_the_weights(finished: Record) -> None:
    body = """
    line = nn.Linear(2, 1, bias=False)
    line.weight.data = torch.tensor([[3.0, 4.0]])
    opt = torch.optim.SGD(line.parameters(), lr=0.5)
    (line(torch.tensor([[0.0, 1.0]])) ** 2).sum().backward()  # the gradient is (0, 8)
    opt.step()
    """
    (update,) = vitals(finished(body, watch={"vitals"}), "update")
    assert float(update["norms"][0]) == pytest.approx(8.0)
    assert float(update["sizes"][0]) == pytest.approx(0.8)
    assert float(update["total"]) == pytest.approx(0.8)


def test_a_layer_without_a_gradient_is_told_from_one_whose_gradient_is_zero(finished: Record) -> None:
    body = """
    for p in net[0].parameters():
        p.requires_grad = False
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    (net(x).sum() * 0).backward()
    opt.step()
    """
    (update,) = vitals(finished(body, watch={"vitals"}), "update")
    assert update["norms"][0] == "none"
    assert update["norms"][2] == "0"


def test_a_long_run_is_sampled_ever_more_rarely(finished: Record) -> None:
    trace = finished(TRAIN.format(steps=900), watch={"vitals"})
    numbers = [note["number"] for note in vitals(trace, "update")]
    assert len(numbers) <= 240
    assert numbers[:5] == [1, 2, 3, 4, 5]
    assert numbers[-1] > 800
    assert len(vitals(trace, "activations")) <= 12


def test_gradients_are_noted_even_where_nothing_is_ever_updated(finished: Record) -> None:
    trace = finished(
        """
        for step in range(12):
            F.cross_entropy(net(x), y).backward()
        """,
        watch={"vitals"},
    )
    assert vitals(trace, "update") == []
    passes = vitals(trace, "backward")
    assert passes
    assert float(passes[0]["norms"][0]) > 0


def test_dead_units_show_as_zeros_in_a_layer_and_in_what_the_next_is_fed(finished: Record) -> None:
    body = """
    net[1] = nn.Identity()
    net[0].bias.data.fill_(-100.0)
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    F.cross_entropy(net(x), y).backward()
    opt.step()
    """
    note = vitals(finished(body, watch={"vitals"}), "activations")[0]
    zeros = dict(zip(note["layers"], note["zeros"], strict=True))
    fed = dict(zip(note["layers"], note["fed_zeros"], strict=True))
    assert zeros["2 (ReLU)"] == "1"
    assert fed["4 (Linear)"] == "1"
    assert float(zeros["0 (Linear)"]) == 0.0


def test_one_batch_is_told_with_shapes_ranges_and_label_counts(finished: Record) -> None:
    tensors = {note["role"]: note for note in vitals(finished(TRAIN.format(steps=2), watch={"vitals"}), "tensor")}
    assert tensors["input of the model, training"]["shape"] == [96, 2]
    assert tensors["input of the model, evaluation"]["shape"] == [10, 2]
    target = tensors["target of cross_entropy"]
    assert target["dtype"] == "int64"
    assert sum(target["counts"]) == 96
    assert target["labels"] == ["0", "1", "2"]


def test_a_forward_that_fails_leaves_no_hook_behind(finished: Record, capsys: Any) -> None:
    body = """
    try:
        net(torch.zeros(4, 3))
    except RuntimeError:
        pass
    net(x)
    print(sum(len(layer._forward_hooks) for layer in net.modules()))
    """
    finished(body, watch={"vitals"})
    assert capsys.readouterr().out.strip() == "0"


def test_watching_changes_no_loss(finished: Record) -> None:
    def losses(**options: Any) -> list[float]:
        return [event["value"] for event in finished(TRAIN.format(steps=40), **options).of("loss")]

    assert losses(watch={"vitals"}) == losses()
