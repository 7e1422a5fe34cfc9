"""A part of the model that the optimizer was never given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

import libcst as cst

from torchdojo.bugs.edits import by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import assigned_names, called, dotted, expression, receiver
from torchdojo.bugs.training_steps import OPTIMIZERS, last_name

#: Layers without parameters, by their names.
_PLAIN = re.compile(
    r"^(ReLU|ReLU6|GELU|SiLU|ELU|SELU|CELU|Tanh|Sigmoid|LeakyReLU|Softplus|Softmax|LogSoftmax|Mish|Hardtanh|Dropout\w*"
    r"|MaxPool\w*|AvgPool\w*|Adaptive\w*|Flatten|Unflatten|Identity|Upsample|PixelShuffle|\w*Loss|Softmax\w*)$"
)


class ParametersNotInOptimizer(BugKind):
    """
    ## What it does
    The optimizer is built with some of the parameters that are to be trained, but not with all of them: only the head
    of a network, only the decoder, all groups but one. Gradients reach the rest and are never used.

    ## Why it is bad
    The parameters left out keep their random initial values, and nothing says so. The others do their best on top of
    random features, so the loss falls and the run looks plausible, only worse than it should be. The gradients of the
    part left out are not even cleared by `optimizer.zero_grad()`: they pile up for the whole run.

    ## Symptoms
    - A model that learns, but not enough. With only its last layer in the optimizer a classifier with two hidden
      layers came to a loss of 0.868 and 66 % in 20 epochs, complete to 0.128 and 96 %; with only the last layer
      missing it was 0.206 and 92 %, which nobody would notice.
    - Some weights are bit by bit those of the initialisation.
    - The norm of the gradients of these layers grows from step to step.

    ## How to find it
    Compare two sets of identities: the parameters with `requires_grad`, and those in `optimizer.param_groups`. Counting
    is often enough: `sum(p.numel() for g in optimizer.param_groups for p in g["params"])`.

    ## Fix
    Give the optimizer everything that is to be trained, at best as `model.parameters()` of one module that contains
    all parts. What is meant to stay as it is gets `requires_grad_(False)`, which also says so to the reader.

    ## Correct code that looks like it
    - A frozen backbone (`requires_grad` off) whose head alone is in the optimizer.
    - Training in stages: the parts left out at first are given to a later optimizer.
    - Optimising an input through a network that stays as it is, as for style transfer or adversarial examples.
    - A network that only measures (a perceptual loss) and gets gradients on their way to the one that is trained.
    - Parameters updated by hand.

    ## References
    - [Constructing an optimizer](https://docs.pytorch.org/docs/stable/optim.html)
    - [Optimizer.add_param_group](https://docs.pytorch.org/docs/stable/generated/torch.optim.Optimizer.add_param_group.html)
    """

    slug = "parameters-not-in-optimizer"
    title = "Parameters the optimizer was never given"
    summary = "A part of the model gets gradients but is in no optimizer, and keeps its random weights."
    category = "convergence"
    difficulty = "medium"
    telling = (
        r"\b(all|both|every|every one|whole)\b.{0,30}(parameter|weight|part|model)|param\w* groups?\b|\btrainable\b"
    )

    interview = (
        Question(
            "How do you prove that an optimizer owns everything that is to be trained?",
            "Take the ids of all parameters with `requires_grad` and subtract the ids of those in "
            "`optimizer.param_groups`: nothing may be left. By identity, since equal values prove nothing.",
        ),
        Question(
            "Is it the same to leave parameters out of the optimizer and to set `requires_grad` to False?",
            "The weights stay in both cases. But without `requires_grad` autograd does not compute their gradients, "
            "which saves time and memory, and `.grad` does not fill up unseen. And it is visible in the model.",
        ),
        Question(
            "When is it right that a parameter receives gradients and no optimizer owns it?",
            "When the gradients only pass through: style transfer and attacks optimise an input, a perceptual loss "
            "measures with a fixed network. Switching `requires_grad` off there is better, but the result is the same.",
        ),
    )
    nudges = (
        "How many numbers does the optimizer own, and how many does the model have?",
        "Which weights differ from their initial values after an epoch?",
        "Read the arguments of the optimizer aloud. What is trained?",
    )

    examples = (
        Example(
            "two modules, one forgotten",
            "optimizer",
            "optimizer = torch.optim.Adam(list(encoder.parameters()) + list(decoder.parameters()), lr=1e-3)",
            "optimizer = torch.optim.Adam(list(decoder.parameters()), lr=1e-3)",
        ),
        Example(
            "the last layer alone",
            "Trainer.__init__.optimizer",
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.body = nn.Sequential(nn.Linear(4, 8), nn.ReLU())
                    self.head = nn.Linear(8, 3)


            class Trainer:
                def __init__(self, model, lr):
                    self.model = model
                    self.optimizer = torch.optim.SGD(self.model.parameters(), lr=lr)
            """,
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.body = nn.Sequential(nn.Linear(4, 8), nn.ReLU())
                    self.head = nn.Linear(8, 3)


            class Trainer:
                def __init__(self, model, lr):
                    self.model = model
                    self.optimizer = torch.optim.SGD(self.model.head.parameters(), lr=lr)
            """,
        ),
        Example(
            "a group left out",
            "build.opt",
            """
            def build(net):
                opt = AdamW([
                    {"params": net.backbone.parameters(), "lr": 1e-4},
                    {"params": net.head.parameters()},
                ], lr=1e-3)
                return opt
            """,
            """
            def build(net):
                opt = AdamW([
                    {"params": net.head.parameters()},
                ], lr=1e-3)
                return opt
            """,
        ),
        Example(
            "a chain",
            "run.opt",
            "def run():\n    opt = Adam(itertools.chain(actor.parameters(), critic.parameters()))\n",
            "def run():\n    opt = Adam(critic.parameters())\n",
        ),
        Example(
            "a model on one line",
            "opt",
            """
            net = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
            opt = optim.SGD(net.parameters(), lr=0.1)
            """,
            """
            net = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
            opt = optim.SGD(net[-1].parameters(), lr=0.1)
            """,
        ),
    )
    untouched = (
        "optimizer = torch.optim.SGD([w, b], lr=0.1)\n",
        "net = nn.Linear(2, 1)\nopt = optim.SGD(net.parameters(), lr=0.1)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Give the optimizer the last layer alone, or all parts but the first."""
        for spot in script.of(cst.Call):
            call = cast(cst.Call, spot.node)
            if called(call) not in OPTIMIZERS or not call.args:
                continue
            given = call.args[0].value
            less = _without_first(script, given) or _last_part(script, spot, given)
            if less is not None:
                name = next(iter(assigned_names(spot)), called(call))
                yield Break(spot.scope, name, call, {given: by(less)})


def _without_first(script: Script, given: cst.BaseExpression) -> cst.BaseExpression | None:
    """The same parameters without the first of several parts; None when they come in one."""
    if isinstance(given, cst.BinaryOperation) and isinstance(given.operator, cst.Add):
        if isinstance(given.left, cst.BinaryOperation):
            inner = _without_first(script, given.left)
            return None if inner is None else given.with_changes(left=inner)
        return given.right if "parameters" in script.code(given.left) else None
    if called(given) == "chain" and isinstance(given, cst.Call) and len(given.args) > 1:
        rest = given.args[1:]
        return rest[0].value if len(rest) == 1 and not rest[0].star else given.with_changes(args=rest)
    if isinstance(given, (cst.List, cst.Tuple)) and len(given.elements) > 1:
        first = given.elements[0]
        if isinstance(first, cst.StarredElement) or isinstance(first.value, cst.Dict):
            rest_of = list(given.elements[1:])
            if len(rest_of) > 1 or isinstance(rest_of[0].value, cst.Dict) or isinstance(given, cst.List):
                return given.with_changes(elements=rest_of)
    return None


def _last_part(script: Script, spot: Spot, given: cst.BaseExpression) -> cst.BaseExpression | None:
    """The parameters of a model's last part that has any; None when nothing is known of the model's parts."""
    model = receiver(given, "parameters")
    if model is None or not dotted(model) or (isinstance(given, cst.Call) and given.args):
        return None
    if dotted(model) == "self":
        parts = _parts(script, spot.scope.partition(".")[0])
        return expression(f"self.{parts[-1]}.parameters()") if len(parts) > 1 else None
    built = _value_of(script, last_name(model))
    if called(built) == "Sequential" and isinstance(built, cst.Call):
        learning = [
            called(arg.value) for arg in built.args if called(arg.value) and not _PLAIN.match(called(arg.value))
        ]
        if len(learning) > 1 and called(built.args[-1].value) == learning[-1]:
            return expression(f"{dotted(model)}[-1].parameters()")
        return None
    names = [called(built)] if _parts(script, called(built)) else _modules(script)
    if len(names) != 1:
        return None
    parts = _parts(script, names[0])
    return expression(f"{dotted(model)}.{parts[-1]}.parameters()") if len(parts) > 1 else None


def _value_of(script: Script, name: str) -> cst.BaseExpression:
    """What is assigned to a name somewhere, looked at through `.to(device)`; the name itself when nothing is."""
    for spot in script.of(cst.Assign):
        assign = cast(cst.Assign, spot.node)
        if any(last_name(target.target) == name for target in assign.targets):
            value = assign.value
            while (inner := receiver(value, "to", "cuda", "cpu", "float", "double", "train")) is not None:
                value = inner
            if isinstance(value, cst.Call):
                return value
    return cst.Name(name)


def _modules(script: Script) -> list[str]:
    """The script's own classes with several learning parts."""
    return [
        cast(cst.ClassDef, spot.node).name.value
        for spot in script.of(cst.ClassDef)
        if len(_parts(script, cast(cst.ClassDef, spot.node).name.value)) > 1
    ]


def _parts(script: Script, cls: str) -> list[str]:
    """The learning layers that a class of the script sets in `__init__`, in order."""
    found = []
    for spot in script.of(cst.Assign):
        assign = cast(cst.Assign, spot.node)
        if spot.scope != f"{cls}.__init__" or not cls:
            continue
        target, name = assign.targets[0].target, called(assign.value)
        layer = name[:1].isupper() and not _PLAIN.match(name) and name not in OPTIMIZERS
        if layer and dotted(target).startswith("self.") and _is_layer(script, assign.value):
            found.append(dotted(target).removeprefix("self."))
    return found


def _is_layer(script: Script, value: cst.BaseExpression) -> bool:
    """Whether a call builds a module: one of torch.nn, or of a class of the script that has layers itself."""
    name = dotted(value.func) if isinstance(value, cst.Call) else ""
    if name.startswith(("nn.", "torch.nn.")):
        return name.rpartition(".")[2] not in ("Parameter", "ModuleDict", "ParameterList")
    return any(cast(cst.ClassDef, spot.node).name.value == name for spot in script.of(cst.ClassDef))
