"""The weights themselves are kept in half precision."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import called, dotted, expression, keyword

_HALF = "torch.bfloat16"
_MODEL = re.compile(r"(model|net|network|student|student_?net|module|lm|classifier|regressor|\w+_(model|net))$", re.I)


class LowPrecisionUpdates(BugKind):
    """
    ## What it does
    The whole model is converted to bfloat16 (or float16), weights included, and a plain optimizer updates these
    weights. Mixed precision would have kept the weights in float32 and only computed in 16 bits.

    ## Why it is bad
    A bfloat16 number has 8 significant bits: near 0.1 its neighbours are 0.0005 away. An update of less than half of
    that is rounded back to the old number, and no matter how many such updates follow, each of them is lost. With the
    small learning rates of fine-tuning that is nearly all of them: gradients are fine, the step is taken, and the
    weights do not move.

    ## Symptoms
    - Training that stalls at small learning rates, although the same rates work in float32. In a small classifier
      with Adam at 1e-4, 92 % of the elements did not move in a step, and the loss stood at 1.75 after 200 steps where
      float32 had reached 1.29; at 1e-5 99.7 % did not.
    - At large rates hardly a difference: at 1e-3 0.059 instead of 0.036.
    - The learning rate's decay stops training early, since updates sink below the spacing one after the other.

    ## How to find it
    Compare a weight before and after one step: what share of the elements changed? In float32 nearly all do. Look at
    `next(model.parameters()).dtype`.

    ## Fix
    Keep the weights in float32 and compute under `torch.autocast(device_type, dtype=torch.bfloat16)`. If memory does
    not allow that, keep a float32 copy for the optimizer, round stochastically, or use an optimizer with Kahan
    summation.

    ## Correct code that looks like it
    - Autocast: activations are bfloat16, weights and updates float32.
    - Half-precision weights for inference only, or frozen ones beside float32 adapters.
    - A float32 master copy that the optimizer updates and that is cast into the model.
    - Optimizers of other libraries that round at random: in a step most elements stay, on average none is lost.

    ## References
    - [Automatic mixed precision](https://docs.pytorch.org/docs/stable/amp.html)
    - [Revisiting BFloat16 Training](https://arxiv.org/abs/2010.06192): nearest rounding of weight updates is what
      fails, and stochastic rounding or Kahan summation repairs it
    """

    slug = "low-precision-updates"
    title = "Updates lost in half precision"
    summary = "The weights are bfloat16: updates below the spacing of their numbers are rounded away."
    category = "numerics"
    difficulty = "hard"
    telling = r"bf(loat)?16|float16|\bhalf\b|precision|autocast|\bamp\b|dtype|round"

    interview = (
        Question(
            "Why does autocast keep the weights in float32?",
            "Because updates are small compared with weights. A product or a sum of activations tolerates 8 bits, but "
            "w + lr * g with lr * g a thousandth of w is below half of the spacing of bfloat16 numbers near w and is "
            "rounded back to w, every time. In float32 the spacing is 65536 times finer.",
        ),
        Question(
            "bfloat16 or float16: which of the two needs a gradient scaler, and which loses more updates?",
            "float16 needs it: its smallest normal number is 6e-5, so small gradients underflow to 0. bfloat16 has the "
            "exponents of float32 and needs none, but only 8 significant bits against float16's 11, so that it loses "
            "updates at eight times larger rates.",
        ),
        Question(
            "You have memory for 16-bit weights only. What can you do?",
            "Round stochastically, so that an update of a tenth of the spacing moves one element in ten and the "
            "expectation is right; keep the lost remainder in a second 16-bit tensor (Kahan summation); keep float32 "
            "copies on the CPU; or train few float32 parameters beside frozen 16-bit ones (adapters).",
        ),
    )
    nudges = (
        "What share of a weight's elements changes in one step?",
        "What is the next larger number after 0.1 in the dtype of the weights?",
        "Would the same learning rate work in float32?",
    )

    examples = (
        Example(
            "a model that is moved",
            "main.model",
            """
            def main(device):
                model = Net(width=64).to(device)
                optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
                for x, y in loader:
                    with torch.autocast(device.type, dtype=torch.bfloat16):
                        loss = F.cross_entropy(model(x), y)
            """,
            """
            def main(device):
                model = Net(width=64).to(device, dtype=torch.bfloat16)
                optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
                for x, y in loader:
                    with torch.autocast(device.type, dtype=torch.bfloat16):
                        loss = F.cross_entropy(model(x), y)
            """,
        ),
        Example(
            "a Sequential",
            "net",
            """
            net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
            opt = torch.optim.SGD(net.parameters(), lr=1e-3)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = loss_fn(net(x), y)
            """,
            """
            net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)).to(torch.bfloat16)
            opt = torch.optim.SGD(net.parameters(), lr=1e-3)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = loss_fn(net(x), y)
            """,
        ),
        Example(
            "kept by a trainer",
            "Trainer.model",
            """
            class Trainer:
                def __init__(self, config):
                    self.model = build_model(config)
                    self.context = torch.autocast("cuda", torch.bfloat16)
            """,
            """
            class Trainer:
                def __init__(self, config):
                    self.model = build_model(config).to(torch.bfloat16)
                    self.context = torch.autocast("cuda", torch.bfloat16)
            """,
        ),
    )
    untouched = (
        "model = Net().to(device)\nloss = F.mse_loss(model(x), y)\n",
        "with torch.autocast('cpu'):\n    loss = F.mse_loss(predict(x), y)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Convert a model in a script that computes under autocast, which casts the inputs by itself."""
        if "autocast" not in script.module.code:
            return
        for spot in script.of(cst.Assign, cst.AnnAssign):
            node = spot.node
            assert isinstance(node, (cst.Assign, cst.AnnAssign))
            target = node.targets[0].target if isinstance(node, cst.Assign) else node.target
            name = dotted(target).rpartition(".")[2]
            value = node.value
            if isinstance(value, cst.Call) and _MODEL.match(name) and _makes_a_model(spot, value):
                yield Break(spot.scope, name, node, {value: by(_in_half(script, value))})


def _makes_a_model(spot: Spot, call: cst.Call) -> bool:
    """Whether the call constructs or moves a model, rather than calling one."""
    name = called(call)
    if name == "to":
        return isinstance(call.func, cst.Attribute) and not keyword(call, "dtype") and len(call.args) == 1
    return bool(name) and (name[0].isupper() or name.startswith(("build", "make", "create")))


def _in_half(script: Script, call: cst.Call) -> cst.BaseExpression:
    if called(call) == "to":
        more = cst.Arg(
            keyword=cst.Name("dtype"),
            value=expression(_HALF),
            equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
        )
        first = call.args[0].with_changes(comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))
        return call.with_changes(args=[first, more])
    function = cst.Attribute(value=call, attr=cst.Name("to"))
    return cst.Call(func=function, args=[cst.Arg(expression(_HALF))])
