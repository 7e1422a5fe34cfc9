"""The optimizer is built anew in every epoch or step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from torchdojo.bugs.edits import Edits
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Block, Script
from torchdojo.bugs.syntax import called, dotted, only_statement, owner
from torchdojo.bugs.training_steps import OPTIMIZERS, body_of, enclosing_loop, moved


class OptimizerRecreated(BugKind):
    """
    ## What it does
    The line that builds the optimizer stands inside the loop. Each epoch, or each batch, begins with a new optimizer
    that knows nothing of the steps before: no momentum, no running averages, a step count of zero.

    ## Why it is bad
    Adam's first steps after its birth are all of full size, whatever the gradient, because its averages rest on one
    batch. Momentum has to gather speed again each time. A scheduler goes on steering the first optimizer, so the rate
    of the others never changes. Plain SGD keeps no state, which is why the habit survives from simple examples.

    ## Symptoms
    - A jump in the loss at each beginning. With Adam, built anew in each of 20 epochs, a run came to a loss of 0.151
      instead of 0.128, and built for every batch to 0.185: bad, but not striking.
    - With momentum and a new optimizer for each batch it was 0.749 and 73 % instead of 0.152 and 95 %.
    - `optimizer.state` holds `step` counts that never exceed the batches of one epoch.

    ## How to find it
    Print `id(optimizer)` or the step count in `optimizer.state` at the end of each epoch. The id has to stay the same
    and the count has to grow.

    ## Fix
    Build the optimizer once, after the model and before the loops. To change the learning rate, write into its
    `param_groups` or use a scheduler.

    ## Correct code that looks like it
    - One optimizer per fold or per restart, each with freshly initialised weights.
    - One per task in continual learning, or per stage of training in which other parameters are trained.
    - An inner optimizer of a meta-learning loop, whose weights are reset before each task.
    - A new optimizer into which the state of the old one is loaded.

    ## References
    - [Optimizer state](https://docs.pytorch.org/docs/stable/generated/torch.optim.Optimizer.state_dict.html)
    - [Adam: a method for stochastic optimization](https://arxiv.org/abs/1412.6980)
    """

    slug = "optimizer-recreated"
    title = "Optimizer built anew in the loop"
    summary = "Each epoch or batch builds a new optimizer, and momentum and running averages begin from zero."
    category = "convergence"
    difficulty = "easy-medium"
    telling = r"optimi[sz]er|momentum|\bstate\b|running average|\bonce\b"

    interview = (
        Question(
            "What state does Adam keep, and what is lost with it?",
            "Per parameter the running means of the gradient and of its square, and a step count for the bias "
            "correction. Without them the next update is the sign of one gradient times the rate, as in the very "
            "first step, however noisy that batch is.",
        ),
        Question(
            "Why is it harmless with SGD without momentum?",
            "That optimizer keeps nothing between steps; its update depends on the current gradient alone. It is still "
            "a trap: schedulers hold the first object, and whoever switches to Adam inherits the problem.",
        ),
    )
    nudges = (
        "What does the optimizer remember from one step to the next?",
        "How often does each line of the setup run?",
        "Print the step count in the optimizer's state after each epoch.",
    )

    examples = (
        Example(
            "into the loop over epochs",
            "train.optimizer",
            """
            def train(model, loader, epochs):
                optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
                for epoch in range(epochs):
                    for x, y in loader:
                        update(model, optimizer, x, y)
            """,
            """
            def train(model, loader, epochs):
                for epoch in range(epochs):
                    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
                    for x, y in loader:
                        update(model, optimizer, x, y)
            """,
        ),
        Example(
            "at top level",
            "opt",
            """
            net = build()
            opt = AdamW(net.parameters())
            history = []
            for epoch in range(5):
                history.append(run_epoch(net, opt))
            """,
            """
            net = build()
            history = []
            for epoch in range(5):
                opt = AdamW(net.parameters())
                history.append(run_epoch(net, opt))
            """,
        ),
        Example(
            "on the trainer",
            "Trainer.fit.self.optimizer",
            """
            class Trainer:
                def fit(self, loader):
                    self.optimizer = optim.SGD(self.model.parameters(), lr=0.1, momentum=0.9)
                    while self.epoch < self.epochs:
                        self.train_epoch(loader)
                        self.epoch += 1
            """,
            """
            class Trainer:
                def fit(self, loader):
                    while self.epoch < self.epochs:
                        self.optimizer = optim.SGD(self.model.parameters(), lr=0.1, momentum=0.9)
                        self.train_epoch(loader)
                        self.epoch += 1
            """,
        ),
        Example(
            "out of the constructor",
            "Trainer.__init__.self.opt",
            """
            class Trainer:
                def __init__(self, model):
                    self.model = model
                    self.opt = torch.optim.Adam(self.model.parameters(), lr=1e-3)

                def fit(self, loader):
                    for epoch in range(3):
                        self.epoch(loader)
            """,
            """
            class Trainer:
                def __init__(self, model):
                    self.model = model

                def fit(self, loader):
                    for epoch in range(3):
                        self.opt = torch.optim.Adam(self.model.parameters(), lr=1e-3)
                        self.epoch(loader)
            """,
        ),
    )
    untouched = (
        "opt = Adam(net.parameters())\nsched = StepLR(opt, 3)\nfor epoch in range(3):\n    run(net, opt, sched)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Move the construction to the head of the loop that follows, in this function or in the class's `fit`."""
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                name = _builds(statement)
                if not name or ".parameters()" not in script.code(statement):
                    continue  # A generator that is made only once would be used up.
                if enclosing_loop(block) is not None and not _is_for_a_new_model(block, index):
                    continue
                loop = self._loop(script, block.statements[index + 1 :], block.scope, name, statement)
                if loop is not None:
                    edits: Edits = moved(block.statements, index, body_of(loop)[0], behind=False, telling=self.telling)
                    yield Break(block.scope, name, statement, edits)

    def _loop(
        self, script: Script, following: Sequence[cst.BaseStatement], scope: str, name: str, statement: cst.CSTNode
    ) -> cst.For | cst.While | None:
        for later in following:
            if isinstance(later, (cst.For, cst.While)) and body_of(later):
                return later
            if _mentions(script, later, name):
                return None
        cls, _, function = scope.rpartition(".")
        if function != "__init__" or not name.startswith("self.") or not _is_portable(script, statement):
            return None
        for spot in script.of(cst.For):
            if spot.scope in (f"{cls}.fit", f"{cls}.train", f"{cls}.run") and body_of(spot.node):  # type: ignore[arg-type]
                return spot.node  # type: ignore[return-value]
        return None


def _builds(statement: cst.CSTNode) -> str:
    """The name that is given a new optimizer, "" when the statement does something else."""
    small = only_statement(statement)
    if isinstance(small, cst.Assign) and len(small.targets) == 1 and called(small.value) in OPTIMIZERS:
        return dotted(small.targets[0].target)
    return ""


def _is_for_a_new_model(block: Block, index: int) -> bool:
    """Whether what the optimizer is built for is built just before it."""
    small = only_statement(block.statements[index])
    call = small.value if isinstance(small, cst.Assign) else None
    given = owner(call.args[0].value) if isinstance(call, cst.Call) and call.args else ""
    for earlier in block.statements[:index]:
        built = only_statement(earlier)
        if isinstance(built, cst.Assign) and any(dotted(target.target) == given for target in built.targets):
            return True
    return False


def _mentions(script: Script, node: cst.CSTNode, name: str) -> bool:
    return name in script.code(node)


def _is_portable(script: Script, statement: cst.CSTNode) -> bool:
    """Whether the construction uses nothing but the object's own attributes, modules and numbers."""
    small = only_statement(statement)
    if not isinstance(small, cst.Assign) or not isinstance(small.value, cst.Call):
        return False
    return all(
        dotted(arg.value).startswith("self.")
        or script.code(arg.value).startswith("self.")
        or isinstance(arg.value, (cst.Float, cst.Integer, cst.Tuple))
        for arg in small.value.args
    )
