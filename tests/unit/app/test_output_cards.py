"""Which programs are worth predicting."""

from __future__ import annotations

import pytest

from torchdojo.app.output_cards import is_foreseeable
from torchdojo.domain.blocks import RunBlock

PLAIN = "import torch\nprint(torch.ones(2, 3).sum(0).shape)"


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        (PLAIN, "torch.Size([3])"),
        ("w = 2.0\nfor _ in range(2):\n    w *= 0.5\n    print(w)", "1.0\n0.5"),
        ("torch.manual_seed(0)\nx = torch.randn(4)\nprint(torch.equal(x, x), x.shape)", "True torch.Size([4])"),
        ("print(torch.tensor(300.0).half().square().exp().item())", "inf"),
    ],
)
def test_what_can_be_worked_out_is_asked(source, printed):
    assert is_foreseeable(RunBlock(source, printed))


@pytest.mark.parametrize(
    ("source", "printed", "because"),
    [
        (PLAIN, None, "nothing is told"),
        (PLAIN, "", "nothing is printed"),
        ("x = 1\n" * 13 + "print(x)", "1", "it is long to read"),
        (PLAIN, "1\n2\n3\n4", "it is much to type"),
        (PLAIN, "x" * 80, "it is much to type"),
        (PLAIN, "True", "it is a guess"),
        (PLAIN, "0.1429", "the decimals are many"),
        (PLAIN, "3.2e-05", "the decimals are many"),
        (PLAIN, "ï", "nobody has the key for it"),
        ("print(torch.randn(100).mean().item())", "-0.1", "chance decides"),
        ("print(torch.bernoulli(torch.rand(9999)).sum().item())", "4998.0", "chance decides"),
        (PLAIN, "tensor([0.])", "its spelling is asked for"),
        ("print(math.exp(0.5))", "1.65", "it takes a calculator"),
        ("import time\nprint(time.time() > 0, 1)", "True 1", "the clock decides"),
        ("print(torch.cuda.is_available(), 1)", "False 1", "the machine decides"),
        ("try:\n    f()\nexcept ValueError as error:\n    print(error)", "no such f", "the words are PyTorch's"),
    ],
)
def test_what_nobody_knows_by_heart_is_not_asked(source, printed, because):
    assert not is_foreseeable(RunBlock(source, printed)), because
