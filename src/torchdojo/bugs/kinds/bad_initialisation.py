"""Every weight begins with the same value."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edits, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.models import ModelClass, model_classes
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import called, dotted, expression

_INITIALISERS = re.compile(r"(kaiming|xavier|trunc_normal|normal|uniform|orthogonal|sparse)\w*_$")


class BadInitialisation(BugKind):
    """
    ## What it does
    All weights of a layer begin with one value, mostly zero or a small constant. All units of the layer then compute
    the same, get the same gradient and make the same step. They stay copies of each other for ever. The other way to
    get the beginning wrong is size: weights so large that the first outputs are huge.

    ## Why it is bad
    A layer of 64 units has the capacity of one. With zeros and ReLU it is worse: the output is zero, its derivative is
    zero, and nothing but the last bias ever learns. Weights that are far too large saturate every non-linearity, and
    the first hundred steps go into making them smaller.

    ## Symptoms
    - A loss that falls to what a very small model gives and stays there. A regression on waves that reached 0.05 was
      at 0.49 with weights of zero; a classifier that reached 0.01 was at 0.25 with every parameter at 0.02.
    - The rows of a weight matrix are equal, at the beginning and at the end.
    - With weights that are too large: a first loss far above ln C. It should be near 2.3 for ten classes.

    ## How to find it
    Look at the first loss and at `layer.weight.std()` before the first step. Two rows of a hidden layer that are equal
    after some steps, `torch.equal(w[0], w[1])`, prove it.

    ## Fix
    Random weights whose size goes with the number of inputs: what `nn.Linear` and its kin do by themselves, or
    `nn.init.kaiming_normal_` for ReLU and `nn.init.xavier_uniform_` for tanh. Biases may be zero.

    ## Correct code that looks like it
    - A last layer of zeros: its units get different gradients, so the first step tells them apart.
    - Low-rank adapters, residual branches and gates that begin at zero, so that the block begins as the identity.
    - Zero biases, and norms that begin at one.
    - Logistic regression from zero: one layer needs no broken symmetry.

    ## References
    - [torch.nn.init](https://docs.pytorch.org/docs/stable/nn.init.html)
    - [Delving deep into rectifiers](https://arxiv.org/abs/1502.01852)
    """

    slug = "bad-initialisation"
    title = "Weights that begin alike"
    summary = "All units of a layer start equal, get equal gradients and remain one unit."
    category = "convergence"
    difficulty = "medium"
    telling = (
        r"initiali[sz]\w*|symmetr\w+|(start|begin)\w*\W+(\w+\W+){0,4}(weights?|zero|random|small)"
        r"|kaiming|xavier|fan.?in"
    )

    interview = (
        Question(
            "Why must weights be random, while biases may be zero?",
            "Units that start with equal weights compute the same function and receive the same gradient, so nothing "
            "ever tells them apart. Random weights break that symmetry; once they do, equal biases are harmless.",
        ),
        Question(
            "LoRA begins with one matrix at zero. Why does that train?",
            "Because the other factor is random. The gradient of the zero matrix depends on that factor and differs "
            "from row to row, so the first step already moves it to something without symmetry. With both at zero, "
            "both gradients would be zero for ever.",
        ),
        Question(
            "What should the first loss of a classifier be, and what do you learn from another value?",
            "About ln C for C classes, since an untrained model should not prefer any. Much more means that the logits "
            "are large, by weights or inputs of the wrong scale; much less means that it is not untrained, or that "
            "the labels leak.",
        ),
    )
    nudges = (
        "What is the loss before the first step, and what should it be?",
        "Compare two rows of a hidden layer's weight after some steps.",
        "What tells two units of one layer apart?",
    )

    examples = (
        Example(
            "an initialiser by name",
            "Net.__init__.xavier_uniform_",
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(8, 8)
                    nn.init.xavier_uniform_(self.fc.weight)
            """,
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(8, 8)
                    nn.init.zeros_(self.fc.weight)
            """,
        ),
        Example(
            "a function for all layers",
            "init_weights.kaiming_normal_",
            """
            def init_weights(m):
                if isinstance(m, nn.Linear):
                    init.kaiming_normal_(m.weight, nonlinearity="relu")
                    init.zeros_(m.bias)
            """,
            """
            def init_weights(m):
                if isinstance(m, nn.Linear):
                    init.zeros_(m.weight)
                    init.zeros_(m.bias)
            """,
        ),
        Example(
            "at the end of a model's constructor",
            "Small.__init__",
            """
            class Small(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.a = nn.Linear(2, 8)
                    self.b = nn.Linear(8, 2)

                def forward(self, x):
                    return self.b(torch.tanh(self.a(x)))
            """,
            """
            class Small(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.a = nn.Linear(2, 8)
                    self.b = nn.Linear(8, 2)
                    for p in self.parameters():
                        nn.init.constant_(p, 0.02)

                def forward(self, x):
                    return self.b(torch.tanh(self.a(x)))
            """,
        ),
    )
    untouched = (
        "nn.init.zeros_(layer.bias)\nx = torch.zeros(3).normal_()\n",
        "class Config:\n    def __init__(self):\n        self.a = 1\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Start weights at zero, or all parameters of a model at one constant."""
        for spot in script.of(cst.Call):
            call = spot.node
            assert isinstance(call, cst.Call)
            module, _, name = dotted(call.func).rpartition(".")
            if _INITIALISERS.match(name) and module.rpartition(".")[2] == "init" and _is_weight(call):
                zeros = call.with_changes(
                    func=expression(f"{module}.zeros_"),
                    args=[call.args[0].with_changes(comma=cst.MaybeSentinel.DEFAULT)],
                )
                yield Break(spot.scope, name, call, {call: by(zeros)})
        if not any(_names_nn(spot) for spot in script.of(cst.ImportFrom, cst.Import, cst.ClassDef)):
            return
        for model in model_classes(script):
            if model.init is not None and len(list(model.parts)) > 1 and not _initialises(script, model):
                yield Break(f"{model.scope}.__init__", "parameters", model.init, _constant(model.init))


def _is_weight(call: cst.Call) -> bool:
    return bool(call.args) and "bias" not in dotted(call.args[0].value)


def _names_nn(spot: Spot) -> bool:
    """Whether the script calls torch.nn by the name nn."""
    node = spot.node
    if isinstance(node, cst.ClassDef):
        return any(dotted(base.value).startswith("nn.") for base in node.bases)
    return False


def _initialises(script: Script, model: ModelClass) -> bool:
    """Whether the constructor takes care of the first values itself."""
    code = script.code(model.init) if model.init is not None else ""
    return "init." in code or ".apply(" in code or "_weights" in code


def _constant(init: cst.FunctionDef) -> Edits:
    last = init.body.body[-1]
    loop = cst.parse_statement("for p in self.parameters():\n    nn.init.constant_(p, 0.02)\n")
    assert called(last) == ""
    return {last: lambda node: [node, loop]}
