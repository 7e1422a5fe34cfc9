"""The batches are moved to the device, the model is not."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edits, by, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Block, Script
from torchdojo.bugs.syntax import bare_call, called, dotted, only_statement, receiver

_MODELS = re.compile(r"(model|net|network|\w+_(model|net)|encoder|decoder|backbone|head|generator|discriminator)$")
_MOVES = ("to", "cuda", "mps")
_FACTORY = re.compile(r"(Sequential|(make|build|create|get)_(model|net|network))$")


class ModelNotMoved(BugKind):
    """
    ## What it does
    Each batch goes to the chosen device; the model stays where it was built, on the CPU.

    ## Why it is bad
    On a machine with an accelerator the first forward pass fails, because weights and inputs must be on one device.
    On a machine that has only a CPU both devices are the same, nothing shows, and the script is passed on as working.

    ## Symptoms
    - `Expected all tensors to be on the same device`, or a complaint about mismatched weight and input types, and only
      on machines with an accelerator.

    ## How to find it
    Print `next(model.parameters()).device` and `xb.device`. Without an accelerator, run against the `meta` device or
    follow each object that takes part in the forward pass to the line that moves it.

    ## Fix
    `model = Net().to(device)`, before the optimizer is built. A module is moved in place, a tensor is not: for tensors
    the result has to be assigned.

    ## Correct code that looks like it
    - A model built on the device by `torch.device(device)` as a context, or by `torch.set_default_device`.
    - Wrappers and trainers that move the model themselves.
    - Inference that is meant for the CPU, with batches that stay there as well.

    ## References
    - [Module.to](https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.to)
    - [Tensor.to](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.to.html)
    """

    slug = "model-not-moved"
    title = "Model left on the CPU"
    summary = "Batches go to the device, the weights stay behind: a crash wherever there is an accelerator."
    category = "correctness"
    difficulty = "easy-medium"
    telling = r"(move|moving|moved|send|put)\w*\W+(\w+\W+){0,3}(model|net|device)|same device"

    interview = (
        Question(
            "How do you find out where a model is?",
            "A module has no device of its own; its parameters and buffers do. `next(model.parameters()).device` is "
            "the usual answer, as long as the model is not split over several devices.",
        ),
        Question(
            "Does it matter whether the optimizer is built before or after the model is moved?",
            "`module.to` replaces the data of the same parameter objects, so the optimizer normally keeps hold of "
            "them. Moving first is still the safe order: optimizer state that exists already stays behind, and some "
            "back ends have to replace the parameter objects.",
        ),
    )
    nudges = (
        "Which objects take part in the forward pass, and where is each of them?",
        "What would this script do on a machine with a GPU?",
    )

    examples = (
        Example(
            "where it is built",
            "train",
            """
            def train(device):
                model = TinyRegressor(hidden=8).to(device)
                for xb, yb in dl:
                    xb, yb = xb.to(device), yb.to(device)
            """,
            """
            def train(device):
                model = TinyRegressor(hidden=8)
                for xb, yb in dl:
                    xb, yb = xb.to(device), yb.to(device)
            """,
        ),
        Example(
            "a statement of its own",
            "main",
            """
            def main():
                net = Net()

                # Everything on one device.
                net.to(device)
                x = x.to(device)
            """,
            """
            def main():
                net = Net()

                # Everything on one device.
                x = x.to(device)
            """,
        ),
        Example(
            "assigned again, on a trainer",
            "Trainer.__init__",
            """
            class Trainer:
                def __init__(self, model):
                    self.device = "cuda"
                    self.model = model.to(self.device)
            """,
            """
            class Trainer:
                def __init__(self, model):
                    self.device = "cuda"
                    self.model = model
            """,
        ),
        Example(
            "a factory, the name kept",
            "main.net",
            "def main():\n    net = nn.Sequential(nn.Linear(1, 1))\n    net = net.cuda()\n    x = x.cuda()",
            "def main():\n    net = nn.Sequential(nn.Linear(1, 1))\n    x = x.cuda()",
        ),
    )
    untouched = ("def step(x, y):\n    x, y = x.to(device), y.to(device)\n    return net(x)\n",)

    def breaks(self, script: Script) -> Iterator[Break]:
        """Leave out the move of the model."""
        classes = {
            spot.node.name.value
            for spot in script.of(cst.ClassDef)
            if isinstance(spot.node, cst.ClassDef)
            and any(dotted(base.value).endswith("Module") for base in spot.node.bases)
        }
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                if (moved := _moved(block, index, statement, classes, self.telling)) is not None:
                    name, edits = moved
                    yield Break(block.scope, name, statement, edits)


def _moved(
    block: Block, index: int, statement: cst.BaseStatement, classes: set[str], telling: str
) -> tuple[str, Edits] | None:
    """The model that the statement moves, and what leaves the move out."""
    if (call := bare_call(statement)) is not None:
        model = receiver(call, *_MOVES)
        if model is not None and _is_model(model, classes):
            return _last_name(model), removal(block.statements, index, telling=telling)
        return None
    small = only_statement(statement)
    if isinstance(small, cst.Assign) and len(small.targets) == 1:
        model = receiver(small.value, *_MOVES)
        if model is not None and _is_model(model, classes):
            return _last_name(small.targets[0].target), {small.value: by(model)}
    return None


def _is_model(node: cst.BaseExpression, classes: set[str]) -> bool:
    if isinstance(node, cst.Call):
        return called(node) in classes or bool(_FACTORY.match(called(node)) or _looks_like_class(called(node)))
    return bool(_MODELS.match(_last_name(node)))


def _looks_like_class(name: str) -> bool:
    return bool(re.match(r"[A-Z]\w*(Net|Model|Regressor|Classifier|MLP|Transformer)\w*$", name)) or name in {
        "Net",
        "MLP",
    }


def _last_name(node: cst.CSTNode) -> str:
    return dotted(node).rpartition(".")[2]
