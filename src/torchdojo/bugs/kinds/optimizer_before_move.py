"""The optimizer is built before the parameters are replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edits, heading
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Block, Script
from torchdojo.bugs.syntax import bare_call, called, dotted, only_statement, receiver

_OPTIMIZERS = re.compile(r"(SGD|Adam\w*|Adagrad|Adadelta|RMSprop|NAdam|RAdam|Rprop|LBFGS|Muon|[A-Z]\w*Optimizer)$")
_REPLACING = re.compile(r"(weight_norm|spectral_norm|parametrize|register_parametrization|convert\w*|quantize\w*)$")


class OptimizerBeforeMove(BugKind):
    """
    ## What it does
    An optimizer keeps references to the Parameter objects it is given when it is built. Afterwards the model gets
    others: a head is swapped, a layer is wrapped in weight norm, low-rank adapters are injected, the model is built
    again, or a framework replaces the parameters when it moves or shards them. The optimizer goes on updating tensors
    that nobody uses.

    ## Why it is bad
    The new parameters never change. Everything else looks right: gradients arrive at them, the loss is finite, the
    optimizer steps. When only a head was exchanged, the rest does train, and the curve falls a little.

    ## Symptoms
    - A flat loss: in a small classifier 0.825 in each of the last epochs when the whole model was built again, where
      the sound one was at 0.08. With a head that was exchanged after the optimizer was built, 0.53 instead of 0.35.
    - The optimizer's parameters have no gradient, the model's parameters have one.
    - Gradients that grow from step to step, because the optimizer's `zero_grad` does not reach the new ones.

    ## How to find it
    Compare identities just before the first step: every trainable parameter of the model has to be in
    `{id(p) for g in optimizer.param_groups for p in g["params"]}`.

    ## Fix
    Build the optimizer last: after moving, converting, wrapping, exchanging and loading with `assign=True`. Or tell it
    of new parameters with `add_param_group`.

    ## Correct code that looks like it
    - `model.to(device)` after the optimizer was built: today's torch changes the data of the same Parameter objects.
    - One optimizer for each parameter, stepped from hooks during the backward pass.
    - Averaged weights that are swapped in for an evaluation: the values change, the objects stay.

    ## References
    - [torch.optim](https://docs.pytorch.org/docs/stable/optim.html): construct the optimizer after moving the model
    - [Module.to](https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.to)
    """

    slug = "optimizer-before-move"
    title = "Optimizer built too early"
    summary = "Parameters are replaced after the optimizer was built, which goes on updating the old ones."
    category = "correctness"
    difficulty = "hard"
    telling = r"optimi[sz]er\W+(\w+\W+){0,6}(after|last|before|new)|(after|last|before)\W+(\w+\W+){0,5}optimi[sz]er"

    interview = (
        Question(
            "Which operations on a model replace Parameter objects, and which keep them?",
            "`to`, `half`, `cuda` and `load_state_dict` keep the objects and change their data (unless `assign=True`, "
            "or a setting for swapping is on). Assigning a layer to an attribute, parametrisations such as weight "
            "norm, injected adapters, quantisation, SyncBatchNorm conversion and FSDP make new ones.",
        ),
        Question(
            "How would you test that an optimizer owns what it should?",
            "Collect the ids of all tensors in its groups and of all trainable parameters of the model, and compare "
            "the two sets, right before training. It costs nothing and also finds parameters nobody handed over.",
        ),
    )
    nudges = (
        "Does any weight of the model change in a step?",
        "Which objects does the optimizer hold, and which does the model use?",
        "What happens to the model between the line that builds the optimizer and the first step?",
    )

    examples = (
        Example(
            "a head that is exchanged",
            "tune.optimizer",
            """
            def tune(model, classes):
                model.head = nn.Linear(model.width, classes)
                optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
                return run(model, optimizer)
            """,
            """
            def tune(model, classes):
                optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
                model.head = nn.Linear(model.width, classes)
                return run(model, optimizer)
            """,
        ),
        Example(
            "weight norm",
            "Trainer.__init__.self.opt",
            """
            class Trainer:
                def __init__(self, net):
                    self.net = net

                    weight_norm(self.net.hidden)
                    self.opt = SGD(self.net.parameters(), lr=0.1)
            """,
            """
            class Trainer:
                def __init__(self, net):
                    self.net = net

                    self.opt = SGD(self.net.parameters(), lr=0.1)
                    weight_norm(self.net.hidden)
            """,
        ),
        Example(
            "a model that is built again",
            "optimizer",
            """
            model = Net(8)
            optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
            for x, y in loader:
                step(model, optimizer, x, y)
            """,
            """
            model = Net(8)
            optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
            model = Net(8)
            for x, y in loader:
                step(model, optimizer, x, y)
            """,
        ),
    )
    untouched = (
        "def build(model):\n    return torch.optim.Adam(model.parameters())\n",
        "model = Net()\nscore(model)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Build the optimizer before what replaces parameters; or build the model a second time after it."""
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                small = only_statement(statement)
                if not isinstance(small, cst.Assign) or not _OPTIMIZERS.search(called(small.value)):
                    continue
                model = _model_of(small.value)
                name = dotted(small.targets[0].target)
                if not model or not name:
                    continue
                if index and _replaces(block.statements[index - 1], model):
                    yield Break(block.scope, name, statement, _swapped(block, index))
                elif (built := _built(block, index, model)) is not None and not _repeated(block, index, built):
                    yield Break(block.scope, name, statement, _again(statement, built))


def _model_of(node: cst.BaseExpression) -> str:
    """ "model" for `Adam(model.parameters(), ...)`."""
    if not isinstance(node, cst.Call) or not node.args:
        return ""
    owner = receiver(node.args[0].value, "parameters")
    return "" if owner is None else dotted(owner)


def _replaces(statement: cst.BaseStatement, model: str) -> bool:
    """Whether the statement gives the model another layer, or has one replaced."""
    small = only_statement(statement)
    if isinstance(small, cst.Assign):
        target = dotted(small.targets[0].target)
        return target.startswith(f"{model}.") and called(small.value)[:1].isupper()
    call = bare_call(statement)
    if call is None or not _REPLACING.search(called(call)) or not call.args:
        return False
    return dotted(call.args[0].value).startswith(model)


def _built(block: Block, index: int, model: str) -> cst.Assign | None:
    """The assignment before in the block that builds the model as a plain name."""
    for statement in reversed(block.statements[:index]):
        small = only_statement(statement)
        if isinstance(small, cst.Assign) and dotted(small.targets[0].target) == model and "." not in model:
            inner = receiver(small.value, "to", "cuda") or small.value
            return small if isinstance(inner, cst.Call) and _makes(called(inner)) else None
    return None


def _repeated(block: Block, index: int, built: cst.Assign) -> bool:
    """Whether the model is built again as it is."""
    following = only_statement(block.statements[index + 1]) if index + 1 < len(block.statements) else None
    return following is not None and following.deep_equals(built)


def _makes(name: str) -> bool:
    return name[:1].isupper() or re.match(r"(build|make|create|get)(_|$)", name) is not None


def _swapped(block: Block, index: int) -> Edits:
    """The statement before the other way round, headings staying where they are."""
    first, second = block.statements[index - 1 : index + 1]
    above, between = heading(first), heading(second)
    return {
        first: lambda _: second.with_changes(leading_lines=above),
        second: lambda _: first.with_changes(leading_lines=between),
    }


def _again(statement: cst.BaseStatement, built: cst.Assign) -> Edits:
    """The model built once more behind the statement."""
    line = cst.SimpleStatementLine([built])
    return {statement: lambda node: [node, line]}
